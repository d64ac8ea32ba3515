// What a report says of one kernel: sources, work, schedule, predicted time.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef SINTER_LIB_REPORT_KERNELS_H
#define SINTER_LIB_REPORT_KERNELS_H

#include "sinter/Analysis/TargetInfo.h"
#include "sinter/Dialect/IR/SinterDialect.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/Support/JSON.h"

namespace sinter {

/// All of docs/report.md `kernels` but what `readLaunch` and `joinBuffers` add. `numbers` has the kernels of the
/// function so far, by their order.
llvm::json::Object readKernel(KernelOp kernel, llvm::StringRef id, int64_t batch, const TargetInfo &target,
                              const llvm::DenseMap<mlir::Operation *, int64_t> &numbers);

/// Adds the kernel function, the number of work items of a full batch, and whether threads share them.
void readLaunch(llvm::json::Object &kernel, LaunchOp launch, int64_t batch);

} // namespace sinter

#endif // SINTER_LIB_REPORT_KERNELS_H
