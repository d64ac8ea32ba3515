// Do blocks of one launch touch the same global memory without atomics?
//
// Blocks are not ordered with each other, so any byte that one block writes and another reads or writes is a race.
// Kernels whose blocks synchronize through atomics are not checked: what they order is not known here.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef SINTER_EMULATOR_PTX_GLOBALSHADOW_H
#define SINTER_EMULATOR_PTX_GLOBALSHADOW_H

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <unordered_map>

namespace sinter::emulator {

/// Of one launch; blocks on several host threads share it.
class GlobalShadow {
public:
  explicit GlobalShadow(unsigned granule) : shift(granule == 1 ? 0 : granule == 2 ? 1 : 2), serial(++launches) {}

  /// Number (from 1) of the other block that the access races with; 0 when there is none. `block` counts from 1.
  uint32_t access(uint64_t address, uint32_t bytes, bool writes, uint32_t block);

private:
  static constexpr unsigned pageBits = 12;
  static constexpr uint32_t manyBlocks = ~uint32_t(0);
  struct Cell {
    std::atomic<uint32_t> writer{0}, reader{0};
  };
  struct Shard {
    std::mutex mutex;
    std::unordered_map<uint64_t, std::unique_ptr<Cell[]>> pages;
  };
  Cell *page(uint64_t number);
  static uint32_t touch(Cell &cell, bool writes, uint32_t block);

  static inline std::atomic<uint64_t> launches{0};
  unsigned shift;
  uint64_t serial; ///< tells launches apart that lie at the same address one after the other
  Shard shards[16];
};

} // namespace sinter::emulator

#endif // SINTER_EMULATOR_PTX_GLOBALSHADOW_H
