// How are two sets of results compared, and how is a step function evaluated by name?
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "sinter/Reference/Compare.h"

#include "sinter/Reference/RandomData.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

#include <cmath>
#include <cstdio>
#include <limits>

using namespace mlir;
using namespace sinter::reference;

const NamedTensor *sinter::reference::find(const NamedTensors &tensors, StringRef role, StringRef name) {
  for (const NamedTensor &tensor : tensors)
    if (tensor.role == role && tensor.name == name)
      return &tensor;
  return nullptr;
}

//===-- Step functions by name -----------------------------------------------------------------------------------===//

static FailureOr<func::FuncOp> stepFunction(ModuleOp module, StringRef name) {
  if (auto function = module.lookupSymbol<func::FuncOp>(name))
    return function;
  return emitError(module.getLoc(), "the module has no function '") << name << "'; is it in phase step?";
}

static std::string textOf(Attribute attribute) {
  auto text = dyn_cast_or_null<StringAttr>(attribute);
  return text ? text.str() : std::string();
}

/// Role and name of an argument, without a value.
static NamedTensor labelOfArgument(func::FuncOp function, unsigned number) {
  return {textOf(function.getArgAttr(number, "sinter.role")), textOf(function.getArgAttr(number, "sinter.name")), {}};
}

static NamedTensor labelOfResult(func::FuncOp function, unsigned number) {
  return {
      textOf(function.getResultAttr(number, "sinter.role")), textOf(function.getResultAttr(number, "sinter.name")), {}};
}

/// Stream of the random data of an argument: a hash (FNV-1a) of its name, so that all step functions get the same
/// values.
static uint64_t streamOf(const NamedTensor &label) {
  uint64_t hash = 0xcbf29ce484222325;
  for (char c : label.role + "/" + label.name)
    hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  return hash;
}

/// Moments of optimizers are squares or sums of squares in many places: none is made negative.
static void makePositive(Tensor &tensor) {
  for (int64_t i = 0; tensor.isFloat() && i < tensor.size(); ++i)
    tensor.set(i, std::fabs(tensor.at(i)));
}

/// A mean of gradients is small enough for its square to be well below the mean of their squares (at least 0.05 here,
/// as all that is random): a variance that is a small difference of the two is nothing but rounding errors, or
/// negative.
static void makeSmall(Tensor &mean) {
  for (int64_t i = 0; mean.isFloat() && i < mean.size(); ++i)
    mean.set(i, 0.15 * mean.at(i));
}

/// Weights [out, in...] are divided by sqrt(in): activations and the loss stay near 1 in wide models as well. A large
/// loss would drown small gradients in rounding errors.
static void scaleByFanIn(Tensor &tensor) {
  if (!tensor.isFloat() || tensor.rank() < 2 || tensor.shape()[0] == 0)
    return;
  const double fanIn = static_cast<double>(tensor.size()) / static_cast<double>(tensor.shape()[0]);
  for (int64_t i = 0; i < tensor.size(); ++i)
    tensor.set(i, tensor.at(i) / std::sqrt(fanIn));
}

FailureOr<NamedTensors> sinter::reference::randomArguments(ModuleOp module, StringRef name, int64_t rows, uint64_t seed,
                                                           int64_t step) {
  FailureOr<func::FuncOp> function = stepFunction(module, name);
  if (failed(function))
    return failure();
  NamedTensors arguments;
  for (unsigned number = 0; number < function->getNumArguments(); ++number) {
    NamedTensor argument = labelOfArgument(*function, number);
    FailureOr<Tensor> tensor = zerosForArgument(*function, number, rows);
    if (failed(tensor))
      return failure();
    if (argument.role == "learning_rate")
      tensor->set(0, 0.01);
    else if (argument.role == "step")
      tensor->setInteger(0, step);
    else if (argument.role == "seed")
      tensor->setInteger(0, static_cast<int64_t>(seed));
    else
      fillRandom(*tensor, seed, streamOf(argument), labelLimit(*function, number));
    if (argument.role == "state") {
      if (module.lookupSymbol(argument.name))
        scaleByFanIn(*tensor);
      else
        makePositive(*tensor);
      if (StringRef(argument.name).ends_with(".grad_avg"))
        makeSmall(*tensor);
    }
    argument.value = std::move(*tensor);
    arguments.push_back(std::move(argument));
  }
  return arguments;
}

FailureOr<NamedTensors> sinter::reference::evaluateStep(ModuleOp module, StringRef name, const NamedTensors &arguments,
                                                        int64_t rows) {
  FailureOr<func::FuncOp> function = stepFunction(module, name);
  if (failed(function))
    return failure();
  SmallVector<Tensor> values;
  for (unsigned number = 0; number < function->getNumArguments(); ++number) {
    const NamedTensor label = labelOfArgument(*function, number);
    const NamedTensor *given = find(arguments, label.role, label.name);
    if (!given)
      return emitError(function->getLoc(), "no value is given for ")
             << label.role << " '" << label.name << "' of '" << name << "'";
    values.push_back(given->value);
  }
  Environment environment;
  environment.rows = rows;
  FailureOr<SmallVector<Tensor>> results = evaluate(*function, values, environment);
  if (failed(results))
    return failure();
  NamedTensors named;
  for (auto [number, tensor] : llvm::enumerate(*results)) {
    named.push_back(labelOfResult(*function, number));
    named.back().value = std::move(tensor);
  }
  return named;
}

//===-- Comparison -----------------------------------------------------------------------------------------------===//

/// |a - b|, 0 for two NaNs or equal infinities, infinite for other differences that are not finite.
static double distance(double a, double b) {
  if (a == b || (std::isnan(a) && std::isnan(b)))
    return 0;
  const double difference = std::fabs(a - b);
  return std::isfinite(difference) ? difference : std::numeric_limits<double>::infinity();
}

static void compareElements(const Tensor &expected, const Tensor &found, Difference &difference) {
  double scale = 0;
  for (int64_t i = 0; i < expected.size(); ++i) {
    if (std::isfinite(expected.at(i)))
      scale = std::max(scale, std::fabs(expected.at(i)));
    const double absolute = distance(expected.at(i), found.at(i));
    if (i > 0 && absolute <= difference.absolute)
      continue;
    difference.absolute = absolute;
    difference.index = indexOf(expected.shape(), i);
    difference.expected = expected.at(i);
    difference.found = found.at(i);
  }
  difference.relative = scale > 0 ? difference.absolute / scale : difference.absolute;
}

std::vector<Difference> sinter::reference::compare(const NamedTensors &expected, const NamedTensors &found) {
  std::vector<Difference> differences;
  for (const NamedTensor &tensor : expected) {
    Difference difference;
    difference.role = tensor.role;
    difference.name = tensor.name;
    const NamedTensor *other = find(found, tensor.role, tensor.name);
    if (!other)
      difference.problem = "missing";
    else if (other->value.shape() != tensor.value.shape() || other->value.kind() != tensor.value.kind())
      difference.problem = "expected " + typeText(tensor.value) + ", found " + typeText(other->value);
    else
      compareElements(tensor.value, other->value, difference);
    differences.push_back(std::move(difference));
  }
  return differences;
}

std::string sinter::reference::describe(const Difference &difference) {
  std::string text = difference.role + " " + difference.name + ": ";
  if (!difference.problem.empty())
    return text + difference.problem;
  if (difference.absolute == 0)
    return text + "equal";
  std::string place;
  for (int64_t i : difference.index)
    place += (place.empty() ? "" : ", ") + std::to_string(i);
  char numbers[160];
  std::snprintf(numbers, sizeof numbers, "largest difference %.2e (relative %.2e) at [%s]: expected %.9g, found %.9g",
                difference.absolute, difference.relative, place.c_str(), difference.expected, difference.found);
  return text + numbers;
}
