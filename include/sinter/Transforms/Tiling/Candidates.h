// Which schedules are worth measuring for a kernel?
//
// The planner's cost model decides without running anything. A tuner runs what is near that decision: other forms and
// register tiles, other sizes of work items. Everything here follows from the kernel alone, so that the same model has
// the same candidates, in the same order, on every machine of one kind.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef SINTER_TRANSFORMS_TILING_CANDIDATES_H
#define SINTER_TRANSFORMS_TILING_CANDIDATES_H

#include "sinter/Analysis/TargetInfo.h"
#include "sinter/Dialect/IR/SinterDialect.h"

namespace sinter {

/// Schedules near `around`, itself not among them, those that may change most first. Each of them can be emitted.
llvm::SmallVector<ScheduleAttr> neighbouringSchedules(KernelOp kernel, ScheduleAttr around, int64_t batch,
                                                      const TargetInfo &target);

/// Whether two kernels become the same code under the same schedule: the same types and the same body. Names and
/// sources may differ.
bool haveSameBody(KernelOp a, KernelOp b);

} // namespace sinter

#endif // SINTER_TRANSFORMS_TILING_CANDIDATES_H
