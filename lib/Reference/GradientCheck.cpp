// How are gradients checked? Each chosen element is moved up and down by h and the function evaluated both times.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "sinter/Reference/GradientCheck.h"

#include "sinter/Dialect/IR/SinterDialect.h"
#include "sinter/Reference/Compare.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

#include <cmath>
#include <cstdio>

using namespace mlir;
using namespace sinter;
using namespace sinter::reference;

/// The scalar function being differentiated, as a function of all arguments.
using ScalarFunction = llvm::function_ref<FailureOr<double>(ArrayRef<Tensor>)>;

/// An error that needs no second look.
static constexpr double kClearlyRight = 1e-7;

static double largestMagnitude(const Tensor &tensor) {
  double largest = 0;
  for (int64_t i = 0; i < tensor.size(); ++i)
    largest = std::max(largest, std::fabs(tensor.at(i)));
  return largest;
}

/// (f(x + h) - f(x - h)) / (2 h) for one element of one argument; `arguments` are as before afterwards.
static FailureOr<double> centralDifference(ScalarFunction function, SmallVectorImpl<Tensor> &arguments, int64_t number,
                                           int64_t position, double step) {
  const double x = arguments[number].at(position);
  const double h = step * std::max(1.0, std::fabs(x));
  arguments[number].set(position, x + h);
  FailureOr<double> above = function(arguments);
  arguments[number].set(position, x - h);
  FailureOr<double> below = function(arguments);
  arguments[number].set(position, x);
  if (failed(above) || failed(below))
    return failure();
  return (*above - *below) / ((x + h) - (x - h));
}

/// The difference of one element of a gradient, relative to the larger of the two values and `floor`.
static double errorOf(double autodiff, double numeric, double floor) {
  const double difference = std::fabs(autodiff - numeric);
  if (!std::isfinite(difference))
    return HUGE_VAL;
  return difference == 0 ? 0 : difference / std::max({std::fabs(autodiff), std::fabs(numeric), floor});
}

/// Compares one argument's gradient, element by element, and keeps the worst.
static FailureOr<GradientDifference> checkArgument(ScalarFunction function, double value,
                                                   SmallVectorImpl<Tensor> &arguments, int64_t number,
                                                   const Tensor &gradient, const GradientCheckOptions &options) {
  GradientDifference worst;
  worst.error = -1;
  const double floor = std::max(0.01 * largestMagnitude(gradient), 0.0001 * std::fabs(value));
  const int64_t size = gradient.size(), count = std::min(size, std::max<int64_t>(1, options.elementsPerArgument));
  for (int64_t k = 0; k < count; ++k) {
    const int64_t position = k * size / count;
    ++worst.checked;
    // A wrong gradient is wrong with every step; what falls as the step grows is rounding.
    double numeric = 0, error = HUGE_VAL;
    for (double step : {options.step, 10 * options.step}) {
      FailureOr<double> tried = centralDifference(function, arguments, number, position, step);
      if (failed(tried))
        return failure();
      if (double found = errorOf(gradient.at(position), *tried, floor); found < error || step == options.step)
        error = found, numeric = *tried;
      if (error <= kClearlyRight)
        break;
    }
    if (error <= worst.error)
      continue;
    worst.error = error;
    worst.index = indexOf(gradient.shape(), position);
    worst.autodiff = gradient.at(position);
    worst.numeric = numeric;
  }
  return worst;
}

/// The value of a rank-0 float result.
static FailureOr<double> scalarResult(FunctionOpInterface function, ArrayRef<Tensor> arguments,
                                      const Environment &environment, unsigned result) {
  FailureOr<SmallVector<Tensor>> results = evaluate(function, arguments, environment, {result});
  if (failed(results))
    return failure();
  if (results->front().rank() != 0 || !results->front().isFloat())
    return emitError(function->getLoc(), "result #")
           << result << " of '" << function.getName() << "' should be a scalar to be differentiated, found "
           << typeText(results->front());
  return results->front().at(0);
}

FailureOr<std::vector<GradientDifference>>
sinter::reference::checkGradients(FunctionOpInterface primal, FunctionOpInterface gradient, ArrayRef<int64_t> wrt,
                                  ArrayRef<Tensor> arguments, const Environment &given,
                                  const GradientCheckOptions &options) {
  Environment environment = given;
  environment.rounds = false;
  auto function = [&](ArrayRef<Tensor> moved) { return scalarResult(primal, moved, environment, 0); };
  FailureOr<double> value = function(arguments);
  FailureOr<SmallVector<Tensor>> results = evaluate(gradient, arguments, environment);
  if (failed(value) || failed(results))
    return failure();
  if (results->size() < wrt.size())
    return emitError(gradient->getLoc(), "expected ")
           << wrt.size() << " gradients, found " << results->size() << " results";
  ArrayRef<Tensor> gradients = ArrayRef(*results).take_back(wrt.size());
  SmallVector<Tensor> moved(arguments);
  std::vector<GradientDifference> differences;
  for (auto [number, gradient] : llvm::zip_equal(wrt, gradients)) {
    FailureOr<GradientDifference> difference = checkArgument(function, *value, moved, number, gradient, options);
    if (failed(difference))
      return failure();
    difference->argument = "argument " + std::to_string(number);
    differences.push_back(std::move(*difference));
  }
  return differences;
}

//===-- Step functions -------------------------------------------------------------------------------------------===//

static std::optional<unsigned> resultWith(func::FuncOp function, StringRef role, StringRef name = {}) {
  for (unsigned number = 0; number < function.getNumResults(); ++number) {
    auto hasText = [&](StringRef attribute, StringRef text) {
      auto found = function.getResultAttrOfType<StringAttr>(number, attribute);
      return found && found.getValue() == text;
    };
    if (hasText("sinter.role", role) && (name.empty() || hasText("sinter.name", name)))
      return number;
  }
  return std::nullopt;
}

FailureOr<std::vector<GradientDifference>> sinter::reference::checkStepGradients(ModuleOp module,
                                                                                 const GradientCheckOptions &options) {
  auto step = module.lookupSymbol<func::FuncOp>("train_step");
  const std::optional<unsigned> loss = step ? resultWith(step, "loss") : std::nullopt;
  if (!loss)
    return emitError(module.getLoc(),
                     "gradients are checked in phase step, but there is no function 'train_step' with a loss");
  FailureOr<NamedTensors> named = randomArguments(module, "train_step", options.rows, options.seed);
  if (failed(named))
    return failure();
  SmallVector<Tensor> arguments;
  for (NamedTensor &argument : *named)
    arguments.push_back(argument.value);
  Environment environment;
  environment.rows = options.rows;
  environment.rounds = false;
  auto function = [&](ArrayRef<Tensor> given) { return scalarResult(step, given, environment, *loss); };
  FailureOr<double> value = function(arguments);
  if (failed(value))
    return failure();

  std::vector<GradientDifference> differences;
  for (auto [number, argument] : llvm::enumerate(*named)) {
    const std::optional<unsigned> result =
        argument.role == "state" ? resultWith(step, "state", argument.name + ".grad") : std::nullopt;
    if (!result)
      continue;
    FailureOr<SmallVector<Tensor>> gradient = evaluate(step, arguments, environment, {*result});
    if (failed(gradient))
      return failure();
    FailureOr<GradientDifference> difference =
        checkArgument(function, *value, arguments, number, gradient->front(), options);
    if (failed(difference))
      return failure();
    difference->argument = argument.name;
    differences.push_back(std::move(*difference));
  }
  if (differences.empty())
    return emitError(step.getLoc(), "no gradients in the state; build the step with keep-gradients");
  return differences;
}

std::string sinter::reference::describe(const GradientDifference &difference) {
  std::string place;
  for (int64_t i : difference.index)
    place += (place.empty() ? "" : ", ") + std::to_string(i);
  char numbers[160];
  std::snprintf(numbers, sizeof numbers, "largest error %.2e of %lld elements, at [%s]: autodiff %.9g, numeric %.9g",
                difference.error, static_cast<long long>(difference.checked), place.c_str(), difference.autodiff,
                difference.numeric);
  return difference.argument + ": " + numbers;
}
