// What does a module declare, and does it make a training step?
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef SINTER_LIB_TRANSFORMS_STEP_DECLARATIONS_H
#define SINTER_LIB_TRANSFORMS_STEP_DECLARATIONS_H

#include "mlir/IR/BuiltinOps.h"
#include "sinter/Dialect/IR/SinterDialect.h"

namespace sinter {

/// An input, target or output of the step functions.
struct NamedType {
  std::string name;
  mlir::RankedTensorType type;
};

struct Declarations {
  ModelOp model;
  LossOp loss;
  OptimizerOp optimizer;
  llvm::SmallVector<ParameterOp> parameters;
  llvm::SmallVector<NamedType> inputs, targets, outputs;
  mlir::RankedTensorType lossType;
};

/// Finds the declarations and checks that they fit; a diagnostic says what is missing or does not.
llvm::FailureOr<Declarations> collectDeclarations(mlir::ModuleOp module);

/// The largest number of rows of a call, from the request (0: none) and the types.
llvm::FailureOr<int64_t> resolveBatch(const Declarations &declarations, int64_t requested);

/// "mse_loss", "cross_entropy", ...: the op that is the whole loss, else "custom".
llvm::StringRef lossName(LossOp loss);
/// Whether the loss adds its terms up (else it is a mean, or something else).
bool lossIsSum(LossOp loss);

} // namespace sinter

#endif // SINTER_LIB_TRANSFORMS_STEP_DECLARATIONS_H
