// Which math ops become arithmetic?
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Expansions.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/IR/TypeUtilities.h"
#include "sinter/Transforms/ExpandMath/ExpandMath.h"

using namespace mlir;

namespace sinter {

namespace {

template <typename OpTy, Value (*expand)(MathBuilder &, Value)>
struct ExpandPattern : OpRewritePattern<OpTy> {
  using OpRewritePattern<OpTy>::OpRewritePattern;
  LogicalResult matchAndRewrite(OpTy op, PatternRewriter &rewriter) const override {
    if (!isExpandable(op.getType()))
      return rewriter.notifyMatchFailure(op, "neither f32 nor f64");
    ImplicitLocOpBuilder builder(op.getLoc(), rewriter);
    MathBuilder b(builder, op.getType());
    rewriter.replaceOp(op, expand(b, op.getOperand()));
    return success();
  }
};

template <typename OpTy, Value (*expand)(ImplicitLocOpBuilder &, Value)>
struct ExpandWithBranch : OpRewritePattern<OpTy> {
  using OpRewritePattern<OpTy>::OpRewritePattern;
  LogicalResult matchAndRewrite(OpTy op, PatternRewriter &rewriter) const override {
    if (!isExpandable(op.getType()))
      return rewriter.notifyMatchFailure(op, "neither f32 nor f64");
    ImplicitLocOpBuilder builder(op.getLoc(), rewriter);
    rewriter.replaceOp(op, expand(builder, op.getOperand()));
    return success();
  }
};

struct ExpandPow : OpRewritePattern<math::PowFOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(math::PowFOp op, PatternRewriter &rewriter) const override {
    if (!isExpandable(op.getType()) || !getElementTypeOrSelf(op.getType()).isF32())
      return rewriter.notifyMatchFailure(op, "not f32");
    ImplicitLocOpBuilder builder(op.getLoc(), rewriter);
    rewriter.replaceOp(op, expandPow(builder, op.getLhs(), op.getRhs()));
    return success();
  }
};

Value expandRsqrt(MathBuilder &b, Value x) {
  return b.div(b.constant(1.0), b.sqrt(x));
}

} // namespace

void populateMathPolynomialPatterns(RewritePatternSet &patterns, bool fma) {
  // Before the patterns that go lane by lane, for what is not expanded.
  PatternBenefit preferred = 2;
  if (fma)
    patterns.add<ExpandWithBranch<math::SinOp, expandSin>, ExpandWithBranch<math::CosOp, expandCos>>(
        patterns.getContext(), preferred);
  patterns.add<ExpandPow>(patterns.getContext(), preferred);
  patterns.add<ExpandPattern<math::ExpOp, expandExp>, ExpandPattern<math::ExpM1Op, expandExpM1>,
               ExpandPattern<math::LogOp, expandLog>, ExpandPattern<math::Log1pOp, expandLog1P>,
               ExpandPattern<math::TanhOp, expandTanh>, ExpandPattern<math::ErfOp, expandErf>,
               ExpandPattern<math::RsqrtOp, expandRsqrt>>(patterns.getContext());
}

} // namespace sinter
