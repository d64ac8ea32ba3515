// How are f16, bf16 and pairs of them computed? In double precision, rounded once: see Floats.h.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "FloatDecoder.h"
#include "Lanes.h"

namespace sinter::emulator {

namespace {
struct F16 {
  static constexpr double smallestNormal = 0x1p-14;
  static double load(uint16_t bits) { return f16ToFloat(bits); }
  static uint16_t store(double value) { return f16FromDouble(value); }
  static bool isNan(uint16_t bits) { return (bits & 0x7fff) > 0x7c00; }
  static bool isSubnormal(uint16_t bits) { return !(bits & 0x7c00); }
};
struct BF16 {
  static constexpr double smallestNormal = 0x1p-126;
  static double load(uint16_t bits) { return bf16ToFloat(bits); }
  static uint16_t store(double value) { return bf16FromDouble(value); }
  static bool isNan(uint16_t bits) { return (bits & 0x7fff) > 0x7f80; }
  static bool isSubnormal(uint16_t bits) { return !(bits & 0x7f80); }
};

enum class Operation : uint8_t { Add, Sub, Mul, Fma, Min, Max, Abs, Neg, Ex2, Tanh };
enum : uint8_t { Ftz = 1, Sat = 2, Relu = 4, Nan = 8, XorSign = 16 };
} // namespace

static uint16_t extremum(Operation operation, uint8_t modifiers, uint16_t a, uint16_t b, bool aNan, bool bNan, double x,
                         double y) {
  if (aNan || bNan)
    return (modifiers & Nan) || (aNan && bNan) ? canonicalHalfNan : aNan ? b : a;
  bool largest = operation == Operation::Max;
  if (x == y)
    return (a >> 15) == unsigned(largest) ? b : a;
  return (x > y) == largest ? a : b;
}

template <class Format>
static uint16_t compute(Operation operation, uint8_t modifiers, uint16_t a, uint16_t b, uint16_t c) {
  double x = Format::load(a), y = Format::load(b), z = Format::load(c);
  auto store = [&](double exact) { // .ftz by what the result would be with an exponent of any size
    bool flushes = modifiers & Ftz && std::fabs(Format::load(Format::store(exact / Format::smallestNormal))) < 1;
    return Format::store(flushes ? std::copysign(0.0, exact) : exact);
  };
  switch (operation) {
  case Operation::Add:
    return store(addToOdd(x, y));
  case Operation::Sub:
    return store(addToOdd(x, -y));
  case Operation::Mul:
    return store(x * y);
  case Operation::Fma:
    return store(addToOdd(x * y, z));
  case Operation::Min:
  case Operation::Max: {
    if (!(modifiers & XorSign))
      return extremum(operation, modifiers, a, b, Format::isNan(a), Format::isNan(b), x, y);
    uint16_t result = extremum(operation, modifiers, a & 0x7fff, b & 0x7fff, Format::isNan(a), Format::isNan(b),
                               std::fabs(x), std::fabs(y));
    return Format::isNan(result) ? result : (result & 0x7fff) | ((a ^ b) & 0x8000);
  }
  case Operation::Abs:
    return a & 0x7fff;
  case Operation::Neg:
    return a ^ 0x8000;
  case Operation::Ex2:
    return store(std::exp2(x));
  case Operation::Tanh:
    return store(std::tanh(x));
  }
  return 0;
}

template <class Format>
static uint16_t computeModified(Operation operation, uint8_t modifiers, uint16_t a, uint16_t b, uint16_t c) {
  auto flush = [&](uint16_t bits) {
    return modifiers & Ftz && Format::isSubnormal(bits) ? static_cast<uint16_t>(bits & 0x8000) : bits;
  };
  uint16_t result = compute<Format>(operation, modifiers, flush(a), flush(b), flush(c));
  if (modifiers & Sat)
    return Format::store(saturated(Format::load(result)));
  if (modifiers & Relu) // negative numbers become +0; NaNs canonical
    return Format::isNan(result) ? canonicalHalfNan : result & 0x8000 ? 0 : result;
  return result;
}

namespace {
template <class Format, unsigned operands>
struct Scalar {
  static uint16_t apply(const Instruction &instruction, uint16_t a, uint16_t b = 0, uint16_t c = 0) {
    return computeModified<Format>(static_cast<Operation>(instruction.variant), instruction.modifiers, a, b, c);
  }
};
template <class Format, unsigned operands>
struct Packed {
  static uint32_t apply(const Instruction &instruction, uint32_t a, uint32_t b = 0, uint32_t c = 0) {
    auto part = [&](unsigned shift) {
      return uint32_t(computeModified<Format>(static_cast<Operation>(instruction.variant), instruction.modifiers,
                                              static_cast<uint16_t>(a >> shift), static_cast<uint16_t>(b >> shift),
                                              static_cast<uint16_t>(c >> shift)))
             << shift;
    };
    return part(0) | part(16);
  }
};
} // namespace

template <template <class, unsigned> class Shape, class Format, class T>
static Handler handlerOf(unsigned operands) {
  if (operands == 1)
    return mapWith<Shape<Format, 1>, T, T>;
  if (operands == 2)
    return mapWith<Shape<Format, 2>, T, T, T>;
  return mapWith<Shape<Format, 3>, T, T, T, T>;
}

static const struct {
  const char *name;
  Operation operation;
  unsigned operands;
} operations[] = {{"add", Operation::Add, 2},  {"sub", Operation::Sub, 2}, {"mul", Operation::Mul, 2},
                  {"fma", Operation::Fma, 3},  {"min", Operation::Min, 2}, {"max", Operation::Max, 2},
                  {"abs", Operation::Abs, 1},  {"neg", Operation::Neg, 1}, {"ex2", Operation::Ex2, 1},
                  {"tanh", Operation::Tanh, 1}};

void decodeHalf(Decoder &decoder, Type type) {
  decoder.take("rn");
  unsigned operands = 0;
  for (const auto &entry : operations)
    if (decoder.mnemonic() == entry.name) {
      decoder.out.variant = static_cast<uint8_t>(entry.operation);
      operands = entry.operands;
    }
  if (!operands)
    decoder.fail(std::string("expected .f32 or .f64, found .") + nameOf(type));
  static const std::pair<const char *, uint8_t> modifiers[] = {
      {"ftz", Ftz}, {"sat", Sat}, {"relu", Relu}, {"NaN", Nan}, {"xorsign", XorSign}};
  for (const auto &[name, bit] : modifiers)
    if (decoder.take(name))
      decoder.out.modifiers |= bit;
  if (decoder.out.modifiers & XorSign)
    decoder.takeOneOf({"abs"});
  floatOperands(decoder, type, operands);
  switch (type) {
  case Type::F16:
    decoder.out.handler = handlerOf<Scalar, F16, uint16_t>(operands);
    break;
  case Type::BF16:
    decoder.out.handler = handlerOf<Scalar, BF16, uint16_t>(operands);
    break;
  case Type::F16x2:
    decoder.out.handler = handlerOf<Packed, F16, uint32_t>(operands);
    break;
  default:
    decoder.out.handler = handlerOf<Packed, BF16, uint32_t>(operands);
  }
}

} // namespace sinter::emulator
