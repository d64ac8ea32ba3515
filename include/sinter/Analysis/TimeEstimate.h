// How long does a kernel take, by the rules of thumb that its planners go by?
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef SINTER_ANALYSIS_TIMEESTIMATE_H
#define SINTER_ANALYSIS_TIMEESTIMATE_H

#include "sinter/Analysis/KernelAnalysis.h"

namespace sinter {

/// The two that `estimateMicroseconds` is the larger of: one core's arithmetic, and its memory traffic.
double arithmeticMicroseconds(const KernelAnalysis &analysis, const TargetInfo &target, mlir::Type element);
double trafficMicroseconds(const KernelAnalysis &analysis, const TargetInfo &target);

} // namespace sinter

#endif // SINTER_ANALYSIS_TIMEESTIMATE_H
