// How long do launches take apart, and how long as phases of one launch?
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A launch of a graph begins a microsecond or so after the one before has ended. As a phase of one launch it begins
// after a barrier, which is a fraction of that, but has as many multiprocessors as that launch has blocks:
//
//   apart      gap + rounds over 132 multiprocessors
//   a phase    barrier + rounds over the 1 to 8 multiprocessors of the launch
//
// Blocks run in rounds of as many as there is room for. A round takes what a block waits for memory and barriers,
// and what the blocks of a multiprocessor compute, one after the other, and somewhat more as they get in each other's
// way. So small launches win, and those that fill a GPU lose. The numbers fit steps of small models on an H200, in
// phases and launch by launch (docs/decisions.md).

#ifndef SINTER_LIB_TRANSFORMS_GPU_PHASECOST_H
#define SINTER_LIB_TRANSFORMS_GPU_PHASECOST_H

#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "sinter/Analysis/DeviceInfo.h"

namespace sinter {

/// Microseconds from the end of a launch of a graph to the beginning of the next one.
constexpr double kLaunchGap = 0.85;
/// Microseconds of a barrier of a cluster, and of a block.
constexpr double kClusterBarrier = 0.3, kBlockBarrier = 0.05;

/// What a device function asks of a GPU.
struct DeviceWork {
  int64_t blocks = 0; ///< of the largest batch
  int64_t threads = 0;
  int64_t sharedBytes = 0;
  double ofBlock = 0; ///< microseconds that a multiprocessor computes for a block

  /// Of a function that does `flops` operations, and touches `bytes` of memory, in all its blocks.
  DeviceWork(mlir::gpu::GPUFuncOp fn, int64_t batch, double flops, double bytes);

  /// Microseconds on some multiprocessors, each of which has room for `perMultiprocessor` blocks at a time.
  double microseconds(int64_t multiprocessors, int64_t perMultiprocessor) const;
  /// Microseconds in a launch of its own, without the gap before it.
  double alone() const;
};

} // namespace sinter

#endif // SINTER_LIB_TRANSFORMS_GPU_PHASECOST_H
