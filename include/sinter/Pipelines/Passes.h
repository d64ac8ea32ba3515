// The pass that checks a phase's promises.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef SINTER_PIPELINES_PASSES_H
#define SINTER_PIPELINES_PASSES_H

#include "mlir/Pass/Pass.h"

namespace sinter {

#define GEN_PASS_DECL
#define GEN_PASS_REGISTRATION
#include "sinter/Pipelines/Passes.h.inc"

} // namespace sinter

#endif // SINTER_PIPELINES_PASSES_H
