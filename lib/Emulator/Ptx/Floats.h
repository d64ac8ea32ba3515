// How are numbers of 16, 19, 32 and 64 bits read, rounded and written?
//
// Everything narrower than f64 is computed in double precision and rounded once. Sums whose exact value needs more than
// the 53 bits of a double are rounded to odd first (`addToOdd`), which makes the second rounding exact.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef SINTER_EMULATOR_PTX_FLOATS_H
#define SINTER_EMULATOR_PTX_FLOATS_H

#include <cmath>
#include <cstdint>
#include <cstring>

namespace sinter::emulator {

enum class Rounding : uint8_t {
  NearestEven, ///< .rn
  Zero,        ///< .rz
  Down,        ///< .rm
  Up,          ///< .rp
  NearestAway, ///< .rna
};

template <class To, class From>
inline To bitCast(From from) {
  static_assert(sizeof(To) == sizeof(From));
  To to;
  memcpy(&to, &from, sizeof to);
  return to;
}

/// A binary format: `precision` bits of significand with the leading one.
struct FloatFormat {
  int precision, minExponent, maxExponent;
};
constexpr FloatFormat formatF16{11, -14, 15};
constexpr FloatFormat formatBF16{8, -126, 127};
constexpr FloatFormat formatTF32{11, -126, 127};
constexpr FloatFormat formatF32{24, -126, 127};

/// The value of `format` that `value` rounds to; overflow gives infinity or the largest number as the mode says.
double roundTo(double value, const FloatFormat &format, Rounding rounding);
/// To an integer.
double roundToIntegral(double value, Rounding rounding);
/// a + b rounded to odd.
double addToOdd(double a, double b);

float f16ToFloat(uint16_t bits);
inline float bf16ToFloat(uint16_t bits) {
  return bitCast<float>(uint32_t(bits) << 16);
}
uint16_t f16FromDouble(double value, Rounding rounding = Rounding::NearestEven);
uint16_t bf16FromDouble(double value, Rounding rounding = Rounding::NearestEven);
uint32_t tf32FromFloat(float value, Rounding rounding);
/// What a tensor core sees of a 32-bit operand of type tf32: its low 13 bits are ignored.
inline float tf32ToFloat(uint32_t bits) {
  return bitCast<float>(bits & 0xffffe000);
}
float f32FromDouble(double value, Rounding rounding);

/// NaNs that instructions make have this payload.
constexpr uint32_t canonicalNan = 0x7fffffff;
constexpr uint16_t canonicalHalfNan = 0x7fff;

inline float canonical(float value) {
  return value != value ? bitCast<float>(canonicalNan) : value;
}
inline double canonical(double value) {
  return value;
}

/// .ftz: subnormal numbers count as zeros of their sign.
inline float flushed(float value) {
  uint32_t bits = bitCast<uint32_t>(value);
  return bitCast<float>(bits & 0x7f800000 ? bits : bits & 0x80000000);
}

/// The same of a result, by what it would be with an exponent of any size: what only lies on the grid of subnormal
/// numbers next to the smallest normal one is none.
inline float flushed(float rounded, double exact, Rounding rounding) {
  return std::fabs(f32FromDouble(exact * 0x1p64, rounding)) < 0x1p-62f ? std::copysign(0.0f, rounded) : rounded;
}

/// .sat: into [0, 1]; NaN becomes 0.
template <class T>
inline T saturated(T value) {
  return value > 0 ? (value < 1 ? value : T(1)) : T(0);
}

// Operations with a direction of rounding that the host has to be told.
template <class T>
T addRounded(T a, T b, Rounding rounding);
template <class T>
T mulRounded(T a, T b, Rounding rounding);
template <class T>
T divRounded(T a, T b, Rounding rounding);
template <class T>
T fmaRounded(T a, T b, T c, Rounding rounding);
template <class T>
T sqrtRounded(T a, Rounding rounding);
template <class T, class I>
T fromInteger(I value, Rounding rounding);

} // namespace sinter::emulator

#endif // SINTER_EMULATOR_PTX_FLOATS_H
