// Which math ops become arithmetic?
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Expansions.h"
#include "mlir/Dialect/Math/IR/Math.h"
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

Value expandRsqrt(MathBuilder &b, Value x) {
  return b.div(b.constant(1.0), b.sqrt(x));
}

} // namespace

void populateMathPolynomialPatterns(RewritePatternSet &patterns) {
  patterns.add<ExpandPattern<math::ExpOp, expandExp>, ExpandPattern<math::ExpM1Op, expandExpM1>,
               ExpandPattern<math::LogOp, expandLog>, ExpandPattern<math::Log1pOp, expandLog1P>,
               ExpandPattern<math::TanhOp, expandTanh>, ExpandPattern<math::ErfOp, expandErf>,
               ExpandPattern<math::RsqrtOp, expandRsqrt>>(patterns.getContext());
}

} // namespace sinter
