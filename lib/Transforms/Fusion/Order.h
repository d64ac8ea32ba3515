// In which order do kernels and views run, and which state tensors are written in place?
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef SINTER_LIB_TRANSFORMS_FUSION_ORDER_H
#define SINTER_LIB_TRANSFORMS_FUSION_ORDER_H

#include "KernelPlan.h"

namespace sinter {

/// A kernel (`plan` is set) or a view (`node` is a reshape).
struct Unit {
  unsigned node = 0;
  const KernelPlan *plan = nullptr;
};

/// What became of one state tensor.
struct Placement {
  StateUpdate update;
  bool inPlace = false;
  /// Why not, as a clause.
  std::string reason;
};

struct Order {
  Order(const Graph &graph, llvm::ArrayRef<KernelPlan> plans);

  llvm::SmallVector<Unit> units;
  llvm::SmallVector<Placement> placements;

  /// The state argument that `output` is written into; null when it has storage of its own.
  mlir::BlockArgument storageOf(mlir::Value output) const;
};

} // namespace sinter

#endif // SINTER_LIB_TRANSFORMS_FUSION_ORDER_H
