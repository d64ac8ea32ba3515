// Products on Hopper's tensor cores (sm_90a), fed by its copy engine.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The warps of a block are specialized. Two groups of four multiply, each half of the tile's rows, by `wgmma`: an
// instruction of a whole group that reads both operands from shared memory and works while the warps go on; its sums
// are in registers. One more warp has the copy engine bring the next stretch of k of both operands, 128 bytes of each
// row, into the next empty stage (StageRing.h).
//
//   copies       stage 0    1    2    3    0 (when read) ...
//   group 0                0    1    2    3 ...            rows 0 .. 63 of the tile
//   group 1                0    1    2    3 ...            rows 64 .. 127
//
// Large tiles read less: a block has a multiprocessor for itself. Where k is short, two blocks with smaller tiles share
// one, so that one multiplies while the other finishes its tile.
//
// Blocks are persistent: where there are more tiles than blocks fit on a large GPU, each computes several, one after
// the other. Stages go on counting from tile to tile, so the next one's operands arrive while the groups finish theirs,
// each warp its own 16 rows, a slab of some columns at a time. How many tiles a block has follows from shapes.
//
// The copy engine is told by a tensor map what an operand looks like. Rows of 128 bytes lie in shared memory with their
// 16-byte chunks permuted (chunk c of row r at c xor r mod 8), which `wgmma` undoes. An operand whose neighbours lie
// along k comes as one box of [rows][64 of k]; one whose neighbours lie along the result as boxes of [64 of k][64], and
// `wgmma` transposes them. Outside of a tensor the engine reads zeros, so sizes need not divide.
//
// PTX ISA: "Asynchronous Warpgroup Level Matrix Instructions", "Tensor Memory Access".

#ifndef SINTER_LIB_TRANSFORMS_GPU_WGMMACONTRACTION_H
#define SINTER_LIB_TRANSFORMS_GPU_WGMMACONTRACTION_H

#include "ContractionSkeleton.h"
#include "StageRing.h"

#include <optional>

namespace sinter {

struct WgmmaTile {
  BlockTile block;
  int64_t stages;
  int64_t residents;   ///< blocks of a multiprocessor
  int64_t slabColumns; ///< that a warp finishes at once
};

class WgmmaContraction : public ContractionSkeleton {
public:
  WgmmaContraction(DeviceFunction &function, const ContractionProblem &problem, const WgmmaTile &tile);

  /// The tile for a product, or null if this skeleton does not compute it: one that MmaContraction would compute, whose
  /// operands are tensors as they lie in memory, that has tiles for a whole GPU. Of tf32 both have to lie along k
  /// (PackOperands.cpp sees to that).
  static const WgmmaTile *choose(const ContractionProblem &problem, bool roundsToTf32);
  /// The tile that follows from types and extents, whatever the layouts; or null.
  static const WgmmaTile *tileFor(const ContractionProblem &problem, bool roundsToTf32);
  /// True if tensor copies can read an operand of the problem, its `lhs` or its `rhs`, as it lies in memory.
  static bool copies(const ContractionProblem &problem, const ContractionOperand &operand);
  static LaunchShape launchShape(const ContractionProblem &problem, const WgmmaTile &tile);

private:
  void allocate() override;
  void emitTiles() override;
  Values emitStretches(Values) override { llvm_unreachable("a tile is emitted as a whole"); }
  int64_t accumulatorCount() const override { llvm_unreachable("a tile is emitted as a whole"); }
  void emitEpilogue(llvm::ArrayRef<Value> sums) override;

  void emitTurns(llvm::function_ref<void(Value firstStep)> turn);
  Value countOfTiles();
  Value countOfBlocks();
  Value countOfStretches();
  /// The places of a stretch in all summed dims: in k, then in the outer ones, outermost first.
  Values placesOf(Value number);
  void emitCopies(Value firstStep);
  void copyTile(const Side &side, unsigned map, Value number, Value step, int64_t offset);
  Value multiplyStretches(Value group, Value firstStep);
  Value multiply(Value step, Value group, Value sums, bool isFirst);
  Value descriptor(const Side &side, Value address);
  Value noSums();
  int64_t stageBytes() const;

  WgmmaTile tile;
  int64_t turns; ///< tiles of a block, at most
  mlir::Type operandType;
  int64_t stretch; ///< elements of k that are copied at once
  std::optional<DynamicShared> shared;
  std::optional<StageRing> ring;
};

} // namespace sinter

#endif // SINTER_LIB_TRANSFORMS_GPU_WGMMACONTRACTION_H
