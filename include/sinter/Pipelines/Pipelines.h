// How does a module get from one phase to the next? One builder and one options struct per phase.
//
//   text -> model -> step -> kernels -> tiles -> buffers -> llvm -> object
//
// Each builder expects a module of the phase before, checks that, and leaves one of its own phase. `object` is no
// pipeline of passes: see sinter/Target/Emit.h.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef SINTER_PIPELINES_PIPELINES_H
#define SINTER_PIPELINES_PIPELINES_H

#include "sinter/Analysis/TargetInfo.h"
#include "sinter/Pipelines/Phases.h"
#include "sinter/Transforms/Step/Step.h"

#include <string>

namespace llvm {
class TargetMachine;
} // namespace llvm

namespace mlir {
class DialectRegistry;
class OpPassManager;
} // namespace mlir

namespace sinter {

/// To `model`: simplified declarations.
struct ModelOptions {};
void buildModelPhase(mlir::OpPassManager &manager, const ModelOptions &options);

/// To `step`: gradients and optimizer expanded (`StepOptions` is in Transforms/Step/Step.h).
void buildStepPhase(mlir::OpPassManager &manager, const StepOptions &options);

/// To `kernels`: `linalg` in fused kernels, each with a schedule.
struct KernelsOptions {
  /// What schedules are made for, unless `target` is given: x86-64, x86-64-v2, x86-64-v3 or x86-64-v4.
  std::string cpu = "x86-64-v3";
  std::optional<TargetInfo> target;
  /// A file of schedules that take the place of the planner's (ScheduleFile.h); empty: none.
  std::string schedules;
  /// Largest number of scalar operations of a value that is computed again rather than kept in memory.
  int64_t cheapCost = 8;
  /// Kinds of fusion to leave out: epilogues, prologues, updates, rows, partials, columns, maps; launches is known to
  /// phase `tiles`, phases to phase `llvm`.
  std::vector<std::string> unfused;
  /// Kernels are for a GPU too.
  bool device = false;
  /// As in TilesOptions.
  bool tf32 = false, hopper = false;
};
void buildKernelsPhase(mlir::OpPassManager &manager, const KernelsOptions &options);

/// To `tiles`: kernels as functions over work items.
struct TilesOptions {
  /// Launches that do not depend on each other share a parallel loop.
  bool groupLaunches = true;
  /// Also write each kernel for a GPU.
  bool device = false;
  /// Products of f32 there may round their operands to tf32.
  bool tf32 = false;
  /// Code for sm_90a will be made, which has better instructions for products.
  bool hopper = false;
};
void buildTilesPhase(mlir::OpPassManager &manager, const TilesOptions &options);

/// To `buffers`: every tensor at its place in a block.
struct BuffersOptions {};
void buildBuffersPhase(mlir::OpPassManager &manager, const BuffersOptions &options);

/// To `llvm`: C functions and the artifact's tables. The strings are recorded in the artifact.
struct LLVMOptions {
  std::string targetTriple, targetCpu;
  /// Hexadecimal digest of the model text and of the options that matter.
  std::string sourceDigest;
  /// "sinter 0.1.0 (LLVM 22.1.8)".
  std::string compilerVersion = "sinter";
  /// The target has fused multiply-add.
  bool fma = true;
  /// Has the processor AVX-512F?
  bool avx512 = false;
  /// Has it conversions between f16 and f32?
  bool f16 = true;
  /// Has it an instruction that multiplies pairs of bf16?
  bool bf16Pairs = false;
  /// Code for GPUs that will be embedded: "sm_90a:ptx", "sm_90a:cubin".
  std::vector<std::string> deviceImages;
  /// Small launches that depend on each other are one on a GPU.
  bool fusePhases = true;
  /// Also define `sinter_program_artifact`, which `main` of a program looks for.
  bool program = false;
};
void buildLLVMPhase(mlir::OpPassManager &manager, const LLVMOptions &options);

/// The options of all phases.
struct PhaseOptions {
  ModelOptions model;
  StepOptions step;
  KernelsOptions kernels;
  TilesOptions tiles;
  BuffersOptions buffers;
  LLVMOptions llvm;
};

/// The builder of one phase; nothing for `Object`.
void buildPhase(mlir::OpPassManager &manager, Phase phase, const PhaseOptions &options);

/// What the planners should know of a target machine.
TargetInfo describeTarget(const llvm::TargetMachine &machine);
/// Whether its code may use fused multiply-add.
bool hasFma(const llvm::TargetMachine &machine);
bool hasAvx512(const llvm::TargetMachine &machine);
bool convertsF16(const llvm::TargetMachine &machine);
bool multipliesBF16Pairs(const llvm::TargetMachine &machine);

/// All dialects and interfaces that the phases need.
void registerPhaseDialects(mlir::DialectRegistry &registry);

/// `--sinter-to-model`, `--sinter-to-step`, ..., each one phase, for sinter-opt.
void registerPhasePipelines();

} // namespace sinter

#endif // SINTER_PIPELINES_PIPELINES_H
