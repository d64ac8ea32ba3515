// Combining what the threads of a block have accumulated, in an order that shapes alone decide.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef SINTER_LIB_TRANSFORMS_GPU_REDUCTION_H
#define SINTER_LIB_TRANSFORMS_GPU_REDUCTION_H

#include "DeviceFunction.h"

namespace sinter {

/// Combines `value` over groups of `group` neighbouring threads, a power of two up to a warp: every thread gets the
/// result of its group. All threads of a warp must take part.
mlir::Value combineInWarp(DeviceFunction &function, const Accumulator &accumulator, mlir::Value value, int64_t group);

/// Combines each value, in place, over all threads of the block, warps of whole size: through shared memory that
/// nothing else uses, and behind one barrier. All threads must take part.
void combineInBlock(DeviceFunction &function, llvm::ArrayRef<Accumulator> accumulators,
                    llvm::MutableArrayRef<mlir::Value> values);

/// Combines each value, in place, over the blocks of a cluster, of which this one has number `rank`: a block has the
/// same value in all its threads, before and after. Each sends its value to all, through shared memory that nothing
/// else uses; the caller has seen to it that all blocks have begun (they need not wait for each other to end: what a
/// block is sent comes before the barrier). All threads must take part.
void combineInCluster(DeviceFunction &function, llvm::ArrayRef<Accumulator> accumulators,
                      llvm::MutableArrayRef<mlir::Value> values, int64_t blocks, mlir::Value rank);

/// How elements of the type lie in memory: predicates in bytes.
mlir::Type storedType(mlir::Type element);

} // namespace sinter

#endif // SINTER_LIB_TRANSFORMS_GPU_REDUCTION_H
