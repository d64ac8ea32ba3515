// How do warps wait for each other: bar, barrier, barrier.cluster, fences, setmaxnreg?
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Decoder.h"
#include "Machine.h"
#include "MemoryOrder.h"

namespace sinter::emulator {

using syntax::Operand;

//===----------------------------------------------------------------------===//
// bar and barrier
//===----------------------------------------------------------------------===//

enum class BarrierKind : uint8_t { Sync, Arrive, ReduceAnd, ReduceOr, ReducePopc };
/// In Instruction::modifiers.
enum : uint8_t { NegatedVote = 1 };

/// How many threads the barrier is for: an operand, or all. Checks both.
static uint32_t expectedThreads(Warp &warp, const Instruction &instruction, unsigned lane, bool &ofAll) {
  uint32_t all = static_cast<uint32_t>(warp.block.warps.size()) * warpSize;
  ofAll = instruction.source[1] == noOperand;
  if (ofAll)
    return warp.block.liveThreads();
  uint32_t count = warp.lanes<uint32_t>(instruction.source[1])[lane];
  if (count == 0 || count % warpSize || count > all)
    warp.fail(static_cast<int>(lane), "expected a multiple of 32 threads, at most " + std::to_string(all) +
                                          ", for the barrier, found " + std::to_string(count));
  return count;
}

static void arrive(Warp &warp, const Instruction &instruction, uint32_t mask, uint32_t id) {
  unsigned lane = static_cast<unsigned>(__builtin_ctz(mask));
  NamedBarrier &barrier = warp.block.barriers[id];
  bool ofAll;
  uint32_t expected = expectedThreads(warp, instruction, lane, ofAll);
  if (barrier.arrived && (barrier.ofAll != ofAll || (!ofAll && barrier.expected != expected)))
    warp.fail(static_cast<int>(lane), "barrier " + std::to_string(id) + " is used with " + std::to_string(expected) +
                                          " threads here and with " + std::to_string(barrier.expected) +
                                          " by threads that have arrived before");
  barrier.ofAll = ofAll;
  barrier.expected = expected;
  bool wholeWarp = instruction.convergence == Convergence::Warp && !ofAll;
  barrier.arrived += wholeWarp ? warpSize : static_cast<uint32_t>(__builtin_popcount(mask));
  if (barrier.arrived > barrier.expected)
    warp.fail(static_cast<int>(lane), "barrier " + std::to_string(id) + " expects " + std::to_string(expected) +
                                          " threads, " + std::to_string(barrier.arrived) + " have arrived");
  warp.release(barrier.released);
}

static Status barrierOperation(Warp &warp, const Instruction &instruction, uint32_t mask) {
  unsigned lane = static_cast<unsigned>(__builtin_ctz(mask));
  uint32_t id = warp.lanes<uint32_t>(instruction.source[0])[lane];
  if (id > 15)
    warp.fail(static_cast<int>(lane), "expected a barrier from 0 to 15, found " + std::to_string(id));
  arrive(warp, instruction, mask, id);
  NamedBarrier &barrier = warp.block.barriers[id];
  BarrierKind kind = static_cast<BarrierKind>(instruction.variant);
  if (kind >= BarrierKind::ReduceAnd) {
    uint32_t votes = warp.predicate(instruction.source[2]);
    barrier.votes +=
        static_cast<uint32_t>(__builtin_popcount((instruction.modifiers & NegatedVote ? ~votes : votes) & mask));
  }
  Wait wait;
  wait.kind = Wait::Barrier;
  wait.barrier = &barrier;
  wait.generation = barrier.generation;
  if (kind >= BarrierKind::ReduceAnd) {
    wait.result = instruction.destination;
    wait.resultKind = static_cast<uint8_t>(kind) - static_cast<uint8_t>(BarrierKind::ReduceAnd);
  }
  if (barrier.arrived == barrier.expected)
    completeBarrier(barrier);
  if (kind == BarrierKind::Arrive)
    return Status::Next;
  warp.group().wait = wait;
  return Status::Blocked;
}

static void decodeClusterBarrier(Decoder &decoder);

/// Orders what its lanes do before and after; a new time stands for that, for lanes outside of the mask as well.
static Status synchronizeWarp(Warp &warp, const Instruction &, uint32_t) {
  warp.knowledge.seen.set(warp.actor, warp.block.cluster.tick(warp.actor));
  return Status::Next;
}

static void decodeWarpBarrier(Decoder &decoder) {
  decoder.takeOneOf({"sync"});
  decoder.expectOperands(1);
  decoder.out.members = decoder.source(0, Type::B32);
  decoder.out.convergence = Convergence::Members;
  decoder.out.handler = synchronizeWarp;
}

/// bar.red: destination, barrier, {threads,} predicate.
static void decodeReducingBarrier(Decoder &decoder) {
  unsigned operation = decoder.takeOneOf({"and", "or", "popc"});
  decoder.takeOneOf({operation == 2 ? "u32" : "pred"});
  decoder.out.variant = static_cast<uint8_t>(BarrierKind::ReduceAnd) + static_cast<uint8_t>(operation);
  decoder.expectOperands(3, 4);
  size_t last = decoder.operandCount() - 1;
  decoder.out.destination = decoder.destination(0, operation == 2 ? Type::U32 : Type::Pred);
  decoder.out.source[0] = decoder.source(1, Type::U32);
  if (last == 3)
    decoder.out.source[1] = decoder.source(2, Type::U32);
  bool negated;
  decoder.out.source[2] = decoder.predicateSource(decoder.operand(last), negated);
  decoder.out.modifiers = negated ? NegatedVote : 0;
}

static void decodeBarrier(Decoder &decoder) {
  if (decoder.take("warp"))
    return decodeWarpBarrier(decoder);
  if (decoder.take("cluster"))
    return decodeClusterBarrier(decoder);
  decoder.take("cta");
  bool aligned = decoder.take("aligned") || decoder.mnemonic() == "bar";
  decoder.out.convergence = aligned ? Convergence::Warp : Convergence::None;
  decoder.out.handler = barrierOperation;
  if (decoder.take("red"))
    return decodeReducingBarrier(decoder);
  bool arrives = decoder.takeOneOf({"sync", "arrive"}) == 1;
  decoder.out.variant = static_cast<uint8_t>(arrives ? BarrierKind::Arrive : BarrierKind::Sync);
  decoder.expectOperands(arrives ? 2 : 1, 2);
  decoder.out.source[0] = decoder.source(0, Type::U32);
  if (decoder.operandCount() == 2)
    decoder.out.source[1] = decoder.source(1, Type::U32);
}

//===----------------------------------------------------------------------===//
// barrier.cluster
//===----------------------------------------------------------------------===//

static Status arriveAtCluster(Warp &warp, const Instruction &instruction, uint32_t mask) {
  NamedBarrier &barrier = warp.block.cluster.barrier;
  if (uint32_t twice = warp.arrivedAtCluster & mask)
    warp.fail(__builtin_ctz(twice), "the thread arrives at the cluster's barrier again: expected barrier.cluster.wait "
                                    "between");
  warp.arrivedAtCluster |= mask;
  warp.clusterGeneration = barrier.generation;
  barrier.arrived += static_cast<uint32_t>(__builtin_popcount(mask));
  if (instruction.order == Order::Relaxed)
    barrier.released.join(warp.fencedKnowledge);
  else
    warp.release(barrier.released);
  warp.block.cluster.completeBarrierOfAll();
  return Status::Next;
}

static Status waitForCluster(Warp &warp, const Instruction &, uint32_t mask) {
  if (uint32_t missing = mask & ~warp.arrivedAtCluster)
    warp.fail(__builtin_ctz(missing), "the thread waits at the cluster's barrier without having arrived");
  warp.arrivedAtCluster &= ~mask;
  Wait wait;
  wait.kind = Wait::ClusterBarrier;
  wait.barrier = &warp.block.cluster.barrier;
  wait.generation = warp.clusterGeneration;
  warp.group().wait = wait;
  return Status::Blocked;
}

static void decodeClusterBarrier(Decoder &decoder) {
  bool arrives = decoder.takeOneOf({"arrive", "wait"}) == 0;
  decoder.out.order = takeOrder(decoder, arrives ? Order::Release : Order::Acquire);
  decoder.out.convergence = decoder.take("aligned") ? Convergence::Warp : Convergence::None;
  decoder.expectOperands(0);
  decoder.out.handler = arrives ? arriveAtCluster : waitForCluster;
}

//===----------------------------------------------------------------------===//
// Fences
//===----------------------------------------------------------------------===//

static Status fenceMemory(Warp &warp, const Instruction &, uint32_t) {
  memoryFence(warp);
  return Status::Next;
}

/// What the warp knows to be written becomes visible to asynchronous copies and wgmma. Later writes do not.
static Status fenceProxy(Warp &warp, const Instruction &, uint32_t) {
  Knowledge &knowledge = warp.knowledge;
  knowledge.fenced.join(knowledge.seen);
  knowledge.seen.set(warp.actor, warp.block.cluster.tick(warp.actor));
  return Status::Next;
}

static Status nothing(Warp &, const Instruction &, uint32_t) {
  return Status::Next;
}

static void decodeMembar(Decoder &decoder) {
  decoder.takeOneOf({"cta", "gl", "sys"});
  decoder.expectOperands(0);
  decoder.out.handler = fenceMemory;
}

static void decodeProxyFence(Decoder &decoder) {
  // A fence of global memory alone leaves shared memory as it is.
  bool isAsync = decoder.take("async"), shared = !decoder.take("global");
  decoder.ignore({"shared::cta", "shared::cluster", "alias", "tensormap::generic", "async::generic"});
  decoder.ignore({"acquire", "release", "sync_restrict::shared::cta", "cta", "cluster", "gpu", "sys"});
  decoder.expectOperands(0, 2);
  if (decoder.operandCount()) { // of a tensor map in memory
    decoder.address(decoder.operand(0), 0);
    decoder.integer(1);
  }
  decoder.out.handler = isAsync && shared ? fenceProxy : nothing;
}

static void decodeFence(Decoder &decoder) {
  if (decoder.take("proxy"))
    return decodeProxyFence(decoder);
  decoder.ignore({"mbarrier_init", "sc"});
  takeOrder(decoder, Order::AcquireRelease);
  decoder.expectOperands(0);
  decoder.out.handler = fenceMemory;
}

//===----------------------------------------------------------------------===//
// Registers of warps, dependent grids
//===----------------------------------------------------------------------===//

static Status setRegisters(Warp &warp, const Instruction &instruction, uint32_t) {
  uint32_t count = static_cast<uint32_t>(instruction.immediate);
  bool increases = instruction.modifiers;
  if (increases ? count < warp.granted : count > warp.granted)
    warp.fail(-1, std::string("expected ") + (increases ? "at least" : "at most") + " the " +
                      std::to_string(warp.granted) + " registers that the warp has, found " + std::to_string(count));
  if (!increases) {
    warp.block.freeRegisters += int64_t(warp.granted - count) * warpSize;
    warp.granted = count;
    return Status::Next;
  }
  warp.group().wait.kind = Wait::Registers;
  warp.group().wait.registers = count;
  return Status::Blocked;
}

static void decodeSetmaxnreg(Decoder &decoder) {
  decoder.out.modifiers = decoder.takeOneOf({"dec", "inc"}) == 1;
  decoder.takeOneOf({"sync"});
  decoder.takeOneOf({"aligned"});
  decoder.takeOneOf({"u32"});
  decoder.expectOperands(1);
  decoder.out.immediate = decoder.integer(0);
  if (decoder.out.immediate < 24 || decoder.out.immediate > 256 || decoder.out.immediate % 8)
    decoder.fail("expected a multiple of 8 registers from 24 to 256, found " + std::to_string(decoder.out.immediate));
  decoder.out.convergence = Convergence::Warp;
  decoder.out.handler = setRegisters;
}

/// Grids run one after the other, so that those a grid depends on are always complete.
static void decodeGridDependency(Decoder &decoder) {
  decoder.takeOneOf({"launch_dependents", "wait"});
  decoder.expectOperands(0);
  decoder.out.handler = nothing;
}

void addBarrierInstructions(DecodeTable &table) {
  table["bar"] = table["barrier"] = decodeBarrier;
  table["membar"] = decodeMembar;
  table["fence"] = decodeFence;
  table["setmaxnreg"] = decodeSetmaxnreg;
  table["griddepcontrol"] = decodeGridDependency;
}

} // namespace sinter::emulator
