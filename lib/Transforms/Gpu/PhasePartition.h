// Which neighbours among the launches of a step become one launch?
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef SINTER_LIB_TRANSFORMS_GPU_PHASEPARTITION_H
#define SINTER_LIB_TRANSFORMS_GPU_PHASEPARTITION_H

#include "PhaseCost.h"
#include "PhasedFunction.h"
#include "sinter/Dialect/IR/SinterDialect.h"

namespace sinter {

/// What is launched at once: the device functions of a launch, or those of several that they share.
struct LaunchUnit {
  llvm::SmallVector<LaunchOp> launches;
  llvm::SmallVector<mlir::gpu::GPUFuncOp> functions;
  llvm::SmallVector<DeviceWork> work; ///< of the functions
  int64_t group = 0;                  ///< units of one group do not depend on each other
  bool begins = false;                ///< a copy is in front of it
  llvm::StringRef reason;             ///< why it cannot be a phase; else empty

  /// Microseconds in launches of their own, predicted.
  double alone() const;
};

/// Does a function of a unit wait for all that is before it? Those of a group do not depend on each other, but the
/// workspace is the same for all.
bool waitsForPhases(llvm::ArrayRef<LaunchUnit> units, size_t unit, size_t function);

/// Neighbours that are one launch, from unit `begin` to before `end`.
struct PhaseRun {
  size_t begin = 0, end = 0;
  PhaseShape shape;
  double time = 0; ///< microseconds, predicted
  bool isFused = false;

  bool isSame(const PhaseRun &other) const {
    return isFused && other.isFused && begin == other.begin && end == other.end &&
           shape.cluster == other.shape.cluster && shape.threads == other.shape.threads;
  }
};

/// Cuts the launches of a step into runs.
class PhasePartition {
public:
  /// `hopper`: for a GPU with clusters.
  PhasePartition(llvm::ArrayRef<LaunchUnit> units, bool hopper);

  /// All units in runs, those that are launches of their own too.
  llvm::SmallVector<PhaseRun> best() const;
  /// The quickest shape for units [begin, end); not fused if there is none.
  PhaseRun runOf(size_t begin, size_t end) const;

private:
  std::optional<double> timeOf(size_t begin, size_t end, const PhaseShape &shape) const;

  llvm::ArrayRef<LaunchUnit> units;
  bool hopper;
  llvm::SmallVector<bool> few; ///< registers, by unit
};

} // namespace sinter

#endif // SINTER_LIB_TRANSFORMS_GPU_PHASEPARTITION_H
