// Trains a model text on the reference interpreter: the step functions that the compiler builds, before any lowering.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef SINTER_TEST_UNIT_STEPTRAINER_H
#define SINTER_TEST_UNIT_STEPTRAINER_H

#include "sinter/Reference/Compare.h"

#include "mlir/IR/MLIRContext.h"
#include "mlir/IR/OwningOpRef.h"

#include <memory>

class StepTrainer {
public:
  /// Builds the step functions and evaluates `init`. `good()` tells whether that worked; diagnostics go to stderr.
  StepTrainer(const std::string &modelText, int64_t batch);
  ~StepTrainer();

  bool good() const { return isGood; }
  mlir::ModuleOp module() { return *op; }

  /// A tensor of the state, or null.
  const sinter::reference::Tensor *state(const std::string &name) const;
  /// Replaces a tensor of the state; false if there is none of that name, kind and shape.
  bool setState(const std::string &name, const sinter::reference::Tensor &value);
  /// One train_step with the module's learning rate; returns the loss, NaN if the evaluation fails.
  double step(const std::vector<sinter::reference::Tensor> &inputs,
              const std::vector<sinter::reference::Tensor> &targets);

private:
  mlir::MLIRContext context;
  mlir::OwningOpRef<mlir::ModuleOp> op;
  sinter::reference::NamedTensors tensors; // the state, then what train_step takes beside it
  int64_t steps = 0;
  bool isGood = false;
};

#endif // SINTER_TEST_UNIT_STEPTRAINER_H
