// Passes that give every tensor of a step an address.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef SINTER_TRANSFORMS_MEMORY_PASSES_H
#define SINTER_TRANSFORMS_MEMORY_PASSES_H

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Pass/Pass.h"

namespace sinter {

#define GEN_PASS_DECL
#define GEN_PASS_REGISTRATION
#include "sinter/Transforms/Memory/Passes.h.inc"

} // namespace sinter

#endif // SINTER_TRANSFORMS_MEMORY_PASSES_H
