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
  manyReaders.clear();
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
void AccessShadow::noteReader(uint32_t index, Cell &cell, Epoch epoch, const Knowledge &knowledge, uint32_t pc,
                              uint8_t lane) {
  bool replaces = isStale(cell.read) || cell.read.actor() == epoch.actor() || knowledge.seen.covers(cell.read);
  if (replaces) {
    bool isSameTime = cell.read.actor() == epoch.actor() && cell.read.time() == epoch.time();
    cell.readLane = isSameTime && cell.readLane != lane ? manyLanes : lane;
    cell.read = epoch;
    cell.readPc = pc;
    return;
  }
  auto &readers = manyReaders[index];
  for (Reader &reader : readers)
    if (reader.epoch.actor() == epoch.actor()) {
      reader = {epoch, pc};
      return;
    }
  readers.push_back({epoch, pc});
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
    noteReader(index, cell, epoch, knowledge, pc, lane);
  }
  return {};
}

Conflict AccessShadow::conflictWithReaders(uint32_t index, Cell &cell, Epoch epoch, const Knowledge &knowledge) const {
  if (unordered(cell.read, epoch, knowledge))
    return {Conflict::RaceWithRead, index << shift, cell.read.actor(), cell.readPc};
  if (manyReaders.empty())
    return {};
  auto found = manyReaders.find(index);
  if (found == manyReaders.end())
    return {};
  for (const Reader &reader : found->second)
    if (unordered(reader.epoch, epoch, knowledge))
      return {Conflict::RaceWithRead, index << shift, reader.epoch.actor(), reader.pc};
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
    cell.read = Epoch();
    if (!manyReaders.empty())
      manyReaders.erase(index);
  }
  return {};
}

} // namespace sinter::emulator
