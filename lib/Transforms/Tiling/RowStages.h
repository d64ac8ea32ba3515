// What a row kernel does in each pass over a row, and what it keeps from one pass to the next.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Example, softmax: pass 0 reduces the maximum; pass 1 computes exp(x - max), keeps it, and sums it; pass 2 divides
// what was kept. Cheap tensors (x - max) are computed again in every pass that needs them. What is kept lies in the
// output that takes its place at last, if there is one: nothing else has to be in the first-level cache then, and what
// storing to a far line costs is hidden behind the computation.
//
// Columns are added up, over the rows of a work item, in the first pass in which all that is added up can be computed.

#ifndef SINTER_LIB_TRANSFORMS_TILING_ROWSTAGES_H
#define SINTER_LIB_TRANSFORMS_TILING_ROWSTAGES_H

#include "PointEvaluator.h"

namespace sinter {

struct RowStages {
  struct Stage {
    llvm::SmallVector<Accumulator> reductions;
    /// Outputs on the whole row that are stored in this pass.
    llvm::SmallVector<unsigned> outputs;
  };
  /// A tensor that is computed in pass `stage` and read again in later passes.
  struct Kept {
    mlir::Value tensor;
    unsigned stage;
    /// The output that it is stored in; nothing: a buffer of its own.
    std::optional<unsigned> output;
    /// The output's own value comes later, in place of this one.
    bool borrows = false;
  };

  /// Sums of columns over a work item's rows, in output `output`.
  struct PartialSum {
    Accumulator accumulator;
    unsigned output;
  };

  llvm::SmallVector<Stage> stages;
  llvm::SmallVector<PartialSum> partialSums;
  /// The pass that adds up columns.
  unsigned partialStage = 0;
  /// Outputs with one element per row.
  llvm::SmallVector<unsigned> rowOutputs;
  llvm::SmallVector<Kept> kept;

  /// Buffers of one row may take `budget` bytes; with 0, only final values of outputs are kept. `keep` = false if
  /// values stay in registers anyway.
  RowStages(KernelContext &context, int64_t budget, bool keep);

  /// Passes that reduce the row to something.
  unsigned reducingStages() const;

private:
  void assignOutputs();
  void assignPartialSums();
  void assignReductions();
  void chooseKept(int64_t budget);
  void demand(mlir::Value tensor, unsigned stage);
  std::optional<unsigned> outputHolding(mlir::Value tensor);
  std::optional<unsigned> outputToBorrow(mlir::Value tensor);
  bool isPartialSum(mlir::Value tensor) const;
  bool isWholeRow(mlir::Value tensor) const;
  unsigned stageOf(mlir::Value tensor) const { return context.analysis.stage.lookup(tensor); }

  KernelContext &context;
  llvm::DenseMap<mlir::Value, unsigned> firstUse;
  llvm::SmallVector<mlir::Value> reused;
};

} // namespace sinter

#endif // SINTER_LIB_TRANSFORMS_TILING_ROWSTAGES_H
