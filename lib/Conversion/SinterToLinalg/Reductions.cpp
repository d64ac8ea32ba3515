// Ops that combine elements: a fill with the neutral element, then a loop with reduction iterators.
//
//   reduce sum, max  ->  linalg.fill, linalg.generic { addf | maximumf | addi | maxsi }
//   dot_general      ->  linalg.fill, linalg.generic { mulf, addf }, loops (batch, left, right, contracted)
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Generic.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "sinter/Conversion/SinterToLinalg/Passes.h"
#include "sinter/Dialect/IR/SinterDialect.h"
#include "sinter/Transforms/Decompose/Source.h"

using namespace mlir;
using namespace sinter;
using utils::IteratorType;

/// The result tensor filled with `initial`; null when its extents are not to be had.
static Value filled(OpBuilder &builder, Operation *op, RankedTensorType type, TypedAttr initial) {
  Value empty = emptyTensor(builder, op, type);
  if (!empty)
    return {};
  Value scalar = arith::ConstantOp::create(builder, op->getLoc(), initial);
  return linalg::FillOp::create(builder, op->getLoc(), scalar, empty).getResult(0);
}

static TypedAttr neutral(Type type, ReduceKind kind) {
  auto floatType = dyn_cast<FloatType>(type);
  if (floatType && kind == ReduceKind::Max)
    return FloatAttr::get(floatType, APFloat::getInf(floatType.getFloatSemantics(), /*Negative=*/true));
  if (floatType)
    return FloatAttr::get(floatType, 0.0);
  unsigned width = type.getIntOrFloatBitWidth();
  bool lowest = kind == ReduceKind::Max && width > 1;
  return IntegerAttr::get(type, lowest ? APInt::getSignedMinValue(width) : APInt(width, 0));
}

static Value combine(OpBuilder &builder, Location loc, ReduceKind kind, Value total, Value element) {
  bool isFloat = isa<FloatType>(element.getType());
  if (kind == ReduceKind::Max && isFloat)
    return arith::MaximumFOp::create(builder, loc, total, element);
  if (kind == ReduceKind::Max && element.getType().isInteger(1))
    return arith::MaxUIOp::create(builder, loc, total, element);
  if (kind == ReduceKind::Max)
    return arith::MaxSIOp::create(builder, loc, total, element);
  if (isFloat)
    return arith::AddFOp::create(builder, loc, total, element);
  return arith::AddIOp::create(builder, loc, total, element);
}

namespace {
struct ConvertReduce : OpRewritePattern<ReduceOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(ReduceOp op, PatternRewriter &rewriter) const override {
    if (op.getKind() == ReduceKind::Mean)
      return rewriter.notifyMatchFailure(op, "a mean is written as a sum first (sinter-decompose)");
    auto input = cast<RankedTensorType>(op.getInput().getType()), type = cast<RankedTensorType>(op.getType());
    Value initial = filled(rewriter, op, type, neutral(type.getElementType(), op.getKind()));
    if (!initial)
      return failure();
    SmallVector<IteratorType> loops(input.getRank(), IteratorType::parallel);
    SmallVector<int64_t> kept;
    for (int64_t dim = 0; dim < input.getRank(); ++dim)
      if (llvm::is_contained(op.getDims(), dim))
        loops[dim] = IteratorType::reduction;
      else
        kept.push_back(dim);
    SmallVector<AffineMap> maps{rewriter.getMultiDimIdentityMap(input.getRank()),
                                selectDims(getContext(), input.getRank(), kept)};
    auto body = [&](OpBuilder &builder, Location loc, ValueRange arguments) {
      linalg::YieldOp::create(builder, loc, combine(builder, loc, op.getKind(), arguments[1], arguments[0]));
    };
    auto generic =
        linalg::GenericOp::create(rewriter, sourceLoc(op), TypeRange{type}, op.getInput(), initial, maps, loops, body);
    rewriter.replaceOp(op, generic.getResults());
    return success();
  }
};

/// Names the loop of each operand dimension.
struct LoopNumbering {
  explicit LoopNumbering(DotGeneralOp op)
      : lhs(cast<RankedTensorType>(op.getLhs().getType()).getRank(), -1),
        rhs(cast<RankedTensorType>(op.getRhs().getType()).getRank(), -1) {
    for (auto [l, r] : llvm::zip_equal(op.getLhsBatch(), op.getRhsBatch()))
      lhs[l] = rhs[r] = count++;
    SmallVector<int64_t> left(lhs), right(rhs);
    for (int64_t dim : op.getLhsContract())
      left[dim] = 0;
    for (int64_t dim : op.getRhsContract())
      right[dim] = 0;
    for (auto [dim, loop] : llvm::enumerate(left))
      if (loop < 0)
        lhs[dim] = count++;
    for (auto [dim, loop] : llvm::enumerate(right))
      if (loop < 0)
        rhs[dim] = count++;
    resultRank = count;
    for (auto [l, r] : llvm::zip_equal(op.getLhsContract(), op.getRhsContract()))
      lhs[l] = rhs[r] = count++;
  }

  SmallVector<int64_t> lhs, rhs;
  int64_t resultRank = 0, count = 0;
};

struct ConvertDotGeneral : OpRewritePattern<DotGeneralOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(DotGeneralOp op, PatternRewriter &rewriter) const override {
    auto type = cast<RankedTensorType>(op.getType());
    Value initial = filled(rewriter, op, type, neutral(type.getElementType(), ReduceKind::Sum));
    if (!initial)
      return failure();
    LoopNumbering number(op);
    SmallVector<int64_t> result = llvm::to_vector(llvm::seq<int64_t>(0, number.resultRank));
    SmallVector<AffineMap> maps;
    for (ArrayRef<int64_t> dims : {ArrayRef(number.lhs), ArrayRef(number.rhs), ArrayRef(result)})
      maps.push_back(selectDims(getContext(), number.count, dims));
    SmallVector<IteratorType> loops(number.count, IteratorType::reduction);
    std::fill_n(loops.begin(), number.resultRank, IteratorType::parallel);
    auto body = [](OpBuilder &builder, Location loc, ValueRange arguments) {
      auto widened = [&](Value x) -> Value { // f16, bf16
        Type sum = arguments[2].getType();
        return x.getType() == sum ? x : arith::ExtFOp::create(builder, loc, sum, x);
      };
      Value left = widened(arguments[0]), right = widened(arguments[1]);
      Value product = arith::MulFOp::create(builder, loc, left, right);
      linalg::YieldOp::create(builder, loc, arith::AddFOp::create(builder, loc, arguments[2], product).getResult());
    };
    auto generic =
        linalg::GenericOp::create(rewriter, sourceLoc(op), TypeRange{type}, ValueRange{op.getLhs(), op.getRhs()},
                                  ValueRange{initial}, maps, loops, body);
    rewriter.replaceOp(op, generic.getResults());
    return success();
  }
};
} // namespace

void sinter::populateReductionsToLinalgPatterns(RewritePatternSet &patterns) {
  patterns.add<ConvertReduce, ConvertDotGeneral>(patterns.getContext());
}
