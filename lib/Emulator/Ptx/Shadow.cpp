// How are races, reads of nothing and missing proxy fences found? See Shadow.h.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Shadow.h"

namespace sinter::emulator {

void AccessShadow::reset(uint32_t bytes, unsigned granule, uint64_t newBase, bool newHasContents) {
  unsigned newShift = granule == 1 ? 0 : granule == 2 ? 1 : 2;
  if (newShift != shift)
    cells.clear();
  shift = newShift;
  base = newBase;
  hasContents = newHasContents;
  size_t count = (size_t(bytes) + 3) >> shift;
  if (cells.size() < count)
    cells.resize(count);
  readers.clear();
  freeList = nobody;
}

bool AccessShadow::unordered(Epoch earlier, Epoch now, const Knowledge &knowledge) const {
  if (isStale(earlier) || earlier.actor() == now.actor())
    return false;
  return !knowledge.seen.covers(earlier) && !(earlier.isAtomic() && now.isAtomic());
}

/// Lanes of a warp are ordered by what begins a new time of it: `bar.warp.sync` and all that synchronizes more. Those
/// of one instruction are not told apart.
bool AccessShadow::sameWarpUnordered(Epoch earlier, uint8_t earlierLane, uint32_t earlierPc, Epoch now, uint8_t lane,
                                     uint32_t pc) {
  return lane != noLane && earlierLane != noLane && earlierLane != lane && earlierPc != pc &&
         earlier.actor() == now.actor() && earlier.time() == now.time() && !(earlier.isAtomic() && now.isAtomic());
}

/// One reader is kept in the cell; readers that are not ordered with it stand beside.
void AccessShadow::noteReader(Cell &cell, Epoch epoch, const Knowledge &knowledge, uint32_t pc, uint8_t lane) {
  const bool isFirst = isStale(cell.read), isSameActor = cell.read.actor() == epoch.actor();
  if (!isFirst && !isSameActor && !knowledge.seen.covers(cell.read))
    return noteFurtherReader(cell, epoch, pc);
  if (isFirst)
    cell.others = nobody;
  const bool isSameTime = isSameActor && cell.read.time() == epoch.time();
  cell.readLane = isSameTime && cell.readLane != lane ? manyLanes : lane;
  cell.read = epoch;
  cell.readPc = pc;
}

void AccessShadow::noteFurtherReader(Cell &cell, Epoch epoch, uint32_t pc) {
  uint32_t *link = &cell.others;
  for (; *link != nobody; link = &readers[*link].next)
    if (Reader &reader = readers[*link]; reader.epoch.actor() == epoch.actor()) {
      reader.epoch = epoch, reader.pc = pc;
      return;
    }
  uint32_t place = freeList;
  if (place == nobody) {
    *link = uint32_t(readers.size());
    readers.push_back({epoch, pc, nobody});
    return;
  }
  freeList = readers[place].next;
  *link = place;
  readers[place] = {epoch, pc, nobody};
}

void AccessShadow::forgetReaders(Cell &cell) {
  if (!isStale(cell.read) && cell.others != nobody) {
    uint32_t last = cell.others;
    while (readers[last].next != nobody)
      last = readers[last].next;
    readers[last].next = freeList;
    freeList = cell.others;
  }
  cell.others = nobody;
  cell.read = Epoch();
}

Conflict AccessShadow::read(uint32_t offset, uint32_t bytes, Epoch epoch, const Knowledge &knowledge, uint32_t pc,
                            uint8_t lane) {
  uint32_t end = (offset + bytes - 1) >> shift;
  for (uint32_t index = offset >> shift; index <= end; ++index) {
    Cell &cell = cells[index];
    if (isStale(cell.write) && !hasContents)
      return {Conflict::Uninitialized, index << shift, 0, 0};
    if (unordered(cell.write, epoch, knowledge) ||
        sameWarpUnordered(cell.write, cell.writeLane, cell.writePc, epoch, lane, pc))
      return {Conflict::RaceWithWrite, index << shift, cell.write.actor(), cell.writePc};
    if (epoch.isAsyncProxy() && !isStale(cell.write) && !cell.write.isAsyncProxy() &&
        !knowledge.fenced.covers(cell.write))
      return {Conflict::MissingProxyFence, index << shift, cell.write.actor(), cell.writePc};
    noteReader(cell, epoch, knowledge, pc, lane);
  }
  return {};
}

Conflict AccessShadow::conflictWithReaders(uint32_t index, const Cell &cell, Epoch epoch,
                                           const Knowledge &knowledge) const {
  if (isStale(cell.read))
    return {};
  if (unordered(cell.read, epoch, knowledge))
    return {Conflict::RaceWithRead, index << shift, cell.read.actor(), cell.readPc};
  for (uint32_t other = cell.others; other != nobody; other = readers[other].next)
    if (unordered(readers[other].epoch, epoch, knowledge))
      return {Conflict::RaceWithRead, index << shift, readers[other].epoch.actor(), readers[other].pc};
  return {};
}

Conflict AccessShadow::write(uint32_t offset, uint32_t bytes, Epoch epoch, const Knowledge &knowledge, uint32_t pc,
                             uint8_t lane) {
  uint32_t end = (offset + bytes - 1) >> shift;
  for (uint32_t index = offset >> shift; index <= end; ++index) {
    Cell &cell = cells[index];
    if (unordered(cell.write, epoch, knowledge) ||
        sameWarpUnordered(cell.write, cell.writeLane, cell.writePc, epoch, lane, pc))
      return {Conflict::RaceWithWrite, index << shift, cell.write.actor(), cell.writePc};
    if (sameWarpUnordered(cell.read, cell.readLane, cell.readPc, epoch, lane, pc))
      return {Conflict::RaceWithRead, index << shift, cell.read.actor(), cell.readPc};
    Conflict conflict = conflictWithReaders(index, cell, epoch, knowledge);
    if (conflict.kind != Conflict::None)
      return conflict;
    cell.write = epoch;
    cell.writePc = pc;
    cell.writeLane = lane;
    forgetReaders(cell);
  }
  return {};
}

} // namespace sinter::emulator
