// The pass that turns declarations into a training step.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef SINTER_TRANSFORMS_STEP_PASSES_H
#define SINTER_TRANSFORMS_STEP_PASSES_H

#include "mlir/Pass/Pass.h"

namespace sinter {

#define GEN_PASS_DECL
#define GEN_PASS_REGISTRATION
#include "sinter/Transforms/Step/Passes.h.inc"

} // namespace sinter

#endif // SINTER_TRANSFORMS_STEP_PASSES_H
