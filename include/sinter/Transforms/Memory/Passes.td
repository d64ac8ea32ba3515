// Passes that give every tensor of a step an address.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef SINTER_TRANSFORMS_MEMORY_PASSES_TD
#define SINTER_TRANSFORMS_MEMORY_PASSES_TD

include "mlir/Pass/PassBase.td"

def PlanMemoryPass : Pass<"sinter-plan-memory", "::mlir::ModuleOp"> {
  let summary = "puts every tensor of the step functions at a fixed offset of the state or scratch block";
  let description = [{
    Precondition: phase `tiles`, step functions of `sinter.launch`, `sinter.reshape`, `tensor.empty`, `tensor.dim` and
    constants on tensors, and the table of `sinter.state` ops.

    State tensors follow one another in the order of the table, each at a multiple of 64 bytes. Every other tensor has a
    live range, from the launch that writes it to the last one that reads it; tensors whose live ranges overlap get
    disjoint bytes of the scratch block (largest first, each at the smallest gap that fits). A `sinter.reshape` costs
    nothing. A launch updates its destination in place unless somebody still reads the old value; then, and only then,
    the destination is a copy. Results are computed in the caller's buffers or in the state where possible.

    Afterwards the step functions take memrefs and return nothing, the module has the attributes `sinter.state_bytes`
    and `sinter.scratch_bytes`, and each function its own `sinter.scratch_bytes`.

    Test: `test/Transforms/Memory/plan-memory.mlir`.
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect", "::mlir::memref::MemRefDialect", "::mlir::func::FuncDialect"];
}

#endif // SINTER_TRANSFORMS_MEMORY_PASSES_TD
