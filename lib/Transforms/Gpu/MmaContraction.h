// Products on tensor cores, for all GPUs from sm_80 on.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The block's tile is cut among its warps, a warp's tile into the products of TensorCores.h. Operands pass through
// shared memory in a pipeline of `stages` tiles: while stretch t of k is multiplied, stretches t + 1 to t + stages - 1
// are on their way.
//
//   wait for the copies of stretch t; barrier        all have come, and nobody reads the tile of stretch t - 1 any more
//   start those of stretch t + stages - 1            into that tile
//   multiply stretch t
//
// An operand that lies in 16-byte chunks, all inside or all outside of it, is copied by `cp.async`, past registers. One
// with a prologue is loaded into registers where the copies start and stored after the multiplication, so that the
// latter hides the way from memory: in chunks as well if its sources lie so, else element by element.

#ifndef SINTER_LIB_TRANSFORMS_GPU_MMACONTRACTION_H
#define SINTER_LIB_TRANSFORMS_GPU_MMACONTRACTION_H

#include "ContractionSkeleton.h"
#include "TensorCores.h"

#include <optional>

namespace sinter {

struct MmaTile {
  BlockTile block;
  int64_t chunks; ///< of 16 bytes along k, of a stretch
  int64_t stages;
  BlockTile warps; ///< number of warps in each direction

  int64_t threads() const { return warps.m * warps.n * kWarp; }
};

class MmaContraction : public ContractionSkeleton {
public:
  MmaContraction(DeviceFunction &function, const ContractionProblem &problem, const MmaTile &tile);

  /// True if tensor cores compute it: operands of f16 or bf16; of f32 if those may be rounded to tf32.
  static bool computes(const ContractionProblem &problem, bool roundsToTf32);
  static MmaTile choose(const ContractionProblem &problem);

private:
  /// How a side gets to shared memory.
  struct Copy {
    const Side *side;
    bool alongK;   ///< the tile is [at][k], else [k][at]
    bool isAsync;  ///< past registers
    int64_t lanes; ///< elements that are copied at once
    std::optional<SharedTile> tile;
  };

  void allocate() override;
  int64_t accumulatorCount() const override;
  Values emitStretches(Values accumulators) override;
  void emitEpilogue(llvm::ArrayRef<Value> accumulators) override;
  Values multiply(Value stage, Values sums);

  // MmaCopies.cpp
  Copy planCopy(const Side &side) const;
  bool lieInChunks(const Side &side, bool alongK) const;
  /// Pieces of a tile that each thread copies.
  int64_t pieces(const Copy &copy) const;
  int64_t tileBytes(const Copy &copy) const;
  /// Starts the copies of a stretch; gives the pieces that are on their way in registers.
  Values start(Value stretch, Value stage);
  /// The same if `condition` holds.
  Values startIf(Value condition, Value stretch, Value stage);
  void startChunks(const Copy &copy, Value stretch, Value stage);
  Values loadPieces(const Copy &copy, Value stretch);
  /// Puts those pieces into shared memory.
  void finish(llvm::ArrayRef<Value> loaded, Value stage);
  /// Row and column, in the tile, of the thread's piece number `number`.
  std::pair<Value, Value> position(const Copy &copy, int64_t number);

  MmaTile tile;
  mlir::Type operandType;
  int64_t bk;    ///< elements of a stretch
  bool checksK;  ///< the last stretch may be shorter
  Value storage; ///< bytes of the tiles, then of slabs
  Copy leftCopy, rightCopy;
};

} // namespace sinter

#endif // SINTER_LIB_TRANSFORMS_GPU_MMACONTRACTION_H
