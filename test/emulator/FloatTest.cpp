// Are floating-point instructions rounded, flushed, saturated and compared as PTX says?
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Harness.h"

#include <cfenv>
#include <cmath>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <limits>

using namespace sinter::emulator::test;

namespace {

constexpr float infinity = std::numeric_limits<float>::infinity();
const float quietNan = std::numeric_limits<float>::quiet_NaN();
const std::vector<float> numbers{0.0f,          -0.0f,       1.0f,     -1.0f,      1.5f,      3.0f,
                                 0.1f,          -7.25f,      1e-45f,   -1e-40f,    0x1p-126f, 1e30f,
                                 -3e38f,        3.4e38f,     infinity, -infinity,  quietNan,  0x1.fffffep-1f,
                                 0x1.000002p0f, 16777217.0f, 1e-20f,   123456.789f};

std::vector<std::vector<uint64_t>> allPairs() {
  std::vector<std::vector<uint64_t>> inputs;
  for (float a : numbers)
    for (float b : numbers)
      inputs.push_back({bits<uint32_t>(a), bits<uint32_t>(b), bits<uint32_t>(b * 0.7f - 1)});
  return inputs;
}

float number(uint64_t word) {
  return bits<float>(static_cast<uint32_t>(word));
}

float flush(float x) {
  return std::fpclassify(x) == FP_SUBNORMAL ? std::copysign(0.0f, x) : x;
}

/// Bits of an expected result: every NaN is the canonical one.
uint64_t expectedBits(float x) {
  return std::isnan(x) ? 0x7fffffff : bits<uint32_t>(x);
}

template <class F>
void expectBinary(const std::string &instruction, F expected) {
  auto inputs = allPairs();
  auto found = evaluate({instruction + " %d, %a0, %a1;", 32, {32, 32}}, inputs);
  for (size_t i = 0; i < inputs.size(); ++i) {
    float a = number(inputs[i][0]), b = number(inputs[i][1]);
    ASSERT_EQ(found[i], expectedBits(expected(a, b))) << instruction << " of " << a << ", " << b;
  }
}

/// A correctly rounded sum, product and so on in a direction, from `long double` (64 bits of significand).
float directed(long double exact, int mode) {
  float nearest = static_cast<float>(exact);
  if (std::isinf(nearest) && !std::isinf(exact)) {
    float largest = std::copysign(std::numeric_limits<float>::max(), static_cast<float>(exact));
    bool stays = mode == FE_TOWARDZERO || (mode == FE_DOWNWARD) == (exact > 0);
    return stays ? largest : nearest;
  }
  long double error = static_cast<long double>(nearest) - exact;
  bool down = mode == FE_DOWNWARD || (mode == FE_TOWARDZERO && exact > 0);
  if (down && error > 0)
    return std::nextafter(nearest, -infinity);
  if (!down && error < 0)
    return std::nextafter(nearest, infinity);
  return nearest;
}

} // namespace

TEST(Float, Basic) {
  expectBinary("add.f32", [](float a, float b) { return a + b; });
  expectBinary("add.rn.f32", [](float a, float b) { return a + b; });
  expectBinary("sub.f32", [](float a, float b) { return a - b; });
  expectBinary("mul.f32", [](float a, float b) { return a * b; });
  expectBinary("div.rn.f32", [](float a, float b) { return a / b; });
}

TEST(Float, SignsAreCopied) {
  auto inputs = allPairs();
  auto found = evaluate({"copysign.f32 %d, %a0, %a1;", 32, {32, 32}}, inputs);
  for (size_t i = 0; i < inputs.size(); ++i)
    EXPECT_EQ(found[i], (inputs[i][1] & 0x7fffffff) | (inputs[i][0] & 0x80000000));
}

TEST(Float, SubnormalNumbersAreFlushed) {
  expectBinary("add.ftz.f32", [](float a, float b) { return flush(flush(a) + flush(b)); });
  expectBinary("mul.ftz.f32", [](float a, float b) {
    double exact = double(flush(a)) * flush(b);
    return static_cast<float>(std::fabs(exact) < 0x1p-126 ? std::copysign(0.0, exact) : exact);
  });
  expectBinary("div.rn.ftz.f32", [](float a, float b) { return flush(flush(a) / flush(b)); });
}

/// Exact results just below the smallest normal number, of which PTX does not say whether they are flushed before they
/// are rounded or after: both are right, but not now the one and now the other.
TEST(Float, ResultsThatRoundUpToNormalNumbers) {
  // -(units * 2^-77) * 2^-76 + 2^-126 = 2^-126 (1 - units / 2^27), where numbers of 24 bits are 8 units apart.
  const std::vector<int> units{1, 2, 3, 4, 5, 6, 7, 8, 9, 12, 15, 16, 24};
  std::vector<std::vector<uint64_t>> inputs;
  for (int unit : units)
    inputs.push_back({bits<uint32_t>(std::ldexp(-float(unit), -77)), bits<uint32_t>(0x1p-76f), 0x00800000});
  for (const char *mode : {"rn", "rz", "rp"}) {
    auto found = evaluate({std::string("fma.") + mode + ".ftz.f32 %d, %a0, %a1, %a2;", 32, {32, 32, 32}}, inputs);
    std::vector<uint64_t> expected;
    for (int unit : units)
      expected.push_back((mode[1] == 'n' ? unit <= 4 : mode[1] == 'p' && unit < 8) ? 0x00800000 : 0);
    EXPECT_EQ(found, expected) << mode;
  }
  // Products: 1 - 2^-26 = (1 + 2^-13) (1 - 2^-13), 1 - 2^-25 = 1082401 / 2^20 * 31 / 32, and 1 - 2^-24 in two ways.
  auto words = [](float a, float b) { return std::vector<uint64_t>{bits<uint32_t>(a), bits<uint32_t>(b)}; };
  using Results = std::vector<uint64_t>;
  EXPECT_EQ(evaluate({"mul.rn.ftz.f32 %d, %a0, %a1;", 32, {32, 32}},
                     {words(0x1p-126f * (1 + 0x1p-13f), 1 - 0x1p-13f), words(0x1p-146f * 1082401, 31 / 32.0f),
                      words(0x1p-126f, 1 - 0x1p-24f), words(0x1p-126f * (1 + 0x1p-12f), 1 - 0x1p-12f)}),
            (Results{0x00800000, 0x00800000, 0, 0}));
  // f16: 2^-14 (1 - 2^-12), a tie of 11 bits, and 2^-14 (1 - 2^-11), one of subnormal numbers.
  EXPECT_EQ(evaluate({"mul.rn.ftz.f16 %d, %a0, %a1;", 16, {16, 16}}, {{0x0410, 0x3be0}, {0x0400, 0x3bff}}),
            (Results{0x0400, 0}));
}

TEST(Float, Saturation) {
  auto clamp = [](float x) { return std::isnan(x) ? 0.0f : x > 1 ? 1.0f : x > 0 ? x : 0.0f; };
  expectBinary("add.sat.f32", [&](float a, float b) { return clamp(a + b); });
  expectBinary("mul.sat.f32", [&](float a, float b) { return clamp(a * b); });
}

TEST(Float, FmaRoundsOnce) {
  auto inputs = allPairs();
  auto found = evaluate({"fma.rn.f32 %d, %a0, %a1, %a2;", 32, {32, 32, 32}}, inputs);
  for (size_t i = 0; i < inputs.size(); ++i)
    ASSERT_EQ(found[i], expectedBits(std::fma(number(inputs[i][0]), number(inputs[i][1]), number(inputs[i][2]))));
  // (1 + 2^-12)^2 - (1 + 2^-11) = 2^-24: a product rounded first would give 0.
  float x = 1 + 0x1p-12f, y = -(1 + 0x1p-11f);
  EXPECT_EQ(
      number(evaluate({"fma.rn.f32 %d, %a0, %a0, %a1;", 32, {32, 32}}, {{bits<uint32_t>(x), bits<uint32_t>(y)}})[0]),
      0x1p-24f);
}

TEST(Float, DirectionsOfRounding) {
  const std::pair<const char *, int> modes[] = {{"rz", FE_TOWARDZERO}, {"rm", FE_DOWNWARD}, {"rp", FE_UPWARD}};
  std::vector<std::vector<uint64_t>> inputs;
  for (float a : {1.0f, -1.0f, 0.1f, 1e5f, -3.3333f})
    for (float b : {1e-3f, -1e-6f, 0.7f, 1.0f, 1234567.0f}) // sums that `long double` holds exactly
      inputs.push_back({bits<uint32_t>(a), bits<uint32_t>(b)});
  for (auto [name, mode] : modes) {
    auto sums = evaluate({std::string("add.") + name + ".f32 %d, %a0, %a1;", 32, {32, 32}}, inputs);
    auto products = evaluate({std::string("mul.") + name + ".f32 %d, %a0, %a1;", 32, {32, 32}}, inputs);
    for (size_t i = 0; i < inputs.size(); ++i) {
      long double a = number(inputs[i][0]), b = number(inputs[i][1]);
      EXPECT_EQ(number(sums[i]), directed(a + b, mode)) << name << " " << double(a) << " + " << double(b);
      EXPECT_EQ(number(products[i]), directed(a * b, mode)) << name << " " << double(a) << " * " << double(b);
    }
  }
}

/// -0 < +0; a number wins against a NaN, unless .NaN is given.
TEST(Float, Extremes) {
  auto least = [](float a, float b) {
    return std::isnan(a) ? b : std::isnan(b) ? a : a == b ? (std::signbit(a) ? a : b) : std::min(a, b);
  };
  auto most = [](float a, float b) {
    return std::isnan(a) ? b : std::isnan(b) ? a : a == b ? (std::signbit(a) ? b : a) : std::max(a, b);
  };
  expectBinary("min.f32", least);
  expectBinary("max.f32", most);
  expectBinary("max.NaN.f32", [&](float a, float b) { return std::isnan(a) || std::isnan(b) ? quietNan : most(a, b); });
  expectBinary("min.xorsign.abs.f32", [&](float a, float b) {
    float magnitude = least(std::fabs(a), std::fabs(b));
    return std::isnan(magnitude) ? quietNan : std::signbit(a) != std::signbit(b) ? -magnitude : magnitude;
  });
}

TEST(Float, ApproximationsKeepToTheirLargestErrors) {
  const std::pair<const char *, double (*)(double)> functions[] = {
      {"ex2.approx.f32", std::exp2},
      {"lg2.approx.f32", std::log2},
      {"sin.approx.f32", std::sin},
      {"cos.approx.f32", std::cos},
      {"tanh.approx.f32", std::tanh},
      {"sqrt.approx.f32", std::sqrt},
      {"sqrt.rn.f32", std::sqrt},
      {"rcp.approx.f32", [](double x) { return 1 / x; }},
      {"rcp.rn.f32", [](double x) { return 1 / x; }},
      {"rsqrt.approx.f32", [](double x) { return 1 / std::sqrt(x); }}};
  std::vector<std::vector<uint64_t>> inputs;
  for (float x : numbers)
    inputs.push_back({bits<uint32_t>(x)});
  for (auto [name, function] : functions) {
    const Operation operation{std::string(name) + " %d, %a0;", 32, {32}};
    auto found = evaluate(operation, inputs);
    for (size_t i = 0; i < inputs.size(); ++i) {
      uint64_t expected = expectedBits(static_cast<float>(function(number(inputs[i][0]))));
      EXPECT_TRUE(agree(operation, inputs[i], found[i], expected))
          << name << " of " << numbers[i] << ": " << found[i] << ", expected " << expected;
    }
  }
}

TEST(Float, Doubles) {
  std::vector<std::vector<uint64_t>> inputs;
  for (double a : {0.0, -0.0, 1.0, 0.1, -1e300, 4e-320})
    for (double b : {3.0, -0.7, 1e-300, 1e300})
      inputs.push_back({bits<uint64_t>(a), bits<uint64_t>(b)});
  auto sums = evaluate({"add.rn.f64 %d, %a0, %a1;", 64, {64, 64}}, inputs);
  auto fused = evaluate({"fma.rn.f64 %d, %a0, %a1, %a1;", 64, {64, 64}}, inputs);
  auto quotients = evaluate({"div.rn.f64 %d, %a0, %a1;", 64, {64, 64}}, inputs);
  auto least = evaluate({"min.f64 %d, %a0, %a1;", 64, {64, 64}}, inputs);
  for (size_t i = 0; i < inputs.size(); ++i) {
    double a = bits<double>(inputs[i][0]), b = bits<double>(inputs[i][1]);
    EXPECT_EQ(bits<double>(sums[i]), a + b);
    EXPECT_EQ(bits<double>(fused[i]), std::fma(a, b, b));
    EXPECT_EQ(bits<double>(quotients[i]), a / b);
    EXPECT_EQ(bits<double>(least[i]), std::min(a, b));
  }
}

TEST(Float, Properties) {
  const std::pair<const char *, bool (*)(float)> properties[] = {
      {"finite", [](float x) { return std::isfinite(x); }},
      {"infinite", [](float x) { return std::isinf(x); }},
      {"number", [](float x) { return !std::isnan(x); }},
      {"notanumber", [](float x) { return std::isnan(x); }},
      {"normal", [](float x) { return std::isnormal(x) || x == 0; }},
      {"subnormal", [](float x) { return std::fpclassify(x) == FP_SUBNORMAL; }}};
  std::vector<std::vector<uint64_t>> inputs;
  for (float x : numbers)
    inputs.push_back({bits<uint32_t>(x)});
  for (auto [name, holds] : properties) {
    auto found = evaluate({std::string("testp.") + name + ".f32 %d, %a0;", 1, {32}}, inputs);
    for (size_t i = 0; i < inputs.size(); ++i)
      EXPECT_EQ(found[i], uint64_t(holds(numbers[i]))) << name << " " << numbers[i];
  }
}

TEST(Float, Comparisons) {
  const std::pair<const char *, bool (*)(float, float)> comparisons[] = {
      {"eq", [](float a, float b) { return a == b; }},
      {"ne", [](float a, float b) { return a < b || a > b; }},
      {"lt", [](float a, float b) { return a < b; }},
      {"le", [](float a, float b) { return a <= b; }},
      {"gt", [](float a, float b) { return a > b; }},
      {"ge", [](float a, float b) { return a >= b; }},
      {"equ", [](float a, float b) { return !(a < b || a > b); }},
      {"neu", [](float a, float b) { return a != b; }},
      {"ltu", [](float a, float b) { return !(a >= b); }},
      {"leu", [](float a, float b) { return !(a > b); }},
      {"gtu", [](float a, float b) { return !(a <= b); }},
      {"geu", [](float a, float b) { return !(a < b); }},
      {"num", [](float a, float b) { return !std::isnan(a) && !std::isnan(b); }},
      {"nan", [](float a, float b) { return std::isnan(a) || std::isnan(b); }}};
  auto inputs = allPairs();
  for (auto [name, holds] : comparisons) {
    auto found = evaluate({std::string("setp.") + name + ".f32 %d, %a0, %a1;", 1, {32, 32}}, inputs);
    for (size_t i = 0; i < inputs.size(); ++i)
      ASSERT_EQ(found[i], uint64_t(holds(number(inputs[i][0]), number(inputs[i][1])))) << name;
  }
}

/// The second result is that of the opposite comparison, both combined with the third operand.
TEST(Float, ComparisonsCombine) {
  std::vector<std::vector<uint64_t>> inputs{{1, 2, 0}, {1, 2, 1}, {3, 2, 0}, {3, 2, 1}};
  std::string rest = ".reg .pred %q; setp.lt.OP.u32 %d|%q, %a0, %a1, CONDITION%a2;";
  auto with = [&](std::string operation, std::string condition, bool second) {
    std::string body = rest;
    body.replace(body.find("OP"), 2, operation);
    body.replace(body.find("CONDITION"), 9, condition);
    return evaluate({body + (second ? "and.pred %d, %q, %q;" : ""), 1, {32, 32, 1}}, inputs);
  };
  using Results = std::vector<uint64_t>;
  EXPECT_EQ(with("and", "", false), (Results{0, 1, 0, 0}));
  EXPECT_EQ(with("and", "", true), (Results{0, 0, 0, 1}));
  EXPECT_EQ(with("or", "", false), (Results{1, 1, 0, 1}));
  EXPECT_EQ(with("xor", "!", false), (Results{0, 1, 1, 0}));
}
