// How are mbarrier instructions executed? See Mbarrier.h.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Mbarrier.h"
#include "Decoder.h"
#include "MemoryOrder.h"

namespace sinter::emulator {

using syntax::Operand;

static constexpr uint32_t mbarrierBytes = 8;
static constexpr uint32_t mostArrivals = (1u << 20) - 1;

Mbarrier &mbarrierAt(Warp &warp, unsigned lane, uint64_t address, Access access) {
  SharedPlace place = sharedPlace(warp, lane, address, mbarrierBytes, mbarrierBytes);
  Mbarrier *mbarrier = place.block->mbarrierAt(place.offset);
  if (!mbarrier)
    warp.fail(static_cast<int>(lane),
              "no mbarrier is initialized at shared address " + std::to_string(place.offset + sharedBase));
  checkShared(warp, static_cast<int>(lane), place, mbarrierBytes, access, warp.epoch(true), warp.knowledge);
  return *mbarrier;
}

static void completePhaseIfDone(Mbarrier &mbarrier) {
  if (mbarrier.pending || mbarrier.transactions)
    return;
  mbarrier.completed.join(mbarrier.released);
  mbarrier.released.clear();
  mbarrier.pending = mbarrier.expected;
  ++mbarrier.phase;
}

void arriveAt(Warp &warp, int lane, Mbarrier &mbarrier, uint32_t count) {
  if (count > mbarrier.pending)
    warp.fail(lane, "the mbarrier expects " + std::to_string(mbarrier.pending) +
                        " more arrivals in this phase, found " + std::to_string(count));
  mbarrier.pending -= count;
  completePhaseIfDone(mbarrier);
}

void completeBytes(Mbarrier &mbarrier, int64_t bytes, uint64_t time) {
  mbarrier.transactions -= bytes;
  mbarrier.released.seen.raise(mbarrier.actor, time);
  completePhaseIfDone(mbarrier);
}

//===----------------------------------------------------------------------===//
// init and inval
//===----------------------------------------------------------------------===//

static Status initialize(Warp &warp, const Instruction &instruction, uint32_t mask) {
  for (uint32_t rest = mask; rest; rest &= rest - 1) {
    unsigned lane = static_cast<unsigned>(__builtin_ctz(rest));
    SharedPlace place = sharedPlace(warp, lane, addressOf(warp, instruction, 0, lane), mbarrierBytes, mbarrierBytes);
    uint32_t count = warp.lanes<uint32_t>(instruction.source[1])[lane];
    if (count == 0 || count > mostArrivals)
      warp.fail(static_cast<int>(lane),
                "expected 1 to " + std::to_string(mostArrivals) + " arrivals, found " + std::to_string(count));
    if (place.block->mbarrierAt(place.offset))
      warp.fail(static_cast<int>(lane), "an mbarrier is initialized there already: expected mbarrier.inval before");
    checkShared(warp, static_cast<int>(lane), place, mbarrierBytes, Access::Write, warp.epoch(), warp.knowledge);
    Mbarrier mbarrier;
    mbarrier.expected = mbarrier.pending = count;
    mbarrier.offset = place.offset + sharedBase;
    mbarrier.actor = warp.block.cluster.newActor("a copy that completes on the mbarrier at shared address " +
                                                 std::to_string(mbarrier.offset));
    place.block->mbarriers[place.offset] = std::move(mbarrier);
  }
  return Status::Next;
}

static Status invalidate(Warp &warp, const Instruction &instruction, uint32_t mask) {
  for (uint32_t rest = mask; rest; rest &= rest - 1) {
    unsigned lane = static_cast<unsigned>(__builtin_ctz(rest));
    uint64_t address = addressOf(warp, instruction, 0, lane);
    Mbarrier &mbarrier = mbarrierAt(warp, lane, address, Access::Read);
    if (mbarrier.transactions)
      warp.fail(static_cast<int>(lane),
                "the mbarrier still expects " + std::to_string(mbarrier.transactions) + " bytes");
    SharedPlace place = sharedPlace(warp, lane, address, mbarrierBytes, mbarrierBytes);
    checkShared(warp, static_cast<int>(lane), place, mbarrierBytes, Access::Write, warp.epoch(), warp.knowledge);
    place.block->mbarriers.erase(place.offset);
  }
  return Status::Next;
}

//===----------------------------------------------------------------------===//
// arrive and expect_tx
//===----------------------------------------------------------------------===//

/// In Instruction::modifiers.
enum : uint8_t { Arrives = 1, Expects = 2, Drops = 4, Completes = 8 };

static void releaseTo(Warp &warp, const Instruction &instruction, Mbarrier &mbarrier) {
  if (instruction.order == Order::Relaxed)
    mbarrier.released.join(warp.fencedKnowledge);
  else
    warp.release(mbarrier.released);
}

static void arriveLane(Warp &warp, const Instruction &instruction, unsigned lane, uint64_t &token) {
  Mbarrier &mbarrier = mbarrierAt(warp, lane, addressOf(warp, instruction, 0, lane), Access::Atomic);
  uint32_t operand = instruction.source[1] == noOperand ? 1 : warp.lanes<uint32_t>(instruction.source[1])[lane];
  token = mbarrier.phase << 32 | mbarrier.pending;
  if (instruction.modifiers & Expects)
    mbarrier.transactions += operand;
  if (instruction.modifiers & Completes)
    completeBytes(mbarrier, operand, warp.block.cluster.tick(mbarrier.actor));
  if (!(instruction.modifiers & Arrives))
    return;
  releaseTo(warp, instruction, mbarrier);
  uint32_t count = instruction.modifiers & Expects ? 1 : operand;
  if (instruction.modifiers & Drops) {
    if (count > mbarrier.expected)
      warp.fail(static_cast<int>(lane), "more arrivals are dropped than the mbarrier expects");
    mbarrier.expected -= count;
  }
  arriveAt(warp, static_cast<int>(lane), mbarrier, count);
}

static Status arrive(Warp &warp, const Instruction &instruction, uint32_t mask) {
  uint64_t tokens[warpSize] = {};
  for (uint32_t rest = mask; rest; rest &= rest - 1) {
    unsigned lane = static_cast<unsigned>(__builtin_ctz(rest));
    arriveLane(warp, instruction, lane, tokens[lane]);
  }
  if (instruction.destination != noOperand)
    warp.write(instruction.destination, tokens, mask);
  return Status::Next;
}

//===----------------------------------------------------------------------===//
// test_wait and try_wait
//===----------------------------------------------------------------------===//

enum : uint8_t { Parity = 1, Suspends = 2 };

/// Is the phase complete that the lane asks for?
static bool isComplete(Warp &warp, const Instruction &instruction, unsigned lane, const Mbarrier &mbarrier) {
  if (instruction.modifiers & Parity)
    return (mbarrier.phase & 1) != (warp.lanes<uint32_t>(instruction.source[1])[lane] & 1);
  return mbarrier.phase != warp.lanes<uint64_t>(instruction.source[1])[lane] >> 32;
}

/// How long try_wait suspends is the system's choice: here until the phase is complete, or not at all.
static bool suspends(Warp &warp, const Instruction &instruction) {
  Cluster &cluster = warp.block.cluster;
  return (instruction.modifiers & Suspends) &&
         (cluster.grid.options.async != AsyncMode::Random || cluster.random() % 2);
}

static Status waitFor(Warp &warp, const Instruction &instruction, uint32_t mask) {
  uint32_t complete = 0;
  Mbarrier *missing = nullptr;
  for (uint32_t rest = mask; rest; rest &= rest - 1) {
    unsigned lane = static_cast<unsigned>(__builtin_ctz(rest));
    Mbarrier &mbarrier = mbarrierAt(warp, lane, addressOf(warp, instruction, 0, lane), Access::Read);
    if (!isComplete(warp, instruction, lane, mbarrier)) {
      missing = &mbarrier;
      continue;
    }
    complete |= uint32_t(1) << lane;
    if (instruction.order != Order::Relaxed)
      warp.acquire(mbarrier.completed);
  }
  if (missing && suspends(warp, instruction)) {
    Wait &wait = warp.group().wait;
    wait.kind = Wait::Phase;
    wait.mbarrier = missing;
    wait.generation = missing->phase;
    return Status::Retry;
  }
  warp.spun = missing != nullptr;
  warp.writePredicate(instruction.destination, complete, mask);
  return Status::Next;
}

static Status pendingCount(Warp &warp, const Instruction &instruction, uint32_t mask) {
  uint32_t counts[warpSize];
  for (unsigned lane = 0; lane < warpSize; ++lane)
    counts[lane] = static_cast<uint32_t>(warp.lanes<uint64_t>(instruction.source[0])[lane]);
  warp.write(instruction.destination, counts, mask);
  return Status::Next;
}

//===----------------------------------------------------------------------===//
// Decoding
//===----------------------------------------------------------------------===//

static void takePlace(Decoder &decoder, Order otherwise) {
  decoder.out.order = takeOrder(decoder, otherwise);
  takeSpaceOf(decoder);
  decoder.takeOneOf({"b64"});
}

static void decodeInit(Decoder &decoder) {
  takePlace(decoder, Order::Weak);
  decoder.expectOperands(2);
  decoder.address(decoder.operand(0), 0);
  decoder.out.source[1] = decoder.source(1, Type::U32);
  decoder.out.handler = initialize;
}

/// {state,} [address] {, count or bytes}
static void decodeArrive(Decoder &decoder, uint8_t modifiers) {
  if (modifiers & Arrives) {
    decoder.take("noComplete");
    if (decoder.take("expect_tx"))
      modifiers |= Expects;
  }
  takePlace(decoder, Order::Release);
  size_t next = 0;
  if (decoder.operand(0).kind != Operand::Address)
    decoder.out.destination = decoder.destination(next++, Type::B64);
  decoder.address(decoder.operand(next++), 0);
  bool counts = next < decoder.operandCount();
  if (!counts && (modifiers & (Expects | Completes)))
    decoder.fail("expected a number of bytes");
  if (counts)
    decoder.out.source[1] = decoder.source(next++, Type::U32);
  decoder.expectOperands(next);
  decoder.out.modifiers = modifiers;
  decoder.out.handler = arrive;
}

static void decodeWait(Decoder &decoder, uint8_t modifiers) {
  if (decoder.take("parity"))
    modifiers |= Parity;
  takePlace(decoder, Order::Acquire);
  decoder.expectOperands(3, 4);
  decoder.out.destination = decoder.destination(0, Type::Pred);
  decoder.address(decoder.operand(1), 0);
  decoder.out.source[1] = decoder.source(2, modifiers & Parity ? Type::U32 : Type::B64);
  if (decoder.operandCount() == 4) // how long to wait at most
    decoder.source(3, Type::U32);
  decoder.out.modifiers = modifiers;
  decoder.out.handler = waitFor;
}

static void decodeMbarrier(Decoder &decoder) {
  switch (decoder.takeOneOf({"init", "inval", "arrive", "arrive_drop", "expect_tx", "complete_tx", "test_wait",
                             "try_wait", "pending_count"})) {
  case 0:
    return decodeInit(decoder);
  case 1:
    takePlace(decoder, Order::Weak);
    decoder.expectOperands(1);
    decoder.address(decoder.operand(0), 0);
    decoder.out.handler = invalidate;
    return;
  case 2:
    return decodeArrive(decoder, Arrives);
  case 3:
    return decodeArrive(decoder, Arrives | Drops);
  case 4:
    return decodeArrive(decoder, Expects);
  case 5:
    return decodeArrive(decoder, Completes);
  case 6:
    return decodeWait(decoder, 0);
  case 7:
    return decodeWait(decoder, Suspends);
  default:
    decoder.takeOneOf({"b64"});
    decoder.expectOperands(2);
    decoder.out.destination = decoder.destination(0, Type::U32);
    decoder.out.source[0] = decoder.source(1, Type::B64);
    decoder.out.handler = pendingCount;
  }
}

void addMbarrierInstructions(DecodeTable &table) {
  table["mbarrier"] = decodeMbarrier;
}

} // namespace sinter::emulator
