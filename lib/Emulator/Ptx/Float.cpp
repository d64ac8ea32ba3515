// How are f32 and f64 computed? Approximations (ex2.approx and the like) are computed in double precision and rounded
// once: closer to the exact value than hardware, which docs/emulator.md says how far may differ.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "FloatDecoder.h"
#include "Lanes.h"

#include <limits>
#include <type_traits>

namespace sinter::emulator {

enum : uint8_t { Ftz = 1, Sat = 2 };

//===----------------------------------------------------------------------===//
// Wrapping: .ftz, .sat and the payload of NaNs
//===----------------------------------------------------------------------===//

namespace {
/// Operations whose exact result may lie so close below the smallest normal number that it is rounded up to it.
struct Product {};

/// .ftz: subnormal operands count as zeros of their sign, and so do results (see `flushed`). f64 has none.
template <class F>
struct Flushed {
  template <class T>
  static T in(T value) {
    if constexpr (std::is_same_v<T, float>)
      return flushed(value);
    else
      return value;
  }
  template <class T, class... Rest>
  static T out(Rounding rounding, T result, Rest... operands) {
    if constexpr (std::is_base_of_v<Product, F> && std::is_same_v<T, float>)
      return flushed(result, F::exact(operands...), rounding);
    else
      return in(result);
  }
  template <class T, class... Rest>
  static T apply(T a, Rest... rest) {
    return out(Rounding::NearestEven, F::apply(in(a), in(rest)...), in(a), in(rest)...);
  }
  template <class T, class... Rest>
  static T apply(Rounding rounding, T a, Rest... rest) {
    return out(rounding, F::apply(rounding, in(a), in(rest)...), in(a), in(rest)...);
  }
};

template <class F, bool ftz, bool sat>
struct Wrapped {
  template <class T, class... Rest>
  static T apply(T a, Rest... rest) {
    T result = std::conditional_t<ftz, Flushed<F>, F>::apply(a, rest...);
    return sat ? saturated(result) : canonical(result);
  }
};

template <class F>
struct WrappedWith {
  template <class T, class... Rest>
  static T apply(const Instruction &instruction, T a, Rest... rest) {
    const auto rounding = static_cast<Rounding>(instruction.variant);
    T result = instruction.modifiers & Ftz ? Flushed<F>::apply(rounding, a, rest...) : F::apply(rounding, a, rest...);
    return instruction.modifiers & Sat ? saturated(result) : canonical(result);
  }
};
} // namespace

template <class F, class T, class... Same>
static Handler wrap(uint8_t modifiers) {
  switch (modifiers) {
  case 0:
    return map<Wrapped<F, false, false>, T, Same...>;
  case Ftz:
    return map<Wrapped<F, true, false>, T, Same...>;
  case Sat:
    return map<Wrapped<F, false, true>, T, Same...>;
  default:
    return map<Wrapped<F, true, true>, T, Same...>;
  }
}

static uint8_t takeFtzSat(Decoder &decoder) {
  uint8_t modifiers = decoder.take("ftz") ? Ftz : 0;
  return decoder.take("sat") ? modifiers | Sat : modifiers;
}

//===----------------------------------------------------------------------===//
// add, sub, mul, fma
//===----------------------------------------------------------------------===//

namespace {
struct Add {
  template <class T>
  static T apply(T a, T b) {
    return a + b;
  }
  template <class T>
  static T apply(Rounding rounding, T a, T b) {
    return addRounded(a, b, rounding);
  }
};
struct Sub {
  template <class T>
  static T apply(T a, T b) {
    return a - b;
  }
  template <class T>
  static T apply(Rounding rounding, T a, T b) {
    return addRounded(a, -b, rounding);
  }
};
struct Mul : Product {
  static double exact(double a, double b) { return a * b; }
  template <class T>
  static T apply(T a, T b) {
    return a * b;
  }
  template <class T>
  static T apply(Rounding rounding, T a, T b) {
    return mulRounded(a, b, rounding);
  }
};
struct Fma : Product {
  static double exact(double a, double b, double c) { return addToOdd(a * b, c); }
  template <class T>
  static T apply(T a, T b, T c) {
    return std::fma(a, b, c);
  }
  template <class T>
  static T apply(Rounding rounding, T a, T b, T c) {
    return fmaRounded(a, b, c, rounding);
  }
};
struct Div {
  template <class T>
  static T apply(T a, T b) {
    return a / b;
  }
  template <class T>
  static T apply(Rounding rounding, T a, T b) {
    return divRounded(a, b, rounding);
  }
};
struct Sqrt {
  template <class T>
  static T apply(T a) {
    return std::sqrt(a);
  }
  template <class T>
  static T apply(Rounding rounding, T a) {
    return sqrtRounded(a, rounding);
  }
};
struct Rcp {
  template <class T>
  static T apply(T a) {
    return T(1) / a;
  }
  template <class T>
  static T apply(Rounding rounding, T a) {
    return divRounded(T(1), a, rounding);
  }
};
} // namespace

/// Rounding, .ftz and .sat in the general form; the nearest rounding in its fast one.
template <class F, class T, class... Same>
static void chooseRounded(Decoder &decoder, Rounding rounding) {
  uint8_t modifiers = takeFtzSat(decoder);
  decoder.out.modifiers = modifiers;
  decoder.out.variant = static_cast<uint8_t>(rounding);
  decoder.out.handler =
      rounding == Rounding::NearestEven ? wrap<F, T, Same...>(modifiers) : Handler(mapWith<WrappedWith<F>, T, Same...>);
}

template <class F>
static void decodeBinary(Decoder &decoder, Type type) {
  Rounding rounding = takeRounding(decoder).value_or(Rounding::NearestEven);
  floatOperands(decoder, type, 2);
  if (type == Type::F32)
    chooseRounded<F, float, float, float>(decoder, rounding);
  else
    chooseRounded<F, double, double, double>(decoder, rounding);
}

void decodeFloatAdd(Decoder &decoder, Type type) {
  decodeBinary<Add>(decoder, type);
}
void decodeFloatSub(Decoder &decoder, Type type) {
  decodeBinary<Sub>(decoder, type);
}
void decodeFloatMul(Decoder &decoder, Type type) {
  decodeBinary<Mul>(decoder, type);
}

#if defined(__x86_64__)
/// fma in one instruction of the host; std::fma is a call where the host's baseline lacks it.
template <class T>
__attribute__((target("avx2,fma"))) static Status hostFma(Warp &warp, const Instruction &instruction, uint32_t mask) {
  const T *a = warp.lanes<T>(instruction.source[0]), *b = warp.lanes<T>(instruction.source[1]),
          *c = warp.lanes<T>(instruction.source[2]);
  T result[warpSize];
  for (unsigned lane = 0; lane < warpSize; ++lane) {
    T value;
    if constexpr (sizeof(T) == 4)
      value = __builtin_fmaf(a[lane], b[lane], c[lane]);
    else
      value = __builtin_fma(a[lane], b[lane], c[lane]);
    result[lane] = value;
  }
  if constexpr (sizeof(T) == 4)
    for (unsigned lane = 0; lane < warpSize; ++lane)
      result[lane] = result[lane] != result[lane] ? bitCast<T>(canonicalNan) : result[lane];
  warp.write(instruction.destination, result, mask);
  return Status::Next;
}
static bool hostHasFma() {
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
}
#else
template <class T>
static Status hostFma(Warp &warp, const Instruction &instruction, uint32_t mask) {
  return map<Wrapped<Fma, false, false>, T, T, T, T>(warp, instruction, mask);
}
static bool hostHasFma() {
  return true;
}
#endif

void decodeFloatFma(Decoder &decoder, Type type) {
  auto rounding = takeRounding(decoder);
  if (!rounding)
    decoder.fail("expected one of the modifiers .rn, .rz, .rm, .rp");
  floatOperands(decoder, type, 3);
  if (type == Type::F32)
    chooseRounded<Fma, float, float, float, float>(decoder, *rounding);
  else
    chooseRounded<Fma, double, double, double, double>(decoder, *rounding);
  if (*rounding == Rounding::NearestEven && !decoder.out.modifiers && hostHasFma())
    decoder.out.handler = type == Type::F32 ? Handler(hostFma<float>) : Handler(hostFma<double>);
}

//===----------------------------------------------------------------------===//
// min, max, abs, neg, copysign, testp
//===----------------------------------------------------------------------===//

namespace {
/// -0 is less than +0. A NaN loses against a number, unless .NaN is given.
template <bool largest, bool nan, bool xorSign>
struct Extremum {
  template <class T>
  static T apply(T first, T second) {
    T a = xorSign ? std::fabs(first) : first, b = xorSign ? std::fabs(second) : second;
    T quiet = std::is_same_v<T, float> ? T(bitCast<float>(canonicalNan)) : std::numeric_limits<T>::quiet_NaN();
    T result;
    if (a != a || b != b)
      result = nan || (a != a && b != b) ? quiet : a != a ? b : a;
    else if (a == b)
      result = std::signbit(a) == largest ? b : a;
    else
      result = (a > b) == largest ? a : b;
    if (xorSign && result == result)
      result = std::copysign(result, std::signbit(first) != std::signbit(second) ? T(-1) : T(1));
    return result;
  }
};
struct Abs {
  template <class T>
  static T apply(T a) {
    return std::fabs(a);
  }
};
struct Neg {
  template <class T>
  static T apply(T a) {
    return -a;
  }
};
/// The sign of the first operand on the second.
struct Copysign {
  template <class T>
  static T apply(T a, T b) {
    return std::copysign(b, a);
  }
};
template <bool ftz, class F>
struct KeepNan { // abs and neg do not touch the payload
  template <class T>
  static T apply(T a) {
    if constexpr (ftz && std::is_same_v<T, float>)
      return F::apply(flushed(a));
    else
      return F::apply(a);
  }
};
} // namespace

template <bool largest>
static void decodeExtremum(Decoder &decoder, Type type) {
  bool nan = decoder.take("NaN"), xorSign = decoder.take("xorsign");
  if (xorSign && !decoder.take("abs"))
    decoder.fail("expected .xorsign.abs");
  uint8_t ftz = decoder.take("ftz") ? Ftz : 0;
  floatOperands(decoder, type, 2);
  if (type == Type::F64) {
    if (nan || xorSign)
      decoder.fail("expected .f32 for .NaN and .xorsign");
    decoder.out.handler = map<Extremum<largest, false, false>, double, double, double>;
  } else
    decoder.out.handler = nan ? (xorSign ? wrap<Extremum<largest, true, true>, float, float, float>(ftz)
                                         : wrap<Extremum<largest, true, false>, float, float, float>(ftz))
                              : (xorSign ? wrap<Extremum<largest, false, true>, float, float, float>(ftz)
                                         : wrap<Extremum<largest, false, false>, float, float, float>(ftz));
}

void decodeFloatMin(Decoder &decoder, Type type) {
  decodeExtremum<false>(decoder, type);
}
void decodeFloatMax(Decoder &decoder, Type type) {
  decodeExtremum<true>(decoder, type);
}

template <class F>
static void decodeSign(Decoder &decoder, Type type) {
  bool ftz = decoder.take("ftz");
  floatOperands(decoder, type, 1);
  decoder.out.handler = type == Type::F64 ? map<F, double, double>
                        : ftz             ? map<KeepNan<true, F>, float, float>
                                          : map<KeepNan<false, F>, float, float>;
}

void decodeFloatAbs(Decoder &decoder, Type type) {
  decodeSign<Abs>(decoder, type);
}
void decodeFloatNeg(Decoder &decoder, Type type) {
  decodeSign<Neg>(decoder, type);
}

static Type takeWideFloat(Decoder &decoder) {
  Type type = decoder.takeType();
  if (type != Type::F32 && type != Type::F64)
    decoder.fail(std::string("expected .f32 or .f64, found .") + nameOf(type));
  return type;
}

static void decodeCopysign(Decoder &decoder) {
  Type type = takeWideFloat(decoder);
  floatOperands(decoder, type, 2);
  decoder.out.handler = type == Type::F32 ? map<Copysign, float, float, float> : map<Copysign, double, double, double>;
}

template <class T>
static Status testProperty(Warp &warp, const Instruction &instruction, uint32_t mask) {
  uint32_t result = 0;
  for (unsigned lane = 0; lane < warpSize; ++lane) {
    T value = warp.lanes<T>(instruction.source[0])[lane];
    int kind = std::fpclassify(value);
    bool holds[] = {std::isfinite(value),
                    kind == FP_INFINITE,
                    !std::isnan(value),
                    kind == FP_NAN,
                    kind == FP_NORMAL || kind == FP_ZERO,
                    kind == FP_SUBNORMAL};
    result |= uint32_t(holds[instruction.variant]) << lane;
  }
  warp.writePredicate(instruction.destination, result, mask);
  return Status::Next;
}

static void decodeTestp(Decoder &decoder) {
  decoder.out.variant =
      static_cast<uint8_t>(decoder.takeOneOf({"finite", "infinite", "number", "notanumber", "normal", "subnormal"}));
  Type type = takeWideFloat(decoder);
  decoder.expectOperands(2);
  decoder.out.destination = decoder.destination(0, Type::Pred);
  decoder.out.source[0] = decoder.source(1, type);
  decoder.out.handler = type == Type::F32 ? testProperty<float> : testProperty<double>;
}

//===----------------------------------------------------------------------===//
// div, sqrt, rcp and the approximations
//===----------------------------------------------------------------------===//

namespace {
/// Computed in double precision, rounded once.
template <double (*function)(double)>
struct Approximate {
  template <class T>
  static T apply(T a) {
    return static_cast<T>(function(static_cast<double>(a)));
  }
};
struct ApproximateDiv {
  static float apply(float a, float b) {
    float magnitude = std::fabs(b);
    if (magnitude > 0x1p126f && std::isfinite(b)) // its reciprocal counts as zero
      return a * std::copysign(0.0f, b);
    return static_cast<float>(double(a) / double(b));
  }
};
} // namespace

static double reciprocal(double a) {
  return 1 / a;
}
static double reciprocalRoot(double a) {
  return 1 / std::sqrt(a);
}
static double root(double a) {
  return std::sqrt(a);
}
static double exp2Of(double a) {
  return std::exp2(a);
}
static double log2Of(double a) {
  return std::log2(a);
}
static double sinOf(double a) {
  return std::sin(a);
}
static double cosOf(double a) {
  return std::cos(a);
}
static double tanhOf(double a) {
  return std::tanh(a);
}

void decodeFloatDiv(Decoder &decoder, Type type) {
  bool approximate = decoder.take("approx"), full = decoder.take("full");
  auto rounding = takeRounding(decoder);
  if (!approximate && !full && !rounding)
    decoder.fail("expected one of the modifiers .approx, .full, .rn, .rz, .rm, .rp");
  floatOperands(decoder, type, 2);
  if (type == Type::F64)
    return chooseRounded<Div, double, double, double>(decoder, rounding.value_or(Rounding::NearestEven));
  if (approximate)
    decoder.out.handler = wrap<ApproximateDiv, float, float, float>(takeFtzSat(decoder));
  else
    chooseRounded<Div, float, float, float>(decoder, rounding.value_or(Rounding::NearestEven));
}

template <class F, double (*function)(double)>
static void decodeRoot(Decoder &decoder) {
  bool approximate = decoder.take("approx");
  auto rounding = takeRounding(decoder);
  if (!approximate && !rounding)
    decoder.fail("expected one of the modifiers .approx, .rn, .rz, .rm, .rp");
  bool ftz = decoder.has("ftz");
  Type type = takeWideFloat(decoder);
  floatOperands(decoder, type, 1);
  if (type == Type::F64 && approximate) { // .approx.ftz.f64: hardware keeps 20 bits only
    if (!ftz)
      decoder.fail("expected .approx.ftz.f64");
    decoder.take("ftz");
    decoder.out.handler = map<Approximate<function>, double, double>;
  } else if (type == Type::F64)
    chooseRounded<F, double, double>(decoder, *rounding);
  else if (approximate)
    decoder.out.handler = wrap<Approximate<function>, float, float>(takeFtzSat(decoder));
  else
    chooseRounded<F, float, float>(decoder, *rounding);
}

template <double (*function)(double)>
static void decodeApproximate(Decoder &decoder) {
  decoder.takeOneOf({"approx"});
  uint8_t modifiers = takeFtzSat(decoder);
  Type type = decoder.takeType();
  decoder.out.modifiers = modifiers;
  if (isHalf(type)) // ex2 and tanh
    return decodeHalf(decoder, type);
  if (type != Type::F32 && !(type == Type::F64 && decoder.mnemonic() == "rsqrt"))
    decoder.fail(std::string("expected .f32, found .") + nameOf(type));
  floatOperands(decoder, type, 1);
  decoder.out.handler = type == Type::F64 ? map<Approximate<function>, double, double>
                                          : wrap<Approximate<function>, float, float>(modifiers);
}

void addFloatNames(DecodeTable &table);

void addFloatInstructions(DecodeTable &table) {
  addFloatNames(table);
  table["copysign"] = decodeCopysign;
  table["testp"] = decodeTestp;
  table["sqrt"] = decodeRoot<Sqrt, root>;
  table["rcp"] = decodeRoot<Rcp, reciprocal>;
  table["rsqrt"] = decodeApproximate<reciprocalRoot>;
  table["ex2"] = decodeApproximate<exp2Of>;
  table["lg2"] = decodeApproximate<log2Of>;
  table["sin"] = decodeApproximate<sinOf>;
  table["cos"] = decodeApproximate<cosOf>;
  table["tanh"] = decodeApproximate<tanhOf>;
}

} // namespace sinter::emulator
