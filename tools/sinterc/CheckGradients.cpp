// Are the gradients of a training step right? Autodiff against central differences, both in double precision.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Actions.h"

#include "sinter/Reference/GradientCheck.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/raw_ostream.h"

using namespace sinter;
using llvm::failure, llvm::success, llvm::LogicalResult;

namespace sinterc {

LogicalResult runCheckGradients(Compilation &compilation, const Options &options) {
  if (failed(compilation.advanceTo(Phase::Step)))
    return failure();
  if (compilation.phase() != Phase::Step)
    return reportError(llvm::createStringError("--check-gradients needs a module of phase model or step, found '" +
                                               phaseName(compilation.phase()) + "'"));
  auto differences = reference::checkStepGradients(compilation.module(), reference::GradientCheckOptions());
  if (failed(differences))
    return failure();
  const double tolerance = options.tolerance > 0 ? options.tolerance : 1e-6;
  int wrong = 0;
  for (const reference::GradientDifference &difference : *differences) {
    bool isRight = difference.error <= tolerance;
    wrong += !isRight;
    llvm::outs() << (isRight ? "right " : "WRONG ") << reference::describe(difference) << "\n";
  }
  llvm::outs().flush();
  if (wrong == 0)
    return success();
  return reportError(
      llvm::createStringError(llvm::formatv("{0} of {1} gradients differ from central differences by more than {2:E1}",
                                            wrong, differences->size(), tolerance)));
}

} // namespace sinterc
