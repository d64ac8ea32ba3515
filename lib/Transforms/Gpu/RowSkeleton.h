// Row kernels on a GPU: passes over the last dim, separated by reductions over it (softmax, norms, losses).
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A row belongs to a group of threads: a part of a warp if it is short, a warp, or a block (DeviceInfo.h). Thread t of
// g reads elements (or vectors) t, t + g, t + 2 g, ...; what the threads have accumulated is combined by exchanges
// within the warp and, for blocks, through shared memory. Rows whose elements fit into registers are read once: a
// thread keeps what it has computed of its elements from the first pass to the last.
//
// In code for sm_90a a long row may belong to a cluster of blocks, in whose registers it fits: the blocks send each
// other what they have accumulated. The function for other GPUs, where a block has the row, is that one's counterpart.
//
// A block has as many rows as its threads have at the same time; or, where the kernel begins sums of columns, the rows
// of a part, one after the other (RowPartialSums.h). While threads work on one of those they prefetch the next.

#ifndef SINTER_LIB_TRANSFORMS_GPU_ROWSKELETON_H
#define SINTER_LIB_TRANSFORMS_GPU_ROWSKELETON_H

#include "DeviceFunction.h"

namespace sinter {

/// Emits the rows of a kernel that reads `matrices` as a whole.
void emitRowSkeleton(DeviceFunction &function, KernelContext &context, const DeviceRowShape &shape,
                     llvm::ArrayRef<mlir::BlockArgument> matrices);

} // namespace sinter

#endif // SINTER_LIB_TRANSFORMS_GPU_ROWSKELETON_H
