// Products whose sums are cut into parts, where there are too few tiles to fill a GPU.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Each tile has `parts` blocks, and each of them the products of a part of k, whose sums it leaves in the workspace. A
// second function adds them up, in order, and does what follows the product:
//
//   first     block 0: tile 0, k of part 0   block 1: tile 0, part 1   block 2: tile 1, part 0   ...
//   second    block 0: tile 0                                          block 1: tile 1           ...
//
// Parts follow from the shapes of the largest batch, so that sums have the same tree for any device and any batch.

#ifndef SINTER_LIB_TRANSFORMS_GPU_CONTRACTIONPARTS_H
#define SINTER_LIB_TRANSFORMS_GPU_CONTRACTIONPARTS_H

#include "ContractionSkeleton.h"

namespace sinter {

/// The workspace: [part][tile][m][n].
struct ContractionParts {
  BlockTile block;
  int64_t parts = 1, tiles = 1;
  mlir::Type element;

  ContractionParts(const ContractionProblem &problem, const BlockTile &block, int64_t parts);

  int64_t bytes() const;
  mlir::Value view(DeviceFunction &function) const;
};

/// The second function.
class ContractionCombination : public ContractionSkeleton {
public:
  static constexpr int64_t kThreads = 256;

  ContractionCombination(DeviceFunction &function, const ContractionProblem &problem, const ContractionParts &parts)
      : ContractionSkeleton(function, problem, parts.block), parts(parts) {}

private:
  void allocate() override {}
  int64_t accumulatorCount() const override { return 0; }
  Values emitStretches(Values none) override { return none; }
  void emitEpilogue(llvm::ArrayRef<Value> none) override;

  ContractionParts parts;
};

} // namespace sinter

#endif // SINTER_LIB_TRANSFORMS_GPU_CONTRACTIONPARTS_H
