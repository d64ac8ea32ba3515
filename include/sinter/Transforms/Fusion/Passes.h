// Which ops share a kernel? The fusion pass.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef SINTER_TRANSFORMS_FUSION_PASSES_H
#define SINTER_TRANSFORMS_FUSION_PASSES_H

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Pass/Pass.h"
#include "sinter/Dialect/IR/SinterDialect.h"

namespace sinter {

#define GEN_PASS_DECL
#define GEN_PASS_REGISTRATION
#include "sinter/Transforms/Fusion/Passes.h.inc"

} // namespace sinter

#endif // SINTER_TRANSFORMS_FUSION_PASSES_H
