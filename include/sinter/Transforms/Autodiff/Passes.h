// The pass of reverse-mode differentiation.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef SINTER_TRANSFORMS_AUTODIFF_PASSES_H
#define SINTER_TRANSFORMS_AUTODIFF_PASSES_H

#include "mlir/Pass/Pass.h"

namespace sinter {

#define GEN_PASS_DECL
#define GEN_PASS_REGISTRATION
#include "sinter/Transforms/Autodiff/Passes.h.inc"

} // namespace sinter

#endif // SINTER_TRANSFORMS_AUTODIFF_PASSES_H
