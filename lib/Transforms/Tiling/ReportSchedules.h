// What do the planners of schedules tell? Remarks of category `schedule`.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef SINTER_LIB_TRANSFORMS_TILING_REPORTSCHEDULES_H
#define SINTER_LIB_TRANSFORMS_TILING_REPORTSCHEDULES_H

#include "sinter/Analysis/KernelAnalysis.h"

namespace sinter {

/// The schedule of a kernel, called `name` in its function ("linear_relu#0"):
///
///   schedule    what it is, flops and bytes; why not a better strategy
///   form        contractions: predicted cycles of the form taken, and of the best of each other form, or why it is
///               none
///   packing     contractions: whether an operand is copied to aligned panels
///   vectorize   lanes, or why the loops are scalar
///   parallel    whether threads share it, and why not; `isTakenBack`: it would be, but for the others in its function
void reportSchedule(KernelOp kernel, llvm::StringRef name, const KernelAnalysis &analysis, int64_t batch,
                    const TargetInfo &target, bool isTakenBack);

} // namespace sinter

#endif // SINTER_LIB_TRANSFORMS_TILING_REPORTSCHEDULES_H
