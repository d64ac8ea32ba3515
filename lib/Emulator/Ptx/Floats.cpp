// How are values rounded to narrow formats? See Floats.h.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Floats.h"

#include <algorithm>
#include <limits>

namespace sinter::emulator {

double roundToIntegral(double value, Rounding rounding) {
  switch (rounding) {
  case Rounding::NearestEven:
    return std::nearbyint(value);
  case Rounding::Zero:
    return std::trunc(value);
  case Rounding::Down:
    return std::floor(value);
  case Rounding::Up:
    return std::ceil(value);
  case Rounding::NearestAway:
    return std::round(value);
  }
  return value;
}

static double overflow(double value, double largest, Rounding rounding) {
  bool stays = rounding == Rounding::Zero || (rounding == Rounding::Down && value > 0) ||
               (rounding == Rounding::Up && value < 0);
  return std::copysign(stays ? largest : std::numeric_limits<double>::infinity(), value);
}

double roundTo(double value, const FloatFormat &format, Rounding rounding) {
  if (value == 0 || !std::isfinite(value))
    return value;
  int exponent = std::max(std::ilogb(value), format.minExponent);
  int quantum = exponent - (format.precision - 1);
  double rounded = std::ldexp(roundToIntegral(std::ldexp(value, -quantum), rounding), quantum);
  double largest = std::ldexp(2 - std::ldexp(1, 1 - format.precision), format.maxExponent);
  if (std::fabs(rounded) > largest)
    return overflow(value, largest, rounding);
  return std::copysign(rounded, value); // a negative number may have become zero
}

/// TwoSum gives the error of the sum; where there is one, the last bit is made to tell.
double addToOdd(double a, double b) {
  double sum = a + b;
  double bPart = sum - a, aPart = sum - bPart;
  double error = (a - aPart) + (b - bPart);
  if (error == 0 || !std::isfinite(sum) || (bitCast<uint64_t>(sum) & 1))
    return sum;
  return std::nextafter(sum,
                        error > 0 ? std::numeric_limits<double>::infinity() : -std::numeric_limits<double>::infinity());
}

float f16ToFloat(uint16_t bits) {
  uint32_t sign = uint32_t(bits & 0x8000) << 16, exponent = bits >> 10 & 31, fraction = bits & 1023;
  if (exponent == 31)
    return bitCast<float>(sign | 0x7f800000 | fraction << 13);
  if (exponent)
    return bitCast<float>(sign | (exponent + 112) << 23 | fraction << 13);
  float value = static_cast<float>(fraction) * 0x1p-24f;
  return sign ? -value : value;
}

uint16_t f16FromDouble(double value, Rounding rounding) {
  if (std::isnan(value))
    return canonicalHalfNan;
  double rounded = roundTo(value, formatF16, rounding);
  uint16_t sign = std::signbit(value) ? 0x8000 : 0;
  double magnitude = std::fabs(rounded);
  if (std::isinf(magnitude))
    return sign | 0x7c00;
  if (magnitude < 0x1p-14)
    return sign | static_cast<uint16_t>(magnitude * 0x1p24);
  uint32_t single = bitCast<uint32_t>(static_cast<float>(magnitude));
  return sign | static_cast<uint16_t>((single >> 13) - (112 << 10));
}

uint16_t bf16FromDouble(double value, Rounding rounding) {
  if (std::isnan(value))
    return canonicalHalfNan;
  return static_cast<uint16_t>(bitCast<uint32_t>(static_cast<float>(roundTo(value, formatBF16, rounding))) >> 16);
}

uint32_t tf32FromFloat(float value, Rounding rounding) {
  if (std::isnan(value))
    return canonicalNan;
  return bitCast<uint32_t>(static_cast<float>(roundTo(value, formatTF32, rounding)));
}

float f32FromDouble(double value, Rounding rounding) {
  if (rounding == Rounding::NearestEven)
    return static_cast<float>(value);
  return static_cast<float>(roundTo(value, formatF32, rounding));
}

} // namespace sinter::emulator
