// How are log and log1p computed from additions, products and bits?
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// x = 2^e m with m within [sqrt(1/2), sqrt(2)); log(x) = e log(2) + log(m). f32: a minimax polynomial; f64 after
// FreeBSD's e_log.c.

#include "Expansions.h"

#include <limits>

using namespace mlir;

namespace sinter {

using Predicate = arith::CmpFPredicate;

static constexpr double kInfinity = std::numeric_limits<double>::infinity();
static constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

/// log(1 + f) - f + f^2 / 2, plus the low part of e log(2).
static Value logTail32(MathBuilder &b, Value f, Value square, Value e) {
  constexpr double c[] = {-7.553069293498993e-2, 0.12809792160987854, -0.13220016658306122, 0.14199036359786987,
                          -0.16616006195545197,  0.20001031458377838, -0.2500106394290924,  0.33333340287208557};
  Value tail = b.mul(b.mul(b.polynomial(f, c), f), square);
  return b.fma(e, b.constant(-2.12194440e-4), tail);
}

static Value logTail64(MathBuilder &b, Value f, Value square, Value e) {
  constexpr double c[] = {1.479819860511658591e-01, 1.531383769920937332e-01, 1.818357216161805012e-01,
                          2.222219843214978396e-01, 2.857142874366239149e-01, 3.999999999940941908e-01,
                          6.666666666666735130e-01};
  Value s = b.div(f, b.add(f, b.constant(2.0))), s2 = b.mul(s, s);
  Value tail = b.mul(s, b.fma(b.polynomial(s2, c), s2, b.mul(square, b.constant(0.5))));
  return b.fma(e, b.constant(1.90821492927058770002e-10), tail);
}

namespace {
/// x = 2^e (1 + f)
struct Split {
  Value e, f;
};
} // namespace

/// Of a positive, normal, finite number; its exponent as an integer too.
static Split splitExponent(MathBuilder &b, Value x, Value &exponent) {
  Value bits = b.bits(x), root = b.bits(b.constant(0.70710678118654752440));
  exponent = b.shiftRight(b.subInteger(bits, root), b.mantissaBits());
  Value m = b.fromBits(b.subInteger(bits, b.shiftLeft(exponent, b.mantissaBits())));
  return {b.fromInteger(exponent), b.sub(m, b.constant(1.0))};
}

static Value logOf(MathBuilder &b, Split x) {
  Value square = b.mul(x.f, x.f);
  Value tail = b.isDouble() ? logTail64(b, x.f, square, x.e) : logTail32(b, x.f, square, x.e);
  Value y = b.add(x.f, b.fma(square, b.constant(-0.5), tail));
  return b.fma(x.e, b.constant(b.isDouble() ? 6.93147180369123816490e-01 : 0.693359375), y);
}

/// `y` where the argument x is positive and finite; what C defines for 0, negative numbers, NaN and infinity.
static Value withSpecialValues(MathBuilder &b, Value x, Value y) {
  y = b.select(b.compare(Predicate::OEQ, x, b.constant(0.0)), b.constant(-kInfinity), y);
  y = b.select(b.compare(Predicate::UGE, x, b.constant(0.0)), y, b.constant(kNaN));
  return b.select(b.compare(Predicate::OLT, x, b.constant(kInfinity)), y, x);
}

/// Of a positive, finite number.
static Split splitPositive(MathBuilder &b, Value x) {
  bool wide = b.isDouble();
  // Subnormals are scaled up first.
  Value isSmall = b.compare(Predicate::OLT, x, b.constant(wide ? 0x1p-1022 : 0x1p-126));
  Value scaled = b.select(isSmall, b.mul(x, b.constant(wide ? 0x1p52 : 0x1p23)), x);
  Value exponent;
  Split split = splitExponent(b, scaled, exponent);
  split.e = b.sub(split.e, b.select(isSmall, b.constant(wide ? 52 : 23), b.constant(0.0)));
  return split;
}

Value expandLog(MathBuilder &b, Value x) {
  return withSpecialValues(b, x, logOf(b, splitPositive(b, x)));
}

/// log(m), where e is added in another base.
static Value logOfMantissa(MathBuilder &b, Split x) {
  return logOf(b, {b.constant(0.0), x.f});
}

Value expandLog2(MathBuilder &b, Value x) {
  Split split = splitPositive(b, x);
  constexpr double log2E = 1.44269504088896340736;
  return withSpecialValues(b, x, b.fma(logOfMantissa(b, split), b.constant(log2E), split.e));
}

Value expandLog10(MathBuilder &b, Value x) {
  Split split = splitPositive(b, x);
  // log10(2) in two parts; e times the first is exact.
  constexpr double log10E = 0.43429448190325182765;
  constexpr double high = 3.01029995663611771306e-01, low = 3.69423907715893078616e-13;
  Value fraction = b.fma(split.e, b.constant(low), b.mul(logOfMantissa(b, split), b.constant(log10E)));
  return withSpecialValues(b, x, b.fma(split.e, b.constant(high), fraction));
}

Value expandLog1P(MathBuilder &b, Value x) {
  Value one = b.constant(1.0), u = b.add(one, x);
  // What u lost by rounding (Knuth's two-sum), in units of the power of two that is split off.
  Value added = b.sub(u, one), lost = b.add(b.sub(one, b.sub(u, added)), b.sub(x, added));
  Value exponent;
  Split split = splitExponent(b, u, exponent);
  // Of the largest exponent the inverse power is no normal number; but what is lost there does not matter.
  Value bounded = b.minInteger(exponent, b.integer(b.exponentBias() - 1));
  Value inverse = b.powerOfTwo(b.subInteger(b.integer(b.exponentBias()), bounded));
  split.f = b.fma(lost, inverse, split.f);
  return b.copySign(withSpecialValues(b, u, logOf(b, split)), x);
}

} // namespace sinter
