// How are exp, expm1, log, log1p, tanh and erf computed from additions, products and bits?
// Reductions and f32 coefficients after Cephes (S. Moshier); f64 logarithm after FreeBSD's e_log.c; f32 erf after N.
// Juffa. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "MathBuilder.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/IR/TypeUtilities.h"
#include "sinter/Transforms/ExpandMath/ExpandMath.h"

#include <limits>

using namespace mlir;

namespace sinter {

namespace {

using Predicate = arith::CmpFPredicate;

constexpr double kLog2E = 1.44269504088896340736;
constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

/// (e^r - 1 - r) / r^2 for |r| <= log(2) / 2.
constexpr double kExpTail32[] = {1.9875691500e-4, 1.3981999507e-3, 8.3334519073e-3,
                                 4.1665795894e-2, 1.6666665459e-1, 5.0000001201e-1};
/// Taylor: 1/13! ... 1/2!; the first term left out is below 2^-57 of the sum.
constexpr double kExpTail64[] = {1.0 / 6227020800, 1.0 / 479001600, 1.0 / 39916800, 1.0 / 3628800,
                                 1.0 / 362880,     1.0 / 40320,     1.0 / 5040,     1.0 / 720,
                                 1.0 / 120,        1.0 / 24,        1.0 / 6,        1.0 / 2};

/// x = n log(2) + r; e^r - 1; n.
struct ReducedExp {
  Value minusOne, n;
};

ReducedExp reduceExp(MathBuilder &b, Value x) {
  auto [n, integer] = b.nearest(b.mul(x, b.constant(kLog2E)));
  // log(2) in two parts, the first with so few bits that n times it is exact.
  Value high = b.constant(b.isDouble() ? -6.93145751953125e-1 : -0.693359375);
  Value low = b.constant(b.isDouble() ? -1.42860682030941723212e-6 : 2.12194440e-4);
  Value r = b.fma(n, low, b.fma(n, high, x));
  Value tail = b.isDouble() ? b.polynomial(r, kExpTail64) : b.polynomial(r, kExpTail32);
  return {b.fma(tail, b.mul(r, r), r), integer};
}

Value expandExp(MathBuilder &b, Value x) {
  // Beyond the clamp the result is infinite, or less than half the least subnormal.
  x = b.isDouble() ? b.clamp(x, -746.0, 710.0) : b.clamp(x, -104.0, 89.0);
  auto [minusOne, n] = reduceExp(b, x);
  // Two factors, because 2^n itself may be out of range.
  Value half = b.shiftRight(n, 1);
  Value y = b.mul(b.add(minusOne, b.constant(1.0)), b.powerOfTwo(half));
  return b.mul(y, b.powerOfTwo(b.subInteger(n, half)));
}

Value expandExpM1(MathBuilder &b, Value x) {
  x = b.isDouble() ? b.clamp(x, -40.0, 710.0) : b.clamp(x, -18.0, 89.0);
  auto [minusOne, n] = reduceExp(b, x);
  // 2 (2^(n-1) (e^r - 1) + 2^(n-1) - 1/2), because 2^n may be out of range.
  Value scale = b.powerOfTwo(b.subInteger(n, b.integer(1)));
  return b.mul(b.constant(2.0), b.fma(minusOne, scale, b.sub(scale, b.constant(0.5))));
}

/// log(1 + f) - f + f^2 / 2 for 1 + f within [sqrt(1/2), sqrt(2)], plus the low part of e log(2).
Value logTail32(MathBuilder &b, Value f, Value square, Value e) {
  constexpr double c[] = {7.0376836292e-2,  -1.1514610310e-1, 1.1676998740e-1,  -1.2420140846e-1, 1.4249322787e-1,
                          -1.6668057665e-1, 2.0000714765e-1,  -2.4999993993e-1, 3.3333331174e-1};
  Value tail = b.mul(b.mul(b.polynomial(f, c), f), square);
  return b.fma(e, b.constant(-2.12194440e-4), tail);
}

Value logTail64(MathBuilder &b, Value f, Value square, Value e) {
  constexpr double c[] = {1.479819860511658591e-01, 1.531383769920937332e-01, 1.818357216161805012e-01,
                          2.222219843214978396e-01, 2.857142874366239149e-01, 3.999999999940941908e-01,
                          6.666666666666735130e-01};
  Value s = b.div(f, b.add(f, b.constant(2.0))), s2 = b.mul(s, s);
  Value tail = b.mul(s, b.fma(b.polynomial(s2, c), s2, b.mul(square, b.constant(0.5))));
  return b.fma(e, b.constant(1.90821492927058770002e-10), tail);
}

Value expandLog(MathBuilder &b, Value x) {
  bool wide = b.isDouble();
  // Subnormals are scaled up first.
  Value isSmall = b.compare(Predicate::OLT, x, b.constant(wide ? 0x1p-1022 : 0x1p-126));
  Value scaled = b.select(isSmall, b.mul(x, b.constant(wide ? 0x1p52 : 0x1p23)), x);
  Value extra = b.select(isSmall, b.constant(wide ? 52 : 23), b.constant(0.0));
  // scaled = 2^e m, m within [sqrt(1/2), sqrt(2)).
  Value bits = b.bits(scaled), root = b.bits(b.constant(0.70710678118654752440));
  Value e = b.shiftRight(b.subInteger(bits, root), b.mantissaBits());
  Value m = b.fromBits(b.subInteger(bits, b.shiftLeft(e, b.mantissaBits())));
  Value eFloat = b.sub(b.fromInteger(e), extra);
  Value f = b.sub(m, b.constant(1.0)), square = b.mul(f, f);
  Value tail = wide ? logTail64(b, f, square, eFloat) : logTail32(b, f, square, eFloat);
  Value y = b.add(f, b.fma(square, b.constant(-0.5), tail));
  y = b.fma(eFloat, b.constant(wide ? 6.93147180369123816490e-01 : 0.693359375), y);
  // 0, negative numbers (and NaN), infinity.
  y = b.select(b.compare(Predicate::OEQ, x, b.constant(0.0)), b.constant(-kInfinity), y);
  y = b.select(b.compare(Predicate::UGE, x, b.constant(0.0)), y, b.constant(kNaN));
  return b.select(b.compare(Predicate::OLT, x, b.constant(kInfinity)), y, x);
}

Value expandLog1P(MathBuilder &b, Value x) {
  Value one = b.constant(1.0), u = b.add(one, x);
  // What u lost by rounding.
  Value lost = b.select(b.compare(Predicate::OGT, x, one), b.sub(one, b.sub(u, x)), b.sub(x, b.sub(u, one)));
  Value correction = b.div(lost, u);
  correction = b.select(b.compare(Predicate::ORD, correction, correction), correction, b.constant(0.0));
  return b.add(expandLog(b, u), correction);
}

Value expandTanh(MathBuilder &b, Value x) {
  if (b.isDouble()) {
    Value em1 = expandExpM1(b, b.clamp(b.mul(b.abs(x), b.constant(2.0)), 0.0, 60.0));
    return b.copySign(b.div(em1, b.add(em1, b.constant(2.0))), x);
  }
  constexpr double c[] = {-5.70498872745e-3, 2.06390887954e-2, -5.37397155531e-2, 1.33314422036e-1, -3.33332819422e-1};
  Value magnitude = b.abs(x), square = b.mul(x, x);
  Value small = b.fma(b.mul(b.polynomial(square, c), square), x, x);
  auto [minusOne, n] = reduceExp(b, b.clamp(b.add(magnitude, magnitude), 0.0, 30.0));
  Value exp = b.mul(b.add(minusOne, b.constant(1.0)), b.powerOfTwo(n));
  Value large = b.sub(b.constant(1.0), b.div(b.constant(2.0), b.add(exp, b.constant(1.0))));
  return b.select(b.compare(Predicate::OLT, magnitude, b.constant(0.625)), small, b.copySign(large, x));
}

/// f32 only.
Value expandErf(MathBuilder &b, Value x) {
  constexpr double inner[] = {-5.96761703e-4, 4.99119423e-3,  -2.67681349e-2,
                              1.12819925e-1,  -3.76125336e-1, 1.28379166e-1};
  Value t = b.abs(x), square = b.mul(x, x);
  Value small = b.fma(b.polynomial(square, inner), x, x);
  constexpr double outer[] = {-1.72853470e-5, 3.83197126e-4,  -3.88396438e-3, 2.42546219e-2,
                              -1.06777877e-1, -6.34846687e-1, -1.28717512e-1};
  Value bounded = b.clamp(t, 0.0, 16.0);
  Value exponent = b.fma(b.polynomial(bounded, outer), bounded, b.negate(bounded));
  Value large = b.copySign(b.sub(b.constant(1.0), expandExp(b, exponent)), x);
  return b.select(b.compare(Predicate::OGT, t, b.constant(0.927734375)), large, small);
}

bool isExpandable(Type type) {
  Type element = getElementTypeOrSelf(type);
  auto vector = dyn_cast<VectorType>(type);
  return (element.isF32() || element.isF64()) && (!vector || (vector.getRank() == 1 && !vector.isScalable()));
}

template <typename OpTy, Value (*expand)(MathBuilder &, Value)>
struct ExpandPattern : OpRewritePattern<OpTy> {
  using OpRewritePattern<OpTy>::OpRewritePattern;
  LogicalResult matchAndRewrite(OpTy op, PatternRewriter &rewriter) const override {
    Type type = op.getType();
    if (!isExpandable(type) || (std::is_same_v<OpTy, math::ErfOp> && getElementTypeOrSelf(type).isF64()))
      return rewriter.notifyMatchFailure(op, "no polynomial for this type");
    ImplicitLocOpBuilder builder(op.getLoc(), rewriter);
    MathBuilder b(builder, type);
    rewriter.replaceOp(op, expand(b, op.getOperand()));
    return success();
  }
};

struct ExpandRsqrt : OpRewritePattern<math::RsqrtOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(math::RsqrtOp op, PatternRewriter &rewriter) const override {
    if (!isExpandable(op.getType()))
      return rewriter.notifyMatchFailure(op, "neither f32 nor f64");
    ImplicitLocOpBuilder builder(op.getLoc(), rewriter);
    Value root = math::SqrtOp::create(builder, op.getOperand());
    MathBuilder b(builder, op.getType());
    rewriter.replaceOp(op, b.div(b.constant(1.0), root));
    return success();
  }
};

} // namespace

void populateMathPolynomialPatterns(RewritePatternSet &patterns) {
  patterns.add<ExpandPattern<math::ExpOp, expandExp>, ExpandPattern<math::ExpM1Op, expandExpM1>,
               ExpandPattern<math::LogOp, expandLog>, ExpandPattern<math::Log1pOp, expandLog1P>,
               ExpandPattern<math::TanhOp, expandTanh>, ExpandPattern<math::ErfOp, expandErf>, ExpandRsqrt>(
      patterns.getContext());
}

} // namespace sinter
