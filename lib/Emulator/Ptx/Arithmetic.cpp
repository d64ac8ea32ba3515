// Names that integers and floating-point numbers share: which family does the type choose?
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "FloatDecoder.h"
#include "IntegerTypes.h"

namespace sinter::emulator {

/// The floating-point type among the modifiers, taken; empty when the instruction is one of integers.
static std::optional<Type> takeFloatType(Decoder &decoder) {
  for (Type type : {Type::F32, Type::F64, Type::F16, Type::BF16, Type::F16x2, Type::BF16x2})
    if (decoder.take(nameOf(type)))
      return type;
  return std::nullopt;
}

template <void (*integer)(Decoder &), void (*wide)(Decoder &, Type)>
static void decodeByType(Decoder &decoder) {
  auto type = takeFloatType(decoder);
  if (!type)
    integer(decoder);
  else if (isHalf(*type))
    decodeHalf(decoder, *type);
  else
    wide(decoder, *type);
}

static void noIntegers(Decoder &decoder) {
  decoder.fail("expected a floating-point type among the modifiers");
}

void addFloatNames(DecodeTable &table) {
  table["add"] = decodeByType<decodeIntegerAdd, decodeFloatAdd>;
  table["sub"] = decodeByType<decodeIntegerSub, decodeFloatSub>;
  table["mul"] = decodeByType<decodeIntegerMul, decodeFloatMul>;
  table["mad"] = decodeByType<decodeIntegerMad, decodeFloatFma>;
  table["fma"] = decodeByType<noIntegers, decodeFloatFma>;
  table["div"] = decodeByType<decodeIntegerDiv, decodeFloatDiv>;
  table["min"] = decodeByType<decodeIntegerMin, decodeFloatMin>;
  table["max"] = decodeByType<decodeIntegerMax, decodeFloatMax>;
  table["abs"] = decodeByType<decodeIntegerAbs, decodeFloatAbs>;
  table["neg"] = decodeByType<decodeIntegerNeg, decodeFloatNeg>;
}

} // namespace sinter::emulator
