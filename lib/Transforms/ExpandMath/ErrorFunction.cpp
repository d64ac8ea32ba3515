// How are erf and erfc computed from additions, products and bits?
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// erfc(t) = 2^(t P(t)) for t >= 0: a polynomial P whose error, after the power, is far below one unit in the last place
// of 1. Then erf(x) = sign(x) (1 - erfc(|x|)) where x is not small, and there x + x Q(x^2). No division, and the
// powers need no more than half of what exp does. Polynomials are minimax (Sollya).
//
// Where results of erfc itself are asked for, small ones need all their digits: e^(-x^2) with what x^2 rounds off,
// times a polynomial, after Shepherd and Laframboise (1981).

#include "Expansions.h"

using namespace mlir;

namespace sinter {

using Predicate = arith::CmpFPredicate;

/// log2(erfc(t)) / t on [0, 4] and on [0, 6].
static constexpr double kExponent32[] = {-4.5358636e-5, 4.4550799e-4, -1.4894428e-3, -7.7462784e-4,
                                         2.82536801e-2, -0.148481607, -0.918416381,  -1.62790859};
static constexpr double kExponent64[] = {
    -6.99322425013323e-16,   2.3417079650264943e-13, -9.237241300254448e-12,  1.7783501709371482e-10,
    -2.1454747014170364e-09, 1.8011118763781526e-08, -1.1092814684746894e-07, 5.134568735687208e-07,
    -1.7822845833579578e-06, 4.423284145752327e-06,  -6.357234803136933e-06,  -2.762597630543232e-06,
    4.1260583749870844e-05,  -9.20846588868111e-05,  -3.7770188759026746e-05, 0.0008515201955301034,
    -0.002447145779662403,   0.0003018106622639057,  0.027596514884414735,    -0.14826952507111316,
    -0.9184481885283747,     -1.627907028611093};

/// (2^f - 1) / f on [-1/2, 1/2].
static constexpr double kPower32[] = {1.52433975e-4, 1.33914733e-3, 9.618829e-3,
                                      5.55035845e-2, 0.240226448,   0.693147182};
static constexpr double kPower64[] = {2.7183786799677485e-11, 4.465532105601679e-10,  7.0538017204256125e-09,
                                      1.0177985828187203e-07, 1.3215489902571126e-06, 1.5252734035934285e-05,
                                      0.00015403530389353974, 0.0013333558146165797,  0.009618129107630808,
                                      0.05550410866482293,    0.24022650695910067,    0.6931471805599453};

/// erf(x) / x - 1 as a polynomial of x^2, for |x| < kSmall.
static constexpr double kSmall = 0.927734375;
static constexpr double kSmall32[] = {-5.9802138e-4, 4.9917619e-3, -2.67662313e-2,
                                      0.112818271,   -0.376124978, 0.128379151};
static constexpr double kSmall64[] = {-8.270984867479759e-10, 1.3953239031489132e-08, -1.6257874501792612e-07,
                                      1.6453332004616028e-06, -1.492517514338286e-05, 0.00012055315759813197,
                                      -0.0008548326611617661, 0.0052239776191898395,  -0.02686617064457069,
                                      0.11283791670952528,    -0.37612638903183704,   0.1283791670955126};

/// erfc(t) for t >= 0, to about a unit in the last place of 1.
static Value complement(MathBuilder &b, Value t) {
  // The f32 exponent falls steadily beyond the interval of its fit, down to where the power is 0.
  if (b.isDouble())
    t = b.atMost(t, 6.0);
  Value exponent = b.mul(t, b.isDouble() ? b.polynomial(t, kExponent64) : b.polynomial(t, kExponent32));
  exponent = b.atLeast(exponent, -double(b.exponentBias()));
  MathBuilder::Rounded n = b.round(exponent, 1.0, b.exponentBias());
  Value f = b.sub(exponent, n.value), tail = b.isDouble() ? b.polynomial(f, kPower64) : b.polynomial(f, kPower32);
  return b.mul(b.fma(tail, f, b.constant(1.0)), b.powerOfTwo(n.bits));
}

Value expandErf(MathBuilder &b, Value x) {
  Value t = b.abs(x), square = b.mul(x, x);
  Value small = b.isDouble() ? b.polynomial(square, kSmall64) : b.polynomial(square, kSmall32);
  Value large = b.copySign(b.sub(b.constant(1.0), complement(b, t)), x);
  return b.select(b.compare(Predicate::OGT, t, b.constant(kSmall)), large, b.fma(small, x, x));
}

/// e^(a^2) erfc(a) (1 + 2 a) of a from 0.46 to 28 as a polynomial of (a - 3.5) / (a + 3.5), interpolated at Chebyshev's
/// points.
static Value scaledComplement(MathBuilder &b, Value a) {
  constexpr double p[] = {
      1.0450933018335412e-08,  5.595103877929052e-10,   -9.323748742873569e-08,  -7.906068319744497e-09,
      6.005304620871757e-07,   -4.4243152809537125e-08, -3.8147327446792606e-06, 2.328293151581827e-06,
      2.4261126871476334e-05,  -4.2782216413367036e-05, -0.00012151248827983361, 0.0005643844122185475,
      -0.00030226786347749133, -0.004215019906786249,   0.01909933094072509,     -0.04882332582799455,
      0.087983153824973,       -0.11508959816018796,    0.09751909515325552,     -0.010555596332218352,
      -0.1400091801376194,     1.2423492448711544};
  Value center = b.constant(3.5);
  return b.polynomial(b.div(b.sub(a, center), b.add(a, center)), p);
}

Value expandErfc(MathBuilder &b, Value x) {
  // From 28 on the result is 0.
  Value a = b.atMost(b.abs(x), 28.0), square = b.mul(a, a), rest = b.fma(a, a, b.negate(square));
  Value scaled = b.div(scaledComplement(b, a), b.fma(a, b.constant(2.0), b.constant(1.0)));
  // Corrected before it may become subnormal: e^-rest = 1 - rest.
  scaled = b.fma(b.negate(rest), scaled, scaled);
  Value far = b.mul(expandExp(b, b.negate(square)), scaled);
  far = b.select(b.compare(Predicate::OLT, x, b.constant(0.0)), b.sub(b.constant(2.0), far), far);
  Value near = b.sub(b.constant(1.0), b.fma(b.polynomial(square, kSmall64), x, x));
  return b.select(b.compare(Predicate::OGT, a, b.constant(0.46)), far, near);
}

/// erf(x) as x P(x^2) / Q(x^2): errors near 1 are several times those of `expandErf`, but two short polynomials side by
/// side and a division take half of the time, most of which was waiting for one product after another.
Value expandOnePlusErf(MathBuilder &b, Value x) {
  constexpr double above[] = {2.0420050441615600e-6, 0.00028479686549366411, 0.0037792101444739549,
                              0.052789050846041374,  0.19077493434518614,    1.1283791455524557};
  constexpr double below[] = {0.00003800381002223015, 0.0011651106195830102, 0.014996642462140417,
                              0.1142537911871117742,  0.50240260560823188,   1.0};
  Value square = b.mul(x, x), one = b.constant(1.0);
  Value erf = b.div(b.mul(x, b.polynomial(square, above)), b.polynomial(square, below));
  // From here on erf is 1 in f32, and must be so that the sum is zero on the other side.
  Value isOne = b.compare(Predicate::OGT, b.abs(x), b.constant(3.93));
  return b.add(one, b.select(isOne, b.copySign(one, x), erf));
}

} // namespace sinter
