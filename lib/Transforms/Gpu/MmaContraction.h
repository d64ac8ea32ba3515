// Products on tensor cores, for all GPUs from sm_80 on.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The block's tile is cut among its warps, a warp's tile into the products of TensorCores.h. Operands come through the
// pipeline of StagedContraction.h, as they lie in memory, to swizzled tiles.

#ifndef SINTER_LIB_TRANSFORMS_GPU_MMACONTRACTION_H
#define SINTER_LIB_TRANSFORMS_GPU_MMACONTRACTION_H

#include "StagedContraction.h"
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

class MmaContraction : public StagedContraction {
public:
  MmaContraction(DeviceFunction &function, const ContractionProblem &problem, const MmaTile &tile);

  /// True if tensor cores compute it: operands of f16 or bf16; of f32 if those may be rounded to tf32.
  static bool computes(const ContractionProblem &problem, bool roundsToTf32);
  static MmaTile choose(const ContractionProblem &problem);

private:
  void allocate() override;
  int64_t accumulatorCount() const override;
  Values multiply(Value stage, Values sums) override;
  void copyPiece(const Copy &copy, Value source, Value from, Value valid, Value stage, const Place &to) override;
  void storePiece(const Copy &copy, Value piece, Value stage, const Place &to) override;
  void emitEpilogue(llvm::ArrayRef<Value> accumulators) override;
  const SharedTile &tileOf(const Copy &copy) const { return copy.side == &left ? *leftTile : *rightTile; }

  MmaTile tile;
  mlir::Type operandType;
  Value storage; ///< bytes of the tiles, then of slabs
  std::optional<SharedTile> leftTile, rightTile;
};

} // namespace sinter

#endif // SINTER_LIB_TRANSFORMS_GPU_MMACONTRACTION_H
