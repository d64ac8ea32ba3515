// How much memory does a training step need, and where does every tensor lie?
//
//   func @train_step(tensors) -> tensors   ->   func @train_step(blocks, memrefs, rows)
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "ReportMemory.h"
#include "sinter/Transforms/Memory/Passes.h"

using namespace mlir;

namespace sinter {

#define GEN_PASS_DEF_PLANMEMORYPASS
#include "sinter/Transforms/Memory/Passes.h.inc"

namespace {

struct PlanMemory : impl::PlanMemoryPassBase<PlanMemory> {
  void runOnOperation() override {
    ModuleOp module = getOperation();
    auto batch = module->getAttrOfType<IntegerAttr>(kBatchAttr);
    if (!batch || batch.getInt() < 1) {
      module.emitError("expected a positive `sinter.batch` attribute on the module");
      return signalPassFailure();
    }
    SmallVector<StateSlot> slots = layoutState(module);
    StepPlanContext context{batch.getInt(), slots, {}};
    for (auto [number, slot] : llvm::enumerate(slots))
      if (!context.slotOf.try_emplace(slot.op.getName(), number).second) {
        slot.op.emitError() << "state " << slot.op.getNameAttr() << " is declared twice";
        return signalPassFailure();
      }

    std::vector<StepPlan> plans;
    int64_t scratchBytes = 0, stateBytes = stateBlockBytes(slots);
    for (auto function : module.getOps<func::FuncOp>()) {
      if (!isStepFunction(function))
        continue;
      FailureOr<StepPlan> plan = planStep(function, context);
      if (failed(plan))
        return signalPassFailure();
      reportMemory(*plan, context);
      scratchBytes = std::max(scratchBytes, plan->scratchBytes);
      plans.push_back(std::move(*plan));
    }
    reportBlocks(module, stateBytes, scratchBytes);
    for (const StepPlan &plan : plans)
      rewriteStep(plan, context, stateBytes, scratchBytes);

    Builder builder(&getContext());
    module->setAttr(kStateBytesAttr, builder.getI64IntegerAttr(stateBytes));
    module->setAttr(kScratchBytesAttr, builder.getI64IntegerAttr(scratchBytes));
  }
};

} // namespace
} // namespace sinter
