// How are exp, expm1 and tanh computed from additions, products and bits?
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// x = n log(2) + r with an integer n and |r| <= log(2) / 2, e^x = 2^n e^r; e^r is a polynomial (minimax, coefficients
// rounded to the type: Sollya's fpminimax), 2^n is made of bits.

#include "Expansions.h"

using namespace mlir;

namespace sinter {

static constexpr double kLog2E = 1.44269504088896340736;

/// (e^r - 1 - r) / r^2 for |r| <= log(2) / 2; 2^-28 and 2^-57 of e^r are left out.
static constexpr double kExpTail32[] = {1.378247863613069e-3, 8.36867094039917e-3, 4.1668962687253952e-2,
                                        0.16666521131992341, 0.49999991059303284};
static constexpr double kExpTail64[] = {2.5004514011720125e-08, 2.7630447587760214e-07, 2.7557572234515413e-06,
                                        2.4801492475252935e-05, 0.0001984126952250896,  0.0013888888944319463,
                                        0.008333333333487042,   0.04166666666652703,    0.16666666666666424,
                                        0.5000000000000011};

namespace {
/// x = n log(2) + r; `bits` hold n + bias.
struct Reduced {
  Value r, tail, n, bits;
};
} // namespace

static Reduced reduce(MathBuilder &b, Value x, int64_t bias) {
  MathBuilder::Rounded n = b.round(x, kLog2E, bias);
  // log(2) in two parts, the first with so few bits that n times it is exact.
  Value high = b.constant(b.isDouble() ? -6.93145751953125e-1 : -0.693359375);
  Value low = b.constant(b.isDouble() ? -1.42860682030941723212e-6 : 2.12194440e-4);
  Value r = b.fma(n.value, low, b.fma(n.value, high, x));
  return {r, b.isDouble() ? b.polynomial(r, kExpTail64) : b.polynomial(r, kExpTail32), n.value, n.bits};
}

/// Half of n + 2 * (exponent bias), rounded down, moved to where the exponent is: 2^(n / 2).
static Value halfPower(MathBuilder &b, Value bits) {
  unsigned mantissa = b.mantissaBits();
  int64_t exponent = (2 * b.exponentBias() + 1) << mantissa;
  return b.fromBits(b.bitAnd(b.shiftLeft(bits, mantissa - 1), b.integer(exponent)));
}

/// `highest`: where the result is infinite, or the largest argument that matters.
static Value expBounded(MathBuilder &b, Value x, double highest) {
  // Below the lower bound the result is less than half the least subnormal.
  x = b.atMost(b.atLeast(x, b.isDouble() ? -746.0 : -104.0), highest);
  Reduced e = reduce(b, x, 2 * b.exponentBias());
  Value one = b.constant(1.0), y = b.fma(b.fma(e.tail, e.r, one), e.r, one);
  if (b.isAvx512())
    return b.scale(y, e.n);
  // Two factors, because 2^n itself may be out of range; the second product alone rounds, if the result is subnormal.
  y = b.mul(y, halfPower(b, e.bits));
  return b.mul(y, halfPower(b, b.addInteger(e.bits, b.integer(1))));
}

Value expandExp(MathBuilder &b, Value x) {
  return expBounded(b, x, b.isDouble() ? 710.0 : 89.0);
}

Value expandSigmoid(MathBuilder &b, Value x) {
  Value exp = expBounded(b, x, 40.0);
  return b.div(exp, b.add(b.constant(1.0), exp));
}

Value expandExpM1(MathBuilder &b, Value x) {
  Value bounded = b.isDouble() ? b.atMost(b.atLeast(x, -40.0), 710.0) : b.atMost(b.atLeast(x, -18.0), 89.0);
  // 2 (2^(n-1) (e^r - 1) + 2^(n-1) - 1/2), because 2^n may be out of range.
  Reduced e = reduce(b, bounded, b.exponentBias() - 1);
  Value minusOne = b.fma(e.tail, b.mul(e.r, e.r), e.r), scale = b.powerOfTwo(e.bits);
  Value half = b.fma(minusOne, scale, b.sub(scale, b.constant(0.5)));
  // The sign matters where the result is zero.
  return b.copySign(b.add(half, half), x);
}

/// (e^2x - 1) / (e^2x + 1)
Value expandTanh(MathBuilder &b, Value x) {
  Value magnitude = b.abs(x), twice = b.add(magnitude, magnitude);
  Reduced e = reduce(b, b.atMost(twice, b.isDouble() ? 40.0 : 18.5), b.exponentBias());
  Value minusOne = b.fma(e.tail, b.mul(e.r, e.r), e.r), scale = b.powerOfTwo(e.bits);
  Value expm1 = b.fma(minusOne, scale, b.sub(scale, b.constant(1.0)));
  return b.copySign(b.div(expm1, b.add(expm1, b.constant(2.0))), x);
}

} // namespace sinter
