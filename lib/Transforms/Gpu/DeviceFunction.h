// A device function in work, and what all skeletons need of it.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef SINTER_LIB_TRANSFORMS_GPU_DEVICEFUNCTION_H
#define SINTER_LIB_TRANSFORMS_GPU_DEVICEFUNCTION_H

#include "../Tiling/PointEvaluator.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "sinter/Analysis/DeviceInfo.h"
#include "sinter/Transforms/Gpu/DeviceKernel.h"

namespace sinter {

/// How a device function is launched.
struct LaunchShape {
  Grid grid;
  int64_t threads = 1; ///< of a block
  int64_t workspaceBytes = 0;
  int64_t dynamicSharedBytes = 0;
  int64_t residents = 0; ///< blocks that a multiprocessor must have registers for; 0: as many as happens
  int64_t cluster = 1;   ///< blocks of a cluster
  llvm::SmallVector<TensorMapNumbers, 0> maps = {};
};

/// Makes the device functions of one kernel.
class DeviceFunction {
public:
  /// Adds an empty function named `name` to `module`; the builder stands in it from then on, until `finish`.
  DeviceFunction(mlir::OpBuilder &builder, mlir::gpu::GPUModuleOp module, KernelOp kernel, llvm::StringRef name,
                 int64_t batch, const LaunchShape &shape);

  /// Ends the function.
  void finish();

  mlir::Value threadId();
  mlir::Value blockId();
  /// Number of the thread in the whole grid.
  mlir::Value globalThreadId();
  /// `count` elements that the threads of a block share.
  mlir::Value shared(llvm::ArrayRef<int64_t> shape, mlir::Type element);
  /// Elements of the workspace from byte `offset` on.
  mlir::Value workspace(int64_t offset, llvm::ArrayRef<int64_t> shape, mlir::Type element);
  void barrier();
  /// A barrier of all threads of the cluster in two halves: what was written before the first one, all threads see
  /// behind the second one, in shared memory of all blocks too.
  void arriveAtCluster();
  void waitForCluster();
  /// Address of a tensor map, for copies.
  mlir::Value tensorMap(unsigned number);

  mlir::OpBuilder &builder;
  mlir::Location loc;
  mlir::gpu::GPUFuncOp fn;
  KernelEmission emission;
  int64_t threads;
};

/// Shared memory of a device function, aligned for vectors.
mlir::Value addSharedMemory(mlir::gpu::GPUFuncOp fn, llvm::ArrayRef<int64_t> shape, mlir::Type element);

/// Elements from byte `offset` of `bytes` on, in the memory that those are in.
mlir::Value viewBytes(mlir::OpBuilder &builder, mlir::Location loc, mlir::Value bytes, int64_t offset,
                      llvm::ArrayRef<int64_t> shape, mlir::Type element);

/// Bytes of an element of the widest tensor of a kernel; elements of a 16-byte access to it.
int64_t widestElement(KernelOp kernel);
int64_t widestLanes(KernelOp kernel);

/// Tells LLVM that all vectors of the function are aligned to their size, to 16 bytes if they are longer, which a
/// skeleton made sure of.
void alignVectors(mlir::gpu::GPUFuncOp fn);

/// Index arithmetic at the builder's place.
class IndexMath {
public:
  IndexMath(mlir::OpBuilder &builder, mlir::Location loc) : builder(builder), loc(loc) {}

  mlir::Value constant(int64_t value);
  mlir::Value add(mlir::Value a, mlir::Value b);
  mlir::Value add(mlir::Value a, int64_t b);
  mlir::Value mul(mlir::Value a, int64_t b);
  mlir::Value div(mlir::Value a, mlir::Value b);
  mlir::Value div(mlir::Value a, int64_t b);
  mlir::Value rem(mlir::Value a, mlir::Value b);
  mlir::Value rem(mlir::Value a, int64_t b);
  mlir::Value min(mlir::Value a, mlir::Value b);
  mlir::Value bitXor(mlir::Value a, mlir::Value b);
  mlir::Value less(mlir::Value a, mlir::Value b);
  /// Both conditions; a null one always holds.
  mlir::Value both(mlir::Value a, mlir::Value b);

private:
  mlir::OpBuilder &builder;
  mlir::Location loc;
};

/// `then`, executed if `condition` holds; a null condition always does.
void emitIf(mlir::OpBuilder &builder, mlir::Location loc, mlir::Value condition, llvm::function_ref<void()> then);

} // namespace sinter

#endif // SINTER_LIB_TRANSFORMS_GPU_DEVICEFUNCTION_H
