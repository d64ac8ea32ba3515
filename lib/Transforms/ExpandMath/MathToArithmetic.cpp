// Which math ops become arithmetic?
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Expansions.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/IR/TypeUtilities.h"
#include "sinter/Transforms/ExpandMath/ExpandMath.h"

#include <limits>

using namespace mlir;

namespace sinter {

namespace {

/// A pattern that knows what the target can do.
template <typename OpTy>
struct ExpansionPattern : OpRewritePattern<OpTy> {
  ExpansionPattern(MLIRContext *context, MathTarget target, PatternBenefit benefit = 1)
      : OpRewritePattern<OpTy>(context, benefit), target(target) {}
  MathTarget target;
};

template <typename OpTy, Value (*expand)(MathBuilder &, Value)>
struct ExpandPattern : ExpansionPattern<OpTy> {
  using ExpansionPattern<OpTy>::ExpansionPattern;
  LogicalResult matchAndRewrite(OpTy op, PatternRewriter &rewriter) const override {
    if (!isExpandable(op.getType()))
      return rewriter.notifyMatchFailure(op, "neither f32 nor f64");
    ImplicitLocOpBuilder builder(op.getLoc(), rewriter);
    MathBuilder b(builder, op.getType(), this->target);
    rewriter.replaceOp(op, expand(b, op.getOperand()));
    return success();
  }
};

struct ExpandPow : ExpansionPattern<math::PowFOp> {
  using ExpansionPattern::ExpansionPattern;
  LogicalResult matchAndRewrite(math::PowFOp op, PatternRewriter &rewriter) const override {
    bool isDouble = getElementTypeOrSelf(op.getType()).isF64();
    if (!isExpandable(op.getType()) || (isDouble && target.libm))
      return rewriter.notifyMatchFailure(op, "neither f32 nor without libm");
    ImplicitLocOpBuilder builder(op.getLoc(), rewriter);
    MathBuilder b(builder, op.getType(), target);
    rewriter.replaceOp(op, expandPow(b, op.getLhs(), op.getRhs()));
    return success();
  }
};

/// |x| compared with infinity.
template <typename OpTy, arith::CmpFPredicate predicate>
struct ExpandTest : ExpansionPattern<OpTy> {
  using ExpansionPattern<OpTy>::ExpansionPattern;
  LogicalResult matchAndRewrite(OpTy op, PatternRewriter &rewriter) const override {
    Value x = op.getOperand();
    if (!isExpandable(x.getType()))
      return rewriter.notifyMatchFailure(op, "neither f32 nor f64");
    ImplicitLocOpBuilder builder(op.getLoc(), rewriter);
    MathBuilder b(builder, x.getType(), this->target);
    Value infinity = b.constant(std::numeric_limits<double>::infinity());
    rewriter.replaceOp(op, b.compare(predicate, b.abs(x), infinity));
    return success();
  }
};

Value expandRsqrt(MathBuilder &b, Value x) {
  return b.div(b.constant(1.0), b.sqrt(x));
}

} // namespace

void populateMathPolynomialPatterns(RewritePatternSet &patterns, MathTarget target) {
  MLIRContext *context = patterns.getContext();
  // Before the patterns that go lane by lane, for what is not expanded.
  PatternBenefit preferred = 2;
  if (target.fma)
    patterns.add<ExpandPattern<math::SinOp, expandSin>, ExpandPattern<math::CosOp, expandCos>>(context, target,
                                                                                               preferred);
  patterns.add<ExpandPow>(context, target, preferred);
  patterns
      .add<ExpandTest<math::IsFiniteOp, arith::CmpFPredicate::OLT>,
           ExpandTest<math::IsInfOp, arith::CmpFPredicate::OEQ>, ExpandTest<math::IsNaNOp, arith::CmpFPredicate::UNO>>(
          context, target, preferred);
  patterns.add<ExpandPattern<math::ExpOp, expandExp>, ExpandPattern<math::ExpM1Op, expandExpM1>,
               ExpandPattern<math::LogOp, expandLog>, ExpandPattern<math::Log1pOp, expandLog1P>,
               ExpandPattern<math::TanhOp, expandTanh>, ExpandPattern<math::ErfOp, expandErf>,
               ExpandPattern<math::RsqrtOp, expandRsqrt>>(context, target, preferred);
}

} // namespace sinter
