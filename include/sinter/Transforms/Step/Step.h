// From phase `model` to phase `step`: declarations become four functions with explicit state.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef SINTER_TRANSFORMS_STEP_STEP_H
#define SINTER_TRANSFORMS_STEP_STEP_H

#include "mlir/IR/BuiltinOps.h"

namespace mlir {
class OpPassManager;
} // namespace mlir

namespace sinter {

struct StepOptions {
  /// Largest number of rows of a call; 0 takes the static leading extent of the first input, an error if that is `?`.
  int64_t batch = 0;
  /// Adds the gradients to the state, as `<parameter>.grad`.
  bool keepGradients = false;
};

/// Whether an input or a target of the module's declarations has the batch extent `?`, so that a step needs
/// `StepOptions::batch`.
bool hasBatchExtent(mlir::ModuleOp module);

/// Phase `step`: gradients expanded, step functions built and simplified.
void buildStepPipeline(mlir::OpPassManager &manager, const StepOptions &options);

} // namespace sinter

#endif // SINTER_TRANSFORMS_STEP_STEP_H
