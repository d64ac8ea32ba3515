// Where do the elements of a tile lie in shared memory?
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "StagedTile.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;

namespace sinter {

/// Chunks that all banks hold together.
static constexpr int64_t kChunksOfBanks = 8;

SmallVector<Value> StagedTile::place(IndexMath &math, Value stage, Value row, Value column) const {
  int64_t phases = std::min(chunksOfRow(), kChunksOfBanks);
  Value phase = math.rem(inPairs ? math.mul(row, 2) : math.div(row, kChunksOfBanks / phases), phases);
  Value placed = math.bitXor(math.div(column, chunk()), phase);
  return {stage, row, math.add(math.mul(placed, chunk()), math.rem(column, chunk()))};
}

} // namespace sinter
