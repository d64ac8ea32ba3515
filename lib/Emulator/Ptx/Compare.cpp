// How are values compared and chosen: setp, set, selp?
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "FloatDecoder.h"
#include "IntegerTypes.h"
#include "Lanes.h"

#include <type_traits>

namespace sinter::emulator {

namespace {
enum Comparison : uint8_t { Equal, NotEqual, Less, LessEqual, Greater, GreaterEqual, Number, NotNumber };
enum Combination : uint8_t { NoCombination, WithAnd, WithOr, WithXor };
/// In Instruction::modifiers.
enum : uint8_t { CombinationBits = 3, Unordered = 4, NegatedOperand = 8, Ftz = 16 };

// How lanes are loaded.
template <class T>
struct Plain {
  using Stored = T;
  static T load(T value, bool) { return value; }
};
struct Single {
  using Stored = float;
  static float load(float value, bool ftz) { return ftz ? flushed(value) : value; }
};
template <unsigned shift, class Bits>
struct HalfF16 {
  using Stored = Bits;
  static float load(Bits bits, bool) { return f16ToFloat(static_cast<uint16_t>(bits >> shift)); }
};
template <unsigned shift, class Bits>
struct HalfBF16 {
  using Stored = Bits;
  static float load(Bits bits, bool) { return bf16ToFloat(static_cast<uint16_t>(bits >> shift)); }
};
} // namespace

template <Comparison comparison, class T>
static bool compare(T a, T b) {
  switch (comparison) {
  case Equal:
    return a == b;
  case NotEqual:
    return a != b;
  case Less:
    return a < b;
  case LessEqual:
    return a <= b;
  case Greater:
    return a > b;
  case GreaterEqual:
    return a >= b;
  case Number:
    return a == a && b == b;
  case NotNumber:
    return a != a || b != b;
  }
  return false;
}

/// Bits of the lanes for which the comparison holds. With a NaN, ordered comparisons are false and unordered ones true.
template <class Loader, Comparison comparison>
static uint32_t compareLanes(Warp &warp, const Instruction &instruction) {
  using Stored = typename Loader::Stored;
  const Stored *a = warp.lanes<Stored>(instruction.source[0]), *b = warp.lanes<Stored>(instruction.source[1]);
  bool ftz = instruction.modifiers & Ftz, unordered = instruction.modifiers & Unordered;
  uint32_t result = 0;
  for (unsigned lane = 0; lane < warpSize; ++lane) {
    auto x = Loader::load(a[lane], ftz), y = Loader::load(b[lane], ftz);
    bool holds = compare<comparison>(x, y);
    if constexpr (std::is_floating_point_v<decltype(x)>) {
      bool nan = x != x || y != y;
      if (comparison == NotEqual)
        holds = holds && (!nan || unordered);
      else if (comparison < Number)
        holds = holds || (nan && unordered);
    }
    result |= uint32_t(holds) << lane;
  }
  return result;
}

using Comparer = uint32_t (*)(Warp &, const Instruction &);

template <class Loader>
static Comparer comparerOf(Comparison comparison) {
  static const Comparer comparers[] = {compareLanes<Loader, Equal>,   compareLanes<Loader, NotEqual>,
                                       compareLanes<Loader, Less>,    compareLanes<Loader, LessEqual>,
                                       compareLanes<Loader, Greater>, compareLanes<Loader, GreaterEqual>,
                                       compareLanes<Loader, Number>,  compareLanes<Loader, NotNumber>};
  return comparers[comparison];
}

static Comparer integerComparer(Decoder &decoder, Type type, Comparison comparison) {
  switch (type) {
  case Type::B16:
  case Type::U16:
    return comparerOf<Plain<uint16_t>>(comparison);
  case Type::S16:
    return comparerOf<Plain<int16_t>>(comparison);
  case Type::B32:
  case Type::U32:
    return comparerOf<Plain<uint32_t>>(comparison);
  case Type::S32:
    return comparerOf<Plain<int32_t>>(comparison);
  case Type::B64:
  case Type::U64:
    return comparerOf<Plain<uint64_t>>(comparison);
  case Type::S64:
    return comparerOf<Plain<int64_t>>(comparison);
  default:
    decoder.fail(std::string("values of type .") + nameOf(type) + " cannot be compared");
  }
}

static Comparer comparerFor(Decoder &decoder, Type type, Comparison comparison) {
  switch (type) {
  case Type::F16:
    return comparerOf<HalfF16<0, uint16_t>>(comparison);
  case Type::BF16:
    return comparerOf<HalfBF16<0, uint16_t>>(comparison);
  case Type::F16x2:
    return comparerOf<HalfF16<0, uint32_t>>(comparison);
  case Type::BF16x2:
    return comparerOf<HalfBF16<0, uint32_t>>(comparison);
  case Type::F32:
    return comparerOf<Single>(comparison);
  case Type::F64:
    return comparerOf<Plain<double>>(comparison);
  default:
    return integerComparer(decoder, type, comparison);
  }
}

static uint32_t combine(Warp &warp, const Instruction &instruction, uint32_t result) {
  Combination combination = static_cast<Combination>(instruction.modifiers & CombinationBits);
  if (combination == NoCombination)
    return result;
  uint32_t other = warp.predicate(instruction.source[2]);
  if (instruction.modifiers & NegatedOperand)
    other = ~other;
  return combination == WithAnd ? result & other : combination == WithOr ? result | other : result ^ other;
}

//===----------------------------------------------------------------------===//
// setp and set
//===----------------------------------------------------------------------===//

/// p gets the result, q the result of the opposite comparison, each combined with the third operand.
static Status setPredicates(Warp &warp, const Instruction &instruction, uint32_t mask) {
  uint32_t holds = instruction.compare(warp, instruction);
  uint32_t p = combine(warp, instruction, holds), q = combine(warp, instruction, ~holds);
  warp.writePredicate(instruction.destination, p, mask);
  warp.writePredicate(instruction.source[3], q, mask);
  return Status::Next;
}

/// Of pairs: p is that of the low halves, q that of the high ones.
template <class High>
static Status setPredicatesOfPairs(Warp &warp, const Instruction &instruction, uint32_t mask) {
  uint32_t low = combine(warp, instruction, instruction.compare(warp, instruction));
  uint32_t high =
      combine(warp, instruction, comparerOf<High>(static_cast<Comparison>(instruction.variant))(warp, instruction));
  warp.writePredicate(instruction.destination, low, mask);
  warp.writePredicate(instruction.source[3], high, mask);
  return Status::Next;
}

template <class T>
static Status setValue(Warp &warp, const Instruction &instruction, uint32_t mask) {
  uint32_t holds = combine(warp, instruction, instruction.compare(warp, instruction));
  T result[warpSize];
  for (unsigned lane = 0; lane < warpSize; ++lane)
    result[lane] = holds >> lane & 1 ? static_cast<T>(instruction.immediate) : T(0);
  warp.write(instruction.destination, result, mask);
  return Status::Next;
}

static Comparison takeComparison(Decoder &decoder) {
  static const struct {
    const char *name;
    Comparison comparison;
    bool unordered;
  } names[] = {{"eq", Equal, false},   {"ne", NotEqual, false},     {"lt", Less, false},    {"le", LessEqual, false},
               {"gt", Greater, false}, {"ge", GreaterEqual, false}, {"lo", Less, false},    {"ls", LessEqual, false},
               {"hi", Greater, false}, {"hs", GreaterEqual, false}, {"equ", Equal, true},   {"neu", NotEqual, true},
               {"ltu", Less, true},    {"leu", LessEqual, true},    {"gtu", Greater, true}, {"geu", GreaterEqual, true},
               {"num", Number, false}, {"nan", NotNumber, false}};
  for (const auto &entry : names)
    if (decoder.take(entry.name)) {
      decoder.out.modifiers |= entry.unordered ? Unordered : 0;
      return entry.comparison;
    }
  decoder.fail("expected a comparison among the modifiers: .eq, .ne, .lt, .le, .gt, .ge, ...");
}

/// Everything of setp and set but what happens to the result.
static void decodeComparison(Decoder &decoder, Comparison comparison, Type type, size_t firstOperand) {
  Combination combination = decoder.take("and")   ? WithAnd
                            : decoder.take("or")  ? WithOr
                            : decoder.take("xor") ? WithXor
                                                  : NoCombination;
  decoder.out.modifiers |= combination;
  decoder.out.variant = comparison;
  if (decoder.take("ftz"))
    decoder.out.modifiers |= Ftz;
  decoder.expectOperands(combination == NoCombination ? firstOperand + 2 : firstOperand + 3);
  decoder.out.source[0] = decoder.source(firstOperand, type);
  decoder.out.source[1] = decoder.source(firstOperand + 1, type);
  if (combination != NoCombination) {
    bool negated;
    decoder.out.source[2] = decoder.predicateSource(decoder.operand(firstOperand + 2), negated);
    decoder.out.modifiers |= negated ? NegatedOperand : 0;
  }
  decoder.out.compare = comparerFor(decoder, type, comparison);
}

static void decodeSetp(Decoder &decoder) {
  Comparison comparison = takeComparison(decoder);
  Type type = decoder.takeType();
  decodeComparison(decoder, comparison, type, 1);
  const syntax::Operand &target = decoder.operand(0);
  bool isPair = target.kind == syntax::Operand::Pair;
  decoder.out.destination = decoder.destination(isPair ? target.elements[0] : target, Type::Pred);
  decoder.out.source[3] = isPair ? decoder.destination(target.elements[1], Type::Pred) : noOperand;
  decoder.out.handler = type == Type::F16x2    ? setPredicatesOfPairs<HalfF16<16, uint32_t>>
                        : type == Type::BF16x2 ? setPredicatesOfPairs<HalfBF16<16, uint32_t>>
                                               : setPredicates;
}

static void decodeSet(Decoder &decoder) {
  Comparison comparison = takeComparison(decoder);
  Type result = decoder.takeType(), type = decoder.takeType();
  decodeComparison(decoder, comparison, type, 1);
  decoder.out.destination = decoder.destination(0, result);
  switch (result) {
  case Type::U32:
  case Type::S32:
    decoder.out.immediate = 0xffffffff;
    break;
  case Type::F32:
    decoder.out.immediate = 0x3f800000;
    break;
  case Type::U16:
  case Type::S16:
    decoder.out.immediate = 0xffff;
    break;
  case Type::F16:
    decoder.out.immediate = 0x3c00;
    break;
  case Type::BF16:
    decoder.out.immediate = 0x3f80;
    break;
  default:
    decoder.fail(std::string("expected .u32, .s32, .f32, .f16 or .bf16 for the result, found .") + nameOf(result));
  }
  decoder.out.handler = bitsOf(result) == 16 ? setValue<uint16_t> : setValue<uint32_t>;
}

//===----------------------------------------------------------------------===//
// selp
//===----------------------------------------------------------------------===//

template <class T>
static Status selectLanes(Warp &warp, const Instruction &instruction, uint32_t mask) {
  uint32_t condition = warp.predicate(instruction.source[2]);
  if (instruction.modifiers & NegatedOperand)
    condition = ~condition;
  const T *a = warp.lanes<T>(instruction.source[0]), *b = warp.lanes<T>(instruction.source[1]);
  T result[warpSize];
  for (unsigned lane = 0; lane < warpSize; ++lane)
    result[lane] = condition >> lane & 1 ? a[lane] : b[lane];
  warp.write(instruction.destination, result, mask);
  return Status::Next;
}

static void decodeSelp(Decoder &decoder) {
  Type type = decoder.takeType();
  decoder.expectOperands(4);
  decoder.out.destination = decoder.destination(0, type);
  decoder.out.source[0] = decoder.source(1, type);
  decoder.out.source[1] = decoder.source(2, type);
  bool negated;
  decoder.out.source[2] = decoder.predicateSource(decoder.operand(3), negated);
  decoder.out.modifiers = negated ? NegatedOperand : 0;
  decoder.out.handler = bitsOf(type) == 16   ? selectLanes<uint16_t>
                        : bitsOf(type) == 32 ? selectLanes<uint32_t>
                                             : selectLanes<uint64_t>;
}

void addCompareInstructions(DecodeTable &table) {
  table["setp"] = decodeSetp;
  table["set"] = decodeSet;
  table["selp"] = decodeSelp;
}

} // namespace sinter::emulator
