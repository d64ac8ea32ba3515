// The pass that turns declarations into a training step.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef SINTER_TRANSFORMS_STEP_PASSES_TD
#define SINTER_TRANSFORMS_STEP_PASSES_TD

include "mlir/Pass/PassBase.td"

def SinterBuildStep : Pass<"sinter-build-step", "::mlir::ModuleOp"> {
  let summary = "makes init, train_step, eval_step and predict from the declarations";
  let description = [{
    Precondition: one `sinter.model`, `sinter.loss` and `sinter.optimizer`, at least one `sinter.parameter`; no
    `sinter.value_and_grad` (see `sinter-differentiate`).
    Change: the state of training becomes explicit (a table of `sinter.state`: parameters, then the optimizer's moments,
    then gradients if they are kept), and four functions of `sinter` ops come to be:
    ```
    @init(seed) -> (state...)
    @train_step(state..., inputs..., targets..., learning_rate, step, seed) -> (state..., loss)
    @eval_step(parameters..., inputs..., targets...) -> (outputs..., loss)
    @predict(parameters..., inputs...) -> (outputs...)
    ```
    Arguments and results say what they are by `sinter.role` and `sinter.name`. Steps count from 1.
    What is left: parameters, optimizer and metrics as descriptions; model, loss and helper functions are gone.

    Example: test/Transforms/Step/build-step.mlir
  }];
  let options = [
    Option<"batch", "batch", "int64_t", "0",
           "largest number of rows of a call; 0: the static leading extent of the first input">,
    Option<"keepGradients", "keep-gradients", "bool", "false", "keep the gradients in the state, as <parameter>.grad">
  ];
}

#endif // SINTER_TRANSFORMS_STEP_PASSES_TD
