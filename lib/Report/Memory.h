// What a report says of the memory of one step function.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef SINTER_LIB_REPORT_MEMORY_H
#define SINTER_LIB_REPORT_MEMORY_H

#include "sinter/Transforms/Memory/StepPlan.h"
#include "llvm/Support/JSON.h"

namespace sinter {

/// {"buffers", "copies", "peakBytes", "lowerBoundBytes", "sumOfBytes", "fragmentation"}.
llvm::json::Object readMemory(const StepPlan &plan, const StepPlanContext &context);

/// Adds to each operand of a kernel the number of its buffer.
void joinBuffers(llvm::json::Object &kernel, LaunchOp launch, const StepPlan &plan);

/// {"bytes", "hugePages", "tensors": [{"name", "role", "type", "offset", "bytes"}]}.
llvm::json::Object readStateBlock(llvm::ArrayRef<StateSlot> slots);
/// {"bytes", "hugePages"}.
llvm::json::Object readScratchBlock(int64_t bytes);

} // namespace sinter

#endif // SINTER_LIB_REPORT_MEMORY_H
