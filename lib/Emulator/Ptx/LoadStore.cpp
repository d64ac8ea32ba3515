// How is memory read and written: ld, ldu, st, prefetch?
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Decoder.h"
#include "Memory.h"
#include "MemoryOrder.h"

#include <cstring>

namespace sinter::emulator {

using syntax::Operand;

//===----------------------------------------------------------------------===//
// Execution
//===----------------------------------------------------------------------===//

static void orderReads(Warp &warp, const Instruction &instruction, uint32_t mask, uint8_t *const *pointers) {
  for (unsigned lane = 0; lane < warpSize; ++lane)
    if (mask >> lane & 1)
      orderRead(warp, pointers[lane], instruction.order);
}

/// Elements of type `Memory` from one address for each lane into registers of type `Register`.
template <class Memory, class Register>
static void loadElements(Warp &warp, const Instruction &instruction, uint32_t mask, uint8_t *const *pointers) {
  for (unsigned i = 0; i < instruction.vectorSize; ++i) {
    uint32_t target = instruction.vectorSize == 1 ? instruction.destination : warp.list(instruction)[i];
    if (target == noOperand)
      continue;
    Register *values = warp.lanes<Register>(target);
    for (uint32_t rest = mask; rest; rest &= rest - 1) {
      unsigned lane = __builtin_ctz(rest);
      Memory value;
      memcpy(&value, pointers[lane] + i * sizeof(Memory), sizeof value);
      values[lane] = static_cast<Register>(value);
    }
  }
}

template <class Memory, class Register>
static Status load(Warp &warp, const Instruction &instruction, uint32_t mask) {
  uint8_t *pointers[warpSize];
  resolve(warp, instruction, mask, 0, sizeof(Memory) * instruction.vectorSize, Access::Read, pointers);
  loadElements<Memory, Register>(warp, instruction, mask, pointers);
  if (instruction.order != Order::Weak)
    orderReads(warp, instruction, mask, pointers);
  return Status::Next;
}

/// Parameters of a kernel are the same for all lanes.
template <class Memory, class Register>
static Status loadParameter(Warp &warp, const Instruction &instruction, uint32_t mask) {
  uint8_t *pointers[warpSize];
  std::fill(pointers, pointers + warpSize, warp.block.cluster.grid.parameters + instruction.immediate);
  loadElements<Memory, Register>(warp, instruction, mask, pointers);
  return Status::Next;
}

static void parameterPointers(Warp &warp, const Instruction &instruction, uint8_t *pointers[warpSize]) {
  Frame &frame = warp.frame();
  for (unsigned lane = 0; lane < warpSize; ++lane)
    pointers[lane] = frame.parameters.data() + size_t(lane) * frame.function->parameterBytes + instruction.immediate;
}

/// Parameters and results of functions: each lane has its own.
template <class Memory, class Register>
static Status loadArgument(Warp &warp, const Instruction &instruction, uint32_t mask) {
  uint8_t *pointers[warpSize];
  parameterPointers(warp, instruction, pointers);
  loadElements<Memory, Register>(warp, instruction, mask, pointers);
  return Status::Next;
}

template <class Memory, class Register>
static void storeElements(Warp &warp, const Instruction &instruction, uint32_t mask, uint8_t *const *pointers) {
  for (unsigned i = 0; i < instruction.vectorSize; ++i) {
    const Register *values =
        warp.lanes<Register>(instruction.vectorSize == 1 ? instruction.source[1] : warp.list(instruction)[i]);
    for (uint32_t rest = mask; rest; rest &= rest - 1) {
      unsigned lane = __builtin_ctz(rest);
      Memory value = static_cast<Memory>(values[lane]);
      memcpy(pointers[lane] + i * sizeof(Memory), &value, sizeof value);
    }
  }
}

template <class Memory, class Register>
static Status store(Warp &warp, const Instruction &instruction, uint32_t mask) {
  uint8_t *pointers[warpSize];
  resolve(warp, instruction, mask, 0, sizeof(Memory) * instruction.vectorSize, Access::Write, pointers);
  if (instruction.order != Order::Weak)
    for (uint32_t rest = mask; rest; rest &= rest - 1)
      orderWrite(warp, pointers[__builtin_ctz(rest)], instruction.order);
  storeElements<Memory, Register>(warp, instruction, mask, pointers);
  return Status::Next;
}

template <class Memory, class Register>
static Status storeArgument(Warp &warp, const Instruction &instruction, uint32_t mask) {
  uint8_t *pointers[warpSize];
  parameterPointers(warp, instruction, pointers);
  storeElements<Memory, Register>(warp, instruction, mask, pointers);
  return Status::Next;
}

//===----------------------------------------------------------------------===//
// Choosing handlers
//===----------------------------------------------------------------------===//

enum class Place { Memory, KernelParameter, Argument };

template <class Memory, class Register>
static Handler loadAt(Place place) {
  return place == Place::Memory            ? load<Memory, Register>
         : place == Place::KernelParameter ? loadParameter<Memory, Register>
                                           : loadArgument<Memory, Register>;
}

/// Signed types are extended by their sign.
template <class Register>
static Handler loadInto(Place place, Type type) {
  switch (bitsOf(type)) {
  case 8:
    return isSigned(type) ? loadAt<int8_t, Register>(place) : loadAt<uint8_t, Register>(place);
  case 16:
    return isSigned(type) ? loadAt<int16_t, Register>(place) : loadAt<uint16_t, Register>(place);
  case 32:
    return isSigned(type) ? loadAt<int32_t, Register>(place) : loadAt<uint32_t, Register>(place);
  default:
    return loadAt<uint64_t, Register>(place);
  }
}

template <class Register>
static Handler storeFrom(Place place, Type type) {
  bool memory = place == Place::Memory;
  switch (bitsOf(type)) {
  case 8:
    return memory ? store<uint8_t, Register> : storeArgument<uint8_t, Register>;
  case 16:
    return memory ? store<uint16_t, Register> : storeArgument<uint16_t, Register>;
  case 32:
    return memory ? store<uint32_t, Register> : storeArgument<uint32_t, Register>;
  default:
    return memory ? store<uint64_t, Register> : storeArgument<uint64_t, Register>;
  }
}

static Handler loadHandler(Place place, Type type, unsigned registerBits) {
  return registerBits == 8    ? loadInto<uint8_t>(place, type)
         : registerBits == 16 ? loadInto<uint16_t>(place, type)
         : registerBits == 32 ? loadInto<uint32_t>(place, type)
                              : loadInto<uint64_t>(place, type);
}

static Handler storeHandler(Place place, Type type, unsigned registerBits) {
  return registerBits == 8    ? storeFrom<uint8_t>(place, type)
         : registerBits == 16 ? storeFrom<uint16_t>(place, type)
         : registerBits == 32 ? storeFrom<uint32_t>(place, type)
                              : storeFrom<uint64_t>(place, type);
}

//===----------------------------------------------------------------------===//
// Decoding
//===----------------------------------------------------------------------===//

/// What caches should do has no effect here; a cache policy is one more operand.
static void ignoreCacheHints(Decoder &decoder) {
  decoder.ignore({"nc", "ca", "cg", "cs", "lu", "cv", "wb", "wt", "mmio"});
  while (!decoder.takePrefixed("L1::").empty() || !decoder.takePrefixed("L2::").empty())
    continue;
}

static unsigned takeVectorSize(Decoder &decoder) {
  return decoder.take("v2") ? 2 : decoder.take("v4") ? 4 : decoder.take("v8") ? 8 : 1;
}

/// [name + offset] of a parameter has a place that is known now; everything else is an address in a register.
static Place decodeAddress(Decoder &decoder, const Operand &operand, unsigned bytes) {
  const Operand *base = operand.kind == Operand::Address ? &operand.elements[0] : nullptr;
  const Placement *placement = base && base->kind == Operand::Name && decoder.out.space == Space::Param
                                   ? decoder.placementOf(base->name)
                                   : nullptr;
  if (!placement || placement->space != Space::Param) {
    decoder.address(operand, 0);
    return Place::Memory;
  }
  if (operand.offset < 0 || uint64_t(operand.offset) + bytes > placement->size)
    decoder.fail("parameter '" + base->name + "' has " + std::to_string(placement->size) + " bytes, expected " +
                 std::to_string(bytes) + " at offset " + std::to_string(operand.offset));
  decoder.out.immediate = static_cast<int64_t>(placement->address) + operand.offset;
  return placement->kernelParameter ? Place::KernelParameter : Place::Argument;
}

/// The registers of a scalar or vector operand, all of the same width.
static unsigned decodeElements(Decoder &decoder, const Operand &operand, Type type, bool writes) {
  unsigned count = decoder.out.vectorSize, width = 0;
  bool isVector = operand.kind == Operand::Vector;
  if ((isVector ? operand.elements.size() : 1) != count)
    decoder.failOperand(operand, std::to_string(count) + " registers");
  std::vector<uint32_t> places;
  for (unsigned i = 0; i < count; ++i) {
    const Operand &element = isVector ? operand.elements[i] : operand;
    unsigned bits;
    places.push_back(writes ? decoder.wideDestination(element, type, bits) : decoder.wideSource(element, type, bits));
    if (element.kind == Operand::Sink)
      continue;
    if (width && width != bits)
      decoder.failOperand(element, "registers of the same width");
    width = bits;
  }
  if (count > 1)
    decoder.out.list = decoder.appendList(places);
  else
    (writes ? decoder.out.destination : decoder.out.source[1]) = places[0];
  return width ? width : bitsOf(type);
}

static Type prepareAccess(Decoder &decoder) {
  decoder.out.order = takeOrder(decoder, Order::Weak);
  decoder.out.space = takeSpaceOf(decoder);
  ignoreCacheHints(decoder);
  decoder.out.vectorSize = static_cast<uint16_t>(takeVectorSize(decoder));
  Type type = decoder.takeType();
  if (bitsOf(type) < 8 || bitsOf(type) > 64)
    decoder.fail(std::string("expected a type of 8 to 64 bits, found .") + nameOf(type));
  decoder.out.elementBytes = static_cast<uint8_t>(bytesOf(type));
  noteAccess(decoder, decoder.out.space, bytesOf(type), decoder.out.order);
  return type;
}

static void decodeLoad(Decoder &decoder) {
  Type type = prepareAccess(decoder);
  decoder.expectOperands(2, 3);
  Place place = decodeAddress(decoder, decoder.operand(1), bytesOf(type) * decoder.out.vectorSize);
  unsigned width = decodeElements(decoder, decoder.operand(0), type, true);
  decoder.out.handler = loadHandler(place, type, width);
}

static void decodeStore(Decoder &decoder) {
  Type type = prepareAccess(decoder);
  if (decoder.out.space == Space::Const)
    decoder.fail("constant memory cannot be written");
  decoder.expectOperands(2, 3);
  Place place = decodeAddress(decoder, decoder.operand(0), bytesOf(type) * decoder.out.vectorSize);
  if (place == Place::KernelParameter || (place == Place::Memory && decoder.out.space == Space::Param))
    decoder.fail("parameters of a kernel cannot be written");
  unsigned width = decodeElements(decoder, decoder.operand(1), type, false);
  decoder.out.handler = storeHandler(place, type, width);
}

static Status nothing(Warp &, const Instruction &, uint32_t) {
  return Status::Next;
}

/// prefetch, prefetchu, applypriority, discard, createpolicy: no effect on what is computed.
static void decodeHint(Decoder &decoder) {
  takeOrder(decoder, Order::Weak);
  takeSpaceOf(decoder);
  decoder.ignore({"L1", "L2", "tensormap"});
  while (!decoder.takePrefixed("L2::").empty())
    continue;
  decoder.expectOperands(1, 2);
  decoder.address(decoder.operand(0), 0);
  decoder.out.handler = nothing;
}

/// The policy has no effect, but whoever passes it on has to find a value.
static void decodeCreatePolicy(Decoder &decoder) {
  decoder.ignore({"fractional", "range", "cvt"});
  while (!decoder.takePrefixed("L2::").empty() || !decoder.takePrefixed("L1::").empty())
    continue;
  decoder.take("L2");
  decoder.takeType();
  decoder.out.destination = decoder.destination(0, Type::B64);
  decoder.out.handler = [](Warp &warp, const Instruction &instruction, uint32_t mask) {
    uint64_t none[warpSize] = {};
    warp.write(instruction.destination, none, mask);
    return Status::Next;
  };
}

void addMemoryInstructions(DecodeTable &table) {
  table["ld"] = table["ldu"] = decodeLoad;
  table["st"] = decodeStore;
  table["prefetch"] = table["prefetchu"] = table["applypriority"] = table["discard"] = decodeHint;
  table["createpolicy"] = decodeCreatePolicy;
}

} // namespace sinter::emulator
