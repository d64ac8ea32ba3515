// Does the compiled step compute what the model says? Every step function on random data, compiled and on the reference
// interpreter, on a full batch and on a smaller one.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Actions.h"

#include "sinter/Pipelines/CompiledStep.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/raw_ostream.h"

using namespace sinter;
using llvm::failure, llvm::success, llvm::LogicalResult;

namespace sinterc {

/// Links and opens the module, in phase `llvm`.
static llvm::Expected<std::unique_ptr<CompiledStep>> open(Compilation &compilation) {
  auto library = CompiledLibrary::make(compilation, runtimeFolder());
  if (!library)
    return library.takeError();
  return CompiledStep::make(std::move(*library));
}

/// Prints what is right and wrong; the number of wrong results.
static int report(StepCall call, const std::vector<reference::Difference> &differences, double tolerance) {
  int wrong = 0;
  llvm::outs() << call.function << ", " << call.rows << (call.rows == 1 ? " row\n" : " rows\n");
  for (const reference::Difference &difference : differences) {
    bool isRight = difference.problem.empty() && difference.relative <= tolerance;
    wrong += !isRight;
    llvm::outs() << (isRight ? "  right " : "  WRONG ") << describe(difference) << "\n";
  }
  return wrong;
}

LogicalResult runVerify(Compilation &compilation, const Options &options) {
  if (failed(compilation.advanceTo(Phase::Step)))
    return failure();
  if (compilation.phase() != Phase::Step)
    return reportError(llvm::createStringError("--verify needs a module of phase model or step, found '" +
                                               phaseName(compilation.phase()) + "'"));
  if (!isNative(compilation.targetMachine()))
    return reportError(llvm::createStringError("--verify runs the compiled step: the target must be this machine"));
  mlir::OwningOpRef<mlir::ModuleOp> reference = compilation.module().clone();
  if (failed(compilation.advanceTo(Phase::LLVM)))
    return failure();
  auto step = open(compilation);
  if (!step)
    return reportError(step.takeError());

  // Compiled for a GPU, it is checked on one.
  if (!options.compilation.gpus.empty())
    if (llvm::Error error = (*step)->moveToGpu())
      return reportError(std::move(error));

  double tolerance = options.tolerance > 0 ? options.tolerance : roundingTolerance(*reference);
  if (options.tolerance <= 0 && options.compilation.tf32)
    tolerance = std::max(tolerance, 2e-3); // factors are off by 2^-11
  size_t wrong = 0, compared = 0;
  for (StepCall call : callsToCompare((*step)->batch())) {
    auto expected = evaluateReference(*reference, call);
    if (!expected)
      return reportError(expected.takeError());
    auto differences = compareWithReference(**step, *expected);
    if (!differences)
      return reportError(differences.takeError());
    wrong += report(call, *differences, tolerance);
    compared += differences->size();
  }
  llvm::outs().flush();
  if (wrong == 0)
    return success();
  return reportError(
      llvm::createStringError(llvm::formatv("{0} of {1} tensors differ from the reference", wrong, compared)));
}

} // namespace sinterc
