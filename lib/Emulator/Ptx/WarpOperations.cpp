// How do the lanes of a warp exchange values: shfl, vote, match, redux, elect, activemask, bar.warp?
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Decoder.h"
#include "Machine.h"

namespace sinter::emulator {

using syntax::Operand;

enum class Shuffle : uint8_t { Up, Down, Butterfly, Indexed };

/// Lane that `lane` reads from; false when it lies outside of the segment.
static bool sourceLane(Shuffle mode, unsigned lane, uint32_t b, uint32_t c, unsigned &source) {
  unsigned clamp = c & 31, segment = c >> 8 & 31;
  unsigned last = (lane & segment) | (clamp & ~segment), first = lane & segment;
  int from = 0;
  b &= 31;
  switch (mode) {
  case Shuffle::Up:
    from = static_cast<int>(lane) - static_cast<int>(b);
    source = static_cast<unsigned>(from);
    return from >= static_cast<int>(last);
  case Shuffle::Down:
    source = lane + b;
    break;
  case Shuffle::Butterfly:
    source = lane ^ b;
    break;
  case Shuffle::Indexed:
    source = first | (b & ~segment & 31);
    break;
  }
  return source <= last;
}

static Status shuffle(Warp &warp, const Instruction &instruction, uint32_t mask) {
  const uint32_t *values = warp.lanes<uint32_t>(instruction.source[0]);
  const uint32_t *b = warp.lanes<uint32_t>(instruction.source[1]), *c = warp.lanes<uint32_t>(instruction.source[2]);
  uint32_t result[warpSize], inRange = 0;
  for (unsigned lane = 0; lane < warpSize; ++lane) {
    result[lane] = values[lane];
    unsigned source = lane;
    if (!(mask >> lane & 1) || !sourceLane(static_cast<Shuffle>(instruction.variant), lane, b[lane], c[lane], source))
      continue;
    if (!(mask >> source & 1))
      warp.fail(static_cast<int>(lane),
                "the shuffle reads from lane " + std::to_string(source) + ", which does not execute it");
    result[lane] = values[source];
    inRange |= uint32_t(1) << lane;
  }
  if (instruction.destination != noOperand)
    warp.write(instruction.destination, result, mask);
  warp.writePredicate(instruction.source[3], inRange, mask);
  return Status::Next;
}

static void membersFrom(Decoder &decoder, size_t index) {
  decoder.out.members = decoder.source(index, Type::B32);
  decoder.out.convergence = Convergence::Members;
}

/// d or d|p.
static void valueAndPredicate(Decoder &decoder, const Operand &target, Type type) {
  bool isPair = target.kind == Operand::Pair;
  decoder.out.destination = decoder.destination(isPair ? target.elements[0] : target, type);
  decoder.out.source[3] = isPair ? decoder.destination(target.elements[1], Type::Pred) : noOperand;
}

static void requireSync(Decoder &decoder) {
  if (!decoder.take("sync"))
    decoder.fail("expected .sync: forms without it are not executed by sm_70 and later");
}

static void decodeShfl(Decoder &decoder) {
  requireSync(decoder);
  decoder.out.variant = static_cast<uint8_t>(decoder.takeOneOf({"up", "down", "bfly", "idx"}));
  decoder.takeOneOf({"b32"});
  decoder.expectOperands(5);
  valueAndPredicate(decoder, decoder.operand(0), Type::B32);
  for (unsigned i = 0; i < 3; ++i)
    decoder.out.source[i] = decoder.source(i + 1, Type::B32);
  membersFrom(decoder, 4);
  decoder.out.handler = shuffle;
}

//===----------------------------------------------------------------------===//
// vote, match, redux, elect
//===----------------------------------------------------------------------===//

enum class Vote : uint8_t { All, Any, Uniform, Ballot };

static Status vote(Warp &warp, const Instruction &instruction, uint32_t mask) {
  uint32_t values = warp.predicate(instruction.source[0]);
  if (instruction.modifiers)
    values = ~values;
  values &= mask;
  switch (static_cast<Vote>(instruction.variant)) {
  case Vote::All:
    warp.writePredicate(instruction.destination, values == mask ? allLanes : 0, mask);
    break;
  case Vote::Any:
    warp.writePredicate(instruction.destination, values ? allLanes : 0, mask);
    break;
  case Vote::Uniform:
    warp.writePredicate(instruction.destination, values == mask || !values ? allLanes : 0, mask);
    break;
  case Vote::Ballot: {
    uint32_t result[warpSize];
    std::fill(result, result + warpSize, values);
    warp.write(instruction.destination, result, mask);
  }
  }
  return Status::Next;
}

static void decodeVote(Decoder &decoder) {
  requireSync(decoder);
  decoder.out.variant = static_cast<uint8_t>(decoder.takeOneOf({"all", "any", "uni", "ballot"}));
  bool isBallot = decoder.out.variant == static_cast<uint8_t>(Vote::Ballot);
  decoder.takeOneOf({isBallot ? "b32" : "pred"});
  decoder.expectOperands(3);
  decoder.out.destination = decoder.destination(0, isBallot ? Type::B32 : Type::Pred);
  bool negated;
  decoder.out.source[0] = decoder.predicateSource(decoder.operand(1), negated);
  decoder.out.modifiers = negated;
  membersFrom(decoder, 2);
  decoder.out.handler = vote;
}

template <class T>
static Status matchAny(Warp &warp, const Instruction &instruction, uint32_t mask) {
  const T *values = warp.lanes<T>(instruction.source[0]);
  uint32_t result[warpSize] = {};
  for (unsigned lane = 0; lane < warpSize; ++lane)
    for (unsigned other = 0; other < warpSize; ++other)
      result[lane] |= uint32_t((mask >> other & 1) && values[lane] == values[other]) << other;
  warp.write(instruction.destination, result, mask);
  return Status::Next;
}

template <class T>
static Status matchAll(Warp &warp, const Instruction &instruction, uint32_t mask) {
  const T *values = warp.lanes<T>(instruction.source[0]);
  bool same = true;
  for (unsigned lane = 0; lane < warpSize; ++lane)
    same &= !(mask >> lane & 1) || values[lane] == values[__builtin_ctz(mask)];
  uint32_t result[warpSize];
  std::fill(result, result + warpSize, same ? mask : 0);
  if (instruction.destination != noOperand)
    warp.write(instruction.destination, result, mask);
  warp.writePredicate(instruction.source[3], same ? allLanes : 0, mask);
  return Status::Next;
}

static void decodeMatch(Decoder &decoder) {
  bool all = decoder.takeOneOf({"any", "all"}) == 1;
  requireSync(decoder);
  Type type = decoder.takeOneOf({"b32", "b64"}) == 0 ? Type::B32 : Type::B64;
  decoder.expectOperands(3);
  valueAndPredicate(decoder, decoder.operand(0), Type::B32);
  decoder.out.source[0] = decoder.source(1, type);
  membersFrom(decoder, 2);
  decoder.out.handler = type == Type::B32 ? (all ? matchAll<uint32_t> : matchAny<uint32_t>)
                                          : (all ? matchAll<uint64_t> : matchAny<uint64_t>);
}

enum class Reduction : uint8_t { Add, Min, Max, And, Or, Xor };

template <class T>
static Status reduce(Warp &warp, const Instruction &instruction, uint32_t mask) {
  const T *values = warp.lanes<T>(instruction.source[0]);
  T total = values[__builtin_ctz(mask)];
  for (uint32_t rest = mask & (mask - 1); rest; rest &= rest - 1) {
    T value = values[__builtin_ctz(rest)];
    switch (static_cast<Reduction>(instruction.variant)) {
    case Reduction::Add:
      total = static_cast<T>(uint32_t(total) + uint32_t(value));
      break;
    case Reduction::Min:
      total = std::min(total, value);
      break;
    case Reduction::Max:
      total = std::max(total, value);
      break;
    case Reduction::And:
      total &= value;
      break;
    case Reduction::Or:
      total |= value;
      break;
    case Reduction::Xor:
      total ^= value;
      break;
    }
  }
  T result[warpSize];
  std::fill(result, result + warpSize, total);
  warp.write(instruction.destination, result, mask);
  return Status::Next;
}

static void decodeRedux(Decoder &decoder) {
  requireSync(decoder);
  decoder.out.variant = static_cast<uint8_t>(decoder.takeOneOf({"add", "min", "max", "and", "or", "xor"}));
  Type type = decoder.takeType();
  if (bitsOf(type) != 32 || isFloat(type))
    decoder.fail(std::string("expected .u32, .s32 or .b32, found .") + nameOf(type));
  decoder.expectOperands(3);
  decoder.out.destination = decoder.destination(0, type);
  decoder.out.source[0] = decoder.source(1, type);
  membersFrom(decoder, 2);
  decoder.out.handler = isSigned(type) ? reduce<int32_t> : reduce<uint32_t>;
}

/// Hardware may elect any lane of the mask; here it is the lowest.
static Status elect(Warp &warp, const Instruction &instruction, uint32_t mask) {
  uint32_t leader = static_cast<uint32_t>(__builtin_ctz(mask)), result[warpSize];
  std::fill(result, result + warpSize, leader);
  if (instruction.destination != noOperand)
    warp.write(instruction.destination, result, mask);
  warp.writePredicate(instruction.source[3], uint32_t(1) << leader, mask);
  return Status::Next;
}

static void decodeElect(Decoder &decoder) {
  requireSync(decoder);
  decoder.expectOperands(2);
  valueAndPredicate(decoder, decoder.operand(0), Type::B32);
  membersFrom(decoder, 1);
  decoder.out.handler = elect;
}

static Status activeMask(Warp &warp, const Instruction &instruction, uint32_t mask) {
  uint32_t result[warpSize];
  std::fill(result, result + warpSize, mask);
  warp.write(instruction.destination, result, mask);
  return Status::Next;
}

static void decodeActiveMask(Decoder &decoder) {
  decoder.takeOneOf({"b32"});
  decoder.expectOperands(1);
  decoder.out.destination = decoder.destination(0, Type::B32);
  decoder.out.handler = activeMask;
}

void addWarpInstructions(DecodeTable &table) {
  table["shfl"] = decodeShfl;
  table["vote"] = decodeVote;
  table["match"] = decodeMatch;
  table["redux"] = decodeRedux;
  table["elect"] = decodeElect;
  table["activemask"] = decodeActiveMask;
}

} // namespace sinter::emulator
