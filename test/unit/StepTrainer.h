// Trains a model text on the reference interpreter: the step functions that the compiler builds, before any lowering.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef SINTER_TEST_UNIT_STEPTRAINER_H
#define SINTER_TEST_UNIT_STEPTRAINER_H

#include "Trainer.h"

#include "sinter/Reference/Compare.h"

#include "mlir/IR/MLIRContext.h"
#include "mlir/IR/OwningOpRef.h"

class StepTrainer : public Trainer {
public:
  /// Builds the step functions and evaluates `init`; diagnostics go to stderr.
  StepTrainer(const std::string &modelText, int64_t batch);
  ~StepTrainer() override;

  bool good() const override { return isGood; }
  const sinter::reference::Tensor *state(const std::string &name) const override;
  bool setState(const std::string &name, const sinter::reference::Tensor &value) override;
  double step(const std::vector<sinter::reference::Tensor> &inputs,
              const std::vector<sinter::reference::Tensor> &targets) override;

  mlir::ModuleOp module() { return *op; }

private:
  mlir::MLIRContext context;
  mlir::OwningOpRef<mlir::ModuleOp> op;
  sinter::reference::NamedTensors tensors; // the state, then what train_step takes beside it
  int64_t steps = 0;
  bool isGood = false;
};

#endif // SINTER_TEST_UNIT_STEPTRAINER_H
