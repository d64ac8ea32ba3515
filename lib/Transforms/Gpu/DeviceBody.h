// What is needed to do what one device function does inside of another one.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef SINTER_LIB_TRANSFORMS_GPU_DEVICEBODY_H
#define SINTER_LIB_TRANSFORMS_GPU_DEVICEBODY_H

#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/IR/IRMapping.h"
#include "sinter/Transforms/Gpu/DeviceKernel.h"

namespace sinter {

/// The grid that a device function is launched with.
Grid gridOf(mlir::gpu::GPUFuncOp fn);
/// Threads of a block.
int64_t threadsOf(mlir::gpu::GPUFuncOp fn);
/// Blocks of the largest batch.
int64_t mostBlocks(const Grid &grid, int64_t batch);
/// Blocks for a number of rows, computed at the builder's place.
mlir::Value blocksOf(mlir::OpBuilder &builder, mlir::Location loc, const Grid &grid, mlir::Value rows, int64_t batch);
/// Bytes of static shared memory, each buffer aligned.
int64_t sharedBytesOf(mlir::gpu::GPUFuncOp fn);

/// Copies the body of `fn`, whose arguments `values` maps, as block number `block`. Its shared memory is that from byte
/// `offset` (null: 0) of `shared` on, which may be null if it has none. Returns the copied ops.
llvm::SmallVector<mlir::Operation *> cloneBody(mlir::OpBuilder &builder, mlir::gpu::GPUFuncOp fn,
                                               mlir::IRMapping &values, mlir::Value block, mlir::Value shared,
                                               mlir::Value offset);

} // namespace sinter

#endif // SINTER_LIB_TRANSFORMS_GPU_DEVICEBODY_H
