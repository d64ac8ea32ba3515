// How does an op say what its derivative is?
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef SINTER_INTERFACES_DIFFERENTIABLEOPINTERFACE_TD
#define SINTER_INTERFACES_DIFFERENTIABLEOPINTERFACE_TD

include "mlir/IR/OpBase.td"

def DifferentiableOpInterface : OpInterface<"DifferentiableOpInterface"> {
  let cppNamespace = "::sinter";
  let description = [{
    Reverse-mode rule of one op: given the cotangents of its results, builds the cotangents of its operands, as more
    `sinter` ops. Since the answer is made of differentiable ops, derivatives can be differentiated again.

    The rules live in one table (`lib/Transforms/Autodiff`), attached to the ops as external models.
  }];
  let methods = [InterfaceMethod<
      [{
        Builds the cotangents of the operands `i` with `needed[i]` and stores them in `operandCotangents[i]`, which has
        one null entry per operand on entry. An entry left null is zero: the result does not depend on that operand.
        `resultCotangents[i]` is null when no cotangent reaches result `i`; at least one is not null. A cotangent has
        the type of its primal value. Fails with a diagnostic when this op has no derivative.
      }],
      "::llvm::LogicalResult", "backward",
      (ins "::mlir::OpBuilder &":$builder, "::llvm::ArrayRef<::mlir::Value>":$resultCotangents,
           "::llvm::ArrayRef<bool>":$needed, "::llvm::MutableArrayRef<::mlir::Value>":$operandCotangents)>];
}

#endif // SINTER_INTERFACES_DIFFERENTIABLEOPINTERFACE_TD
