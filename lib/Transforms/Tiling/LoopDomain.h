// The loops that an emitter writes: the kernel's domain with dims merged where memory is contiguous anyway.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Adjacent dims that every tensor of the kernel either has or has not become one *group*. An elementwise kernel over
// [500, 1000] without broadcasts runs over one group of 500000 points; x[?, 8, 4] + bias[4] over [?*8] and [4].

#ifndef SINTER_LIB_TRANSFORMS_TILING_LOOPDOMAIN_H
#define SINTER_LIB_TRANSFORMS_TILING_LOOPDOMAIN_H

#include "sinter/Analysis/KernelAnalysis.h"

namespace sinter {

/// `factor` iterations, times the rows of the call if `batch`.
struct Extent {
  int64_t factor = 1;
  bool batch = false;

  bool isStatic() const { return !batch; }
  int64_t largest(int64_t rows) const { return batch ? factor * rows : factor; }
  mlir::AffineExpr expr(mlir::MLIRContext *context) const;
};

struct LoopDomain {
  /// Dims of each group, and its extent. At most one extent among all but the last group has the batch.
  llvm::SmallVector<llvm::SmallVector<unsigned>> groups;
  llvm::SmallVector<Extent> extents;

  LoopDomain(KernelOp kernel, const KernelAnalysis &analysis);

  unsigned rank() const { return groups.size(); }
  /// The group that a dim belongs to.
  unsigned groupOf(unsigned dim) const;
  /// Groups that the given dims make up; dims of one group are adjacent and complete.
  llvm::SmallVector<unsigned> groupsOf(llvm::ArrayRef<unsigned> dims) const;
  /// Product of all extents but the last (1 if there is one group or none).
  Extent outer() const;
  const Extent &inner() const { return extents.back(); }
};

/// Rows (points of all groups but the last) per work item of a map kernel with broadcast operands.
int64_t mapRowsPerItem(const LoopDomain &domain, int64_t elementsPerItem, int64_t batch);

} // namespace sinter

#endif // SINTER_LIB_TRANSFORMS_TILING_LOOPDOMAIN_H
