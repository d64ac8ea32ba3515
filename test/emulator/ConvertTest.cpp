// Are values converted, and narrow formats computed, with one rounding? Expected values come from exact arithmetic
// here.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Harness.h"

#include <cmath>
#include <gtest/gtest.h>
#include <limits>

using namespace sinter::emulator::test;

namespace {

struct Format {
  const char *name;
  int fractionBits, exponentBits;
};
constexpr Format f16{"f16", 10, 5}, bf16{"bf16", 7, 8};

double decode(const Format &format, uint64_t word) {
  int bias = (1 << (format.exponentBits - 1)) - 1;
  uint64_t fraction = word & ((1u << format.fractionBits) - 1);
  int exponent = static_cast<int>(word >> format.fractionBits) & ((1 << format.exponentBits) - 1);
  double sign = word >> 15 & 1 ? -1 : 1;
  if (exponent == (1 << format.exponentBits) - 1)
    return fraction ? std::numeric_limits<double>::quiet_NaN() : sign * std::numeric_limits<double>::infinity();
  if (exponent == 0)
    return sign * std::ldexp(static_cast<double>(fraction), 1 - bias - format.fractionBits);
  return sign * std::ldexp(1 + std::ldexp(static_cast<double>(fraction), -format.fractionBits), exponent - bias);
}

/// The nearest number of the format, found by looking at all of them; ties to the even word.
uint64_t nearest(const Format &format, double value) {
  if (std::isnan(value))
    return 0x7fff;
  uint64_t sign = std::signbit(value) ? 0x8000 : 0;
  double magnitude = std::fabs(value);
  uint64_t infinity = ((uint64_t(1) << format.exponentBits) - 1) << format.fractionBits;
  uint64_t low = 0, high = infinity; // decode(low) <= magnitude, by bisection
  while (high - low > 1) {
    uint64_t middle = (low + high) / 2;
    (decode(format, middle) <= magnitude ? low : high) = middle;
  }
  if (std::isinf(magnitude))
    return sign | infinity;
  double below = decode(format, low);
  // Beyond the largest number, the next one counts as if the format went on.
  double above = high == infinity ? 2 * below - decode(format, low - 1) : decode(format, high);
  double half = (above - below) / 2;
  bool up = magnitude - below > half || (magnitude - below == half && (low & 1));
  return sign | (up ? high : low);
}

const std::vector<double> values{0.0,
                                 -0.0,
                                 1.0,
                                 -1.0,
                                 65504.0,
                                 65519.99,
                                 65520.0,
                                 1e-8,
                                 6e-8,
                                 -2.98e-8,
                                 0x1p-24,
                                 0x1.8p-24,
                                 0x1.004p0,
                                 0x1.00cp0,
                                 0x1.01p0,
                                 0x1.03p0,
                                 0x1.0100001p0,
                                 3.389e38,
                                 3.4e38,
                                 1e-40,
                                 -1e-41,
                                 123.456,
                                 std::numeric_limits<double>::infinity(),
                                 std::numeric_limits<double>::quiet_NaN()};

std::vector<std::vector<uint64_t>> asFloats() {
  std::vector<std::vector<uint64_t>> inputs;
  for (double x : values)
    inputs.push_back({bits<uint32_t>(static_cast<float>(x))});
  return inputs;
}

double asDouble(uint64_t word) {
  return bits<float>(static_cast<uint32_t>(word));
}

} // namespace

TEST(Convert, FloatsToNarrowFormats) {
  auto inputs = asFloats();
  for (const Format &format : {f16, bf16}) {
    auto found = evaluate({std::string("cvt.rn.") + format.name + ".f32 %d, %a0;", 16, {32}}, inputs);
    for (size_t i = 0; i < inputs.size(); ++i)
      EXPECT_EQ(found[i], nearest(format, asDouble(inputs[i][0]))) << format.name << " of " << values[i];
    auto pairs = evaluate({std::string("cvt.rn.") + format.name + "x2.f32 %d, %a0, 0f3F800000;", 32, {32}}, inputs);
    for (size_t i = 0; i < inputs.size(); ++i)
      EXPECT_EQ(pairs[i], found[i] << 16 | nearest(format, 1)) << "the first operand is the high half";
  }
}

TEST(Convert, NarrowFormatsToFloats) {
  std::vector<std::vector<uint64_t>> inputs;
  for (uint64_t word = 0; word < 65536; word += 37)
    inputs.push_back({word});
  for (const Format &format : {f16, bf16}) {
    auto found = evaluate({std::string("cvt.f32.") + format.name + " %d, %a0;", 32, {16}}, inputs);
    for (size_t i = 0; i < inputs.size(); ++i) {
      double expected = decode(format, inputs[i][0]);
      if (std::isnan(expected))
        EXPECT_TRUE(std::isnan(asDouble(found[i])));
      else
        EXPECT_EQ(found[i], bits<uint32_t>(static_cast<float>(expected)));
    }
  }
}

TEST(Convert, FromDoubleOnlyOneRounding) {
  // Just above a tie of f32: rounded to f32 first it would become the tie, and then go to even.
  double x = 1 + 0x1p-11 + 0x1p-40;
  EXPECT_EQ(evaluate({"cvt.rn.f16.f64 %d, %a0;", 16, {64}}, {{bits<uint64_t>(x)}})[0], nearest(f16, x));
  double y = 1 + 0x1p-24 + 0x1p-50;
  EXPECT_EQ(asDouble(evaluate({"cvt.rn.f32.f64 %d, %a0;", 32, {64}}, {{bits<uint64_t>(y)}})[0]), 1 + 0x1p-23);
  EXPECT_EQ(asDouble(evaluate({"cvt.rz.f32.f64 %d, %a0;", 32, {64}}, {{bits<uint64_t>(y)}})[0]), 1);
  EXPECT_EQ(asDouble(evaluate({"cvt.rp.f32.f64 %d, %a0;", 32, {64}}, {{bits<uint64_t>(1 + 0x1p-50)}})[0]), 1 + 0x1p-23);
}

TEST(Convert, ReluSaturationAndTf32) {
  auto f32 = [](float x) { return std::vector<uint64_t>{bits<uint32_t>(x)}; };
  EXPECT_EQ(evaluate({"cvt.rn.relu.bf16.f32 %d, %a0;", 16, {32}}, {f32(-3), f32(3)}),
            (std::vector<uint64_t>{0, nearest(bf16, 3)}));
  EXPECT_EQ(evaluate({"cvt.sat.f32.f32 %d, %a0;", 32, {32}}, {f32(-3), f32(0.25f), f32(7)}),
            (std::vector<uint64_t>{0, 0x3e800000, 0x3f800000}));
  // tf32: 10 bits of fraction, halves away from zero.
  EXPECT_EQ(
      evaluate({"cvt.rna.tf32.f32 %d, %a0;", 32, {32}}, {f32(1 + 0x1p-11f), f32(-1 - 0x1p-11f), f32(1 + 0x1p-12f)}),
      (std::vector<uint64_t>{0x3f802000, 0xbf802000, 0x3f800000}));
}

TEST(Convert, FloatsToIntegersClamp) {
  auto words = [](std::initializer_list<float> floats) {
    std::vector<std::vector<uint64_t>> inputs;
    for (float x : floats)
      inputs.push_back({bits<uint32_t>(x)});
    return inputs;
  };
  auto inputs = words({2.5f, -2.5f, 3.5f, 3e9f, -3e9f, 1e20f, NAN, 0.99f});
  using Results = std::vector<uint64_t>;
  EXPECT_EQ(evaluate({"cvt.rni.s32.f32 %d, %a0;", 32, {32}}, inputs),
            (Results{2, 0xfffffffe, 4, 0x7fffffff, 0x80000000, 0x7fffffff, 0, 1}));
  EXPECT_EQ(evaluate({"cvt.rzi.u32.f32 %d, %a0;", 32, {32}}, inputs),
            (Results{2, 0, 3, 3000000000, 0, 0xffffffff, 0, 0}));
  EXPECT_EQ(evaluate({"cvt.rmi.s32.f32 %d, %a0;", 32, {32}}, words({-2.5f, 2.5f})), (Results{0xfffffffd, 2}));
  EXPECT_EQ(evaluate({"cvt.rpi.s64.f32 %d, %a0;", 64, {32}}, words({-2.5f, 2.5f, NAN, 1e30f})),
            (Results{static_cast<uint64_t>(-2), 3, uint64_t(1) << 63, ~uint64_t(0) >> 1}));
  EXPECT_EQ(evaluate({"cvt.rni.f32.f32 %d, %a0;", 32, {32}}, words({2.5f, -0.4f})), (Results{0x40000000, 0x80000000}));
}

TEST(Convert, IntegersAmongThemselves) {
  using Results = std::vector<uint64_t>;
  std::vector<std::vector<uint64_t>> inputs{{0xffffff80}, {0x7f}, {0x12345}};
  EXPECT_EQ(evaluate({"cvt.s64.s32 %d, %a0;", 64, {32}}, inputs), (Results{0xffffffffffffff80, 0x7f, 0x12345}));
  EXPECT_EQ(evaluate({"cvt.u64.u32 %d, %a0;", 64, {32}}, inputs), (Results{0xffffff80, 0x7f, 0x12345}));
  EXPECT_EQ(evaluate({"cvt.s32.s8 %d, %a0;", 32, {32}}, inputs), (Results{0xffffff80, 0x7f, 0x45}));
  EXPECT_EQ(evaluate({"cvt.u32.u8 %d, %a0;", 32, {32}}, inputs), (Results{0x80, 0x7f, 0x45}));
  EXPECT_EQ(evaluate({"cvt.sat.s8.s32 %d, %a0;", 32, {32}}, inputs), (Results{0xffffff80, 0x7f, 0x7f}));
  EXPECT_EQ(evaluate({"cvt.sat.u8.s32 %d, %a0;", 32, {32}}, inputs), (Results{0, 0x7f, 0xff}));
  EXPECT_EQ(evaluate({"cvt.u16.u32 %d, %a0;", 16, {32}}, inputs), (Results{0xff80, 0x7f, 0x2345}));
}

TEST(Convert, IntegersToFloatsRoundOnce) {
  uint64_t x = (uint64_t(1) << 60) + (uint64_t(1) << 36) + 1; // just above a tie of f32
  EXPECT_EQ(asDouble(evaluate({"cvt.rn.f32.u64 %d, %a0;", 32, {64}}, {{x}})[0]), 0x1.000002p60);
  EXPECT_EQ(asDouble(evaluate({"cvt.rz.f32.u64 %d, %a0;", 32, {64}}, {{x}})[0]), 0x1p60);
  EXPECT_EQ(asDouble(evaluate({"cvt.rn.f32.s32 %d, %a0;", 32, {32}}, {{0xfefffffd}})[0]), -16777220.0);
  EXPECT_EQ(evaluate({"cvt.rn.f16.s32 %d, %a0;", 16, {32}}, {{70000}, {2049}}),
            (std::vector<uint64_t>{0x7c00, nearest(f16, 2048)}));
}

/// add, mul and fma of narrow formats against the nearest number to the exact result.
TEST(Convert, NarrowArithmetic) {
  for (const Format &format : {f16, bf16}) {
    std::vector<std::vector<uint64_t>> inputs;
    for (uint64_t a : {0x0001, 0x3c01, 0x3f81, 0xbf80, 0x7bff, 0x0400, 0x8000, 0x3555, 0x4248})
      for (uint64_t b : {0x0001, 0x3c00, 0x3f80, 0x0080, 0x3801, 0x1234, 0xc2c2})
        inputs.push_back({a, b, 0x3bff});
    std::string type = format.name;
    auto sums = evaluate({"add.rn." + type + " %d, %a0, %a1;", 16, {16, 16}}, inputs);
    auto products = evaluate({"mul.rn." + type + " %d, %a0, %a1;", 16, {16, 16}}, inputs);
    auto fused = evaluate({"fma.rn." + type + " %d, %a0, %a1, %a2;", 16, {16, 16, 16}}, inputs);
    auto packed = evaluate({".reg .b32 %p, %q, %r; mov.b32 %p, {%a0, %a1}; mov.b32 %q, {%a1, %a0};\nfma.rn." + type +
                                "x2 %r, %p, %q, %p; mov.b32 {%d, _}, %r;",
                            16,
                            {16, 16}},
                           inputs);
    for (size_t i = 0; i < inputs.size(); ++i) {
      // `long double` holds sums of these exactly, and so does a double their products.
      long double a = decode(format, inputs[i][0]), b = decode(format, inputs[i][1]), c = decode(format, inputs[i][2]);
      auto check = [&](uint64_t found, long double exact, const char *what) {
        if (static_cast<long double>(static_cast<double>(exact)) != exact) // the oracle takes doubles
          return;
        EXPECT_EQ(found, nearest(format, static_cast<double>(exact)))
            << type << what << inputs[i][0] << " " << inputs[i][1];
      };
      check(sums[i], a + b, " + ");
      check(products[i], a * b, " * ");
      check(fused[i], a * b + c, " fma ");
      check(packed[i], a * b + a, " pairs ");
    }
  }
}

TEST(Convert, NarrowExtremes) {
  std::vector<std::vector<uint64_t>> inputs{{0x8000, 0x0000}, {0x7fc0, 0x3f80}, {0xbf80, 0x4000}, {0x7fc0, 0x7fc1}};
  EXPECT_EQ(evaluate({"max.bf16 %d, %a0, %a1;", 16, {16, 16}}, inputs),
            (std::vector<uint64_t>{0, 0x3f80, 0x4000, 0x7fff}));
  EXPECT_EQ(evaluate({"min.NaN.bf16 %d, %a0, %a1;", 16, {16, 16}}, inputs),
            (std::vector<uint64_t>{0x8000, 0x7fff, 0xbf80, 0x7fff}));
  EXPECT_EQ(evaluate({"fma.rn.relu.bf16 %d, %a0, %a1, %a0;", 16, {16, 16}}, {{0xbf80, 0x4000}, {0x3f80, 0x4000}}),
            (std::vector<uint64_t>{0, 0x4040}));
  EXPECT_EQ(evaluate({"neg.bf16x2 %d, %a0;", 32, {32}}, {{0x3f80bf80}}), (std::vector<uint64_t>{0xbf803f80}));
  EXPECT_EQ(evaluate({"abs.f16x2 %d, %a0;", 32, {32}}, {{0x3c00bc00}}), (std::vector<uint64_t>{0x3c003c00}));
}
