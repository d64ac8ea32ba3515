// Which fundamental types and state spaces does PTX have?
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef SINTER_EMULATOR_PTX_TYPES_H
#define SINTER_EMULATOR_PTX_TYPES_H

#include <cstdint>
#include <optional>
#include <string>

namespace sinter::emulator {

enum class Type : uint8_t {
  None,
  Pred,
  B8,
  B16,
  B32,
  B64,
  B128,
  U8,
  U16,
  U32,
  U64,
  S8,
  S16,
  S32,
  S64,
  F16,
  BF16,
  TF32,
  F16x2,
  BF16x2,
  F32,
  F64
};

enum class Space : uint8_t { Generic, Global, Shared, SharedCluster, Local, Param, Const };

/// The type that a modifier such as `f32` (without its dot) names; empty when it names none.
std::optional<Type> typeNamed(const std::string &name);
const char *nameOf(Type type);
const char *nameOf(Space space);

/// Width in bits; predicates count as 1.
unsigned bitsOf(Type type);
inline unsigned bytesOf(Type type) {
  return (bitsOf(type) + 7) / 8;
}
bool isSigned(Type type);
bool isFloat(Type type);

} // namespace sinter::emulator

#endif // SINTER_EMULATOR_PTX_TYPES_H
