// What becomes of each buffer of a step function, told kernel by kernel?
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef SINTER_TRANSFORMS_MEMORY_BUFFERACCOUNT_H
#define SINTER_TRANSFORMS_MEMORY_BUFFERACCOUNT_H

#include "sinter/Transforms/Memory/StepPlan.h"

#include <string>

namespace sinter {

/// The runtime asks the system for huge pages for blocks of at least this many bytes (lib/Runtime/Core/block.c).
constexpr int64_t kHugePagesFromBytes = int64_t(4) << 20;

/// Launches are counted from 0 in the order of the function.
struct BufferAccount {
  /// State, arguments and results have names already ("fc1.weight", "x"); scratch is named by the kernel function that
  /// writes it first, the launch, and the result if there are several: "linear_relu_3@5.1".
  std::string name;
  /// Launches from the first to the last one that need its contents; all of them for state and arguments.
  int64_t first = 0, last = 0;
  llvm::SmallVector<int64_t> reads, writes;
  /// Launches that replace the contents by a new value of them, in place.
  llvm::SmallVector<int64_t> overwrites;
  /// Scratch buffers that were needed earlier and some of whose bytes this one takes.
  llvm::SmallVector<unsigned> reuses;
};

/// One account for each buffer of `plan`, in order; `plan.function` must not have been rewritten yet.
std::vector<BufferAccount> accountFor(const StepPlan &plan, const StepPlanContext &context);

/// The number of the launch that op number `position` is, or comes before; the number of launches behind the last one.
int64_t launchAt(const StepPlan &plan, int64_t position);

} // namespace sinter

#endif // SINTER_TRANSFORMS_MEMORY_BUFFERACCOUNT_H
