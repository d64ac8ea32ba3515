// How is a compiled step run in the process that compiled it? As a shared library of its own, opened and driven through
// the artifact's ABI, exactly as a program would.
//
//   auto library = CompiledLibrary::make(compilation, runtimeFolder);    // compilation is in phase llvm
//   auto step = CompiledStep::make(std::move(*library));
//   auto expected = evaluateReference(*stepModule, {"train_step", rows});
//   auto differences = compareWithReference(**step, *expected);
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef SINTER_PIPELINES_COMPILEDSTEP_H
#define SINTER_PIPELINES_COMPILEDSTEP_H

#include "sinter-rt/artifact_loader.h"
#include "sinter-rt/gpu.h"
#include "sinter-rt/threads.h"
#include "sinter/Pipelines/Compilation.h"
#include "sinter/Reference/Compare.h"
#include "llvm/Support/Error.h"

#include <memory>

namespace sinter {

/// The shared library of a compilation, open; its file is gone already.
class CompiledLibrary {
public:
  /// Generates code and links it with the runtime of `runtimeFolder` (see sinter/Target/Link.h).
  static llvm::Expected<std::unique_ptr<CompiledLibrary>> make(Compilation &compilation,
                                                               const std::string &runtimeFolder);
  /// The same with object files that are there already; `name` is the artifact's prefix.
  static llvm::Expected<std::unique_ptr<CompiledLibrary>>
  make(llvm::ArrayRef<llvm::SmallVector<char, 0>> objects, const std::string &name, const std::string &runtimeFolder);
  CompiledLibrary(const CompiledLibrary &) = delete;
  ~CompiledLibrary();

  const sinter_artifact &artifact() const { return *sinter_library_artifact(library); }

private:
  explicit CompiledLibrary(sinter_library *library) : library(library) {}
  sinter_library *library;
};

/// An artifact with its memory, driven function by function on tensors of the reference interpreter.
class CompiledStep {
public:
  /// `threads` of 0: one per CPU, but two at least, as what is tried is what runs in parallel.
  static llvm::Expected<std::unique_ptr<CompiledStep>> make(std::unique_ptr<CompiledLibrary> library, int threads = 0);
  CompiledStep(const CompiledStep &) = delete;
  ~CompiledStep();

  /// From now on all functions but `init` run on the first GPU. Fails where there is none for this artifact.
  llvm::Error moveToGpu();

  int64_t batch() const { return artifact().batch; }

  /// Runs a step function on arguments found by role and name. Results are those named by `expected`, whose values are
  /// ignored. Scratch memory is filled with NaN before.
  llvm::Expected<reference::NamedTensors> run(llvm::StringRef function, const reference::NamedTensors &arguments,
                                              const reference::NamedTensors &expected, int64_t rows);

private:
  explicit CompiledStep(std::unique_ptr<CompiledLibrary> library) : library(std::move(library)) {}
  const sinter_artifact &artifact() const { return library->artifact(); }
  char *stateTensor(llvm::StringRef name);
  size_t outputIndex(llvm::StringRef name);
  llvm::Error call(llvm::StringRef function, const sinter_step_args &args);
  llvm::Error callOnGpu(llvm::StringRef function, const sinter_step_args &args);

  std::unique_ptr<CompiledLibrary> library;
  sinter_pool *pool = nullptr;
  void *state = nullptr, *scratch = nullptr;
  sinter_gpu *gpu = nullptr;
};

/// A call of a step function to be compared.
struct StepCall {
  llvm::StringRef function;
  int64_t rows;
};
/// Every step function on a full batch, and those with a batch on a part of one that no vector width divides.
llvm::SmallVector<StepCall> callsToCompare(int64_t batch);

/// A call on random data, and what the interpreter says to it.
struct ReferenceCall {
  StepCall call;
  reference::NamedTensors arguments, expected;
};
/// `module` is the step in phase `step`.
llvm::Expected<ReferenceCall> evaluateReference(mlir::ModuleOp module, StepCall call);

/// Makes the call on compiled code. One entry per result.
llvm::Expected<std::vector<reference::Difference>> compareWithReference(CompiledStep &step, const ReferenceCall &call);

/// The largest relative difference that rounding explains. A step all in f64 differs by rounding in another order only;
/// one with f32 in it by rounding at all.
double roundingTolerance(mlir::ModuleOp module);

} // namespace sinter

#endif // SINTER_PIPELINES_COMPILEDSTEP_H
