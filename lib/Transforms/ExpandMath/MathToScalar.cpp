// Which math ops on vectors does libm compute lane by lane?
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "sinter/Transforms/ExpandMath/ExpandMath.h"

using namespace mlir;

namespace sinter {

namespace {

template <typename OpTy>
struct PerLane : OpRewritePattern<OpTy> {
  using OpRewritePattern<OpTy>::OpRewritePattern;
  LogicalResult matchAndRewrite(OpTy op, PatternRewriter &rewriter) const override {
    auto type = dyn_cast<VectorType>(op.getType());
    if (!type || type.getRank() != 1 || type.isScalable())
      return rewriter.notifyMatchFailure(op, "not a vector of rank 1");
    SmallVector<Value> lanes;
    for (int64_t lane = 0; lane < type.getNumElements(); ++lane) {
      SmallVector<Value> operands;
      for (Value operand : op->getOperands())
        operands.push_back(vector::ExtractOp::create(rewriter, op.getLoc(), operand, lane));
      OperationState state(op.getLoc(), op->getName(), operands, {type.getElementType()}, op->getAttrs());
      lanes.push_back(rewriter.create(state)->getResult(0));
    }
    rewriter.replaceOpWithNewOp<vector::FromElementsOp>(op, type, lanes);
    return success();
  }
};

template <typename OpTy>
struct SplitFma : OpRewritePattern<OpTy> {
  using OpRewritePattern<OpTy>::OpRewritePattern;
  LogicalResult matchAndRewrite(OpTy op, PatternRewriter &rewriter) const override {
    Value product = arith::MulFOp::create(rewriter, op.getLoc(), op->getOperand(0), op->getOperand(1));
    rewriter.replaceOpWithNewOp<arith::AddFOp>(op, product, op->getOperand(2));
    return success();
  }
};

} // namespace

void populateMathToScalarPatterns(RewritePatternSet &patterns) {
  using namespace math;
  patterns.add<PerLane<AcosOp>, PerLane<AcoshOp>, PerLane<AsinOp>, PerLane<AsinhOp>, PerLane<AtanOp>, PerLane<AtanhOp>,
               PerLane<Atan2Op>, PerLane<CbrtOp>, PerLane<CosOp>, PerLane<CoshOp>, PerLane<ErfOp>, PerLane<ErfcOp>,
               PerLane<Exp2Op>, PerLane<FPowIOp>, PerLane<Log2Op>, PerLane<Log10Op>, PerLane<PowFOp>, PerLane<SinOp>,
               PerLane<SinhOp>, PerLane<TanOp>>(patterns.getContext());
}

void populateSplitFmaPatterns(RewritePatternSet &patterns) {
  patterns.add<SplitFma<math::FmaOp>, SplitFma<vector::FMAOp>>(patterns.getContext());
}

} // namespace sinter
