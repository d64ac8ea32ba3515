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

/// One reader is kept in the cell; readers that are not ordered with it stand beside.
void AccessShadow::noteReader(uint32_t index, Cell &cell, Epoch epoch, const Knowledge &knowledge, uint32_t pc) {
  bool replaces = isStale(cell.read) || cell.read.actor() == epoch.actor() || knowledge.seen.covers(cell.read);
  if (replaces) {
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

Conflict AccessShadow::read(uint32_t offset, uint32_t bytes, Epoch epoch, const Knowledge &knowledge, uint32_t pc) {
  uint32_t end = (offset + bytes - 1) >> shift;
  for (uint32_t index = offset >> shift; index <= end; ++index) {
    Cell &cell = cells[index];
    if (isStale(cell.write) && !hasContents)
      return {Conflict::Uninitialized, index << shift, 0, 0};
    if (unordered(cell.write, epoch, knowledge))
      return {Conflict::RaceWithWrite, index << shift, cell.write.actor(), cell.writePc};
    if (epoch.isAsyncProxy() && !isStale(cell.write) && !cell.write.isAsyncProxy() &&
        !knowledge.fenced.covers(cell.write))
      return {Conflict::MissingProxyFence, index << shift, cell.write.actor(), cell.writePc};
    noteReader(index, cell, epoch, knowledge, pc);
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

Conflict AccessShadow::write(uint32_t offset, uint32_t bytes, Epoch epoch, const Knowledge &knowledge, uint32_t pc) {
  uint32_t end = (offset + bytes - 1) >> shift;
  for (uint32_t index = offset >> shift; index <= end; ++index) {
    Cell &cell = cells[index];
    if (unordered(cell.write, epoch, knowledge))
      return {Conflict::RaceWithWrite, index << shift, cell.write.actor(), cell.writePc};
    Conflict conflict = conflictWithReaders(index, cell, epoch, knowledge);
    if (conflict.kind != Conflict::None)
      return conflict;
    cell.write = epoch;
    cell.writePc = pc;
    cell.read = Epoch();
    if (!manyReaders.empty())
      manyReaders.erase(index);
  }
  return {};
}

} // namespace sinter::emulator
