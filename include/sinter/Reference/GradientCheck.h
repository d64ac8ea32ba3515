// Are the derivatives right? Central differences of the reference interpreter, in double, against what autodiff built.
//
//   numeric gradient of element i = (f(x + h e_i) - f(x - h e_i)) / (2 h),   h = step max(1, |x_i|)
//   error of element i = |autodiff - numeric| / max(|autodiff|, |numeric|, 0.01 g, 0.0001 |f(x)|)
//
// g is the largest |autodiff| of the tensor. The last two terms keep rounding errors (about 1e-16 |f| / h) of elements
// that are nearly zero from counting. Where the error is above 1e-7, ten times the step is tried too, and the smaller error
// counts. Right gradients of smooth functions have errors below 1e-6; wrong ones near 1.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef SINTER_REFERENCE_GRADIENTCHECK_H
#define SINTER_REFERENCE_GRADIENTCHECK_H

#include "sinter/Reference/Interpreter.h"

#include "mlir/IR/BuiltinOps.h"

#include <string>
#include <vector>

namespace sinter::reference {

struct GradientCheckOptions {
  /// h above, relative to the element.
  double step = 1e-6;
  /// Elements tried per argument, spread evenly; all of them if the tensor has no more.
  int64_t elementsPerArgument = 25;
  /// Rows of the random batch (step functions only).
  int64_t rows = 3;
  /// Key of the random data (step functions only).
  uint64_t seed = 1;
};

/// The element of one argument with the largest error.
struct GradientDifference {
  std::string argument;
  llvm::SmallVector<int64_t> index;
  double autodiff = 0;
  double numeric = 0;
  double error = 0;
  /// Elements tried.
  int64_t checked = 0;
};

/// `primal`'s first result is a scalar; `gradient` takes the same arguments, and its last results are the gradients
/// with respect to the arguments `wrt`, in that order (what `sinter.value_and_grad` becomes when it is expanded).
mlir::FailureOr<std::vector<GradientDifference>>
checkGradients(mlir::FunctionOpInterface primal, mlir::FunctionOpInterface gradient, llvm::ArrayRef<int64_t> wrt,
               llvm::ArrayRef<Tensor> arguments, const Environment &environment, const GradientCheckOptions &options);

/// A module in phase `step`, built with `keep-gradients`: the loss of its train_step is differentiated with respect to
/// every parameter that has a tensor of role `gradient` in the state, on random data.
mlir::FailureOr<std::vector<GradientDifference>> checkStepGradients(mlir::ModuleOp module,
                                                                    const GradientCheckOptions &options);

/// One line of text: "fc1.weight: largest error 3.1e-09 of 25 elements, at [3, 4]: autodiff ..., numeric ...".
std::string describe(const GradientDifference &difference);

} // namespace sinter::reference

#endif // SINTER_REFERENCE_GRADIENTCHECK_H
