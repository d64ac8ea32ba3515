// How does a model text become a shared library in this process, and what is wrong with it?
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "CompiledText.h"

#include "sinter/Pipelines/Pipelines.h"

#include "mlir/IR/Diagnostics.h"

#include <cstdlib>

using namespace sinter;
using namespace sinter::reference;

static mlir::DialectRegistry makeRegistry() {
  mlir::DialectRegistry registry;
  registerPhaseDialects(registry);
  return registry;
}

bool testsGpu() {
  return std::getenv("SINTER_TEST_GPU");
}

static CompilationOptions forDevice(CompilationOptions options) {
  if (testsGpu())
    options.gpus = {std::getenv("SINTER_TEST_GPU")};
  options.cubin = false;
  return options;
}

CompiledText::CompiledText(const std::string &text, const CompilationOptions &options)
    : context(makeRegistry(), mlir::MLIRContext::Threading::DISABLED),
      compilation(context, forDevice(options), timing) {
  handler = context.getDiagEngine().registerHandler([this](mlir::Diagnostic &diagnostic) {
    if (diagnostic.getSeverity() == mlir::DiagnosticSeverity::Error)
      faults += diagnostic.str() + "\n";
  });
  if (llvm::Error error = compilation.selectTarget())
    faults += llvm::toString(std::move(error)) + "\n";
  else if (failed(compilation.loadText(text, "model.mlir")))
    faults += "the text is no valid model\n";
}

CompiledText::~CompiledText() {
  context.getDiagEngine().eraseHandler(handler);
}

bool CompiledText::advanceTo(Phase phase) {
  if (!faults.empty())
    return false;
  if (succeeded(compilation.advanceTo(phase)))
    return true;
  faults += "phase " + phaseName(phase).str() + " is not reached\n";
  return false;
}

std::unique_ptr<CompiledLibrary> CompiledText::makeLibrary() {
  llvm::Expected<std::unique_ptr<CompiledLibrary>> library = CompiledLibrary::make(compilation, SINTER_RUNTIME_FOLDER);
  if (library)
    return std::move(*library);
  faults += llvm::toString(library.takeError()) + "\n";
  return nullptr;
}

namespace {

/// The compiled steps of one text for several processors, against one evaluation of the reference.
class Comparison {
public:
  /// `module` is the library's step in phase `step`.
  void compareWith(std::unique_ptr<CompiledLibrary> library, mlir::ModuleOp module) {
    if (!library)
      return;
    llvm::Expected<std::unique_ptr<CompiledStep>> step = CompiledStep::make(std::move(library));
    if (!step) {
      faults += llvm::toString(step.takeError()) + "\n";
      return;
    }
    if (testsGpu())
      faults += llvm::toString((*step)->moveToGpu());
    if (expected.empty())
      evaluate(module, (*step)->batch());
    tolerance = roundingTolerance(module);
    for (const ReferenceCall &call : expected)
      compareCall(**step, call);
  }

  std::string faults;

private:
  void evaluate(mlir::ModuleOp module, int64_t batch) {
    for (StepCall call : callsToCompare(batch)) {
      llvm::Expected<ReferenceCall> evaluated = evaluateReference(module, call);
      if (evaluated)
        expected.push_back(std::move(*evaluated));
      else
        faults += llvm::toString(evaluated.takeError()) + "\n";
    }
  }

  void compareCall(CompiledStep &step, const ReferenceCall &call) {
    auto differences = compareWithReference(step, call);
    if (!differences) {
      faults += llvm::toString(differences.takeError()) + "\n";
      return;
    }
    for (const Difference &difference : *differences)
      if (!difference.problem.empty() || !(difference.relative <= tolerance))
        faults +=
            call.call.function.str() + ", rows " + std::to_string(call.call.rows) + ": " + describe(difference) + "\n";
  }

  std::vector<ReferenceCall> expected;
  double tolerance = 0;
};

} // namespace

std::string compareCompiled(const std::string &text, CompilationOptions options,
                            const std::vector<std::string> &processors) {
  Comparison comparison;
  for (const std::string &processor : processors) {
    options.target.cpu = processor;
    CompiledText compiled(text, options);
    if (compiled.advanceTo(Phase::Step)) {
      mlir::OwningOpRef<mlir::ModuleOp> module = compiled->module().clone();
      if (compiled.advanceTo(Phase::LLVM) && isNative(compiled->targetMachine()))
        comparison.compareWith(compiled.makeLibrary(), *module);
    }
    comparison.faults += compiled.fault();
    if (!comparison.faults.empty())
      return (processor.empty() ? "" : "for " + processor + ":\n") + comparison.faults;
  }
  return "";
}
