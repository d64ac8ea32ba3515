// Which formulas with a function in them are better computed as one?
//
//   1 + erf(x)           half of GELU: no more digits of erf are needed than the sum keeps
//   1 / (1 + exp(-x))    sigmoid: e^x / (1 + e^x) keeps the digits of small results
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Expansions.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/IR/Matchers.h"
#include "mlir/IR/TypeUtilities.h"
#include "sinter/Transforms/ExpandMath/ExpandMath.h"

using namespace mlir;

namespace sinter {

namespace {

bool isOne(Value value) {
  Attribute constant;
  if (!matchPattern(value, m_Constant(&constant)))
    return false;
  if (auto splat = dyn_cast<SplatElementsAttr>(constant))
    constant = splat.getSplatValue<Attribute>();
  auto number = dyn_cast<FloatAttr>(constant);
  return number && number.getValue().isExactlyValue(1.0);
}

/// The function in 1 + f or f + 1, if it is an `OpTy`.
template <typename OpTy>
OpTy addedToOne(arith::AddFOp sum) {
  if (auto function = sum.getLhs().getDefiningOp<OpTy>(); function && isOne(sum.getRhs()))
    return function;
  auto function = sum.getRhs().getDefiningOp<OpTy>();
  return function && isOne(sum.getLhs()) ? function : OpTy();
}

struct ExpandOnePlusErf : OpRewritePattern<arith::AddFOp> {
  ExpandOnePlusErf(MLIRContext *context, MathTarget target) : OpRewritePattern(context), target(target) {}
  LogicalResult matchAndRewrite(arith::AddFOp op, PatternRewriter &rewriter) const override {
    auto erf = addedToOne<math::ErfOp>(op);
    if (!erf || !isExpandable(op.getType()) || !getElementTypeOrSelf(op.getType()).isF32())
      return rewriter.notifyMatchFailure(op, "not 1 + erf(x) of f32");
    ImplicitLocOpBuilder builder(op.getLoc(), rewriter);
    MathBuilder b(builder, op.getType(), target);
    rewriter.replaceOp(op, expandOnePlusErf(b, erf.getOperand()));
    return success();
  }
  MathTarget target;
};

struct ExpandSigmoid : OpRewritePattern<arith::DivFOp> {
  ExpandSigmoid(MLIRContext *context, MathTarget target) : OpRewritePattern(context), target(target) {}
  LogicalResult matchAndRewrite(arith::DivFOp op, PatternRewriter &rewriter) const override {
    auto sum = op.getRhs().getDefiningOp<arith::AddFOp>();
    auto exp = sum ? addedToOne<math::ExpOp>(sum) : math::ExpOp();
    auto negated = exp ? exp.getOperand().getDefiningOp<arith::NegFOp>() : arith::NegFOp();
    if (!negated || !isOne(op.getLhs()) || !isExpandable(op.getType()))
      return rewriter.notifyMatchFailure(op, "not 1 / (1 + exp(-x))");
    ImplicitLocOpBuilder builder(op.getLoc(), rewriter);
    MathBuilder b(builder, op.getType(), target);
    rewriter.replaceOp(op, expandSigmoid(b, negated.getOperand()));
    return success();
  }
  MathTarget target;
};

} // namespace

void populateMathFormulaPatterns(RewritePatternSet &patterns, MathTarget target) {
  patterns.add<ExpandOnePlusErf, ExpandSigmoid>(patterns.getContext(), target);
}

} // namespace sinter
