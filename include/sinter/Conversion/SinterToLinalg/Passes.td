// The pass that writes core ops as loops over elements.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef SINTER_CONVERSION_SINTERTOLINALG_PASSES_TD
#define SINTER_CONVERSION_SINTERTOLINALG_PASSES_TD

include "mlir/Pass/PassBase.td"

def ConvertSinterToLinalgPass : Pass<"convert-sinter-to-linalg", "::mlir::func::FuncOp"> {
  let summary = "each core op to one linalg.generic";
  let description = [{
    Precondition: functions of core `sinter` ops (see `sinter-decompose`). Afterwards each is one `linalg.generic` on tensors,
    a reduction also a `linalg.fill`; `sinter.reshape` stays, constants that are no splats become `arith.constant`.

    Inputs have projected permutations as indexing maps (a broadcast or a transposition is only a map), results the
    identity over the parallel loops. Loop order is the order of the result's dimensions, a reduced dimension where it
    stands in the input; in products: batch, left, right, contracted dimensions. The batch extent is read from the
    first argument that has one.

    Example: test/Conversion/SinterToLinalg/elementwise.mlir
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect", "::mlir::linalg::LinalgDialect", "::mlir::math::MathDialect",
                           "::mlir::scf::SCFDialect", "::mlir::tensor::TensorDialect"];
}

#endif // SINTER_CONVERSION_SINTERTOLINALG_PASSES_TD
