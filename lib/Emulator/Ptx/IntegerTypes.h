// Which C++ type stands for a PTX integer type?
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef SINTER_EMULATOR_PTX_INTEGERTYPES_H
#define SINTER_EMULATOR_PTX_INTEGERTYPES_H

#include "Decoder.h"

#include <string>

namespace sinter::emulator {

template <class T>
struct WiderType;
template <>
struct WiderType<uint16_t> {
  using type = uint32_t;
};
template <>
struct WiderType<int16_t> {
  using type = int32_t;
};
template <>
struct WiderType<uint32_t> {
  using type = uint64_t;
};
template <>
struct WiderType<int32_t> {
  using type = int64_t;
};
template <class T>
using Wider = typename WiderType<T>::type;

/// `Family::handler<T>()` for the integer type `type`; an error for other types.
template <class Family>
Handler integerHandler(Decoder &decoder, Type type) {
  switch (type) {
  case Type::U16:
  case Type::B16:
    return Family::template handler<uint16_t>();
  case Type::S16:
    return Family::template handler<int16_t>();
  case Type::U32:
  case Type::B32:
    return Family::template handler<uint32_t>();
  case Type::S32:
    return Family::template handler<int32_t>();
  case Type::U64:
  case Type::B64:
    return Family::template handler<uint64_t>();
  case Type::S64:
    return Family::template handler<int64_t>();
  default:
    decoder.fail(std::string("expected an integer type of 16, 32 or 64 bits, found .") + nameOf(type));
  }
}

/// The same for operations whose result is twice as wide.
template <class Family>
Handler wideningHandler(Decoder &decoder, Type type) {
  switch (type) {
  case Type::U16:
    return Family::template handler<uint16_t>();
  case Type::S16:
    return Family::template handler<int16_t>();
  case Type::U32:
    return Family::template handler<uint32_t>();
  case Type::S32:
    return Family::template handler<int32_t>();
  default:
    decoder.fail(std::string("expected an integer type of 16 or 32 bits, found .") + nameOf(type));
  }
}

inline Type widerType(Decoder &decoder, Type type) {
  switch (type) {
  case Type::U16:
    return Type::U32;
  case Type::S16:
    return Type::S32;
  case Type::U32:
    return Type::U64;
  case Type::S32:
    return Type::S64;
  default:
    decoder.fail(std::string("expected an integer type of 16 or 32 bits, found .") + nameOf(type));
  }
}

// Names that integers share with floating point; Arithmetic.cpp chooses.
void decodeIntegerAdd(Decoder &decoder);
void decodeIntegerSub(Decoder &decoder);
void decodeIntegerMul(Decoder &decoder);
void decodeIntegerMad(Decoder &decoder);
void decodeIntegerDiv(Decoder &decoder);
void decodeIntegerMin(Decoder &decoder);
void decodeIntegerMax(Decoder &decoder);
void decodeIntegerAbs(Decoder &decoder);
void decodeIntegerNeg(Decoder &decoder);

} // namespace sinter::emulator

#endif // SINTER_EMULATOR_PTX_INTEGERTYPES_H
