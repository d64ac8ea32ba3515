// Which tiles, how many lanes, and is it worth sharing? One schedule per kernel.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "sinter/Transforms/Tiling/Passes.h"

#include "ReportSchedules.h"
#include "sinter/Transforms/Tiling/Emitters.h"
#include "sinter/Transforms/Tiling/ScheduleFile.h"

using namespace mlir;

namespace sinter {
#define GEN_PASS_DEF_PLANSCHEDULESPASS
#include "sinter/Transforms/Tiling/Passes.h.inc"

namespace {

ScheduleAttr plan(KernelOp kernel, const KernelAnalysis &analysis, int64_t batch, const TargetInfo &target) {
  switch (*analysis.strategy) {
  case Strategy::Map:
    return planMap(kernel, analysis, batch, target);
  case Strategy::Row:
    return planRow(kernel, analysis, batch, target);
  case Strategy::Column:
    return planColumn(kernel, analysis, batch, target);
  case Strategy::Contraction:
    return planContraction(kernel, analysis, batch, target);
  case Strategy::Loops:
    return planLoops(kernel, analysis, batch, target);
  }
  llvm_unreachable("all strategies are planned");
}

struct PlanSchedulesPass : impl::PlanSchedulesPassBase<PlanSchedulesPass> {
  using PlanSchedulesPassBase::PlanSchedulesPassBase;

  void runOnOperation() override {
    std::optional<TargetInfo> target = describeTarget();
    if (!target) {
      emitError(UnknownLoc::get(&getContext())) << TargetInfo::unknownPreset(cpu);
      return signalPassFailure();
    }
    names.clear();
    if (getContext().getRemarkEngine())
      for (auto &[name, kernel] : nameKernels(getOperation()))
        names[kernel] = StringRef(name).split('/').second.str();
    auto batch = getOperation()->getAttrOfType<IntegerAttr>("sinter.batch");
    getOperation().walk([&](KernelOp kernel) {
      if (!kernel.getScheduleAttr() && failed(attach(kernel, batch ? batch.getInt() : 1, *target)))
        signalPassFailure();
    });
  }

  std::optional<TargetInfo> describeTarget() {
    return TargetInfo::describe(
        cpu, {vectorBytes, vectorRegisters, fmaPorts, fmaLatency, l1Bytes, l2Bytes, l3Bytes, l3LineCycles, bf16Rate});
  }

  LogicalResult attach(KernelOp kernel, int64_t batch, const TargetInfo &target) {
    KernelAnalysis analysis = analyzeKernel(kernel, batch);
    if (!analysis.strategy)
      return kernel.emitError() << "kernel \"" << kernel.getName() << "\" fits no strategy: " << analysis.reason;
    ScheduleAttr schedule = plan(kernel, analysis, batch, target);
    if (!schedule)
      return kernel.emitError() << "kernel \"" << kernel.getName() << "\" cannot be scheduled";
    kernel.setScheduleAttr(schedule);
    if (!names.empty())
      reportSchedule(kernel, names.lookup(kernel), analysis, batch, target);
    return success();
  }

  llvm::DenseMap<Operation *, std::string> names; ///< of kernels in their functions, for remarks; never iterated over
};

} // namespace
} // namespace sinter
