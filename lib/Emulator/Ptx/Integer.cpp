// How is integer arithmetic executed: add, sub, mul, mad, div, rem, min, max, abs, neg, sad, dp4a, with carry and
// saturation?
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Decoder.h"
#include "IntegerTypes.h"
#include "Lanes.h"

#include <algorithm>
#include <limits>
#include <type_traits>

namespace sinter::emulator {

namespace {
using Wide = __int128;
using UnsignedWide = unsigned __int128;

struct Add {
  template <class T>
  static T apply(T a, T b) {
    return static_cast<T>(uint64_t(a) + uint64_t(b));
  }
};
struct Sub {
  template <class T>
  static T apply(T a, T b) {
    return static_cast<T>(uint64_t(a) - uint64_t(b));
  }
};
template <class F>
struct Saturating { // to 32 signed bits
  static int32_t apply(int32_t a, int32_t b) {
    int64_t exact = F::apply(int64_t(a), int64_t(b));
    return static_cast<int32_t>(
        std::clamp<int64_t>(exact, std::numeric_limits<int32_t>::min(), std::numeric_limits<int32_t>::max()));
  }
};
struct Min {
  template <class T>
  static T apply(T a, T b) {
    return a < b ? a : b;
  }
};
struct Max {
  template <class T>
  static T apply(T a, T b) {
    return a > b ? a : b;
  }
};
struct Relu {
  template <class T>
  static T apply(T a) {
    return a > 0 ? a : 0;
  }
};
struct Abs {
  template <class T>
  static T apply(T a) {
    return a < 0 ? static_cast<T>(-uint64_t(a)) : a;
  }
};
struct Neg {
  template <class T>
  static T apply(T a) {
    return static_cast<T>(-uint64_t(a));
  }
};
struct Sad {
  template <class T>
  static T apply(T a, T b, T c) {
    uint64_t difference = a > b ? uint64_t(a) - uint64_t(b) : uint64_t(b) - uint64_t(a);
    return static_cast<T>(uint64_t(c) + difference);
  }
};
struct MulLo {
  template <class T>
  static T apply(T a, T b) {
    return static_cast<T>(uint64_t(a) * uint64_t(b));
  }
};
struct MulHi {
  template <class T>
  static T apply(T a, T b) {
    using Product = std::conditional_t<std::is_signed_v<T>, Wide, UnsignedWide>;
    return static_cast<T>(Product(a) * Product(b) >> (8 * sizeof(T)));
  }
};
template <class F>
struct Mad {
  template <class T>
  static T apply(T a, T b, T c) {
    return Add::apply(F::apply(a, b), c);
  }
};
struct MadHiSaturating {
  static int32_t apply(int32_t a, int32_t b, int32_t c) { return Saturating<Add>::apply(MulHi::apply(a, b), c); }
};
struct MulWide {
  template <class T>
  static Wider<T> apply(T a, T b) {
    return static_cast<Wider<T>>(Wider<T>(a) * Wider<T>(b));
  }
};
struct MadWide {
  template <class T>
  static Wider<T> apply(T a, T b, Wider<T> c) {
    return Add::apply(MulWide::apply(a, b), c);
  }
};
/// The middle 24 bits: their product's low or high 32 bits of 48.
template <bool high>
struct Mul24 {
  template <class T>
  static T apply(T a, T b) {
    auto narrow = [](T x) {
      return std::is_signed_v<T> ? int64_t(int32_t(uint32_t(x) << 8) >> 8) : int64_t(uint32_t(x) & 0xffffff);
    };
    return static_cast<T>(narrow(a) * narrow(b) >> (high ? 16 : 0));
  }
};
} // namespace

//===----------------------------------------------------------------------===//
// Division
//===----------------------------------------------------------------------===//

namespace {
/// By zero, where PTX defines neither quotient nor remainder, hardware gives all ones.
struct Div {
  template <class T>
  static T apply(T a, T b) {
    if (b == 0)
      return static_cast<T>(~T(0));
    if (std::is_signed_v<T> && b == static_cast<T>(-1))
      return Neg::apply(a);
    return static_cast<T>(a / b);
  }
};
struct Rem {
  template <class T>
  static T apply(T a, T b) {
    if (b == 0)
      return static_cast<T>(~T(0));
    if (std::is_signed_v<T> && b == static_cast<T>(-1))
      return 0;
    return static_cast<T>(a % b);
  }
};

template <class F, class T, class A, class B>
Status divide(Warp &warp, const Instruction &instruction, uint32_t mask) {
  const T *divisor = warp.lanes<T>(instruction.source[1]);
  for (unsigned lane = 0; lane < warpSize; ++lane)
    warp.block.cluster.divisionsByZero += (mask >> lane & 1) && divisor[lane] == 0;
  return map<F, T, A, B>(warp, instruction, mask);
}

template <class F>
struct Dividing {
  template <class T>
  static Handler handler() {
    return divide<F, T, T, T>;
  }
};
template <class F>
struct Unary {
  template <class T>
  static Handler handler() {
    return map<F, T, T>;
  }
};
template <class F>
struct Binary {
  template <class T>
  static Handler handler() {
    return map<F, T, T, T>;
  }
};
template <class F>
struct Ternary {
  template <class T>
  static Handler handler() {
    return map<F, T, T, T, T>;
  }
};
struct WideBinary {
  template <class T>
  static Handler handler() {
    return map<MulWide, Wider<T>, T, T>;
  }
};
struct WideTernary {
  template <class T>
  static Handler handler() {
    return map<MadWide, Wider<T>, T, T, Wider<T>>;
  }
};
} // namespace

//===----------------------------------------------------------------------===//
// Carry
//===----------------------------------------------------------------------===//

/// destination = a + (b, inverted for subtraction) + carry; product parts of madc stand in `a` already.
template <class T>
static Status carrySum(Warp &warp, const Instruction &instruction, uint32_t mask) {
  enum : uint8_t { Subtract = 1, UsesCarry = 2, SetsCarry = 4, Low = 8, High = 16 };
  const uint8_t flags = instruction.modifiers;
  bool multiplies = flags & (Low | High);
  T result[warpSize];
  uint32_t carries = 0;
  for (unsigned lane = 0; lane < warpSize; ++lane) {
    T a = warp.lanes<T>(instruction.source[0])[lane], b = warp.lanes<T>(instruction.source[1])[lane];
    if (multiplies) {
      a = flags & Low ? MulLo::apply(a, b) : MulHi::apply(a, b);
      b = warp.lanes<T>(instruction.source[2])[lane];
    }
    // The flag holds the borrow of a subtraction as PTX defines it: the carry of a + ~b + 1 inverted.
    UnsignedWide in = flags & UsesCarry ? warp.carry >> lane & 1 : 0;
    UnsignedWide first = std::make_unsigned_t<T>(a), second = std::make_unsigned_t<T>(b);
    UnsignedWide sum = flags & Subtract ? first - second - in : first + second + in;
    result[lane] = static_cast<T>(sum);
    carries |= uint32_t(sum >> (8 * sizeof(T)) & 1) << lane;
  }
  warp.write(instruction.destination, result, mask);
  if (flags & SetsCarry)
    warp.carry = (warp.carry & ~mask) | (carries & mask);
  return Status::Next;
}

static void decodeCarry(Decoder &decoder, uint8_t flags, unsigned operands) {
  if (decoder.take("cc"))
    flags |= 4;
  if (operands == 3)
    flags |= decoder.takeOneOf({"lo", "hi"}) == 0 ? 8 : 16;
  Type type = decoder.takeType();
  decoder.expectOperands(operands + 1);
  decoder.out.modifiers = flags;
  decoder.out.destination = decoder.destination(0, type);
  for (unsigned i = 0; i < operands; ++i)
    decoder.out.source[i] = decoder.source(i + 1, type);
  bool isSignedHigh = isSigned(type) && (flags & 16);
  switch (bitsOf(type)) {
  case 32:
    decoder.out.handler = isSignedHigh ? carrySum<int32_t> : carrySum<uint32_t>;
    break;
  case 64:
    decoder.out.handler = isSignedHigh ? carrySum<int64_t> : carrySum<uint64_t>;
    break;
  default:
    decoder.fail("expected a type of 32 or 64 bits, found ." + std::string(nameOf(type)));
  }
}

//===----------------------------------------------------------------------===//
// Pairs of 16-bit integers
//===----------------------------------------------------------------------===//

template <class F, class T>
struct Pairwise {
  static uint32_t apply(uint32_t a, uint32_t b) {
    auto part = [&](unsigned shift) {
      return uint32_t(static_cast<uint16_t>(F::apply(static_cast<T>(a >> shift), static_cast<T>(b >> shift)))) << shift;
    };
    return part(0) | part(16);
  }
};

template <class F>
static bool decodePair(Decoder &decoder) {
  bool isSigned = decoder.take("s16x2");
  if (!isSigned && !decoder.take("u16x2"))
    return false;
  decoder.expectOperands(3);
  decoder.out.destination = decoder.destination(0, Type::B32);
  decoder.out.source[0] = decoder.source(1, Type::B32);
  decoder.out.source[1] = decoder.source(2, Type::B32);
  decoder.out.handler = isSigned ? map<Pairwise<F, int16_t>, uint32_t, uint32_t, uint32_t>
                                 : map<Pairwise<F, uint16_t>, uint32_t, uint32_t, uint32_t>;
  return true;
}

//===----------------------------------------------------------------------===//
// Decoding. Names that floating point shares (add, min, ...) are sent on by Arithmetic.cpp.
//===----------------------------------------------------------------------===//

static void operands(Decoder &decoder, Type type, unsigned count) {
  decoder.expectOperands(count + 1);
  decoder.out.destination = decoder.destination(0, type);
  for (unsigned i = 0; i < count; ++i)
    decoder.out.source[i] = decoder.source(i + 1, type);
}

template <class F>
static void decodeAdditive(Decoder &decoder, uint8_t subtract) {
  if (decodePair<F>(decoder))
    return;
  if (decoder.has("cc"))
    return decodeCarry(decoder, subtract, 2);
  bool saturates = decoder.take("sat");
  Type type = decoder.takeType();
  operands(decoder, type, 2);
  if (saturates && type != Type::S32)
    decoder.fail("expected .s32 for .sat, found ." + std::string(nameOf(type)));
  decoder.out.handler =
      saturates ? map<Saturating<F>, int32_t, int32_t, int32_t> : integerHandler<Binary<F>>(decoder, type);
}

void decodeIntegerAdd(Decoder &decoder) {
  decodeAdditive<Add>(decoder, 0);
}
void decodeIntegerSub(Decoder &decoder) {
  decodeAdditive<Sub>(decoder, 1);
}

template <class F>
static void decodeExtremum(Decoder &decoder) {
  if (decodePair<F>(decoder))
    return;
  bool relu = decoder.take("relu");
  Type type = decoder.takeType();
  if (relu && type != Type::S32)
    decoder.fail("expected .s32 for .relu, found ." + std::string(nameOf(type)));
  operands(decoder, type, 2);
  if (relu) {
    struct WithRelu {
      static int32_t apply(int32_t a, int32_t b) { return Relu::apply(F::apply(a, b)); }
    };
    decoder.out.handler = map<WithRelu, int32_t, int32_t, int32_t>;
  } else
    decoder.out.handler = integerHandler<Binary<F>>(decoder, type);
}

void decodeIntegerMin(Decoder &decoder) {
  decodeExtremum<Min>(decoder);
}
void decodeIntegerMax(Decoder &decoder) {
  decodeExtremum<Max>(decoder);
}

void decodeIntegerMul(Decoder &decoder) {
  unsigned part = decoder.takeOneOf({"lo", "hi", "wide"});
  Type type = decoder.takeType();
  if (part < 2) {
    operands(decoder, type, 2);
    decoder.out.handler =
        part == 0 ? integerHandler<Binary<MulLo>>(decoder, type) : integerHandler<Binary<MulHi>>(decoder, type);
    return;
  }
  decoder.expectOperands(3);
  decoder.out.destination = decoder.destination(0, widerType(decoder, type));
  decoder.out.source[0] = decoder.source(1, type);
  decoder.out.source[1] = decoder.source(2, type);
  decoder.out.handler = wideningHandler<WideBinary>(decoder, type);
}

void decodeIntegerMad(Decoder &decoder) {
  if (decoder.has("cc"))
    return decodeCarry(decoder, 0, 3);
  unsigned part = decoder.takeOneOf({"lo", "hi", "wide"});
  bool saturates = decoder.take("sat");
  Type type = decoder.takeType();
  if (saturates && (part != 1 || type != Type::S32))
    decoder.fail("expected mad.hi.sat.s32");
  if (part < 2) {
    operands(decoder, type, 3);
    decoder.out.handler = saturates   ? map<MadHiSaturating, int32_t, int32_t, int32_t, int32_t>
                          : part == 0 ? integerHandler<Ternary<Mad<MulLo>>>(decoder, type)
                                      : integerHandler<Ternary<Mad<MulHi>>>(decoder, type);
    return;
  }
  decoder.expectOperands(4);
  Type wide = widerType(decoder, type);
  decoder.out.destination = decoder.destination(0, wide);
  decoder.out.source[0] = decoder.source(1, type);
  decoder.out.source[1] = decoder.source(2, type);
  decoder.out.source[2] = decoder.source(3, wide);
  decoder.out.handler = wideningHandler<WideTernary>(decoder, type);
}

void decodeIntegerDiv(Decoder &decoder) {
  Type type = decoder.takeType();
  operands(decoder, type, 2);
  decoder.out.handler = integerHandler<Dividing<Div>>(decoder, type);
}

void decodeIntegerAbs(Decoder &decoder) {
  Type type = decoder.takeType();
  operands(decoder, type, 1);
  decoder.out.handler = integerHandler<Unary<Abs>>(decoder, type);
}

void decodeIntegerNeg(Decoder &decoder) {
  Type type = decoder.takeType();
  operands(decoder, type, 1);
  decoder.out.handler = integerHandler<Unary<Neg>>(decoder, type);
}

static void decodeRem(Decoder &decoder) {
  Type type = decoder.takeType();
  operands(decoder, type, 2);
  decoder.out.handler = integerHandler<Dividing<Rem>>(decoder, type);
}

static void decodeSad(Decoder &decoder) {
  Type type = decoder.takeType();
  operands(decoder, type, 3);
  decoder.out.handler = integerHandler<Ternary<Sad>>(decoder, type);
}

/// mul24 and mad24, of 32 bits.
static void decode24(Decoder &decoder) {
  bool adds = decoder.mnemonic() == "mad24", high = decoder.takeOneOf({"lo", "hi"}) == 1;
  Type type = decoder.takeType();
  operands(decoder, type, adds ? 3 : 2);
  if (type == Type::S32)
    decoder.out.handler =
        adds ? (high ? map<Mad<Mul24<true>>, int32_t, int32_t, int32_t, int32_t>
                     : map<Mad<Mul24<false>>, int32_t, int32_t, int32_t, int32_t>)
             : (high ? map<Mul24<true>, int32_t, int32_t, int32_t> : map<Mul24<false>, int32_t, int32_t, int32_t>);
  else if (type == Type::U32)
    decoder.out.handler =
        adds
            ? (high ? map<Mad<Mul24<true>>, uint32_t, uint32_t, uint32_t, uint32_t>
                    : map<Mad<Mul24<false>>, uint32_t, uint32_t, uint32_t, uint32_t>)
            : (high ? map<Mul24<true>, uint32_t, uint32_t, uint32_t> : map<Mul24<false>, uint32_t, uint32_t, uint32_t>);
  else
    decoder.fail("expected .s32 or .u32, found ." + std::string(nameOf(type)));
}

/// Four products of bytes and a sum.
template <bool signedA, bool signedB>
struct Dp4a {
  static uint32_t apply(uint32_t a, uint32_t b, uint32_t c) {
    for (unsigned i = 0; i < 32; i += 8) {
      int32_t x = signedA ? int32_t(int8_t(a >> i)) : int32_t(uint8_t(a >> i));
      int32_t y = signedB ? int32_t(int8_t(b >> i)) : int32_t(uint8_t(b >> i));
      c += static_cast<uint32_t>(x * y);
    }
    return c;
  }
};

static void decodeDp4a(Decoder &decoder) {
  bool signedA = isSigned(decoder.takeType()), signedB = isSigned(decoder.takeType());
  operands(decoder, Type::B32, 3);
  using U = uint32_t;
  decoder.out.handler = signedA ? (signedB ? map<Dp4a<true, true>, U, U, U, U> : map<Dp4a<true, false>, U, U, U, U>)
                                : (signedB ? map<Dp4a<false, true>, U, U, U, U> : map<Dp4a<false, false>, U, U, U, U>);
}

void addIntegerInstructions(DecodeTable &table) {
  table["rem"] = decodeRem;
  table["sad"] = decodeSad;
  table["mul24"] = table["mad24"] = decode24;
  table["dp4a"] = decodeDp4a;
  table["addc"] = [](Decoder &decoder) { decodeCarry(decoder, 2, 2); };
  table["subc"] = [](Decoder &decoder) { decodeCarry(decoder, 2 | 1, 2); };
  table["madc"] = [](Decoder &decoder) { decodeCarry(decoder, 2, 3); };
}

} // namespace sinter::emulator
