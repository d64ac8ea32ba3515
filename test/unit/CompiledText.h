// Compiles a model text in this process, and compares the compiled step functions with the reference interpreter.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef SINTER_TEST_UNIT_COMPILEDTEXT_H
#define SINTER_TEST_UNIT_COMPILEDTEXT_H

#include "sinter/Pipelines/CompiledStep.h"

#include "mlir/IR/MLIRContext.h"

#include <string>
#include <vector>

/// The same tests check GPUs, when SINTER_TEST_GPU names an architecture: steps are compiled for that, and run there.
bool testsGpu();

/// A compilation with all that it stands on.
class CompiledText {
public:
  /// Loads the text; a fault is in `fault()`.
  CompiledText(const std::string &text, const sinter::CompilationOptions &options);
  ~CompiledText();

  sinter::Compilation *operator->() { return &compilation; }
  bool advanceTo(sinter::Phase phase);
  /// Code of a module in phase `llvm`, linked and open; null after a fault.
  std::unique_ptr<sinter::CompiledLibrary> makeLibrary();
  /// What went wrong: diagnostics and errors, one per line.
  const std::string &fault() const { return faults; }

private:
  mlir::MLIRContext context;
  mlir::DiagnosticEngine::HandlerID handler;
  mlir::TimingScope timing;
  sinter::Compilation compilation;
  std::string faults;
};

/// Compiles for one processor after the other ("" is this machine's) and compares every step function. Code that cannot
/// run here is made, but not compared. One line per fault of the first that has any, empty if all is right.
std::string compareCompiled(const std::string &text, sinter::CompilationOptions options,
                            const std::vector<std::string> &processors = {""});

#endif // SINTER_TEST_UNIT_COMPILEDTEXT_H
