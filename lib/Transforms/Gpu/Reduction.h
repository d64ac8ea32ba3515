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

/// How elements of the type lie in memory: predicates in bytes.
mlir::Type storedType(mlir::Type element);

} // namespace sinter

#endif // SINTER_LIB_TRANSFORMS_GPU_REDUCTION_H
