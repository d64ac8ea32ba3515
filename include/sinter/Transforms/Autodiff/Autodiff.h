// How is a gradient made? Reverse-mode differentiation of straight-line `sinter` ops.
//
// For y = f(x) with f = f_n . ... . f_1, the cotangent of a value v is the gradient of y with respect to v. It starts
// as 1 at y and flows backwards: each op turns the cotangents of its results into those of its operands, by its
// `DifferentiableOpInterface` rule, and where a value is used more than once its cotangents add up. Only values on a
// path from `wrt` to y get one. Rules build `sinter` ops, so a gradient can be differentiated again.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef SINTER_TRANSFORMS_AUTODIFF_AUTODIFF_H
#define SINTER_TRANSFORMS_AUTODIFF_AUTODIFF_H

#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/DialectRegistry.h"
#include "mlir/Interfaces/FunctionInterfaces.h"

namespace sinter {

/// Makes the derivative rules of the sinter ops, and of the scalar ops in their regions, known to contexts made with
/// `registry`.
void registerAutodiffRules(mlir::DialectRegistry &registry);

/// The type of the cotangent of a value of `type`: the same, but f32 for f16 and bf16, in which nothing can be added
/// up.
mlir::Type cotangentType(mlir::Type type);

/// A value and its cotangent, of the type above.
struct Seed {
  mlir::Value primal;
  mlir::Value cotangent;
};

/// Builds at `builder`'s insertion point the cotangents of `wrt` that follow from those of `seeds`. All ops between
/// `wrt` and the seeds are in the block of the insertion point, before it. The result has a null value where no seed
/// depends on an entry of `wrt`. No op is left behind that the results do not need. Fails with a diagnostic that names
/// the op and the path when an op on the way has no rule.
llvm::FailureOr<llvm::SmallVector<mlir::Value>> backpropagate(mlir::OpBuilder &builder, llvm::ArrayRef<Seed> seeds,
                                                              llvm::ArrayRef<mlir::Value> wrt);

/// The gradient of `scalar`, a float tensor of rank 0, with respect to each of `wrt`; as `backpropagate`, but a zero
/// constant where the gradient is zero because `scalar` does not depend on the value.
llvm::FailureOr<llvm::SmallVector<mlir::Value>> differentiate(mlir::OpBuilder &builder, mlir::Value scalar,
                                                              llvm::ArrayRef<mlir::Value> wrt);

/// Expands every `sinter.value_and_grad` of the module, those in its callees first. Fails with a diagnostic on
/// recursion.
llvm::LogicalResult expandValueAndGrad(mlir::ModuleOp module);

/// Replaces the calls in `function` by the bodies of their callees, all the way down. Functions with a custom
/// derivative
/// (`sinter.vjp`) are kept as calls when `keepCustomRules`. Fails with a diagnostic on recursion.
llvm::LogicalResult inlineCalls(mlir::FunctionOpInterface function, bool keepCustomRules);

/// Clones the body of `function`, called with `arguments`, to `builder`'s place, and the bodies of the functions it
/// calls; the values it returns. Fails with a diagnostic on recursion and on control flow.
llvm::FailureOr<llvm::SmallVector<mlir::Value>> cloneBody(mlir::OpBuilder &builder, mlir::FunctionOpInterface function,
                                                          mlir::ValueRange arguments, bool keepCustomRules);

} // namespace sinter

#endif // SINTER_TRANSFORMS_AUTODIFF_AUTODIFF_H
