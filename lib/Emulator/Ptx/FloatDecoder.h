// Floating-point instructions that other files ask for, and how their modifiers are read.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef SINTER_EMULATOR_PTX_FLOATDECODER_H
#define SINTER_EMULATOR_PTX_FLOATDECODER_H

#include "Decoder.h"
#include "Floats.h"

namespace sinter::emulator {

/// .rn, .rz, .rm or .rp; empty when there is none.
inline std::optional<Rounding> takeRounding(Decoder &decoder) {
  static const char *const names[] = {"rn", "rz", "rm", "rp"};
  for (unsigned i = 0; i < 4; ++i)
    if (decoder.take(names[i]))
      return static_cast<Rounding>(i);
  return std::nullopt;
}

inline void floatOperands(Decoder &decoder, Type type, unsigned count) {
  decoder.expectOperands(count + 1);
  decoder.out.destination = decoder.destination(0, type);
  for (unsigned i = 0; i < count; ++i)
    decoder.out.source[i] = decoder.source(i + 1, type);
}

inline bool isHalf(Type type) {
  return type == Type::F16 || type == Type::BF16 || type == Type::F16x2 || type == Type::BF16x2;
}

// f32 and f64.
void decodeFloatAdd(Decoder &decoder, Type type);
void decodeFloatSub(Decoder &decoder, Type type);
void decodeFloatMul(Decoder &decoder, Type type);
void decodeFloatFma(Decoder &decoder, Type type);
void decodeFloatMin(Decoder &decoder, Type type);
void decodeFloatMax(Decoder &decoder, Type type);
void decodeFloatAbs(Decoder &decoder, Type type);
void decodeFloatNeg(Decoder &decoder, Type type);
void decodeFloatDiv(Decoder &decoder, Type type);

/// add, sub, mul, fma, min, max, abs, neg of f16, bf16 and their pairs.
void decodeHalf(Decoder &decoder, Type type);

} // namespace sinter::emulator

#endif // SINTER_EMULATOR_PTX_FLOATDECODER_H
