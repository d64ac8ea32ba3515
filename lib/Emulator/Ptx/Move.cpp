// How are values and addresses moved between registers: mov, cvta, isspacep, mapa, and the clocks?
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Decoder.h"
#include "Lanes.h"
#include "Memory.h"

namespace sinter::emulator {

using syntax::Operand;

//===----------------------------------------------------------------------===//
// mov
//===----------------------------------------------------------------------===//

template <class T>
static Status move(Warp &warp, const Instruction &instruction, uint32_t mask) {
  T values[warpSize];
  std::copy_n(warp.lanes<T>(instruction.source[0]), warpSize, values);
  warp.write(instruction.destination, values, mask);
  return Status::Next;
}

static Status movePredicate(Warp &warp, const Instruction &instruction, uint32_t mask) {
  warp.writePredicate(instruction.destination, warp.predicate(instruction.source[0]), mask);
  return Status::Next;
}

/// mov.b64 {lo, hi}, d: parts may be `_`.
template <class Part, class Whole>
static Status unpack(Warp &warp, const Instruction &instruction, uint32_t mask) {
  Whole whole[warpSize];
  std::copy_n(warp.lanes<Whole>(instruction.source[0]), warpSize, whole);
  for (unsigned i = 0; i < instruction.vectorSize; ++i) {
    uint32_t target = warp.list(instruction)[i];
    Part part[warpSize];
    for (unsigned lane = 0; lane < warpSize; ++lane)
      part[lane] = static_cast<Part>(whole[lane] >> 8 * sizeof(Part) * i);
    if (target != noOperand)
      warp.write(target, part, mask);
  }
  return Status::Next;
}

template <class Part, class Whole>
static Status pack(Warp &warp, const Instruction &instruction, uint32_t mask) {
  Whole whole[warpSize] = {};
  for (unsigned i = 0; i < instruction.vectorSize; ++i) {
    const Part *part = warp.lanes<Part>(warp.list(instruction)[i]);
    for (unsigned lane = 0; lane < warpSize; ++lane)
      whole[lane] |= static_cast<Whole>(part[lane]) << 8 * sizeof(Part) * i;
  }
  warp.write(instruction.destination, whole, mask);
  return Status::Next;
}

static Handler partHandler(Decoder &decoder, unsigned part, unsigned whole, bool packs) {
  if (part == 8 && whole == 16)
    return packs ? pack<uint8_t, uint16_t> : unpack<uint8_t, uint16_t>;
  if (part == 8 && whole == 32)
    return packs ? pack<uint8_t, uint32_t> : unpack<uint8_t, uint32_t>;
  if (part == 16 && whole == 32)
    return packs ? pack<uint16_t, uint32_t> : unpack<uint16_t, uint32_t>;
  if (part == 16 && whole == 64)
    return packs ? pack<uint16_t, uint64_t> : unpack<uint16_t, uint64_t>;
  if (part == 32 && whole == 64)
    return packs ? pack<uint32_t, uint64_t> : unpack<uint32_t, uint64_t>;
  using Twice = unsigned __int128;
  if (part == 64 && whole == 128)
    return packs ? pack<uint64_t, Twice> : unpack<uint64_t, Twice>;
  if (part == 32 && whole == 128)
    return packs ? pack<uint32_t, Twice> : unpack<uint32_t, Twice>;
  decoder.fail("expected parts that make up " + std::to_string(whole) + " bits");
}

static Type bitsType(unsigned bits) {
  return bits == 8 ? Type::B8 : bits == 16 ? Type::B16 : bits == 32 ? Type::B32 : Type::B64;
}

static void decodeParts(Decoder &decoder, Type type, bool packs) {
  const Operand &vector = decoder.operand(packs ? 1 : 0);
  unsigned part = bitsOf(type) / static_cast<unsigned>(std::max<size_t>(vector.elements.size(), 1));
  std::vector<uint32_t> places;
  for (const Operand &element : vector.elements)
    places.push_back(packs ? decoder.source(element, bitsType(part)) : decoder.destination(element, bitsType(part)));
  decoder.out.list = decoder.appendList(places);
  decoder.out.vectorSize = static_cast<uint16_t>(places.size());
  if (packs)
    decoder.out.destination = decoder.destination(0, type);
  else
    decoder.out.source[0] = decoder.source(1, type);
  decoder.out.handler = partHandler(decoder, part, bitsOf(type), packs);
}

/// %clock and its relatives count the instructions of the warp.
template <class T>
static Status readClock(Warp &warp, const Instruction &instruction, uint32_t mask) {
  uint64_t now = warp.instructions + warp.block.cluster.turns;
  T values[warpSize];
  std::fill(values, values + warpSize, static_cast<T>(now >> instruction.immediate));
  warp.write(instruction.destination, values, mask);
  return Status::Next;
}

static bool decodeClock(Decoder &decoder, Type type) {
  const Operand &source = decoder.operand(1);
  auto special = source.kind == Operand::Name ? specialNamed(source.name) : std::nullopt;
  if (!special || special->first < Special::Clock)
    return false;
  if (bitsOf(type) != special->second)
    decoder.failOperand(source, "a special register of " + std::to_string(bitsOf(type)) + " bits");
  bool high = special->first == Special::ClockHi || special->first == Special::GlobaltimerHi;
  decoder.out.immediate = high ? 32 : 0;
  decoder.out.destination = decoder.destination(0, type);
  decoder.out.handler = special->second == 64 ? readClock<uint64_t> : readClock<uint32_t>;
  return true;
}

static void decodeMov(Decoder &decoder) {
  decoder.out.isCopy = true;
  Type type = decoder.takeType();
  decoder.expectOperands(2);
  if (decodeClock(decoder, type))
    return;
  bool packs = decoder.operand(1).kind == Operand::Vector;
  if (packs || decoder.operand(0).kind == Operand::Vector)
    return decodeParts(decoder, type, packs);
  decoder.out.destination = decoder.destination(0, type);
  decoder.out.source[0] = decoder.source(1, type);
  switch (bitsOf(type)) {
  case 1:
    decoder.out.handler = movePredicate;
    break;
  case 16:
    decoder.out.handler = move<uint16_t>;
    break;
  case 32:
    decoder.out.handler = move<uint32_t>;
    break;
  case 64:
    decoder.out.handler = move<uint64_t>;
    break;
  case 128:
    decoder.out.handler = move<unsigned __int128>;
    break;
  default:
    decoder.fail(std::string("expected a type of 16, 32 or 64 bits, found .") + nameOf(type));
  }
}

/// The register has no value, and that is meant: see Lexer.h.
static void decodeImplicitDef(Decoder &decoder) {
  const Operand &target = decoder.operand(0);
  unsigned bits = decoder.registerBits(target);
  decoder.out.destination = decoder.destination(target, bits == 1 ? Type::Pred : bitsType(bits));
  decoder.out.handler = [](Warp &, const Instruction &, uint32_t) { return Status::Next; };
}

//===----------------------------------------------------------------------===//
// Address spaces
//===----------------------------------------------------------------------===//

static std::optional<Space> takeSpace(Decoder &decoder) {
  static const std::pair<const char *, Space> spaces[] = {
      {"global", Space::Global},      {"shared", Space::Shared},
      {"shared::cta", Space::Shared}, {"shared::cluster", Space::SharedCluster},
      {"local", Space::Local},        {"const", Space::Const},
      {"param", Space::Param},        {"param::entry", Space::Param}};
  for (const auto &[name, space] : spaces)
    if (decoder.take(name))
      return space;
  return std::nullopt;
}

/// To or from generic addresses. Addresses of global and constant memory are generic ones already.
static Status convertAddress(Warp &warp, const Instruction &instruction, uint32_t mask) {
  bool toSpace = instruction.modifiers;
  uint64_t window = 0;
  if (instruction.space == Space::Shared || instruction.space == Space::SharedCluster)
    window = sharedWindow;
  else if (instruction.space == Space::Local)
    window = localWindow;
  else if (instruction.space == Space::Param)
    window = reinterpret_cast<uint64_t>(warp.block.cluster.grid.parameters);
  uint64_t result[warpSize];
  for (unsigned lane = 0; lane < warpSize; ++lane) {
    uint64_t address = warp.lanes<uint64_t>(instruction.source[0])[lane];
    result[lane] = toSpace ? address - window : address + window;
    bool isWrong = toSpace && (window == sharedWindow  ? !isSharedAddress(address)
                               : window == localWindow ? !isLocalAddress(address)
                                                       : isSharedAddress(address) || isLocalAddress(address));
    if (isWrong && address && (mask >> lane & 1))
      warp.fail(static_cast<int>(lane),
                std::string("the generic address is none of ") + nameOf(instruction.space) + " memory");
  }
  // A generic address of a block's own shared memory has to mean that block also where another one uses it.
  if (!toSpace && window == sharedWindow)
    for (uint64_t &address : result)
      if (!((address - sharedWindow) >> sharedRankShift))
        address += uint64_t(warp.block.rank + 1) << sharedRankShift;
  if (toSpace && instruction.space == Space::Shared)
    for (uint64_t &address : result)
      if (address >> sharedRankShift == warp.block.rank + 1)
        address &= (uint64_t(1) << sharedRankShift) - 1;
  warp.write(instruction.destination, result, mask);
  return Status::Next;
}

static void decodeCvta(Decoder &decoder) {
  decoder.out.modifiers = decoder.take("to");
  auto space = takeSpace(decoder);
  if (!space)
    decoder.fail("expected a state space among the modifiers");
  decoder.out.space = *space;
  Type type = decoder.takeType();
  if (type != Type::U64)
    decoder.fail(std::string("expected .u64, found .") + nameOf(type));
  decoder.expectOperands(2);
  decoder.out.destination = decoder.destination(0, type);
  decoder.out.source[0] = decoder.source(1, type);
  decoder.out.handler = convertAddress;
}

static Status testSpace(Warp &warp, const Instruction &instruction, uint32_t mask) {
  uint32_t result = 0;
  for (unsigned lane = 0; lane < warpSize; ++lane) {
    uint64_t address = warp.lanes<uint64_t>(instruction.source[0])[lane];
    uint64_t rank = (address - sharedWindow) >> sharedRankShift;
    bool isShared = isSharedAddress(address), isOwn = isShared && (rank == 0 || rank == warp.block.rank + 1);
    bool holds = instruction.space == Space::Shared          ? isOwn
                 : instruction.space == Space::SharedCluster ? isShared
                 : instruction.space == Space::Local         ? isLocalAddress(address)
                                                             : !isShared && !isLocalAddress(address);
    result |= uint32_t(holds) << lane;
  }
  warp.writePredicate(instruction.destination, result, mask);
  return Status::Next;
}

static void decodeIsspacep(Decoder &decoder) {
  auto space = takeSpace(decoder);
  if (!space || *space == Space::Param || *space == Space::Const)
    decoder.fail("expected .global, .shared or .local");
  decoder.out.space = *space;
  decoder.expectOperands(2);
  decoder.out.destination = decoder.destination(0, Type::Pred);
  decoder.out.source[0] = decoder.source(1, Type::B64);
  decoder.out.handler = testSpace;
}

/// The address of the same variable in another block of the cluster.
template <class T>
static Status mapAddress(Warp &warp, const Instruction &instruction, uint32_t mask) {
  T result[warpSize];
  for (unsigned lane = 0; lane < warpSize; ++lane) {
    T address = warp.lanes<T>(instruction.source[0])[lane];
    uint32_t rank = warp.lanes<uint32_t>(instruction.source[1])[lane];
    if (rank >= warp.block.cluster.blocks.size() && (mask >> lane & 1))
      warp.fail(static_cast<int>(lane), "expected the rank of a block below " +
                                            std::to_string(warp.block.cluster.blocks.size()) + ", found " +
                                            std::to_string(rank));
    T inBlock = address & ((T(1) << sharedRankShift) - 1);
    T window = sizeof(T) == 8 && isSharedAddress(address) ? static_cast<T>(sharedWindow) : T(0);
    result[lane] = window | T(rank + 1) << sharedRankShift | inBlock;
  }
  warp.write(instruction.destination, result, mask);
  return Status::Next;
}

static void decodeMapa(Decoder &decoder) {
  decoder.take("shared::cluster");
  Type type = decoder.takeType();
  if (type != Type::U32 && type != Type::U64)
    decoder.fail(std::string("expected .u32 or .u64, found .") + nameOf(type));
  decoder.expectOperands(3);
  decoder.out.destination = decoder.destination(0, type);
  decoder.out.source[0] = decoder.source(1, type);
  decoder.out.source[1] = decoder.source(2, Type::U32);
  decoder.out.handler = type == Type::U32 ? mapAddress<uint32_t> : mapAddress<uint64_t>;
}

void addMoveInstructions(DecodeTable &table) {
  table["mov"] = decodeMov;
  table["implicit-def"] = decodeImplicitDef;
  table["cvta"] = decodeCvta;
  table["isspacep"] = decodeIsspacep;
  table["mapa"] = decodeMapa;
}

} // namespace sinter::emulator
