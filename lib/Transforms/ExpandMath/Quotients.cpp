// Which quotients are multiply-adds rather than divisions?
//
//   a / (c sqrt(v) + e)     the step of Adam, RMSProp and Adagrad
//
// A core has one unit for square roots and quotients: on vectors of 512 bits either keeps it busy for 10 to 20 cycles,
// so that an optimizer waits for the sum of both. The root stays there; the quotient comes from the processor's
// estimate of 1 / d, which has 14 bits, by a step of Newton's method, and is corrected by what is left of the dividend:
//
//   r = estimate;  r += r (1 - d r);  q = a r;  q -= r (d q - a)
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Expansions.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/TypeUtilities.h"
#include "sinter/Transforms/ExpandMath/ExpandMath.h"

using namespace mlir;

namespace sinter {

namespace {

/// True if `value` is a square root, or sums and products of one.
bool comesFromRoot(Value value) {
  constexpr unsigned kMostOps = 3;
  SmallVector<Value> level{value};
  for (unsigned depth = 0; depth < kMostOps; ++depth) {
    SmallVector<Value> next;
    for (Value one : level) {
      Operation *op = one.getDefiningOp();
      if (isa_and_nonnull<math::SqrtOp>(op))
        return true;
      if (isa_and_nonnull<arith::AddFOp, arith::MulFOp, math::FmaOp, vector::FMAOp>(op))
        llvm::append_range(next, op->getOperands());
    }
    level = std::move(next);
  }
  return false;
}

/// What the steps above make NaN of (infinities, a divisor of 0) is the dividend times the estimate.
Value expandQuotient(MathBuilder &b, Value a, Value d) {
  Value estimate = b.reciprocalEstimate(d), one = b.constant(1.0);
  Value r = b.fma(estimate, b.fma(b.negate(d), estimate, one), estimate);
  Value q = b.mul(a, r), excess = b.fma(d, q, b.negate(a));
  q = b.fma(b.negate(excess), r, q);
  return b.select(b.compare(MathBuilder::Predicate::UNO, q, q), b.mul(a, estimate), q);
}

struct ExpandQuotientByRoot : OpRewritePattern<arith::DivFOp> {
  ExpandQuotientByRoot(MLIRContext *context, MathTarget target) : OpRewritePattern(context), target(target) {}
  LogicalResult matchAndRewrite(arith::DivFOp op, PatternRewriter &rewriter) const override {
    if (!getElementTypeOrSelf(op.getType()).isF32() || !isExpandable(op.getType()))
      return rewriter.notifyMatchFailure(op, "not f32");
    ImplicitLocOpBuilder builder(op.getLoc(), rewriter);
    MathBuilder b(builder, op.getType(), target);
    if (!b.isAvx512())
      return rewriter.notifyMatchFailure(op, "no estimate of 14 bits for such a vector");
    if (!comesFromRoot(op.getRhs()))
      return rewriter.notifyMatchFailure(op, "the divisor keeps no square root waiting");
    rewriter.replaceOp(op, expandQuotient(b, op.getLhs(), op.getRhs()));
    return success();
  }
  MathTarget target;
};

} // namespace

void populateQuotientPatterns(RewritePatternSet &patterns, MathTarget target) {
  patterns.add<ExpandQuotientByRoot>(patterns.getContext(), target);
}

} // namespace sinter
