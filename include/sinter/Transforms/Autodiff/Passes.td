// The pass of reverse-mode differentiation.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef SINTER_TRANSFORMS_AUTODIFF_PASSES_TD
#define SINTER_TRANSFORMS_AUTODIFF_PASSES_TD

include "mlir/Pass/PassBase.td"

def SinterDifferentiate : Pass<"sinter-differentiate", "::mlir::ModuleOp"> {
  let summary = "expands sinter.value_and_grad into forward and backward ops";
  let description = [{
    Precondition: callees of `sinter.value_and_grad` have bodies of one block and are not recursive.
    Change: the callee's ops, with the functions that it calls inlined, take the op's place, followed by the ops of its
    gradient. Gradients in callees are expanded first, so gradients of gradients work. Calls of functions with a
    `sinter.vjp` stay calls.
    What is left: no `sinter.value_and_grad`; functions keep their signatures.

    Example: test/Transforms/Autodiff/value-and-grad.mlir
  }];
}

#endif // SINTER_TRANSFORMS_AUTODIFF_PASSES_TD
