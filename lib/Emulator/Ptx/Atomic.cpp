// How are read-modify-write operations executed: atom, red?
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Decoder.h"
#include "Floats.h"
#include "Memory.h"
#include "MemoryOrder.h"

#include <cstring>

namespace sinter::emulator {

using syntax::Operand;

namespace {
enum class Operation : uint8_t { Add, And, Or, Xor, Min, Max, Increment, Decrement, Exchange, CompareAndSwap };
} // namespace

static uint16_t addHalf(Type type, uint16_t a, uint16_t b) {
  bool isF16 = type == Type::F16 || type == Type::F16x2;
  double x = isF16 ? f16ToFloat(a) : bf16ToFloat(a), y = isF16 ? f16ToFloat(b) : bf16ToFloat(b);
  return isF16 ? f16FromDouble(addToOdd(x, y)) : bf16FromDouble(addToOdd(x, y));
}

/// Adds of f32 to global memory flush subnormal numbers; those to shared memory keep them.
static uint64_t addFloat(Type type, bool flushes, uint64_t a, uint64_t b) {
  switch (type) {
  case Type::F64:
    return bitCast<uint64_t>(bitCast<double>(a) + bitCast<double>(b));
  case Type::F32: {
    float x = bitCast<float>(static_cast<uint32_t>(a)), y = bitCast<float>(static_cast<uint32_t>(b));
    float sum = canonical(flushes ? flushed(flushed(x) + flushed(y)) : x + y);
    return bitCast<uint32_t>(sum);
  }
  case Type::F16x2:
  case Type::BF16x2:
    return addHalf(type, static_cast<uint16_t>(a), static_cast<uint16_t>(b)) |
           uint64_t(addHalf(type, static_cast<uint16_t>(a >> 16), static_cast<uint16_t>(b >> 16))) << 16;
  default:
    return addHalf(type, static_cast<uint16_t>(a), static_cast<uint16_t>(b));
  }
}

static bool isLess(Type type, uint64_t a, uint64_t b) {
  if (!isSigned(type))
    return a < b;
  return bitsOf(type) == 64 ? int64_t(a) < int64_t(b) : int32_t(a) < int32_t(b);
}

static uint64_t combine(Operation operation, Type type, bool flushes, uint64_t old, uint64_t b, uint64_t c) {
  switch (operation) {
  case Operation::Add:
    return isFloat(type) ? addFloat(type, flushes, old, b) : old + b;
  case Operation::And:
    return old & b;
  case Operation::Or:
    return old | b;
  case Operation::Xor:
    return old ^ b;
  case Operation::Min:
    return isLess(type, b, old) ? b : old;
  case Operation::Max:
    return isLess(type, old, b) ? b : old;
  case Operation::Increment:
    return old >= b ? 0 : old + 1;
  case Operation::Decrement:
    return old == 0 || old > b ? b : old - 1;
  case Operation::Exchange:
    return b;
  case Operation::CompareAndSwap:
    return old == b ? c : old;
  }
  return old;
}

static uint64_t loadLane(Warp &warp, uint32_t place, unsigned lane, unsigned bytes) {
  return bytes == 2   ? warp.lanes<uint16_t>(place)[lane]
         : bytes == 4 ? warp.lanes<uint32_t>(place)[lane]
                      : warp.lanes<uint64_t>(place)[lane];
}

static void storeLane(Warp &warp, uint32_t place, unsigned lane, unsigned bytes, uint64_t value) {
  if (place == noOperand)
    return;
  if (bytes == 2)
    warp.lanes<uint16_t>(place)[lane] = static_cast<uint16_t>(value);
  else if (bytes == 4)
    warp.lanes<uint32_t>(place)[lane] = static_cast<uint32_t>(value);
  else
    warp.lanes<uint64_t>(place)[lane] = value;
}

/// Lists hold the destinations, then the operands, of vectors; scalars are vectors of one.
static void updateLane(Warp &warp, const Instruction &instruction, unsigned lane, uint8_t *pointer) {
  Type type = static_cast<Type>(instruction.modifiers);
  unsigned bytes = instruction.elementBytes;
  const uint32_t *destinations = warp.list(instruction), *operands = destinations + instruction.vectorSize;
  auto *begin = warp.block.shared.data();
  bool flushes = pointer < begin || pointer >= begin + warp.block.shared.size();
  for (unsigned i = 0; i < instruction.vectorSize; ++i) {
    uint64_t old = 0;
    memcpy(&old, pointer + i * bytes, bytes);
    uint64_t b = loadLane(warp, operands[i], lane, bytes);
    uint64_t c = instruction.source[1] == noOperand ? 0 : loadLane(warp, instruction.source[1], lane, bytes);
    uint64_t result = combine(static_cast<Operation>(instruction.variant), type, flushes, old, b, c);
    memcpy(pointer + i * bytes, &result, bytes);
    storeLane(warp, destinations[i], lane, bytes, old);
  }
}

/// Lanes one after the other, from the lowest: hardware's order is not specified.
static Status update(Warp &warp, const Instruction &instruction, uint32_t mask) {
  uint8_t *pointers[warpSize];
  resolve(warp, instruction, mask, 0, instruction.elementBytes * instruction.vectorSize, Access::Atomic, pointers);
  for (uint32_t rest = mask; rest; rest &= rest - 1) {
    unsigned lane = static_cast<unsigned>(__builtin_ctz(rest));
    orderRead(warp, pointers[lane], instruction.order);
    orderWrite(warp, pointers[lane], instruction.order);
    updateLane(warp, instruction, lane, pointers[lane]);
  }
  return Status::Next;
}

static Operation takeOperation(Decoder &decoder) {
  return static_cast<Operation>(
      decoder.takeOneOf({"add", "and", "or", "xor", "min", "max", "inc", "dec", "exch", "cas"}));
}

static void checkType(Decoder &decoder, Operation operation, Type type) {
  bool fits = isFloat(type) ? operation == Operation::Add : bitsOf(type) == 32 || bitsOf(type) == 64;
  if (operation == Operation::CompareAndSwap || operation == Operation::Exchange)
    fits = !isFloat(type) && bitsOf(type) <= 64;
  if (operation == Operation::Increment || operation == Operation::Decrement)
    fits = type == Type::U32;
  if (!fits)
    decoder.fail(std::string("the operation does not exist for .") + nameOf(type));
}

static const Operand &elementOf(const Operand &operand, unsigned i) {
  return operand.kind == Operand::Vector ? operand.elements[i] : operand;
}

static void decodeAtomic(Decoder &decoder) {
  bool returns = decoder.mnemonic() == "atom";
  decoder.out.order = takeOrder(decoder, Order::Relaxed);
  decoder.out.space = takeSpaceOf(decoder);
  decoder.take("noftz");
  while (!decoder.takePrefixed("L2::").empty())
    continue;
  Operation operation = takeOperation(decoder);
  unsigned count = decoder.take("v2") ? 2 : decoder.take("v4") ? 4 : decoder.take("v8") ? 8 : 1;
  Type type = decoder.takeType();
  checkType(decoder, operation, type);
  noteAccess(decoder, decoder.out.space, bytesOf(type), decoder.out.order);
  bool swaps = operation == Operation::CompareAndSwap;
  size_t next = returns ? 1 : 0;
  decoder.expectOperands(next + 2 + swaps, next + 3 + swaps);
  decoder.address(decoder.operand(next++), 0);
  const Operand &value = decoder.operand(next++);
  const Operand *target = returns ? &decoder.operand(0) : nullptr;
  for (const Operand *operand : {&value, target})
    if (operand && (operand->kind == Operand::Vector ? operand->elements.size() : 1) != count)
      decoder.failOperand(*operand, std::to_string(count) + " registers");
  std::vector<uint32_t> places;
  for (unsigned i = 0; i < count; ++i)
    places.push_back(target ? decoder.destination(elementOf(*target, i), type) : noOperand);
  for (unsigned i = 0; i < count; ++i)
    places.push_back(decoder.source(elementOf(value, i), type));
  if (swaps)
    decoder.out.source[1] = decoder.source(next, type);
  decoder.out.list = decoder.appendList(places);
  decoder.out.vectorSize = static_cast<uint16_t>(count);
  decoder.out.variant = static_cast<uint8_t>(operation);
  decoder.out.modifiers = static_cast<uint8_t>(type);
  decoder.out.elementBytes = static_cast<uint8_t>(bytesOf(type));
  decoder.out.handler = update;
}

void addAtomicInstructions(DecodeTable &table) {
  table["atom"] = table["red"] = decodeAtomic;
}

} // namespace sinter::emulator
