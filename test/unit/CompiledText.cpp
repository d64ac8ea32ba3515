// How does a model text become a shared library in this process, and what is wrong with it?
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "CompiledText.h"

#include "sinter/Pipelines/Pipelines.h"

#include "mlir/IR/Diagnostics.h"

using namespace sinter;
using namespace sinter::reference;

static mlir::DialectRegistry makeRegistry() {
  mlir::DialectRegistry registry;
  registerPhaseDialects(registry);
  return registry;
}

CompiledText::CompiledText(const std::string &text, const CompilationOptions &options)
    : context(makeRegistry(), mlir::MLIRContext::Threading::DISABLED), compilation(context, options, timing) {
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

static std::string compareCalls(CompiledStep &step, mlir::ModuleOp module) {
  std::string faults;
  for (StepCall call : callsToCompare(step.batch())) {
    auto differences = compareWithReference(step, module, call);
    if (!differences)
      return faults + llvm::toString(differences.takeError()) + "\n";
    for (const Difference &difference : *differences)
      if (!difference.problem.empty() || !(difference.relative <= roundingTolerance(difference.kind)))
        faults += call.function.str() + ", rows " + std::to_string(call.rows) + ": " + describe(difference) + "\n";
  }
  return faults;
}

std::string compareCompiled(const std::string &text, CompilationOptions options,
                            const std::vector<std::string> &processors) {
  std::string faults;
  for (const std::string &processor : processors) {
    options.target.cpu = processor;
    CompiledText compiled(text, options);
    std::string fault;
    if (compiled.advanceTo(Phase::Step) && isNative(compiled->targetMachine())) {
      mlir::OwningOpRef<mlir::ModuleOp> module = compiled->module().clone();
      std::unique_ptr<CompiledLibrary> library = compiled.advanceTo(Phase::LLVM) ? compiled.makeLibrary() : nullptr;
      if (library) {
        auto step = CompiledStep::make(std::move(library));
        fault = step ? compareCalls(**step, *module) : llvm::toString(step.takeError());
      }
    }
    fault = compiled.fault() + fault;
    if (!fault.empty())
      faults += (processor.empty() ? "" : "for " + processor + ":\n") + fault;
  }
  return faults;
}
