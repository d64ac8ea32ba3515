// Passes from kernels to code for a GPU.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef SINTER_TRANSFORMS_GPU_PASSES_H
#define SINTER_TRANSFORMS_GPU_PASSES_H

#include "mlir/Pass/Pass.h"

#include <memory>

namespace sinter {

#define GEN_PASS_DECL
#include "sinter/Transforms/Gpu/Passes.h.inc"

#define GEN_PASS_REGISTRATION
#include "sinter/Transforms/Gpu/Passes.h.inc"

} // namespace sinter

#endif // SINTER_TRANSFORMS_GPU_PASSES_H
