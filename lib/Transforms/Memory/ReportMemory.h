// What does the memory planner tell? Remarks of category `memory`.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef SINTER_LIB_TRANSFORMS_MEMORY_REPORTMEMORY_H
#define SINTER_LIB_TRANSFORMS_MEMORY_REPORTMEMORY_H

#include "sinter/Transforms/Memory/StepPlan.h"

namespace sinter {

/// `scratch` (the peak, the least that any placement needs, what is lost), `overwrite` (a kernel writes a new value in
/// place of the old one), `reuse` (a buffer takes bytes of earlier ones), `result` (a result is computed in the
/// caller's memory) and `copy` (a value has to be copied, and why).
void reportMemory(const StepPlan &plan, const StepPlanContext &context);

/// `blocks`: sizes of both blocks, and whether the runtime asks for huge pages.
void reportBlocks(mlir::ModuleOp module, int64_t stateBytes, int64_t scratchBytes);

} // namespace sinter

#endif // SINTER_LIB_TRANSFORMS_MEMORY_REPORTMEMORY_H
