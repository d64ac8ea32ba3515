// Who touched which bytes last, and was it ordered?
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef SINTER_EMULATOR_PTX_SHADOW_H
#define SINTER_EMULATOR_PTX_SHADOW_H

#include "Clock.h"

#include <vector>

namespace sinter::emulator {

/// What is wrong with an access.
struct Conflict {
  enum Kind { None, Uninitialized, RaceWithWrite, RaceWithRead, MissingProxyFence } kind = None;
  uint32_t offset = 0;
  Actor other = 0;
  uint32_t otherPc = 0;
};

/// The lane of an access that is not one warp's, or whose lanes are not told apart.
constexpr uint8_t noLane = 0xff;

/// Of one block's shared memory, or of a page of global memory. Epochs before `base` are those of earlier blocks: they
/// never happened.
class AccessShadow {
public:
  /// `hasContents`: what nobody has written may be read.
  void reset(uint32_t bytes, unsigned granule, uint64_t base, bool hasContents = false);

  Conflict read(uint32_t offset, uint32_t bytes, Epoch epoch, const Knowledge &knowledge, uint32_t pc,
                uint8_t lane = noLane);
  Conflict write(uint32_t offset, uint32_t bytes, Epoch epoch, const Knowledge &knowledge, uint32_t pc,
                 uint8_t lane = noLane);

private:
  static constexpr uint32_t nobody = 0xffffffff;
  /// One of the readers of a cell beside Cell::read; they form a list.
  struct Reader {
    Epoch epoch;
    uint32_t pc;
    uint32_t next; ///< in `readers`, or `nobody`
  };
  struct Cell {
    Epoch write, read;
    uint32_t writePc = 0, readPc = 0;
    uint32_t others = nobody; ///< the first of further readers, in `readers`; means nothing where `read` is stale
    uint8_t writeLane = noLane, readLane = noLane; ///< the last reader's is `manyLanes` if the warp has several
  };
  static constexpr uint8_t manyLanes = 0xfe;
  bool isStale(Epoch epoch) const { return epoch.time() < base; }
  bool unordered(Epoch earlier, Epoch now, const Knowledge &knowledge) const;
  static bool sameWarpUnordered(Epoch earlier, uint8_t earlierLane, uint32_t earlierPc, Epoch now, uint8_t lane,
                                uint32_t pc);
  void noteReader(Cell &cell, Epoch epoch, const Knowledge &knowledge, uint32_t pc, uint8_t lane);
  void noteFurtherReader(Cell &cell, Epoch epoch, uint32_t pc);
  void forgetReaders(Cell &cell);
  Conflict conflictWithReaders(uint32_t index, const Cell &cell, Epoch epoch, const Knowledge &knowledge) const;

  std::vector<Cell> cells;
  std::vector<Reader> readers; ///< of all cells; those that are needed no more are in `freeList`
  uint32_t freeList = nobody;
  unsigned shift = 2;
  uint64_t base = 1;
  bool hasContents = false;
};

} // namespace sinter::emulator

#endif // SINTER_EMULATOR_PTX_SHADOW_H
