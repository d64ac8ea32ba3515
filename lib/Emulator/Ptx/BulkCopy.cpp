// How are large copies made in the background: cp.async.bulk and cp.async.bulk.tensor?
//
// global, or a tensor -> shared memory of one or several blocks: each of them gets the bytes, and an mbarrier of its
// own counts them. shared -> global memory, or a tensor: in groups of the issuing thread, in two steps, read and
// written.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "AsyncCopy.h"
#include "Mbarrier.h"
#include "MemoryOrder.h"
#include "TensorTile.h"

#include <cstring>

namespace sinter::emulator {

using syntax::Operand;

static const BulkCopyForm &formOf(const Warp &warp, const Instruction &instruction) {
  return warp.program->bulkCopies[static_cast<size_t>(instruction.immediate)];
}

static uint64_t addressOf(Warp &warp, const AddressOperand &operand, unsigned lane) {
  uint64_t base = operand.wide ? warp.lanes<uint64_t>(operand.place)[lane] : warp.lanes<uint32_t>(operand.place)[lane];
  return base + static_cast<uint64_t>(operand.offset);
}

//===----------------------------------------------------------------------===//
// What is copied
//===----------------------------------------------------------------------===//

namespace {
/// One copy of one thread, with everything known that the instruction says.
struct Transfer {
  bool tensor = false;
  TensorMap map;
  int32_t coordinates[5] = {};
  uint64_t global = 0; ///< of plain copies
  uint32_t bytes = 0;  ///< in shared memory
  unsigned lane = 0;
  uint32_t pc = 0;
};
} // namespace

static void readMap(Warp &warp, unsigned lane, uint64_t address, size_t coordinates, TensorMap &map) {
  constexpr unsigned mapAlign = 64;
  if (address % mapAlign)
    warp.fail(static_cast<int>(lane), "the tensor map is misaligned: expected a multiple of 64");
  memcpy(&map, globalPointer(warp, static_cast<int>(lane), address, sizeof map, false), sizeof map);
  if (map.magic != tensorMapMagic)
    warp.fail(static_cast<int>(lane), "expected a tensor map, made by cuTensorMapEncodeTiled, at this address");
  if (coordinates != map.rank)
    warp.fail(static_cast<int>(lane), "the tensor map has " + std::to_string(map.rank) + " dimensions, found " +
                                          std::to_string(coordinates) + " coordinates");
}

static Transfer transferOf(Warp &warp, const BulkCopyForm &form, unsigned lane) {
  Transfer transfer;
  transfer.tensor = form.tensor;
  transfer.lane = lane;
  transfer.pc = warp.currentPc;
  bool loads = form.direction == BulkCopyForm::GlobalToShared;
  transfer.global =
      form.direction == BulkCopyForm::SharedToShared ? 0 : addressOf(warp, loads ? form.from : form.to, lane);
  if (!form.tensor) {
    transfer.bytes = warp.lanes<uint32_t>(form.size)[lane];
    if (transfer.bytes == 0 || transfer.bytes % 16 || transfer.global % 16)
      warp.fail(static_cast<int>(lane), "expected a multiple of 16 bytes at a multiple of 16, found " +
                                            std::to_string(transfer.bytes) + " bytes");
    if (form.direction != BulkCopyForm::SharedToShared) {
      globalPointer(warp, static_cast<int>(lane), transfer.global, transfer.bytes, !loads);
      checkGlobal(warp, static_cast<int>(lane), transfer.global, transfer.bytes, !loads);
    }
    return transfer;
  }
  readMap(warp, lane, transfer.global, form.coordinates.size(), transfer.map);
  for (size_t i = 0; i < form.coordinates.size(); ++i)
    transfer.coordinates[i] = warp.lanes<int32_t>(form.coordinates[i])[lane];
  // Hardware refuses it as an illegal instruction.
  if (transfer.coordinates[0] * int32_t(transfer.map.elementBytes) % 16)
    warp.fail(static_cast<int>(lane), "expected rows of a tile to begin on a multiple of 16 bytes, found coordinate " +
                                          std::to_string(transfer.coordinates[0]) + " of elements of " +
                                          std::to_string(transfer.map.elementBytes) + " bytes");
  transfer.bytes = tileBytes(transfer.map);
  return transfer;
}

static SharedPlace sharedSide(Warp &warp, const Transfer &transfer, uint64_t address) {
  uint32_t align = transfer.tensor ? 128 : 16;
  return sharedPlace(warp, transfer.lane, address, transfer.bytes, align);
}

static unsigned spanOf(const Transfer &transfer) {
  return transfer.tensor ? transfer.map.swizzle : 0;
}

//===----------------------------------------------------------------------===//
// To shared memory
//===----------------------------------------------------------------------===//

static void gatherTile(Warp &warp, const Transfer &transfer, const SharedPlace &place) {
  uint8_t *shared = place.block->shared.data();
  const TensorMap &map = transfer.map;
  forEachElement(map, transfer.coordinates, [&](uint32_t offset, unsigned bytes, uint64_t address) {
    uint8_t *to = shared + swizzled(place.offset + offset, map.swizzle);
    if (!address) {
      memset(to, map.fillNan ? 0xff : 0, bytes);
      return;
    }
    memcpy(to, globalPointer(warp, static_cast<int>(transfer.lane), address, bytes, false), bytes);
    checkGlobal(warp, static_cast<int>(transfer.lane), address, bytes, false);
  });
}

static void deliver(Warp &warp, const Transfer &transfer, const SharedPlace &place, const SharedPlace &source,
                    uint32_t mbarrierOffset, const Knowledge &knowledge) {
  Mbarrier *mbarrier = place.block->mbarrierAt(mbarrierOffset);
  if (!mbarrier)
    warp.fail(static_cast<int>(transfer.lane), "the mbarrier on which the copy completes has been invalidated");
  uint64_t time = warp.block.cluster.tick(mbarrier->actor);
  Epoch epoch(mbarrier->actor, time, false, true);
  if (source.block)
    checkShared(warp, static_cast<int>(transfer.lane), source, transfer.bytes, Access::Read, epoch, knowledge);
  checkShared(warp, static_cast<int>(transfer.lane), place, transfer.bytes, Access::Write, epoch, knowledge);
  if (source.block)
    memcpy(place.pointer(), source.pointer(), transfer.bytes);
  else if (transfer.tensor)
    gatherTile(warp, transfer, place);
  else
    memcpy(place.pointer(), reinterpret_cast<const void *>(transfer.global), transfer.bytes);
  completeBytes(*mbarrier, transfer.bytes, time);
}

/// Blocks that get the data: those of the mask, else the one that the destination lies in.
static std::vector<Block *> receivers(Warp &warp, const BulkCopyForm &form, const Transfer &transfer, Block *own) {
  if (form.blocks == noOperand)
    return {own};
  std::vector<Block *> blocks;
  uint32_t mask = warp.lanes<uint16_t>(form.blocks)[transfer.lane];
  auto &all = warp.block.cluster.blocks;
  if (mask == 0 || mask >> all.size())
    warp.fail(static_cast<int>(transfer.lane), "expected a mask of the " + std::to_string(all.size()) +
                                                   " blocks of the cluster, found " + std::to_string(mask));
  for (size_t rank = 0; rank < all.size(); ++rank)
    if (mask >> rank & 1)
      blocks.push_back(all[rank].get());
  return blocks;
}

static void loadLane(Warp &warp, const BulkCopyForm &form, unsigned lane) {
  Transfer transfer = transferOf(warp, form, lane);
  SharedPlace to = sharedSide(warp, transfer, addressOf(warp, form.to, lane));
  SharedPlace at = sharedPlace(warp, lane, addressOf(warp, form.mbarrier, lane), 8, 8);
  if (form.blocks == noOperand && at.block != to.block)
    warp.fail(static_cast<int>(lane), "expected the mbarrier in the block that the data goes to");
  SharedPlace source;
  if (form.direction == BulkCopyForm::SharedToShared)
    source = sharedSide(warp, transfer, addressOf(warp, form.from, lane));
  for (Block *block : receivers(warp, form, transfer, to.block)) {
    SharedPlace place{block, to.offset};
    if (!block->mbarrierAt(at.offset))
      warp.fail(static_cast<int>(lane), "no mbarrier is initialized at shared address " +
                                            std::to_string(at.offset + sharedBase) + " of the block with rank " +
                                            std::to_string(block->rank));
    auto operation = std::make_shared<AsyncOperation>();
    operation->step = [&warp, transfer, place, source, offset = at.offset, knowledge = warp.knowledge] {
      InPlaceOf instruction(warp, transfer.pc);
      deliver(warp, transfer, place, source, offset, knowledge);
      return true;
    };
    warp.block.cluster.enqueue(operation);
  }
  ++warp.block.cluster.bulkCopies;
}

static Status load(Warp &warp, const Instruction &instruction, uint32_t mask) {
  for (uint32_t rest = mask; rest; rest &= rest - 1)
    loadLane(warp, formOf(warp, instruction), static_cast<unsigned>(__builtin_ctz(rest)));
  return Status::Next;
}

//===----------------------------------------------------------------------===//
// From shared memory
//===----------------------------------------------------------------------===//

static AsyncGroups &storesOf(Warp &warp, unsigned lane) {
  AsyncGroups &groups = warp.bulkStores[lane];
  if (!groups.actor) {
    groups.actor = warp.block.cluster.newActor("a bulk copy of thread " + std::to_string(warp.threadIndex(lane)));
    groups.openTime = warp.block.cluster.tick(groups.actor);
  }
  return groups;
}

/// The bytes of the tile in their order in the box, or of a plain copy.
static std::vector<uint8_t> readShared(const Transfer &transfer, const SharedPlace &place) {
  std::vector<uint8_t> bytes(transfer.bytes);
  const uint8_t *shared = place.block->shared.data();
  for (uint32_t i = 0; i < transfer.bytes; ++i)
    bytes[i] = shared[swizzled(place.offset + i, spanOf(transfer))];
  return bytes;
}

static void writeGlobal(Warp &warp, const Transfer &transfer, const std::vector<uint8_t> &bytes) {
  if (!transfer.tensor) {
    memcpy(reinterpret_cast<void *>(transfer.global), bytes.data(), bytes.size());
    return;
  }
  forEachElement(transfer.map, transfer.coordinates, [&](uint32_t offset, unsigned size, uint64_t address) {
    if (!address)
      return;
    memcpy(globalPointer(warp, static_cast<int>(transfer.lane), address, size, true), bytes.data() + offset, size);
    checkGlobal(warp, static_cast<int>(transfer.lane), address, size, true);
  });
}

static void storeLane(Warp &warp, const BulkCopyForm &form, unsigned lane) {
  Transfer transfer = transferOf(warp, form, lane);
  SharedPlace from = sharedSide(warp, transfer, addressOf(warp, form.from, lane));
  AsyncGroups &groups = storesOf(warp, lane);
  Epoch epoch(groups.actor, groups.openTime, false, true);
  auto operation = std::make_shared<AsyncOperation>();
  auto bytes = std::make_shared<std::vector<uint8_t>>();
  operation->step = [&warp, transfer, from, epoch, bytes, knowledge = warp.knowledge, read = false]() mutable {
    InPlaceOf instruction(warp, transfer.pc);
    if (!read) {
      checkShared(warp, static_cast<int>(transfer.lane), from, transfer.bytes, Access::Read, epoch, knowledge);
      *bytes = readShared(transfer, from);
      read = true;
      return false;
    }
    writeGlobal(warp, transfer, *bytes);
    return true;
  };
  groups.open.push_back(operation);
  warp.block.cluster.enqueue(operation);
  ++warp.block.cluster.bulkCopies;
}

static Status store(Warp &warp, const Instruction &instruction, uint32_t mask) {
  for (uint32_t rest = mask; rest; rest &= rest - 1)
    storeLane(warp, formOf(warp, instruction), static_cast<unsigned>(__builtin_ctz(rest)));
  return Status::Next;
}

static Status commit(Warp &warp, const Instruction &, uint32_t mask) {
  for (uint32_t rest = mask; rest; rest &= rest - 1)
    commitGroup(warp, storesOf(warp, static_cast<unsigned>(__builtin_ctz(rest))));
  return Status::Next;
}

/// .read: until shared memory has been read; else until everything has been written.
static void waitLane(Warp &warp, unsigned lane, size_t allowed, bool reads) {
  AsyncGroups &groups = storesOf(warp, lane);
  for (size_t i = 0; i + allowed < groups.committed.size(); ++i) {
    for (const AsyncPointer &operation : groups.committed[i]) {
      if (!reads)
        operation->finish();
      else if (operation->steps == 0)
        operation->advance();
      operation->sourceRead = true;
    }
    warp.knowledge.seen.raise(groups.actor, groups.times[i]);
  }
  while (!reads && groups.committed.size() > allowed) {
    groups.committed.pop_front();
    groups.times.pop_front();
  }
}

static Status wait(Warp &warp, const Instruction &instruction, uint32_t mask) {
  for (uint32_t rest = mask; rest; rest &= rest - 1)
    waitLane(warp, static_cast<unsigned>(__builtin_ctz(rest)), static_cast<size_t>(instruction.immediate),
             instruction.modifiers);
  return Status::Next;
}

//===----------------------------------------------------------------------===//
// Decoding
//===----------------------------------------------------------------------===//

static AddressOperand addressOperand(Decoder &decoder, const Operand &operand) {
  Instruction saved = decoder.out;
  decoder.address(operand, 3);
  AddressOperand result{decoder.out.source[3], decoder.out.wideAddress, decoder.out.immediate};
  decoder.out = saved;
  return result;
}

/// [map, {coordinates}]
static AddressOperand tensorOperand(Decoder &decoder, const Operand &operand, BulkCopyForm &form) {
  if (operand.kind != Operand::Address || operand.elements.size() != 2 || operand.elements[1].kind != Operand::Vector ||
      operand.elements[1].elements.size() > 5)
    decoder.failOperand(operand, "[map, {up to five coordinates}]");
  for (const Operand &coordinate : operand.elements[1].elements)
    form.coordinates.push_back(decoder.source(coordinate, Type::S32));
  return addressOperand(decoder, operand);
}

static const char *const sharedNames[] = {"shared::cluster", "shared::cta", "shared"};

static bool isShared(const std::string &modifier) {
  return modifier == sharedNames[0] || modifier == sharedNames[1] || modifier == sharedNames[2];
}

/// The spaces stand in the opcode in the order destination, source.
static BulkCopyForm::Direction directionOf(Decoder &decoder) {
  std::vector<bool> shared;
  for (const std::string &modifier : decoder.syntaxStatement().opcode)
    if (isShared(modifier) || modifier == "global")
      shared.push_back(isShared(modifier));
  decoder.ignore({"global", "shared::cluster", "shared::cta", "shared"});
  if (shared.size() != 2 || (!shared[0] && !shared[1]))
    decoder.fail("expected a destination and a source, one of them in shared memory");
  return shared[0] ? (shared[1] ? BulkCopyForm::SharedToShared : BulkCopyForm::GlobalToShared)
                   : BulkCopyForm::SharedToGlobal;
}

/// Behind the addresses: {size,} [mbarrier] {, blocks} {, policy}.
static void decodeRest(Decoder &decoder, BulkCopyForm &form, size_t next) {
  bool loads = form.direction != BulkCopyForm::SharedToGlobal;
  if (!form.tensor)
    form.size = decoder.source(next++, Type::U32);
  if (loads)
    form.mbarrier = addressOperand(decoder, decoder.operand(next++));
  if (decoder.take("multicast::cluster"))
    form.blocks = decoder.source(next++, Type::U16);
  if (decoder.take("L2::cache_hint"))
    decoder.source(next++, Type::B64);
  decoder.expectOperands(next);
}

static void decodeTransfer(Decoder &decoder) {
  BulkCopyForm form;
  form.tensor = decoder.take("tensor");
  std::string dimensions;
  if (form.tensor) {
    static const char *const names[] = {"1d", "2d", "3d", "4d", "5d"};
    for (const char *name : names)
      if (decoder.take(name))
        dimensions = name;
    decoder.take("tile");
  }
  form.direction = directionOf(decoder);
  bool loads = form.direction != BulkCopyForm::SharedToGlobal;
  decoder.takeOneOf({loads ? "mbarrier::complete_tx::bytes" : "bulk_group"});
  const Operand &to = decoder.operand(0), &from = decoder.operand(1);
  form.to = form.tensor && !loads ? tensorOperand(decoder, to, form) : addressOperand(decoder, to);
  form.from = form.tensor && loads ? tensorOperand(decoder, from, form) : addressOperand(decoder, from);
  if (form.tensor && dimensions != std::to_string(form.coordinates.size()) + "d")
    decoder.fail("expected as many coordinates as the instruction has dimensions, found " +
                 std::to_string(form.coordinates.size()));
  decodeRest(decoder, form, 2);
  decoder.out.immediate = static_cast<int64_t>(decoder.program.bulkCopies.size());
  decoder.program.bulkCopies.push_back(std::move(form));
  decoder.out.handler = loads ? load : store;
}

/// Brings data nearer: no effect on what is computed.
static void decodePrefetch(Decoder &decoder) {
  decoder.ignore({"L2", "global", "tile", "1d", "2d", "3d", "4d", "5d"});
  BulkCopyForm form;
  if (decoder.take("tensor"))
    tensorOperand(decoder, decoder.operand(0), form);
  else
    addressOperand(decoder, decoder.operand(0));
  decoder.take("L2::cache_hint");
  decoder.out.handler = [](Warp &, const Instruction &, uint32_t) { return Status::Next; };
}

void decodeBulkCopy(Decoder &decoder) {
  if (decoder.take("prefetch"))
    return decodePrefetch(decoder);
  if (decoder.take("commit_group")) {
    decoder.expectOperands(0);
    decoder.out.handler = commit;
  } else if (decoder.take("wait_group")) {
    decoder.out.modifiers = decoder.take("read");
    decoder.expectOperands(1);
    decoder.out.immediate = decoder.integer(0);
    decoder.out.handler = wait;
  } else
    decodeTransfer(decoder);
}

} // namespace sinter::emulator
