// The pass that decides which ops share a kernel.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef SINTER_TRANSFORMS_FUSION_PASSES_TD
#define SINTER_TRANSFORMS_FUSION_PASSES_TD

include "mlir/Pass/PassBase.td"

def FuseKernelsPass : Pass<"sinter-fuse-kernels", "::mlir::ModuleOp"> {
  let summary = "groups linalg ops into kernels";
  let description = [{
    Precondition: functions of `linalg.generic` and `linalg.fill` on tensors as `convert-sinter-to-linalg` leaves them. Afterwards every one is
    in a `sinter.kernel` whose body fits a strategy: `map`, `row`, `column`, `contraction` or `loops`.

    * What is transposed behind a product, or before products alone, is written or read by these in its other order where
      that is predicted to take no longer than both; a product may also get a transposed copy of an operand.
    * A product takes the elementwise ops on its result as epilogue, and what makes an operand as prologue where that is
      predicted to be faster than a kernel of its own.
    * If the state that a step updates is larger than the last-level cache, a weight gradient takes its parameter's update,
      so that the gradient is never in memory; unless something else has to happen between them (a norm of all gradients).
    * Reductions of rows, with all elementwise ops between, before and after them, updates of parameters of these rows
      included, are one kernel; so are column sums with what follows them on the columns.
    * Where a kernel of rows reads or makes what column sums add up, it adds up the columns over fixed parts of the rows
      in the same pass, and the column sums add up what the parts have left.
    * Other elementwise ops of one domain are one kernel, thus all arithmetic of an optimizer for one parameter.
    * Values that are cheap to compute from what is in memory anyway are computed again by each kernel that needs them.
    * A new value of a state tensor is written in its place when every reader of the old value comes first.

    No CSE may follow: two `tensor.empty` are two destinations.

    Remarks (category `fusion`): `kernel` for each kernel, `transposition` for each that is next to a product, `prologue` for each value that only products read, `update` for each product that makes a gradient, `partial-sums` for each sum of columns of what rows are combined of, `materialized` for each elementwise value that is kept in memory
    between kernels, with the reason, `in-place` for each state tensor.

    Example: test/Transforms/Fusion/mlp-adam.mlir
  }];
  let options = [
    Option<"cheapCost", "cheap-cost", "int64_t", /*default=*/"8",
           "largest number of scalar operations of a value that is computed again rather than kept in memory">,
    Option<"cacheBytes", "cache-bytes", "int64_t", /*default=*/"16777216",
           "size of the last-level cache: updates of more state than that go into the products that make gradients">,
    ListOption<"without", "without", "std::string",
               "kinds of fusion to leave out: epilogues, prologues, updates, rows, partials, columns, maps, transpositions; launches and phases are ignored">,
    Option<"cpu", "cpu", "std::string", /*default=*/"\"x86-64-v3\"",
           "preset that products are priced for, refined by the other options: x86-64, x86-64-v2, -v3, -v4">,
    Option<"vectorBytes", "vector-bytes", "int64_t", "0", "width of a vector register in bytes (0: the preset's)">,
    Option<"vectorRegisters", "vector-registers", "int64_t", "0", "number of vector registers (0: the preset's)">,
    Option<"fmaPorts", "fma-ports", "int64_t", "0", "fused multiply-adds per cycle (0: the preset's)">,
    Option<"fmaLatency", "fma-latency", "int64_t", "0", "cycles of a fused multiply-add (0: the preset's)">,
    Option<"l1Bytes", "l1-bytes", "int64_t", "0", "first-level data cache of a core (0: the preset's)">,
    Option<"l2Bytes", "l2-bytes", "int64_t", "0", "second-level cache of a core (0: the preset's)">,
    Option<"l3LineCycles", "l3-line-cycles", "double", "0", "cycles that a line of the last-level cache costs a product (0: the preset's)">,
    Option<"bf16Rate", "bf16-rate", "double", "0", "products of pairs of bf16 per product of f32 (0: the preset's, which have none)">,
    Option<"device", "device", "bool", "false",
           "a GPU takes the steps too: no operand is transposed for a product, its costs decide about sums of columns, and what a large product of f16 or bf16 reads is no prologue">
  ];
  let dependentDialects = ["::sinter::SinterDialect", "::mlir::linalg::LinalgDialect", "::mlir::tensor::TensorDialect",
                           "::mlir::arith::ArithDialect", "::mlir::math::MathDialect"];
}

#endif // SINTER_TRANSFORMS_FUSION_PASSES_TD
