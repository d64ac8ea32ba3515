// What happens inside one kernel, in which order? Items, stages and what is read from outside.
//
// An item is a value that the kernel's body holds as a tensor: a reduction, a product, an output, or a temporary (an
// expensive value that several stages read, a value per row). Everything else is part of the loop that reads it. A
// stage is one linalg.generic: one reduction or product, or the elementwise items of one shape that are ready together.
//
// Worked example, softmax s = e * (1 / sum(e)), e = exp(x - max(x)): the items are max, e (two stages read it), sum, 1
// / sum (a value per row) and s, each a stage; x - max is part of the loop of e.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef SINTER_LIB_TRANSFORMS_FUSION_KERNELPLAN_H
#define SINTER_LIB_TRANSFORMS_FUSION_KERNELPLAN_H

#include "Grouping.h"
#include "sinter/Dialect/IR/SinterDialect.h"
#include "llvm/ADT/SetVector.h"

namespace sinter {

struct Stage {
  llvm::SmallVector<mlir::Value> values;
  bool elementwise = false;
};

struct KernelPlan {
  KernelPlan(const Graph &graph, const Partition &partition, const llvm::SetVector<mlir::Value> &materialized,
             unsigned group);

  unsigned group;
  Strategy strategy = Strategy::Map;
  /// Results, in the order of their nodes.
  llvm::SmallVector<mlir::Value> outputs;
  llvm::SmallVector<Stage> stages;
  /// Tensors read from outside, in the order of reading.
  llvm::SetVector<mlir::Value> loads;
  /// The nodes whose arithmetic is in the kernel, ascending.
  llvm::SmallVector<unsigned> computed;

  /// Those of them that make an operand of the product: they run before it, at other indices than its results'.
  llvm::DenseSet<unsigned> prologues; // never iterated over

  bool isOutput(mlir::Value value) const { return llvm::is_contained(outputs, value); }
  /// True if `value` is computed as part of the loop that reads it.
  bool isInlined(mlir::Value value) const;
  /// Of a kernel of rows: extents of its loops.
  llvm::ArrayRef<int64_t> rowDomain() const;

private:
  void findItems();
  void addTemporaries();
  bool addSharedTemporaries();
  void addItemsBehind(mlir::Value value, llvm::DenseSet<mlir::Value> &visited);
  void addPrologues(unsigned product);
  void addUncoveredInputs();
  void scheduleItems();
  void findLoads();
  int64_t depthOf(mlir::Value item, llvm::DenseMap<mlir::Value, int64_t> &depths) const;
  void forEachRead(mlir::Value item, llvm::function_ref<void(mlir::Value)> found) const;
  void forEachInlined(mlir::Value item, llvm::function_ref<void(mlir::Value)> found) const;
  bool isRowValue(mlir::Value value) const;
  void findMisplaced(mlir::Value value, mlir::AffineMap at,
                     llvm::DenseSet<std::pair<mlir::Value, mlir::AffineMap>> &seen);
  bool producedHere(mlir::Value value) const;

  const Graph &graph;
  const Partition &partition;
  const llvm::SetVector<mlir::Value> &materialized;
  llvm::SetVector<mlir::Value> items;
  /// Values that some loop reads elsewhere than at its row (column): they cannot be items.
  llvm::DenseSet<mlir::Value> misplaced;
};

} // namespace sinter

#endif // SINTER_LIB_TRANSFORMS_FUSION_KERNELPLAN_H
