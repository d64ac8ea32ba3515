// How are races between blocks found? See GlobalShadow.h.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "GlobalShadow.h"

namespace sinter::emulator {

GlobalShadow::Cell *GlobalShadow::page(uint64_t number) {
  // Blocks touch the same page many times in a row: each host thread remembers its last one.
  thread_local struct {
    const GlobalShadow *owner = nullptr;
    uint64_t number = 0;
    Cell *cells = nullptr;
    uint64_t serial = 0;
  } last;
  if (last.owner == this && last.number == number && last.serial == serial)
    return last.cells;
  Shard &shard = shards[number % 16];
  std::lock_guard<std::mutex> lock(shard.mutex);
  auto &cells = shard.pages[number];
  if (!cells)
    cells = std::make_unique<Cell[]>(size_t(1) << (pageBits - shift));
  last = {this, number, cells.get(), serial};
  return cells.get();
}

uint32_t GlobalShadow::touch(Cell &cell, bool writes, uint32_t block) {
  uint32_t writer = cell.writer.load(std::memory_order_relaxed);
  if (writer != 0 && writer != block)
    return writer;
  uint32_t reader = cell.reader.load(std::memory_order_relaxed);
  if (!writes) {
    if (reader != block && reader != manyBlocks)
      cell.reader.store(reader == 0 ? block : manyBlocks, std::memory_order_relaxed);
    return 0;
  }
  if (reader != 0 && reader != block)
    return reader;
  if (writer == 0) {
    uint32_t found = 0;
    if (!cell.writer.compare_exchange_strong(found, block, std::memory_order_relaxed) && found != block)
      return found;
  }
  return 0;
}

uint32_t GlobalShadow::access(uint64_t address, uint32_t bytes, bool writes, uint32_t block) {
  uint64_t end = (address + bytes - 1) >> shift;
  for (uint64_t index = address >> shift; index <= end; ++index) {
    Cell *cells = page(index >> (pageBits - shift));
    uint64_t inPage = index & ((uint64_t(1) << (pageBits - shift)) - 1);
    if (uint32_t other = touch(cells[inPage], writes, block))
      return other;
  }
  return 0;
}

} // namespace sinter::emulator
