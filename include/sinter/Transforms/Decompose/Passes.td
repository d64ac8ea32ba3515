// The pass that writes composite ops as core ops.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef SINTER_TRANSFORMS_DECOMPOSE_PASSES_TD
#define SINTER_TRANSFORMS_DECOMPOSE_PASSES_TD

include "mlir/Pass/PassBase.td"

def DecomposePass : Pass<"sinter-decompose", "::mlir::func::FuncOp"> {
  let summary = "composite ops to core ops";
  let description = [{
    Precondition: functions of `sinter` ops (phase `step`). Afterwards only elementwise ops, `broadcast`, `reduce` (sum and
    max, one dimension at a time), `dot_general` and data movement are left.

    * Composites are written in forms that neither overflow nor cancel.
    * A mean is a sum times a reciprocal count. A sum over several dimensions is taken one dimension at a time, the last one
      first, so that rows are summed by the kernel that has them at hand.
    * The backward pass states the same row statistics as the forward pass: CSE afterwards makes them one.

    Example: test/Transforms/Decompose/losses.mlir
  }];
  let dependentDialects = ["::sinter::SinterDialect", "::mlir::arith::ArithDialect"];
}

#endif // SINTER_TRANSFORMS_DECOMPOSE_PASSES_TD
