// How does a model text become a training run of the interpreter?
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "StepTrainer.h"

#include "sinter/Dialect/IR/SinterDialect.h"
#include "sinter/Transforms/Autodiff/Autodiff.h"
#include "sinter/Transforms/Step/Step.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassManager.h"

#include <cmath>

using namespace mlir;
using namespace sinter;
using namespace sinter::reference;

static DialectRegistry makeRegistry() {
  DialectRegistry registry;
  registry.insert<SinterDialect, func::FuncDialect, arith::ArithDialect, math::MathDialect>();
  registerAutodiffRules(registry);
  return registry;
}

StepTrainer::~StepTrainer() = default;

StepTrainer::StepTrainer(const std::string &modelText, int64_t batch)
    : context(makeRegistry(), MLIRContext::Threading::DISABLED) {
  op = parseSourceString<ModuleOp>(modelText, &context);
  if (!op)
    return;
  PassManager manager(&context);
  StepOptions options;
  options.batch = batch;
  options.keepGradients = true;
  buildStepPipeline(manager, options);
  if (failed(manager.run(*op)))
    return;
  auto seed = randomArguments(*op, "init", batch, /*seed=*/1);
  if (failed(seed))
    return;
  auto state = evaluateStep(*op, "init", *seed, batch);
  auto arguments = randomArguments(*op, "train_step", batch, /*seed=*/1);
  if (failed(state) || failed(arguments))
    return;
  tensors = *state;
  for (NamedTensor &argument : *arguments)
    if (argument.role != "state")
      tensors.push_back(argument);
  isGood = true;
}

const Tensor *StepTrainer::state(const std::string &name) const {
  const NamedTensor *entry = find(tensors, "state", name);
  return entry ? &entry->value : nullptr;
}

bool StepTrainer::setState(const std::string &name, const Tensor &value) {
  for (NamedTensor &tensor : tensors) {
    if (tensor.role != "state" || tensor.name != name)
      continue;
    if (tensor.value.shape() != value.shape() || tensor.value.kind() != value.kind())
      return false;
    tensor.value = value;
    return true;
  }
  return false;
}

double StepTrainer::step(const std::vector<Tensor> &inputs, const std::vector<Tensor> &targets) {
  ++steps;
  size_t input = 0, target = 0;
  for (NamedTensor &tensor : tensors) {
    if (tensor.role == "input" && input < inputs.size())
      tensor.value = inputs[input++];
    else if (tensor.role == "target" && target < targets.size())
      tensor.value = targets[target++];
    else if (tensor.role == "learning_rate")
      tensor.value.set(0, (*op)->getAttrOfType<FloatAttr>("sinter.learning_rate").getValueAsDouble());
    else if (tensor.role == "step")
      tensor.value.setInteger(0, steps);
  }
  auto results = evaluateStep(*op, "train_step", tensors, inputs.front().shape()[0]);
  if (failed(results))
    return std::nan("");
  double loss = std::nan("");
  for (NamedTensor &result : *results) {
    if (result.role == "loss")
      loss = result.value.at(0);
    else if (!setState(result.name, result.value))
      return std::nan("");
  }
  return loss;
}
