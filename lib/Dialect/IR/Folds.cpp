// What can be said about an op's result without running it? Constant splats, neutral elements, identities.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "mlir/IR/Matchers.h"
#include "mlir/IR/PatternMatch.h"
#include "sinter/Dialect/IR/SinterDialect.h"
#include <cmath>

using namespace mlir;
using namespace sinter;

//===-- Splats ---------------------------------------------------------------------------------------------------===//

/// The value every element has, if `attr` is a float splat.
static std::optional<APFloat> floatSplat(Attribute attr) {
  auto elements = dyn_cast_if_present<SplatElementsAttr>(attr);
  if (!elements || !isa<FloatType>(elements.getElementType()))
    return std::nullopt;
  return elements.getSplatValue<APFloat>();
}

/// The type a constant's value has for a result of type `type`: the batch extent counts as 1.
static RankedTensorType valueType(RankedTensorType type) {
  SmallVector<int64_t> shape(type.getShape());
  std::replace(shape.begin(), shape.end(), ShapedType::kDynamic, int64_t(1));
  return type.clone(shape);
}

static OpFoldResult splatOf(RankedTensorType type, double value) {
  return SplatElementsAttr::get(valueType(type), FloatAttr::get(type.getElementType(), value).getValue());
}

template <typename OpT>
static OpFoldResult foldUnary(OpT op, Attribute input, double (*function)(double)) {
  if (std::optional<APFloat> value = floatSplat(input))
    return splatOf(op.getType(), function(value->convertToDouble()));
  return {};
}

template <typename AdaptorT, typename OpT>
static OpFoldResult foldBinary(OpT op, AdaptorT adaptor, double (*function)(double, double)) {
  std::optional<APFloat> lhs = floatSplat(adaptor.getLhs()), rhs = floatSplat(adaptor.getRhs());
  if (lhs && rhs)
    return splatOf(cast<RankedTensorType>(op.getType()), function(lhs->convertToDouble(), rhs->convertToDouble()));
  return {};
}

static bool isSplat(Attribute attr, double value) {
  std::optional<APFloat> splat = floatSplat(attr);
  return splat && splat->isExactlyValue(value);
}

//===-- Unary ----------------------------------------------------------------------------------------------------===//

#define FOLD_UNARY(OpT, expression)                                                                                    \
  OpFoldResult OpT::fold(FoldAdaptor adaptor) {                                                                        \
    return foldUnary(*this, adaptor.getInput(), [](double x) -> double { return expression; });                        \
  }
FOLD_UNARY(SignOp, std::isnan(x) ? x : (x > 0) - (x < 0))
FOLD_UNARY(FloorOp, std::floor(x))
FOLD_UNARY(ExpOp, std::exp(x))
FOLD_UNARY(Expm1Op, std::expm1(x))
FOLD_UNARY(LogOp, std::log(x))
FOLD_UNARY(Log1pOp, std::log1p(x))
FOLD_UNARY(SqrtOp, std::sqrt(x))
FOLD_UNARY(RsqrtOp, 1 / std::sqrt(x))
FOLD_UNARY(SinOp, std::sin(x))
FOLD_UNARY(CosOp, std::cos(x))
FOLD_UNARY(TanhOp, std::tanh(x))
FOLD_UNARY(ErfOp, std::erf(x))
FOLD_UNARY(SigmoidOp, 1 / (1 + std::exp(-x)))
FOLD_UNARY(SquareOp, x *x)
FOLD_UNARY(SiluOp, x / (1 + std::exp(-x)))
#undef FOLD_UNARY

OpFoldResult NegateOp::fold(FoldAdaptor adaptor) {
  if (auto inner = getInput().getDefiningOp<NegateOp>())
    return inner.getInput();
  return foldUnary(*this, adaptor.getInput(), [](double x) { return -x; });
}

OpFoldResult AbsOp::fold(FoldAdaptor adaptor) {
  if (getInput().getDefiningOp<AbsOp>())
    return getInput();
  return foldUnary(*this, adaptor.getInput(), [](double x) { return std::fabs(x); });
}

OpFoldResult ReluOp::fold(FoldAdaptor adaptor) {
  if (getInput().getDefiningOp<ReluOp>())
    return getInput();
  return foldUnary(*this, adaptor.getInput(), [](double x) { return std::isnan(x) || x > 0 ? x : 0.0; });
}

//===-- Binary ---------------------------------------------------------------------------------------------------===//

OpFoldResult AddOp::fold(FoldAdaptor adaptor) {
  // x + (-0) is x; x + 0 differs from x only in the sign of a zero, which training does not see.
  if (isSplat(adaptor.getRhs(), 0.0) || isSplat(adaptor.getRhs(), -0.0))
    return getLhs();
  if (isSplat(adaptor.getLhs(), 0.0) || isSplat(adaptor.getLhs(), -0.0))
    return getRhs();
  return foldBinary(*this, adaptor, [](double a, double b) { return a + b; });
}

OpFoldResult SubOp::fold(FoldAdaptor adaptor) {
  if (isSplat(adaptor.getRhs(), 0.0))
    return getLhs();
  return foldBinary(*this, adaptor, [](double a, double b) { return a - b; });
}

OpFoldResult MulOp::fold(FoldAdaptor adaptor) {
  if (isSplat(adaptor.getRhs(), 1.0))
    return getLhs();
  if (isSplat(adaptor.getLhs(), 1.0))
    return getRhs();
  return foldBinary(*this, adaptor, [](double a, double b) { return a * b; });
}

OpFoldResult DivOp::fold(FoldAdaptor adaptor) {
  if (isSplat(adaptor.getRhs(), 1.0))
    return getLhs();
  return foldBinary(*this, adaptor, [](double a, double b) { return a / b; });
}

OpFoldResult MaxOp::fold(FoldAdaptor adaptor) {
  if (getLhs() == getRhs())
    return getLhs();
  return foldBinary(*this, adaptor,
                    [](double a, double b) { return std::isnan(a) || std::isnan(b) ? a + b : std::max(a, b); });
}

OpFoldResult MinOp::fold(FoldAdaptor adaptor) {
  if (getLhs() == getRhs())
    return getLhs();
  return foldBinary(*this, adaptor,
                    [](double a, double b) { return std::isnan(a) || std::isnan(b) ? a + b : std::min(a, b); });
}

OpFoldResult PowOp::fold(FoldAdaptor adaptor) {
  if (isSplat(adaptor.getRhs(), 1.0))
    return getLhs();
  return foldBinary(*this, adaptor, [](double a, double b) { return std::pow(a, b); });
}

//===-- Choice and conversion ------------------------------------------------------------------------------------===//

static bool compare(CompareKind kind, double a, double b) {
  switch (kind) {
  case CompareKind::EQ:
    return a == b;
  case CompareKind::NE:
    return a != b;
  case CompareKind::LT:
    return a < b;
  case CompareKind::LE:
    return a <= b;
  case CompareKind::GT:
    return a > b;
  case CompareKind::GE:
    return a >= b;
  }
  llvm_unreachable("all comparisons are listed");
}

OpFoldResult CompareOp::fold(FoldAdaptor adaptor) {
  std::optional<APFloat> lhs = floatSplat(adaptor.getLhs()), rhs = floatSplat(adaptor.getRhs());
  if (!lhs || !rhs)
    return {};
  bool value = compare(getKind(), lhs->convertToDouble(), rhs->convertToDouble());
  return SplatElementsAttr::get(valueType(getType()), value);
}

OpFoldResult SelectOp::fold(FoldAdaptor adaptor) {
  if (getOnTrue() == getOnFalse())
    return getOnTrue();
  auto predicate = dyn_cast_if_present<SplatElementsAttr>(adaptor.getPredicate());
  if (!predicate)
    return {};
  return predicate.getSplatValue<bool>() ? getOnTrue() : getOnFalse();
}

OpFoldResult ConvertOp::fold(FoldAdaptor adaptor) {
  if (getInput().getType() == getType())
    return getInput();
  RankedTensorType type = cast<RankedTensorType>(getType());
  // Widening is exact, so what was narrow before is the same again; rounding first is not undone.
  if (auto inner = getInput().getDefiningOp<ConvertOp>(); inner && inner.getInput().getType() == type) {
    Type narrow = type.getElementType(), wide = getElementTypeOrSelf(getInput().getType());
    if (isa<FloatType>(narrow) && isa<FloatType>(wide) && narrow.getIntOrFloatBitWidth() < wide.getIntOrFloatBitWidth())
      return inner.getInput();
  }
  if (std::optional<APFloat> value = floatSplat(adaptor.getInput()); value && isa<FloatType>(type.getElementType()))
    return splatOf(type, value->convertToDouble());
  return {};
}

OpFoldResult DropoutOp::fold(FoldAdaptor) {
  return getRate().isZero() ? getInput() : OpFoldResult();
}

//===-- Core -----------------------------------------------------------------------------------------------------===//

OpFoldResult ConstantOp::fold(FoldAdaptor) {
  return getValue();
}

/// A splat stays one, whatever is done to its shape.
static OpFoldResult reshapeSplat(Attribute input, RankedTensorType type) {
  if (auto splat = dyn_cast_if_present<SplatElementsAttr>(input))
    return SplatElementsAttr::get(valueType(type), splat.getSplatValue<Attribute>());
  return {};
}

OpFoldResult BroadcastOp::fold(FoldAdaptor adaptor) {
  if (getInput().getType() == getType())
    return getInput();
  return reshapeSplat(adaptor.getInput(), getType());
}

OpFoldResult ReduceOp::fold(FoldAdaptor) {
  return getDims().empty() ? getInput() : OpFoldResult();
}

OpFoldResult TransposeOp::fold(FoldAdaptor adaptor) {
  ArrayRef<int64_t> permutation = getPermutation();
  if (llvm::equal(permutation, llvm::seq<int64_t>(0, permutation.size())))
    return getInput();
  if (auto inner = getInput().getDefiningOp<TransposeOp>()) {
    SmallVector<int64_t> composed;
    for (int64_t d : permutation)
      composed.push_back(inner.getPermutation()[d]);
    setPermutation(composed);
    getInputMutable().assign(inner.getInput());
    return getResult();
  }
  return reshapeSplat(adaptor.getInput(), getType());
}

OpFoldResult ReshapeOp::fold(FoldAdaptor adaptor) {
  if (getInput().getType() == getType())
    return getInput();
  if (auto inner = getInput().getDefiningOp<ReshapeOp>()) {
    getInputMutable().assign(inner.getInput());
    return getResult();
  }
  return reshapeSplat(adaptor.getInput(), getType());
}

OpFoldResult SliceOp::fold(FoldAdaptor adaptor) {
  bool everyElement = llvm::all_of(getStrides(), [](int64_t stride) { return stride == 1; });
  if (everyElement && getInput().getType() == getType())
    return getInput();
  return reshapeSplat(adaptor.getInput(), getType());
}

OpFoldResult PadOp::fold(FoldAdaptor) {
  return getInput().getType() == getType() ? getInput() : OpFoldResult();
}

OpFoldResult ConcatenateOp::fold(FoldAdaptor) {
  return getInputs().size() == 1 ? getInputs().front() : OpFoldResult();
}

//===-- Canonicalization -----------------------------------------------------------------------------------------===//

namespace {
/// An input that no element function reads, or that is there twice, is dropped.
struct DropRedundantMapInputs : OpRewritePattern<MapOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(MapOp map, PatternRewriter &rewriter) const override {
    Block &body = map.getBody().front();
    SmallVector<Value> kept;
    SmallVector<unsigned> place;
    llvm::BitVector drop(body.getNumArguments());
    for (auto [i, input] : llvm::enumerate(map.getInputs())) {
      auto known = llvm::find(kept, input);
      bool onlyShape = body.getArgument(i).use_empty() && (!kept.empty() || i + 1 < map.getInputs().size());
      place.push_back(known - kept.begin());
      if (known != kept.end() || onlyShape)
        drop.set(i);
      else
        kept.push_back(input);
    }
    if (drop.none() || kept.empty())
      return rewriter.notifyMatchFailure(map, "every input is read once");
    for (unsigned i : drop.set_bits()) {
      if (body.getArgument(i).use_empty())
        continue;
      unsigned target = 0, seen = 0;
      for (unsigned j = 0; j < i; ++j)
        if (!drop.test(j) && seen++ == place[i])
          target = j;
      rewriter.replaceAllUsesWith(body.getArgument(i), body.getArgument(target));
    }
    rewriter.modifyOpInPlace(map, [&] {
      body.eraseArguments(drop);
      map.getInputsMutable().assign(kept);
    });
    return success();
  }
};
} // namespace

void MapOp::getCanonicalizationPatterns(RewritePatternSet &patterns, MLIRContext *context) {
  patterns.add<DropRedundantMapInputs>(context);
}
