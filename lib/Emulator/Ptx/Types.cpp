// How wide are PTX types, and how are they spelled? See Types.h.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Types.h"

namespace sinter::emulator {

namespace {
enum class Kind : uint8_t { Bits, Unsigned, Signed, Float };

struct TypeInfo {
  Type type;
  const char *name;
  unsigned bits;
  Kind kind;
};
} // namespace

/// In the order of `Type`.
static const TypeInfo infos[] = {
    {Type::None, "none", 0, Kind::Bits},     {Type::Pred, "pred", 1, Kind::Bits},
    {Type::B8, "b8", 8, Kind::Bits},         {Type::B16, "b16", 16, Kind::Bits},
    {Type::B32, "b32", 32, Kind::Bits},      {Type::B64, "b64", 64, Kind::Bits},
    {Type::B128, "b128", 128, Kind::Bits},   {Type::U8, "u8", 8, Kind::Unsigned},
    {Type::U16, "u16", 16, Kind::Unsigned},  {Type::U32, "u32", 32, Kind::Unsigned},
    {Type::U64, "u64", 64, Kind::Unsigned},  {Type::S8, "s8", 8, Kind::Signed},
    {Type::S16, "s16", 16, Kind::Signed},    {Type::S32, "s32", 32, Kind::Signed},
    {Type::S64, "s64", 64, Kind::Signed},    {Type::F16, "f16", 16, Kind::Float},
    {Type::BF16, "bf16", 16, Kind::Float},   {Type::TF32, "tf32", 32, Kind::Float},
    {Type::F16x2, "f16x2", 32, Kind::Float}, {Type::BF16x2, "bf16x2", 32, Kind::Float},
    {Type::F32, "f32", 32, Kind::Float},     {Type::F64, "f64", 64, Kind::Float},
};

static const TypeInfo &infoOf(Type type) {
  return infos[static_cast<unsigned>(type)];
}

std::optional<Type> typeNamed(const std::string &name) {
  for (const TypeInfo &info : infos)
    if (info.type != Type::None && name == info.name)
      return info.type;
  return std::nullopt;
}

const char *nameOf(Type type) {
  return infoOf(type).name;
}
unsigned bitsOf(Type type) {
  return infoOf(type).bits;
}
bool isSigned(Type type) {
  return infoOf(type).kind == Kind::Signed;
}
bool isFloat(Type type) {
  return infoOf(type).kind == Kind::Float;
}

const char *nameOf(Space space) {
  static const char *const names[] = {"generic", "global", "shared", "shared::cluster", "local", "param", "const"};
  return names[static_cast<unsigned>(space)];
}

} // namespace sinter::emulator
