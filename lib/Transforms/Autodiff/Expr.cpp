// Which op does each operator of a formula build?
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "sinter/Transforms/Autodiff/Expr.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/TypeUtilities.h"
#include "llvm/ADT/STLExtras.h"

using namespace mlir;

namespace sinter {

//===-- Constants ------------------------------------------------------------------------------------------------===//

static TypedAttr numberAttr(Type type, double number) {
  if (auto floatType = dyn_cast<FloatType>(type))
    return FloatAttr::get(floatType, number);
  return IntegerAttr::get(type, static_cast<int64_t>(number));
}

Expr constant(OpBuilder &builder, Location loc, Type type, double number) {
  auto tensor = dyn_cast<RankedTensorType>(type);
  if (!tensor)
    return Expr(builder, loc, arith::ConstantOp::create(builder, loc, numberAttr(type, number)));
  // A splat over the batch extent is written with extent 1 there.
  SmallVector<int64_t> shape(tensor.getShape());
  llvm::replace(shape, ShapedType::kDynamic, int64_t(1));
  auto splat = SplatElementsAttr::get(tensor.clone(shape), numberAttr(tensor.getElementType(), number));
  return Expr(builder, loc, ConstantOp::create(builder, loc, tensor, cast<ElementsAttr>(splat)));
}

Expr Expr::constant(double number) const {
  return sinter::constant(getBuilder(), getLoc(), getType(), number);
}

//===-- Elementwise ----------------------------------------------------------------------------------------------===//

/// Builds `Op` from the operands, or gives what it folds to.
template <typename Op, typename... Args>
static Expr build(Expr at, Args &&...args) {
  return at.with(at.getBuilder().createOrFold<Op>(at.getLoc(), std::forward<Args>(args)...));
}

/// A tensor of rank 0 takes the other operand's shape.
static void unifyShapes(Expr &a, Expr &b) {
  if (a.getType() == b.getType() || !a.isTensor())
    return;
  if (a.rank() == 0)
    a = broadcast(a, b.tensorType());
  else if (b.rank() == 0)
    b = broadcast(b, a.tensorType());
  assert(a.getType() == b.getType() && "operands of different shapes");
}

template <typename TensorOp, typename ScalarOp>
static Expr unary(Expr x) {
  return x.isTensor() ? build<TensorOp>(x, x.getType(), Value(x)) : build<ScalarOp>(x, Value(x));
}

template <typename TensorOp, typename ScalarOp>
static Expr binary(Expr a, Expr b) {
  unifyShapes(a, b);
  return a.isTensor() ? build<TensorOp>(a, a.getType(), Value(a), Value(b)) : build<ScalarOp>(a, Value(a), Value(b));
}

Expr operator-(Expr x) {
  return unary<NegateOp, arith::NegFOp>(x);
}
Expr operator+(Expr a, Expr b) {
  return binary<AddOp, arith::AddFOp>(a, b);
}
Expr operator-(Expr a, Expr b) {
  return binary<SubOp, arith::SubFOp>(a, b);
}
Expr operator*(Expr a, Expr b) {
  return binary<MulOp, arith::MulFOp>(a, b);
}
Expr operator/(Expr a, Expr b) {
  return binary<DivOp, arith::DivFOp>(a, b);
}
Expr max(Expr a, Expr b) {
  return binary<MaxOp, arith::MaximumFOp>(a, b);
}
Expr min(Expr a, Expr b) {
  return binary<MinOp, arith::MinimumFOp>(a, b);
}
Expr pow(Expr a, Expr b) {
  return binary<PowOp, math::PowFOp>(a, b);
}

Expr abs(Expr x) {
  return unary<AbsOp, math::AbsFOp>(x);
}
Expr exp(Expr x) {
  return unary<ExpOp, math::ExpOp>(x);
}
Expr log(Expr x) {
  return unary<LogOp, math::LogOp>(x);
}
Expr sqrt(Expr x) {
  return unary<SqrtOp, math::SqrtOp>(x);
}
Expr sin(Expr x) {
  return unary<SinOp, math::SinOp>(x);
}
Expr cos(Expr x) {
  return unary<CosOp, math::CosOp>(x);
}
Expr tanh(Expr x) {
  return unary<TanhOp, math::TanhOp>(x);
}
Expr erf(Expr x) {
  return unary<ErfOp, math::ErfOp>(x);
}

Expr sign(Expr x) {
  if (x.isTensor())
    return build<SignOp>(x, x.getType(), Value(x));
  return select(x > 0.0, 1.0, select(x < 0.0, -1.0, x));
}

Expr sigmoid(Expr x) {
  return x.isTensor() ? build<SigmoidOp>(x, x.getType(), Value(x)) : 1.0 / (1.0 + exp(-x));
}

Expr square(Expr x) {
  return x.isTensor() ? build<SquareOp>(x, x.getType(), Value(x)) : x * x;
}

static arith::CmpFPredicate floatPredicate(CompareKind kind) {
  switch (kind) {
  case CompareKind::EQ:
    return arith::CmpFPredicate::OEQ;
  case CompareKind::NE:
    return arith::CmpFPredicate::UNE;
  case CompareKind::LT:
    return arith::CmpFPredicate::OLT;
  case CompareKind::LE:
    return arith::CmpFPredicate::OLE;
  case CompareKind::GT:
    return arith::CmpFPredicate::OGT;
  case CompareKind::GE:
    return arith::CmpFPredicate::OGE;
  }
  llvm_unreachable("a comparison");
}

Expr compare(CompareKind kind, Expr a, Expr b) {
  unifyShapes(a, b);
  if (!a.isTensor())
    return build<arith::CmpFOp>(a, floatPredicate(kind), Value(a), Value(b));
  Type predicate = a.tensorType().clone(a.getBuilder().getI1Type());
  return build<CompareOp>(a, predicate, kind, Value(a), Value(b));
}

Expr select(Expr condition, Expr a, Expr b) {
  unifyShapes(a, b);
  if (!a.isTensor())
    return build<arith::SelectOp>(a, Value(condition), Value(a), Value(b));
  return build<SelectOp>(a, a.getType(), Value(condition), Value(a), Value(b));
}

Expr convert(Expr x, Type type) {
  if (x.elementType() == type)
    return x;
  if (x.isTensor())
    return build<ConvertOp>(x, x.tensorType().clone(type), Value(x));
  if (type.getIntOrFloatBitWidth() > x.elementType().getIntOrFloatBitWidth())
    return build<arith::ExtFOp>(x, type, Value(x));
  return build<arith::TruncFOp>(x, type, Value(x));
}

//===-- Tensors --------------------------------------------------------------------------------------------------===//

Expr broadcast(Expr x, RankedTensorType type, ArrayRef<int64_t> dims) {
  return x.getType() == type ? x : build<BroadcastOp>(x, type, Value(x), dims);
}

Expr broadcast(Expr scalar, RankedTensorType type) {
  return broadcast(scalar, type, {});
}

Expr unreduce(Expr x, RankedTensorType type, ArrayRef<int64_t> dims) {
  return broadcast(x, type, otherDims(type.getRank(), dims));
}

Expr reduce(ReduceKind kind, Expr x, ArrayRef<int64_t> dims) {
  return dims.empty() ? x : build<ReduceOp>(x, kind, Value(x), dims);
}

Expr sum(Expr x) {
  return sum(x, allDims(x.rank()));
}

Expr count(OpBuilder &builder, Location loc, RankedTensorType type, ArrayRef<int64_t> dims) {
  auto scalar = RankedTensorType::get({}, type.getElementType());
  double factor = 1.0;
  Expr rows;
  for (int64_t dim : dims) {
    if (!type.isDynamicDim(dim)) {
      factor *= static_cast<double>(type.getDimSize(dim));
      continue;
    }
    Expr batch(builder, loc, BatchSizeOp::create(builder, loc, scalar));
    rows = rows ? rows * batch : batch;
  }
  return rows ? rows * factor : constant(builder, loc, scalar, factor);
}

Expr transpose(Expr x, ArrayRef<int64_t> permutation) {
  if (llvm::equal(permutation, allDims(x.rank())))
    return x;
  return build<TransposeOp>(x, Value(x), permutation);
}

Expr reshape(Expr x, RankedTensorType type) {
  return x.getType() == type ? x : build<ReshapeOp>(x, type, Value(x));
}

Expr iota(OpBuilder &builder, Location loc, RankedTensorType type, int64_t dim) {
  return Expr(builder, loc, IotaOp::create(builder, loc, type, dim));
}

SmallVector<int64_t> allDims(int64_t rank) {
  return llvm::to_vector(llvm::seq<int64_t>(0, rank));
}

SmallVector<int64_t> otherDims(int64_t rank, ArrayRef<int64_t> dims) {
  auto others =
      llvm::make_filter_range(llvm::seq<int64_t>(0, rank), [&](int64_t dim) { return !llvm::is_contained(dims, dim); });
  return llvm::to_vector(others);
}

} // namespace sinter
