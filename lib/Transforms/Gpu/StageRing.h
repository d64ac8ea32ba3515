// Stages of shared memory that go round between those who fill them and those who read them.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Step t uses stage t mod n. Two barriers in shared memory per stage (`mbarrier`) say where it is: `full` completes
// when all bytes of a step have arrived, which the copy engine counts; `empty` when everyone has read them. Each of the
// two completes once per round, t / n, and its phase is the parity of that number: a wait names the parity it waits for
// to complete. Before the first round everything counts as read, as the phase before the first one is complete.

#ifndef SINTER_LIB_TRANSFORMS_GPU_STAGERING_H
#define SINTER_LIB_TRANSFORMS_GPU_STAGERING_H

#include "DeviceFunction.h"

namespace sinter {

/// Dynamic shared memory of a block, from a multiple of 1024 bytes on, as tiles of swizzled rows need it.
class DynamicShared {
public:
  /// What is to be asked for to have `bytes` bytes.
  static int64_t request(int64_t bytes) { return bytes + kAlignment; }

  DynamicShared(mlir::OpBuilder &builder, mlir::Location loc);

  /// The address, a number, of a byte.
  mlir::Value address(mlir::Value offset);
  mlir::Value pointer(mlir::Value offset);
  /// The memory from byte `offset` on, as a buffer.
  mlir::Value view(mlir::Value offset, llvm::ArrayRef<int64_t> shape, mlir::Type element);

private:
  static constexpr int64_t kAlignment = 1024;

  mlir::OpBuilder &builder;
  mlir::Location loc;
  IndexMath math;
  mlir::Value bytes, start;
};

class StageRing {
public:
  /// Barriers lie at `offset` of the memory.
  StageRing(mlir::OpBuilder &builder, mlir::Location loc, DynamicShared &shared, int64_t offset, int64_t stages)
      : builder(builder), loc(loc), math(builder, loc), shared(shared), offset(offset), stages(stages) {}

  static int64_t bytes(int64_t stages) { return 2 * stages * kBarrierBytes; }

  /// For one thread, before any other use: `readers` signs make a stage empty.
  void initialize(int64_t readers);
  mlir::Value stage(mlir::Value step) { return math.rem(step, stages); }

  /// For one thread: waits until the step's stage is empty, and announces `bytes` bytes.
  void beginFilling(mlir::Value step, int64_t bytes);
  /// The barrier that the copies of a step report to.
  mlir::Value fullBarrier(mlir::Value step);
  void waitUntilFull(mlir::Value step);
  /// For one thread of each group of readers: the step has been read.
  void signRead(mlir::Value step);

private:
  static constexpr int64_t kBarrierBytes = 8;

  mlir::Value barrier(mlir::Value stage, int64_t first);
  mlir::Value emptyBarrier(mlir::Value step);
  mlir::Value parity(mlir::Value step);
  void wait(mlir::Value barrier, mlir::Value parity);

  mlir::OpBuilder &builder;
  mlir::Location loc;
  IndexMath math;
  DynamicShared &shared;
  int64_t offset, stages;
};

/// A number of an instruction: i32.
mlir::Value toI32(mlir::OpBuilder &builder, mlir::Location loc, mlir::Value index);

} // namespace sinter

#endif // SINTER_LIB_TRANSFORMS_GPU_STAGERING_H
