// One function that does what several launches do, one after the other: in phases.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//   for block b of @a that is ours: what @a does in block b
//   barrier of all blocks
//   for block b of @b that is ours: what @b does in block b
//   ...
//
// Its blocks are one cluster, which runs at the same time as a whole, so they can wait for each other: what one phase
// has written, every thread's arrival at the barrier releases, and its wait acquires, in global memory too. Only
// Hopper has clusters; a single block, with its own barrier, does it everywhere.
//
// A phase's blocks are numbered as in a launch of their own. A block of the function may be larger than theirs: its
// threads then are several *teams*, each of which is a block of the phase. The team's threads have a barrier with a
// number of their own, and a place of their own in shared memory:
//
//   cluster of 2, blocks of 512 threads; a phase of 6 blocks of 256 threads
//     block 0, team 0: 0, 4      team 1: 2
//     block 1, team 0: 1, 5      team 1: 3

#ifndef SINTER_LIB_TRANSFORMS_GPU_PHASEDFUNCTION_H
#define SINTER_LIB_TRANSFORMS_GPU_PHASEDFUNCTION_H

#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/IR/IRMapping.h"

namespace sinter {

/// What runs the phases.
struct PhaseShape {
  int64_t cluster = 1;   ///< blocks
  int64_t threads = 256; ///< of a block

  /// Teams of `fn` in a block; 0: its blocks do not fit.
  int64_t teams(int64_t threadsOfPhase, int64_t sharedBytes) const;
};

/// A device function in a phase: the arguments that its own (all but the number of rows and the workspace) are.
struct Phase {
  mutable mlir::gpu::GPUFuncOp fn; ///< a handle: ops have no constant methods
  llvm::SmallVector<unsigned> arguments;
  bool waits = true; ///< for the phase before; else it does not depend on that
};

/// Adds the function `name` of the phases to `module`; `types` are those of the arguments in front of the number of
/// rows.
mlir::gpu::GPUFuncOp createPhasedFunction(mlir::gpu::GPUModuleOp module, llvm::ArrayRef<Phase> phases,
                                          llvm::ArrayRef<mlir::Type> types, const PhaseShape &shape, int64_t batch,
                                          llvm::StringRef name);

/// Why a function cannot be a phase; empty if it can.
llvm::StringRef reasonAgainstPhase(mlir::gpu::GPUFuncOp fn);

} // namespace sinter

#endif // SINTER_LIB_TRANSFORMS_GPU_PHASEDFUNCTION_H
