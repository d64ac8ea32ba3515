// Products on Hopper's tensor cores (sm_90a), fed by its copy engine.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The warps of a block are specialized. One thread of the first warpgroup (four warps) has the copy engine bring a
// stretch of 64 elements of k of both operands into the next empty stage (StageRing.h). Two more warpgroups multiply
// what has come, each half of the tile's rows, by `wgmma`: an instruction of a whole warpgroup that reads both operands
// from shared memory and works while the warps go on; its sums are in registers, most of which the first warpgroup
// leaves to the others.
//
//   copies         stage 0    1    2    3    0 (when read) ...
//   warpgroup 1              0    1    2    3 ...            rows 0 .. 63 of the tile
//   warpgroup 2              0    1    2    3 ...            rows 64 .. 127
//
// Two blocks with neighbouring rows may form a cluster: each copies half of the columns that both need to both.
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
  int64_t cluster; ///< blocks, one below the other
  int64_t stages;
};

class WgmmaContraction : public ContractionSkeleton {
public:
  WgmmaContraction(DeviceFunction &function, const ContractionProblem &problem, const WgmmaTile &tile);

  /// The tile for a product, or null if this skeleton does not compute it: one whose operands are of f16 or bf16 and
  /// tensors as they lie in memory, that has tiles for a whole GPU.
  static const WgmmaTile *choose(const ContractionProblem &problem);
  static LaunchShape launchShape(const ContractionProblem &problem, const WgmmaTile &tile);

private:
  void allocate() override;
  void emitTile() override;
  Value tileNumber() override;
  Values emitStretches(Values) override { llvm_unreachable("a tile is emitted as a whole"); }
  int64_t accumulatorCount() const override { llvm_unreachable("a tile is emitted as a whole"); }
  void emitEpilogue(llvm::ArrayRef<Value> sums) override;
  void barrier() override;

  void synchronizeCluster();
  Value countOfStretches();
  /// The places of a stretch of all summed dims: of k, then of the outer ones, outermost first.
  Values placesOf(Value stretch);
  void emitCopies();
  void copyTile(const Side &side, unsigned map, Value stretch, int64_t offset);
  Value multiplyStretches(Value group);
  Value multiply(Value stretch, Value group, Value sums);
  Value descriptor(const Side &side, Value address);
  Value zeroSums();
  int64_t stageBytes() const;

  WgmmaTile tile;
  mlir::Type operandType;
  Value rank; ///< of the block in its cluster
  std::optional<DynamicShared> shared;
  std::optional<StageRing> ring;
};

} // namespace sinter

#endif // SINTER_LIB_TRANSFORMS_GPU_WGMMACONTRACTION_H
