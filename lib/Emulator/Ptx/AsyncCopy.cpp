// How are copies of a few bytes for each thread made in the background: cp.async, its groups and its mbarrier form?
//
// Groups are those of a warp here: hardware counts them for each thread. Programs whose lanes commit or wait
// differently see more copies complete than they may rely on.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "AsyncCopy.h"
#include "Decoder.h"
#include "Mbarrier.h"
#include "MemoryOrder.h"

#include <cstring>

namespace sinter::emulator {

static AsyncGroups &copiesOf(Warp &warp) {
  AsyncGroups &copies = warp.copies;
  if (!copies.actor) {
    copies.actor = warp.block.cluster.newActor("cp.async of warp " + std::to_string(warp.index));
    copies.openTime = warp.block.cluster.tick(copies.actor);
  }
  return copies;
}

namespace {
struct LaneCopy {
  unsigned lane;
  SharedPlace to;
  const uint8_t *from;
  uint32_t bytes; ///< the rest is filled with zeros
};
} // namespace

/// Sources and places are checked when the instruction executes, races when the copy happens.
static std::vector<LaneCopy> laneCopies(Warp &warp, const Instruction &instruction, uint32_t mask, uint32_t size,
                                        Epoch epoch) {
  std::vector<LaneCopy> copies;
  for (uint32_t rest = mask; rest; rest &= rest - 1) {
    unsigned lane = static_cast<unsigned>(__builtin_ctz(rest));
    uint32_t bytes = instruction.source[2] == noOperand ? size : warp.lanes<uint32_t>(instruction.source[2])[lane];
    if (bytes > size)
      warp.fail(static_cast<int>(lane),
                "expected at most " + std::to_string(size) + " bytes from the source, found " + std::to_string(bytes));
    uint64_t from = sourceAddress(warp, instruction, lane);
    if (from % size)
      warp.fail(static_cast<int>(lane),
                "misaligned address of the source: expected a multiple of " + std::to_string(size));
    SharedPlace to = sharedPlace(warp, lane, addressOf(warp, instruction, 0, lane), size, size);
    const uint8_t *pointer = nullptr;
    if (bytes) {
      pointer = globalPointer(warp, static_cast<int>(lane), from, bytes, false);
      checkGlobal(warp, static_cast<int>(lane), from, bytes, false);
      checkGlobalOrder(warp, static_cast<int>(lane), from, bytes, false, epoch);
    }
    copies.push_back({lane, to, pointer, bytes});
  }
  return copies;
}

static Status copy(Warp &warp, const Instruction &instruction, uint32_t mask) {
  AsyncGroups &groups = copiesOf(warp);
  uint32_t size = instruction.elementBytes, pc = warp.currentPc;
  Epoch epoch(groups.actor, groups.openTime);
  auto copies = laneCopies(warp, instruction, mask, size, epoch);
  auto operation = std::make_shared<AsyncOperation>();
  operation->step = [&warp, copies = std::move(copies), knowledge = warp.knowledge, epoch, size, pc] {
    InPlaceOf at(warp, pc);
    for (const LaneCopy &copy : copies) {
      checkShared(warp, static_cast<int>(copy.lane), copy.to, size, Access::Write, epoch, knowledge);
      memset(copy.to.pointer(), 0, size);
      if (copy.bytes)
        memcpy(copy.to.pointer(), copy.from, copy.bytes);
    }
    return true;
  };
  groups.open.push_back(operation);
  warp.block.cluster.enqueue(operation);
  return Status::Next;
}

//===----------------------------------------------------------------------===//
// Groups
//===----------------------------------------------------------------------===//

void commitGroup(Warp &warp, AsyncGroups &groups) {
  groups.committed.push_back(std::move(groups.open));
  groups.open.clear();
  groups.times.push_back(groups.openTime);
  groups.openTime = warp.block.cluster.tick(groups.actor);
}

static Status commit(Warp &warp, const Instruction &, uint32_t) {
  commitGroup(warp, copiesOf(warp));
  return Status::Next;
}

static Status wait(Warp &warp, const Instruction &instruction, uint32_t) {
  AsyncGroups &groups = copiesOf(warp);
  if (instruction.modifiers) // all of them, committed or not
    commitGroup(warp, groups);
  while (groups.committed.size() > static_cast<size_t>(instruction.immediate)) {
    for (const AsyncPointer &operation : groups.committed.front())
      operation->finish();
    warp.knowledge.seen.raise(groups.actor, groups.times.front());
    groups.committed.pop_front();
    groups.times.pop_front();
  }
  return Status::Next;
}

/// Arrives once all copies that the lanes have begun are complete.
static Status arriveAfterCopies(Warp &warp, const Instruction &instruction, uint32_t mask) {
  AsyncGroups &groups = copiesOf(warp);
  std::vector<AsyncPointer> earlier = groups.open;
  for (const auto &group : groups.committed)
    earlier.insert(earlier.end(), group.begin(), group.end());
  uint64_t time = groups.openTime;
  groups.openTime = warp.block.cluster.tick(groups.actor);
  for (uint32_t rest = mask; rest; rest &= rest - 1) {
    unsigned lane = static_cast<unsigned>(__builtin_ctz(rest));
    Mbarrier *mbarrier = &mbarrierAt(warp, lane, addressOf(warp, instruction, 0, lane), Access::Atomic);
    if (!instruction.modifiers) // without .noinc the arrival is one more than the mbarrier was made for
      ++mbarrier->pending;
    auto operation = std::make_shared<AsyncOperation>();
    Actor actor = groups.actor;
    operation->step = [&warp, earlier, mbarrier, actor, time, lane, pc = warp.currentPc] {
      InPlaceOf at(warp, pc);
      for (const AsyncPointer &before : earlier)
        before->finish();
      mbarrier->released.seen.raise(actor, time);
      arriveAt(warp, static_cast<int>(lane), *mbarrier, 1);
      return true;
    };
    warp.block.cluster.enqueue(operation);
  }
  return Status::Next;
}

//===----------------------------------------------------------------------===//
// Decoding
//===----------------------------------------------------------------------===//

uint64_t sourceAddress(Warp &warp, const Instruction &instruction, unsigned lane) {
  const uint32_t *list = warp.list(instruction);
  uint64_t base = list[1] == 64 ? warp.lanes<uint64_t>(list[0])[lane] : warp.lanes<uint32_t>(list[0])[lane];
  return base + (uint64_t(list[3]) << 32 | list[2]);
}

void decodeSourceAddress(Decoder &decoder, const syntax::Operand &operand) {
  Instruction saved = decoder.out;
  decoder.address(operand, 3);
  uint32_t place = decoder.out.source[3];
  uint32_t width = decoder.out.wideAddress ? 64 : 32;
  auto offset = static_cast<uint64_t>(decoder.out.immediate);
  decoder.out = saved;
  decoder.out.list =
      decoder.appendList({place, width, static_cast<uint32_t>(offset), static_cast<uint32_t>(offset >> 32)});
}

static void decodeCopy(Decoder &decoder) {
  decoder.takeOneOf({"ca", "cg"});
  if (!decoder.take("shared") && !decoder.take("shared::cta"))
    decoder.fail("expected .shared for the destination");
  decoder.takeOneOf({"global"});
  while (!decoder.takePrefixed("L2::").empty())
    continue;
  decoder.expectOperands(3, 5);
  decoder.address(decoder.operand(0), 0);
  decodeSourceAddress(decoder, decoder.operand(1));
  int64_t size = decoder.integer(2);
  if (size != 4 && size != 8 && size != 16)
    decoder.fail("expected 4, 8 or 16 bytes, found " + std::to_string(size));
  decoder.out.elementBytes = static_cast<uint8_t>(size);
  if (decoder.operandCount() >= 4 && decoder.registerBits(decoder.operand(3)) != 64) // else a cache policy
    decoder.out.source[2] = decoder.source(3, Type::U32);
  noteAccess(decoder, Space::Shared, static_cast<unsigned>(size), Order::Weak);
  decoder.out.handler = copy;
}

static void decodeArriveAfterCopies(Decoder &decoder) {
  decoder.takeOneOf({"arrive"});
  decoder.out.modifiers = decoder.take("noinc");
  takeSpaceOf(decoder);
  decoder.takeOneOf({"b64"});
  decoder.expectOperands(1);
  decoder.address(decoder.operand(0), 0);
  decoder.out.handler = arriveAfterCopies;
}

static void decodeCp(Decoder &decoder) {
  decoder.takeOneOf({"async"});
  if (decoder.take("bulk"))
    return decodeBulkCopy(decoder);
  if (decoder.take("mbarrier"))
    return decodeArriveAfterCopies(decoder);
  if (decoder.take("commit_group")) {
    decoder.expectOperands(0);
    decoder.out.handler = commit;
  } else if (decoder.take("wait_all")) {
    decoder.expectOperands(0);
    decoder.out.modifiers = 1;
    decoder.out.handler = wait;
  } else if (decoder.take("wait_group")) {
    decoder.expectOperands(1);
    decoder.out.immediate = decoder.integer(0);
    decoder.out.handler = wait;
  } else
    decodeCopy(decoder);
}

void addCopyInstructions(DecodeTable &table) {
  table["cp"] = decodeCp;
}

} // namespace sinter::emulator
