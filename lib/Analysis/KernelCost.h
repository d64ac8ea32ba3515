// How much work is a kernel?
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef SINTER_LIB_ANALYSIS_KERNELCOST_H
#define SINTER_LIB_ANALYSIS_KERNELCOST_H

#include "sinter/Analysis/KernelAnalysis.h"

namespace sinter {

/// Fills in flops, weightedOps and bytes from `analysis.generics`.
void measure(KernelOp kernel, int64_t batch, KernelAnalysis &analysis);

} // namespace sinter

#endif // SINTER_LIB_ANALYSIS_KERNELCOST_H
