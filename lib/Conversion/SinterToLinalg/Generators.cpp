// Ops whose elements follow from indices or from few values.
//
//   constant (a splat)  ->  a generic that yields the number
//   batch_size          ->  the batch extent as a float, rank 0
//   iota                ->  linalg.index
//   broadcast           ->  the input at the kept dimensions
//   transpose           ->  the input at permuted dimensions
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Generic.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "sinter/Conversion/SinterToLinalg/Passes.h"
#include "sinter/Dialect/IR/SinterDialect.h"

using namespace mlir;
using namespace sinter;

namespace {
struct ConvertConstant : OpRewritePattern<ConstantOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(ConstantOp op, PatternRewriter &rewriter) const override {
    auto splat = dyn_cast<SplatElementsAttr>(op.getValue());
    if (!splat) {
      rewriter.replaceOpWithNewOp<arith::ConstantOp>(op, cast<TypedAttr>(op.getValue()));
      return success();
    }
    auto body = [&](OpBuilder &builder, Location loc, ValueRange) -> SmallVector<Value> {
      return {arith::ConstantOp::create(builder, loc, cast<TypedAttr>(splat.getSplatValue<Attribute>()))};
    };
    return replaceWithElementwise(rewriter, op, {}, {}, body);
  }
};

struct ConvertBatchSize : OpRewritePattern<BatchSizeOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(BatchSizeOp op, PatternRewriter &rewriter) const override {
    Value rows = batchExtent(rewriter, op);
    if (!rows)
      return failure();
    auto body = [&](OpBuilder &builder, Location loc, ValueRange) -> SmallVector<Value> {
      Value count = arith::IndexCastOp::create(builder, loc, builder.getI64Type(), rows);
      return {arith::SIToFPOp::create(builder, loc, op.getType().getElementType(), count)};
    };
    return replaceWithElementwise(rewriter, op, {}, {}, body);
  }
};

struct ConvertIota : OpRewritePattern<IotaOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(IotaOp op, PatternRewriter &rewriter) const override {
    Type type = op.getType().getElementType();
    auto body = [&](OpBuilder &builder, Location loc, ValueRange) -> SmallVector<Value> {
      Value index = linalg::IndexOp::create(builder, loc, op.getDim());
      if (isa<IntegerType>(type))
        return {arith::IndexCastOp::create(builder, loc, type, index)};
      Value integer = arith::IndexCastOp::create(builder, loc, builder.getI64Type(), index);
      return {arith::SIToFPOp::create(builder, loc, type, integer)};
    };
    return replaceWithElementwise(rewriter, op, {}, {}, body);
  }
};

SmallVector<Value> sameValue(OpBuilder &, Location, ValueRange inputs) {
  return {inputs[0]};
}

struct ConvertBroadcast : OpRewritePattern<BroadcastOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(BroadcastOp op, PatternRewriter &rewriter) const override {
    AffineMap map = selectDims(getContext(), op.getType().getRank(), op.getDims());
    return replaceWithElementwise(rewriter, op, op.getInput(), map, sameValue);
  }
};

struct ConvertTranspose : OpRewritePattern<TransposeOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(TransposeOp op, PatternRewriter &rewriter) const override {
    ArrayRef<int64_t> permutation = op.getPermutation();
    SmallVector<int64_t> inputDims(permutation.size());
    for (auto [i, dim] : llvm::enumerate(permutation))
      inputDims[dim] = i;
    AffineMap map = selectDims(getContext(), permutation.size(), inputDims);
    return replaceWithElementwise(rewriter, op, op.getInput(), map, sameValue);
  }
};
} // namespace

void sinter::populateGeneratorsToLinalgPatterns(RewritePatternSet &patterns) {
  patterns.add<ConvertConstant, ConvertBatchSize, ConvertIota, ConvertBroadcast, ConvertTranspose>(
      patterns.getContext());
}
