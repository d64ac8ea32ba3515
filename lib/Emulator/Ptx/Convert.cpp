// How is one type converted to another: cvt in all its forms?
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "FloatDecoder.h"
#include "Lanes.h"

#include <algorithm>
#include <limits>

namespace sinter::emulator {

namespace {
/// In Instruction::modifiers; the mode of rounding is in `vectorSize`, the types are in `variant` and `elementBytes`.
enum : uint8_t { Ftz = 1, Sat = 2, Relu = 4, ToIntegral = 8, SatFinite = 16 };

struct Types {
  Type to, from;
};
} // namespace

static Types typesOf(const Instruction &instruction) {
  return {static_cast<Type>(instruction.variant), static_cast<Type>(instruction.elementBytes)};
}

static Rounding roundingOf(const Instruction &instruction) {
  return static_cast<Rounding>(instruction.vectorSize);
}

//===----------------------------------------------------------------------===//
// One lane
//===----------------------------------------------------------------------===//

static int64_t signExtended(uint64_t bits, unsigned width) {
  return width == 64 ? static_cast<int64_t>(bits) : static_cast<int64_t>(bits << (64 - width)) >> (64 - width);
}

static uint64_t truncated(uint64_t bits, unsigned width) {
  return width == 64 ? bits : bits & ((uint64_t(1) << width) - 1);
}

/// Integers to integers: extended by the source's sign, cut or clamped to the result.
static uint64_t integerToInteger(const Instruction &instruction, uint64_t bits) {
  auto [to, from] = typesOf(instruction);
  using Wide = __int128;
  Wide value = isSigned(from) ? Wide(signExtended(bits, bitsOf(from))) : Wide(truncated(bits, bitsOf(from)));
  if (instruction.modifiers & Sat) {
    unsigned width = bitsOf(to);
    Wide least = isSigned(to) ? -(Wide(1) << (width - 1)) : 0;
    Wide most = isSigned(to) ? (Wide(1) << (width - 1)) - 1 : (Wide(1) << width) - 1;
    value = std::clamp(value, least, most);
  }
  return truncated(static_cast<uint64_t>(value), bitsOf(to));
}

static double loadFloat(Type type, uint64_t bits, bool ftz) {
  switch (type) {
  case Type::F16:
    return f16ToFloat(static_cast<uint16_t>(bits));
  case Type::BF16:
    return bf16ToFloat(static_cast<uint16_t>(bits));
  case Type::F64:
    return bitCast<double>(bits);
  default: {
    float value = bitCast<float>(static_cast<uint32_t>(bits));
    return ftz ? flushed(value) : value;
  }
  }
}

/// Out of range: clamped. NaN: 0, or the highest bit for 64-bit results.
static uint64_t floatToInteger(const Instruction &instruction, uint64_t bits) {
  auto [to, from] = typesOf(instruction);
  double value = loadFloat(from, bits, instruction.modifiers & Ftz);
  unsigned width = bitsOf(to);
  if (std::isnan(value))
    return width == 64 ? uint64_t(1) << 63 : 0;
  double whole = roundToIntegral(value, roundingOf(instruction));
  if (isSigned(to)) {
    double limit = std::ldexp(1, static_cast<int>(width) - 1);
    int64_t result = whole >= limit   ? static_cast<int64_t>((uint64_t(1) << (width - 1)) - 1)
                     : whole < -limit ? -static_cast<int64_t>(uint64_t(1) << (width - 2)) * 2
                                      : static_cast<int64_t>(whole);
    return truncated(static_cast<uint64_t>(result), width);
  }
  double limit = std::ldexp(1, static_cast<int>(width));
  return whole <= 0 ? 0 : whole >= limit ? truncated(~uint64_t(0), width) : static_cast<uint64_t>(whole);
}

static uint64_t storeFloat(const Instruction &instruction, double value) {
  Type to = typesOf(instruction).to;
  Rounding rounding = roundingOf(instruction);
  if (instruction.modifiers & Sat)
    value = saturated(value);
  if (instruction.modifiers & Relu)
    value = value < 0 || (value == 0 && std::signbit(value)) ? 0 : value;
  bool clamps = instruction.modifiers & SatFinite;
  switch (to) {
  case Type::F16:
    return f16FromDouble(clamps ? std::clamp(value, -65504.0, 65504.0) : value, rounding);
  case Type::BF16:
    return bf16FromDouble(clamps ? std::clamp(value, -0x1.fep127, 0x1.fep127) : value, rounding);
  case Type::TF32:
    return tf32FromFloat(static_cast<float>(clamps ? std::clamp(value, -0x1.ffcp127, 0x1.ffcp127) : value), rounding);
  case Type::F64:
    return bitCast<uint64_t>(value);
  default: {
    float result = canonical(f32FromDouble(value, rounding));
    return bitCast<uint32_t>(instruction.modifiers & Ftz ? flushed(result) : result);
  }
  }
}

static uint64_t floatToFloat(const Instruction &instruction, uint64_t bits) {
  double value = loadFloat(typesOf(instruction).from, bits, instruction.modifiers & Ftz);
  if (instruction.modifiers & ToIntegral)
    value = roundToIntegral(value, roundingOf(instruction));
  return storeFloat(instruction, value);
}

/// 64-bit integers have more bits than a double: rounded to it and again to a narrow type, they would be rounded twice.
static uint64_t integerToFloat(const Instruction &instruction, uint64_t bits) {
  auto [to, from] = typesOf(instruction);
  Rounding rounding = roundingOf(instruction);
  bool negative = isSigned(from);
  int64_t whole = negative ? signExtended(bits, bitsOf(from)) : 0;
  uint64_t natural = negative ? 0 : truncated(bits, bitsOf(from));
  if (to == Type::F32) {
    float value = negative ? fromInteger<float>(whole, rounding) : fromInteger<float>(natural, rounding);
    return bitCast<uint32_t>(instruction.modifiers & Sat ? saturated(value) : value);
  }
  if (to == Type::F64)
    return bitCast<uint64_t>(negative ? fromInteger<double>(whole, rounding) : fromInteger<double>(natural, rounding));
  // The low bits stay visible as a sticky one.
  uint64_t magnitude = negative && whole < 0 ? uint64_t(0) - static_cast<uint64_t>(whole)
                       : negative            ? static_cast<uint64_t>(whole)
                                             : natural;
  if (magnitude >> 53)
    magnitude = (magnitude & ~uint64_t(0xfff)) | (magnitude & 0xfff ? 0x800 : 0);
  double value = static_cast<double>(magnitude);
  return storeFloat(instruction, whole < 0 ? -value : value);
}

//===----------------------------------------------------------------------===//
// All lanes
//===----------------------------------------------------------------------===//

using Convert = uint64_t (*)(const Instruction &, uint64_t);

/// Results narrower than their register are extended: by sign for signed types.
template <class To>
static To widened(const Instruction &instruction, uint64_t bits) {
  Type to = typesOf(instruction).to;
  return static_cast<To>(isSigned(to) ? static_cast<uint64_t>(signExtended(bits, bitsOf(to))) : bits);
}

template <Convert convert, class To, class From>
static Status convertLanes(Warp &warp, const Instruction &instruction, uint32_t mask) {
  const From *source = warp.lanes<From>(instruction.source[0]);
  To result[warpSize];
  for (unsigned lane = 0; lane < warpSize; ++lane)
    result[lane] = mask >> lane & 1 ? widened<To>(instruction, convert(instruction, source[lane])) : To(0);
  warp.write(instruction.destination, result, mask);
  return Status::Next;
}

template <Convert convert, class To>
static Handler bySource(unsigned bits) {
  return bits == 8    ? convertLanes<convert, To, uint8_t>
         : bits == 16 ? convertLanes<convert, To, uint16_t>
         : bits == 32 ? convertLanes<convert, To, uint32_t>
                      : convertLanes<convert, To, uint64_t>;
}

template <Convert convert>
static Handler byRegisters(unsigned to, unsigned from) {
  return to == 8    ? bySource<convert, uint8_t>(from)
         : to == 16 ? bySource<convert, uint16_t>(from)
         : to == 32 ? bySource<convert, uint32_t>(from)
                    : bySource<convert, uint64_t>(from);
}

namespace {
/// What programs use most, as plain casts.
struct Cast {
  template <class To, class From>
  struct Lane {
    static To apply(From value) { return static_cast<To>(value); }
  };
};
/// A shift: unlike elsewhere, the payload of a NaN stays.
struct BF16ToFloat {
  static float apply(uint16_t bits) { return bf16ToFloat(bits); }
};
/// Nearest-even by adding half of the last place.
struct FloatToBF16 {
  static uint16_t apply(float value) {
    uint32_t bits = bitCast<uint32_t>(value);
    uint32_t rounded = (bits + 0x7fff + (bits >> 16 & 1)) >> 16;
    return static_cast<uint16_t>(value != value ? canonicalHalfNan : rounded);
  }
};
} // namespace

template <class To, class From>
static Handler cast() {
  return map<Cast::Lane<To, From>, To, From>;
}

static Handler fastHandler(const Instruction &instruction, unsigned toBits, unsigned fromBits) {
  auto [to, from] = typesOf(instruction);
  if (instruction.modifiers || toBits != bitsOf(to) || fromBits != bitsOf(from))
    return nullptr;
  bool nearest = roundingOf(instruction) == Rounding::NearestEven;
  static const struct {
    Type to, from;
    Handler handler;
    bool rounds;
  } fast[] = {{Type::U64, Type::U32, cast<uint64_t, uint32_t>(), false},
              {Type::S64, Type::S32, cast<int64_t, int32_t>(), false},
              {Type::U32, Type::U64, cast<uint32_t, uint64_t>(), false},
              {Type::U32, Type::U16, cast<uint32_t, uint16_t>(), false},
              {Type::S32, Type::S16, cast<int32_t, int16_t>(), false},
              {Type::U16, Type::U32, cast<uint16_t, uint32_t>(), false},
              {Type::F64, Type::F32, cast<double, float>(), false},
              {Type::F32, Type::S32, cast<float, int32_t>(), true},
              {Type::F32, Type::U32, cast<float, uint32_t>(), true},
              {Type::F64, Type::S32, cast<double, int32_t>(), true},
              {Type::F32, Type::BF16, map<BF16ToFloat, float, uint16_t>, false},
              {Type::BF16, Type::F32, map<FloatToBF16, uint16_t, float>, true}};
  for (const auto &entry : fast)
    if (entry.to == to && entry.from == from && (!entry.rounds || nearest))
      return entry.handler;
  return nullptr;
}

/// cvt.rn.bf16x2.f32 d, a, b: `a` becomes the high half.
struct PackPair {
  static uint32_t apply(const Instruction &instruction, float high, float low) {
    Instruction half = instruction;
    half.variant = static_cast<uint8_t>(typesOf(instruction).to == Type::F16x2 ? Type::F16 : Type::BF16);
    return static_cast<uint32_t>(storeFloat(half, high) << 16 | storeFloat(half, low));
  }
};

//===----------------------------------------------------------------------===//
// Decoding
//===----------------------------------------------------------------------===//

static void takeRoundings(Decoder &decoder, std::optional<Rounding> &rounding, bool &integral) {
  static const char *const integrals[] = {"rni", "rzi", "rmi", "rpi"};
  rounding = takeRounding(decoder);
  if (decoder.take("rna"))
    rounding = Rounding::NearestAway;
  integral = false;
  for (unsigned i = 0; i < 4; ++i)
    if (decoder.take(integrals[i])) {
      rounding = static_cast<Rounding>(i);
      integral = true;
    }
}

static unsigned precisionOf(Type type) {
  return type == Type::F64 ? 53 : type == Type::F32 ? 24 : type == Type::BF16 ? 8 : 11;
}

/// PTX asks for the mode wherever a result may be inexact: what has none there is not PTX.
static void checkRounding(Decoder &decoder, Type to, Type from, std::optional<Rounding> rounding, bool integral) {
  bool toFloat = isFloat(to), fromFloat = isFloat(from);
  bool needed = (toFloat && !fromFloat) || (!toFloat && fromFloat) ||
                (toFloat && fromFloat && precisionOf(to) < precisionOf(from));
  if (needed && !rounding)
    decoder.fail(toFloat ? "expected one of the modifiers .rn, .rz, .rm, .rp"
                         : "expected one of the modifiers .rni, .rzi, .rmi, .rpi");
  if (rounding && !toFloat && (!fromFloat || !integral))
    decoder.fail(fromFloat ? "expected one of the modifiers .rni, .rzi, .rmi, .rpi"
                           : "integers are converted without a mode of rounding");
}

static void decodePack(Decoder &decoder, Type to) {
  if (decoder.takeType() != Type::F32)
    decoder.fail("expected .f32 for the source of a pair");
  decoder.expectOperands(3);
  decoder.out.destination = decoder.destination(0, to);
  decoder.out.source[0] = decoder.source(1, Type::F32);
  decoder.out.source[1] = decoder.source(2, Type::F32);
  decoder.out.handler = mapWith<PackPair, uint32_t, float, float>;
}

static void decodeCvt(Decoder &decoder) {
  std::optional<Rounding> rounding;
  bool integral;
  takeRoundings(decoder, rounding, integral);
  static const std::pair<const char *, uint8_t> modifiers[] = {
      {"ftz", Ftz}, {"sat", Sat}, {"relu", Relu}, {"satfinite", SatFinite}};
  for (const auto &[name, bit] : modifiers)
    if (decoder.take(name))
      decoder.out.modifiers |= bit;
  Type to = decoder.takeType();
  decoder.out.variant = static_cast<uint8_t>(to);
  decoder.out.vectorSize = static_cast<uint16_t>(rounding.value_or(Rounding::NearestEven));
  if (to == Type::F16x2 || to == Type::BF16x2)
    return decodePack(decoder, to);
  Type from = decoder.takeType();
  if (isHalf(from) && bitsOf(from) == 32)
    decoder.fail(std::string("expected a scalar type, found .") + nameOf(from));
  checkRounding(decoder, to, from, rounding, integral);
  decoder.out.elementBytes = static_cast<uint8_t>(from);
  if (integral && isFloat(to))
    decoder.out.modifiers |= ToIntegral;
  decoder.expectOperands(2);
  unsigned toBits, fromBits;
  decoder.out.source[0] = decoder.wideSource(decoder.operand(1), from, fromBits);
  decoder.out.destination = decoder.wideDestination(decoder.operand(0), to, toBits);
  decoder.out.handler = fastHandler(decoder.out, toBits, fromBits);
  if (decoder.out.handler)
    return;
  decoder.out.handler = isFloat(to) ? (isFloat(from) ? byRegisters<floatToFloat>(toBits, fromBits)
                                                     : byRegisters<integerToFloat>(toBits, fromBits))
                                    : (isFloat(from) ? byRegisters<floatToInteger>(toBits, fromBits)
                                                     : byRegisters<integerToInteger>(toBits, fromBits));
}

void addConvertInstructions(DecodeTable &table) {
  table["cvt"] = decodeCvt;
}

} // namespace sinter::emulator
