// Products by multiply-adds.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// For each stretch of `bk` of the summed dim the block copies [bk][m] of the left and [bk][n] of the right operand to
// shared memory (through their prologues, whatever their layouts), and each thread multiplies into its own [tm][tn]
// accumulators. There are two such copies, used in turn, so that one barrier per stretch suffices.

#ifndef SINTER_LIB_TRANSFORMS_GPU_FMACONTRACTION_H
#define SINTER_LIB_TRANSFORMS_GPU_FMACONTRACTION_H

#include "ContractionSkeleton.h"

namespace sinter {

struct FmaTile {
  BlockTile block;
  int64_t bk;     ///< of a stretch
  int64_t tm, tn; ///< of a thread

  int64_t threads() const { return block.m / tm * (block.n / tn); }
};

class FmaContraction : public ContractionSkeleton {
public:
  FmaContraction(DeviceFunction &function, const ContractionProblem &problem, const FmaTile &tile)
      : ContractionSkeleton(function, problem, tile.block), tile(tile) {}

  static FmaTile choose(const ContractionProblem &problem);

private:
  void allocate() override;
  int64_t accumulatorCount() const override { return tile.tm * tile.tn; }
  Values emitStretches(Values accumulators) override;
  void emitEpilogue(llvm::ArrayRef<Value> accumulators) override;

  void copy(const Side &side, Value storage, Value half, Value firstK);
  Values multiply(Value half, Value k, mlir::ValueRange accumulators);
  Values fragment(Value storage, Value half, Value k, Value first, int64_t count);

  FmaTile tile;
  Value leftStorage, rightStorage; ///< [2][bk][width]
};

} // namespace sinter

#endif // SINTER_LIB_TRANSFORMS_GPU_FMACONTRACTION_H
