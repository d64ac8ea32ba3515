// Which forms does a model take on its way to machine code, and what does each of them promise?
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef SINTER_PIPELINES_PHASES_H
#define SINTER_PIPELINES_PHASES_H

#include "mlir/IR/BuiltinOps.h"
#include "llvm/ADT/StringRef.h"

#include <optional>

namespace sinter {

/// In the order in which a module passes through them; `docs/architecture.md` tells what happens between two of them.
enum class Phase { Model, Step, Kernels, Tiles, Buffers, LLVM, Object };

constexpr Phase kPhases[] = {Phase::Model,   Phase::Step, Phase::Kernels, Phase::Tiles,
                             Phase::Buffers, Phase::LLVM, Phase::Object};

/// "model", "step", ...; as given to `--compile-to`.
llvm::StringRef phaseName(Phase phase);
/// One sentence on what the IR is.
llvm::StringRef phaseDescription(Phase phase);
std::optional<Phase> parsePhase(llvm::StringRef name);

/// The latest phase whose marks the module carries (`Model` if it carries none): where the compilation of a file goes
/// on. It says nothing about whether the module keeps that phase's promises.
Phase phaseOf(mlir::ModuleOp module);

/// Checks what the phase promises beyond the verifiers of the ops; the diagnostic is at the first op that breaks it.
///
/// | phase   | promise |
/// |---------|---------|
/// | model   | no op of a later phase (state, kernel, launch) |
/// | step    | a batch size; step functions whose arguments and results have roles; only `sinter` ops in them, none of
/// them `value_and_grad` | | kernels | step functions of kernels, reshapes and constants; every kernel has a schedule |
/// | tiles   | step functions of launches, reshapes and constants on tensors; every kernel function has a body |
/// | buffers | step functions of launches and copies on views of the two blocks; sizes of both blocks known |
/// | llvm    | only the LLVM dialect |
///
/// `Object` is no form of a module: it always fails.
mlir::LogicalResult verifyPhase(mlir::ModuleOp module, Phase phase);

} // namespace sinter

#endif // SINTER_PIPELINES_PHASES_H
