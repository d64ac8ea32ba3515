// What are the phases called, and in which one is a module?
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "sinter/Pipelines/Phases.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "sinter/Dialect/IR/SinterDialect.h"
#include "sinter/Transforms/Memory/Layout.h"
#include "llvm/ADT/STLExtras.h"

using namespace mlir;

namespace sinter {
namespace {

struct PhaseText {
  StringRef name, description;
};

const PhaseText &textOf(Phase phase) {
  static const PhaseText texts[] = {
      {"model", "the sinter dialect: parameters, model, loss, optimizer, metrics"},
      {"step", "init, train_step, eval_step and predict as sinter ops with explicit state"},
      {"kernels", "linalg on tensors in fused kernels, each with its schedule"},
      {"tiles", "each kernel a function of loops and vectors over work items"},
      {"buffers", "every tensor at a fixed offset of the state or scratch block"},
      {"llvm", "the LLVM dialect: C functions and the artifact's tables"},
      {"object", "machine code"},
  };
  return texts[static_cast<size_t>(phase)];
}

template <typename OpT>
bool contains(ModuleOp module) {
  return module.walk([](OpT) { return WalkResult::interrupt(); }).wasInterrupted();
}

} // namespace

StringRef phaseName(Phase phase) {
  return textOf(phase).name;
}

StringRef phaseDescription(Phase phase) {
  return textOf(phase).description;
}

std::optional<Phase> parsePhase(StringRef name) {
  for (Phase phase : kPhases)
    if (phaseName(phase) == name)
      return phase;
  return std::nullopt;
}

Phase phaseOf(ModuleOp module) {
  if (!module.getOps<LLVM::LLVMFuncOp>().empty() || !module.getOps<LLVM::GlobalOp>().empty())
    return Phase::LLVM;
  if (module->hasAttr(kStateBytesAttr))
    return Phase::Buffers;
  if (contains<LaunchOp>(module))
    return Phase::Tiles;
  if (contains<KernelOp>(module))
    return Phase::Kernels;
  return module.getOps<StateOp>().empty() ? Phase::Model : Phase::Step;
}

} // namespace sinter
