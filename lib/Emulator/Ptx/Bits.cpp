// How are bits moved: and, or, xor, not, lop3, shifts, bfe, bfi, brev, clz, popc, bfind, prmt, shf, bmsk, szext?
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Decoder.h"
#include "IntegerTypes.h"
#include "Lanes.h"

#include <algorithm>

namespace sinter::emulator {

//===----------------------------------------------------------------------===//
// Logic
//===----------------------------------------------------------------------===//

namespace {
struct And {
  template <class T>
  static T apply(T a, T b) {
    return a & b;
  }
};
struct Or {
  template <class T>
  static T apply(T a, T b) {
    return a | b;
  }
};
struct Xor {
  template <class T>
  static T apply(T a, T b) {
    return a ^ b;
  }
};
struct Not {
  template <class T>
  static T apply(T a) {
    return static_cast<T>(~a);
  }
};

/// The table's bit (a, b, c) is the result's bit where the operands have those bits.
struct Lop3 {
  static uint32_t apply(const Instruction &instruction, uint32_t a, uint32_t b, uint32_t c) {
    uint32_t result = 0;
    for (unsigned i = 0; i < 8; ++i)
      if (instruction.immediate >> i & 1)
        result |= (i & 4 ? a : ~a) & (i & 2 ? b : ~b) & (i & 1 ? c : ~c);
    return result;
  }
};
} // namespace

template <class F>
static Status predicateLogic(Warp &warp, const Instruction &instruction, uint32_t mask) {
  uint32_t a = warp.predicate(instruction.source[0]), b = warp.predicate(instruction.source[1]);
  if (instruction.modifiers & 1)
    a = ~a;
  if (instruction.modifiers & 2)
    b = ~b;
  warp.writePredicate(instruction.destination, F::apply(a, b), mask);
  return Status::Next;
}

static Status predicateNot(Warp &warp, const Instruction &instruction, uint32_t mask) {
  warp.writePredicate(instruction.destination, ~warp.predicate(instruction.source[0]), mask);
  return Status::Next;
}

static Handler handlerOfWidth(Decoder &decoder, Type type, Handler of16, Handler of32, Handler of64) {
  Handler handler = bitsOf(type) == 16 ? of16 : bitsOf(type) == 32 ? of32 : bitsOf(type) == 64 ? of64 : nullptr;
  if (!handler)
    decoder.fail(std::string("expected a type of other width, found .") + nameOf(type));
  return handler;
}

template <class F>
static void decodeLogic(Decoder &decoder) {
  Type type = decoder.takeType();
  decoder.expectOperands(3);
  decoder.out.destination = decoder.destination(0, type);
  if (type == Type::Pred) {
    for (unsigned i = 0; i < 2; ++i) {
      bool negated;
      decoder.out.source[i] = decoder.predicateSource(decoder.operand(i + 1), negated);
      decoder.out.modifiers |= negated << i;
    }
    decoder.out.handler = predicateLogic<F>;
    return;
  }
  decoder.out.source[0] = decoder.source(1, type);
  decoder.out.source[1] = decoder.source(2, type);
  decoder.out.handler = handlerOfWidth(decoder, type, map<F, uint16_t, uint16_t, uint16_t>,
                                       map<F, uint32_t, uint32_t, uint32_t>, map<F, uint64_t, uint64_t, uint64_t>);
}

static void decodeNot(Decoder &decoder) {
  Type type = decoder.takeType();
  decoder.expectOperands(2);
  decoder.out.destination = decoder.destination(0, type);
  decoder.out.source[0] = decoder.source(1, type);
  decoder.out.handler = type == Type::Pred ? predicateNot
                                           : handlerOfWidth(decoder, type, map<Not, uint16_t, uint16_t>,
                                                            map<Not, uint32_t, uint32_t>, map<Not, uint64_t, uint64_t>);
}

static void decodeLop3(Decoder &decoder) {
  decoder.takeOneOf({"b32"});
  decoder.expectOperands(5);
  decoder.out.destination = decoder.destination(0, Type::B32);
  for (unsigned i = 0; i < 3; ++i)
    decoder.out.source[i] = decoder.source(i + 1, Type::B32);
  decoder.out.immediate = decoder.integer(4);
  decoder.out.handler = mapWith<Lop3, uint32_t, uint32_t, uint32_t, uint32_t>;
}

//===----------------------------------------------------------------------===//
// Shifts: amounts of the width and more shift everything out
//===----------------------------------------------------------------------===//

namespace {
struct Shl {
  template <class T>
  static T apply(T a, uint32_t amount) {
    return amount >= 8 * sizeof(T) ? T(0) : static_cast<T>(uint64_t(a) << amount);
  }
};
struct Shr {
  template <class T>
  static T apply(T a, uint32_t amount) {
    constexpr uint32_t bits = 8 * sizeof(T);
    if (amount >= bits)
      return a < 0 ? static_cast<T>(-1) : T(0);
    return static_cast<T>(a >> amount);
  }
};
template <class F>
struct Shifting {
  template <class T>
  static Handler handler() {
    return map<F, T, T, uint32_t>;
  }
};

/// Funnel shifts of (b, a): the amount is clamped to 32 or wraps around.
template <bool left, bool wraps>
struct Funnel {
  static uint32_t apply(uint32_t a, uint32_t b, uint32_t amount) {
    amount = wraps ? amount & 31 : std::min(amount, 32u);
    uint64_t both = uint64_t(b) << 32 | a;
    return static_cast<uint32_t>(left ? both << amount >> 32 : both >> amount);
  }
};
} // namespace

template <class F>
static void decodeShift(Decoder &decoder) {
  Type type = decoder.takeType();
  decoder.expectOperands(3);
  decoder.out.destination = decoder.destination(0, type);
  decoder.out.source[0] = decoder.source(1, type);
  decoder.out.source[1] = decoder.source(2, Type::U32);
  decoder.out.handler = integerHandler<Shifting<F>>(decoder, type);
}

static void decodeFunnel(Decoder &decoder) {
  bool left = decoder.takeOneOf({"l", "r"}) == 0, wraps = decoder.takeOneOf({"clamp", "wrap"}) == 1;
  decoder.takeOneOf({"b32"});
  decoder.expectOperands(4);
  decoder.out.destination = decoder.destination(0, Type::B32);
  for (unsigned i = 0; i < 3; ++i)
    decoder.out.source[i] = decoder.source(i + 1, Type::B32);
  using U = uint32_t;
  decoder.out.handler = left ? (wraps ? map<Funnel<true, true>, U, U, U, U> : map<Funnel<true, false>, U, U, U, U>)
                             : (wraps ? map<Funnel<false, true>, U, U, U, U> : map<Funnel<false, false>, U, U, U, U>);
}

//===----------------------------------------------------------------------===//
// Fields
//===----------------------------------------------------------------------===//

namespace {
struct Bfe {
  template <class T>
  static T apply(T a, uint32_t position, uint32_t length) {
    constexpr unsigned bits = 8 * sizeof(T);
    position &= 255;
    length &= 255;
    if (length == 0)
      return 0;
    // The sign is the field's highest bit, or the operand's where the field reaches beyond it.
    unsigned top = std::min(position + length - 1, bits - 1);
    bool sign = T(-1) < 0 && (uint64_t(a) >> top & 1);
    uint64_t field = position >= bits ? 0 : (uint64_t(a) & (~uint64_t(0) >> (64 - bits))) >> position;
    unsigned kept = position >= bits ? 0 : std::min(length, bits - position);
    uint64_t mask = kept >= 64 ? ~uint64_t(0) : (uint64_t(1) << kept) - 1;
    return static_cast<T>(sign ? field | ~mask : field & mask);
  }
};
struct Bfi {
  template <class T>
  static T apply(T field, T base, uint32_t position, uint32_t length) {
    constexpr unsigned bits = 8 * sizeof(T);
    position &= 255;
    length &= 255;
    if (length == 0 || position >= bits)
      return base;
    uint64_t mask = (length >= 64 ? ~uint64_t(0) : (uint64_t(1) << length) - 1) << position;
    return static_cast<T>((uint64_t(base) & ~mask) | (uint64_t(field) << position & mask));
  }
};
struct Brev {
  template <class T>
  static T apply(T a) {
    T result = 0;
    for (unsigned i = 0; i < 8 * sizeof(T); ++i)
      result |= static_cast<T>((a >> i & 1) << (8 * sizeof(T) - 1 - i));
    return result;
  }
};
struct Popc {
  template <class T>
  static uint32_t apply(T a) {
    return static_cast<uint32_t>(__builtin_popcountll(a));
  }
};
struct Clz {
  template <class T>
  static uint32_t apply(T a) {
    return a == 0 ? 8 * sizeof(T) : static_cast<uint32_t>(__builtin_clzll(a)) - (64 - 8 * sizeof(T));
  }
};
/// Position of the highest bit that is not the sign; 0xffffffff when there is none.
template <bool shiftAmount>
struct Bfind {
  template <class T>
  static uint32_t apply(T a) {
    uint64_t bits = a < 0 ? ~uint64_t(int64_t(a)) : uint64_t(a);
    if (bits == 0)
      return ~uint32_t(0);
    uint32_t position = 63 - static_cast<uint32_t>(__builtin_clzll(bits));
    return shiftAmount ? 8 * sizeof(T) - 1 - position : position;
  }
};
template <class F>
struct ToU32 {
  template <class T>
  static Handler handler() {
    return map<F, uint32_t, T>;
  }
};
struct Extracting {
  template <class T>
  static Handler handler() {
    return map<Bfe, T, T, uint32_t, uint32_t>;
  }
};
/// `length` ones from `position` on.
template <bool wraps>
struct Bmsk {
  static uint32_t apply(uint32_t position, uint32_t length) {
    if (wraps) {
      position &= 31;
      length &= 31;
    }
    if (position >= 32)
      return 0;
    uint64_t ones = length >= 32 ? ~uint32_t(0) : (uint64_t(1) << length) - 1;
    return static_cast<uint32_t>(ones << position);
  }
};
} // namespace

static void decodeBfe(Decoder &decoder) {
  Type type = decoder.takeType();
  decoder.expectOperands(4);
  decoder.out.destination = decoder.destination(0, type);
  decoder.out.source[0] = decoder.source(1, type);
  decoder.out.source[1] = decoder.source(2, Type::U32);
  decoder.out.source[2] = decoder.source(3, Type::U32);
  decoder.out.handler = integerHandler<Extracting>(decoder, type);
}

static void decodeBfi(Decoder &decoder) {
  Type type = decoder.takeType();
  decoder.expectOperands(5);
  decoder.out.destination = decoder.destination(0, type);
  decoder.out.source[0] = decoder.source(1, type);
  decoder.out.source[1] = decoder.source(2, type);
  decoder.out.source[2] = decoder.source(3, Type::U32);
  decoder.out.source[3] = decoder.source(4, Type::U32);
  decoder.out.handler =
      handlerOfWidth(decoder, type, nullptr, map<Bfi, uint32_t, uint32_t, uint32_t, uint32_t, uint32_t>,
                     map<Bfi, uint64_t, uint64_t, uint64_t, uint32_t, uint32_t>);
}

static void decodeBrev(Decoder &decoder) {
  Type type = decoder.takeType();
  decoder.expectOperands(2);
  decoder.out.destination = decoder.destination(0, type);
  decoder.out.source[0] = decoder.source(1, type);
  decoder.out.handler =
      handlerOfWidth(decoder, type, nullptr, map<Brev, uint32_t, uint32_t>, map<Brev, uint64_t, uint64_t>);
}

template <class F>
static void decodeCount(Decoder &decoder) {
  Type type = decoder.takeType();
  decoder.expectOperands(2);
  decoder.out.destination = decoder.destination(0, Type::U32);
  decoder.out.source[0] = decoder.source(1, type);
  decoder.out.handler = handlerOfWidth(decoder, type, nullptr, map<F, uint32_t, uint32_t>, map<F, uint32_t, uint64_t>);
}

static void decodeBfind(Decoder &decoder) {
  bool shiftAmount = decoder.take("shiftamt");
  Type type = decoder.takeType();
  decoder.expectOperands(2);
  decoder.out.destination = decoder.destination(0, Type::U32);
  decoder.out.source[0] = decoder.source(1, type);
  decoder.out.handler = shiftAmount ? integerHandler<ToU32<Bfind<true>>>(decoder, type)
                                    : integerHandler<ToU32<Bfind<false>>>(decoder, type);
}

static void decodeBmsk(Decoder &decoder) {
  bool wraps = decoder.takeOneOf({"clamp", "wrap"}) == 1;
  decoder.takeOneOf({"b32"});
  decoder.expectOperands(3);
  decoder.out.destination = decoder.destination(0, Type::B32);
  decoder.out.source[0] = decoder.source(1, Type::B32);
  decoder.out.source[1] = decoder.source(2, Type::B32);
  decoder.out.handler =
      wraps ? map<Bmsk<true>, uint32_t, uint32_t, uint32_t> : map<Bmsk<false>, uint32_t, uint32_t, uint32_t>;
}

//===----------------------------------------------------------------------===//
// prmt
//===----------------------------------------------------------------------===//

/// The four bytes that a mode picks, as a selector of the default form.
static uint32_t selectorOfMode(unsigned mode, uint32_t control) {
  control &= 3;
  switch (mode) {
  case 1: // f4e
    return 0x3210 + control * 0x1111;
  case 2: { // b4e
    static const uint32_t selectors[4] = {0x5670, 0x6701, 0x7012, 0x0123};
    return selectors[control];
  }
  case 3: // rc8
    return control * 0x1111;
  case 4: { // ecl
    static const uint32_t selectors[4] = {0x3210, 0x3211, 0x3222, 0x3333};
    return selectors[control];
  }
  case 5: { // ecr
    static const uint32_t selectors[4] = {0x0000, 0x1110, 0x2210, 0x3210};
    return selectors[control];
  }
  default: // rc16
    return control & 1 ? 0x3232 : 0x1010;
  }
}

namespace {
struct Prmt {
  static uint32_t apply(const Instruction &instruction, uint32_t a, uint32_t b, uint32_t selector) {
    if (instruction.variant)
      selector = selectorOfMode(instruction.variant, selector);
    uint64_t bytes = uint64_t(b) << 32 | a;
    uint32_t result = 0;
    for (unsigned i = 0; i < 4; ++i) {
      unsigned pick = selector >> 4 * i & 15;
      uint32_t byte = bytes >> 8 * (pick & 7) & 255;
      if (pick & 8) // the byte's sign, everywhere
        byte = byte & 128 ? 255 : 0;
      result |= byte << 8 * i;
    }
    return result;
  }
};
} // namespace

static void decodePrmt(Decoder &decoder) {
  decoder.takeOneOf({"b32"});
  static const char *const modes[] = {"", "f4e", "b4e", "rc8", "ecl", "ecr", "rc16"};
  for (unsigned mode = 1; mode < 7; ++mode)
    if (decoder.take(modes[mode]))
      decoder.out.variant = static_cast<uint8_t>(mode);
  decoder.expectOperands(4);
  decoder.out.destination = decoder.destination(0, Type::B32);
  for (unsigned i = 0; i < 3; ++i)
    decoder.out.source[i] = decoder.source(i + 1, Type::B32);
  decoder.out.handler = mapWith<Prmt, uint32_t, uint32_t, uint32_t, uint32_t>;
}

void addBitInstructions(DecodeTable &table) {
  table["and"] = decodeLogic<And>;
  table["or"] = decodeLogic<Or>;
  table["xor"] = decodeLogic<Xor>;
  table["not"] = decodeNot;
  table["lop3"] = decodeLop3;
  table["shl"] = decodeShift<Shl>;
  table["shr"] = decodeShift<Shr>;
  table["shf"] = decodeFunnel;
  table["bfe"] = decodeBfe;
  table["bfi"] = decodeBfi;
  table["brev"] = decodeBrev;
  table["popc"] = decodeCount<Popc>;
  table["clz"] = decodeCount<Clz>;
  table["bfind"] = decodeBfind;
  table["bmsk"] = decodeBmsk;
  table["prmt"] = decodePrmt;
}

} // namespace sinter::emulator
