// One model on its way through the phases to machine code: what sinterc does, as a library.
//
//   Compilation compilation(context, options, timing);
//   if (failed(compilation.load("model.mlir")) || failed(compilation.advanceTo(Phase::LLVM))) ...
//   auto object = compilation.generate(CodeFormat::Object);
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef SINTER_PIPELINES_COMPILATION_H
#define SINTER_PIPELINES_COMPILATION_H

#include "mlir/IR/OwningOpRef.h"
#include "mlir/Support/Timing.h"
#include "sinter/Pipelines/Phases.h"
#include "sinter/Target/DeviceCode.h"
#include "sinter/Target/Emit.h"
#include "sinter/Target/TargetMachine.h"

#include <string>

namespace llvm {
class MemoryBuffer;
} // namespace llvm

namespace sinter {

/// What decides the code, beside the text of the model.
struct CompilationOptions {
  TargetChoice target;
  /// Largest number of rows of a call; none: 64 where the model leaves it open.
  std::optional<int64_t> batch;
  /// The last gradients become part of the state.
  bool keepGradients = false;
  /// A file of schedules that take the place of the planner's; empty: none.
  std::string schedules;
  /// Kinds of fusion to leave out (KernelsOptions).
  std::vector<std::string> unfused;
  /// GPUs to make code for as well, "sm_90a"; none: CPUs alone.
  std::vector<std::string> gpus;
  /// Machine code beside PTX, where ptxas is found.
  bool cubin = true;
  /// Products of f32 on GPUs may round their operands to tf32.
  bool tf32 = false;
  /// For an executable: define the symbol that its `main` looks for.
  bool program = false;
};

/// What the compiler knows of the finished step (from phase `buffers` on).
struct StepSummary {
  std::string name; ///< prefix of the artifact's symbols
  int64_t batch = 0, stateBytes = 0, scratchBytes = 0;
  int64_t kernels = 0; ///< distinct kernel functions
  std::string header;  ///< the text of the C header
};

class Compilation {
public:
  static constexpr int64_t kDefaultBatch = 64;

  /// `context` must know the dialects of `registerPhaseDialects`. Times are reported below `timing`.
  Compilation(mlir::MLIRContext &context, CompilationOptions options, mlir::TimingScope &timing);
  ~Compilation();

  /// Finds the target machine; an error says which triple or processor is unknown. To be called first.
  llvm::Error selectTarget();

  /// Parses a model, or a module of any later phase ("-": standard input). Messages go to the context's diagnostics.
  mlir::LogicalResult load(llvm::StringRef path);
  /// The same with a text that is in memory.
  mlir::LogicalResult loadText(llvm::StringRef text, llvm::StringRef name);

  /// Another compilation that goes on from where this one is, with a copy of the module.
  std::unique_ptr<Compilation> fork();

  /// Runs the phases from the one that the module is in up to `phase` (at most `LLVM`).
  mlir::LogicalResult advanceTo(Phase phase);

  /// LLVM's own passes and code generation; the module must be in phase `LLVM`.
  std::unique_ptr<llvm::Module> makeLLVMIR(llvm::LLVMContext &llvmContext, bool optimized = true);
  mlir::FailureOr<llvm::SmallVector<char, 0>> generate(CodeFormat format);
  /// Objects for the linker, compiled in parallel; together they are what `generate(CodeFormat::Object)` is.
  mlir::FailureOr<std::vector<llvm::SmallVector<char, 0>>> generateParts();

  /// The PTX of the device functions, for the first GPU; the module must be in phase `LLVM`.
  mlir::FailureOr<std::string> makeDevicePtx();

  mlir::ModuleOp module() { return *op; }
  Phase phase() const { return current; }
  /// Of the model text and of every option that changes the code, hexadecimal.
  llvm::StringRef digest() const { return sourceDigest; }
  const llvm::TargetMachine &targetMachine() const { return *machine; }
  /// Filled in when phase `buffers` is reached; a file that starts behind it has none.
  const std::optional<StepSummary> &summary() const { return step; }

private:
  mlir::LogicalResult parse(std::unique_ptr<llvm::MemoryBuffer> file, llvm::StringRef name);
  mlir::LogicalResult checkChoices();
  mlir::LogicalResult runPhase(Phase phase);
  mlir::LogicalResult summarize();
  /// Compiles the device functions, which leave the module as constants.
  mlir::LogicalResult embedDeviceCode();
  std::string digestOf(llvm::StringRef text, llvm::StringRef schedules) const;

  mlir::MLIRContext &context;
  CompilationOptions options;
  mlir::TimingScope &timing;
  std::unique_ptr<llvm::TargetMachine> machine;
  std::vector<DeviceArchitecture> gpus;
  std::string ptxas; ///< path; empty: no cubins
  mlir::OwningOpRef<mlir::ModuleOp> op;
  Phase current = Phase::Model;
  std::string sourceDigest, sourceName;
  std::optional<StepSummary> step;
};

/// "sinter 0.1.0 (LLVM 22.1.8)".
std::string compilerVersion();

} // namespace sinter

#endif // SINTER_PIPELINES_COMPILATION_H
