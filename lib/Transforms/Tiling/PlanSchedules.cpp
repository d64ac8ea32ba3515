// Which tiles, how many lanes, and is it worth sharing? One schedule per kernel.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "sinter/Transforms/Tiling/Passes.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Remarks.h"
#include "sinter/Transforms/Tiling/Emitters.h"

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
      emitError(UnknownLoc::get(&getContext()))
          << "unknown CPU preset '" << cpu << "', expected x86-64, x86-64-v2, x86-64-v3 or x86-64-v4";
      return signalPassFailure();
    }
    auto batch = getOperation()->getAttrOfType<IntegerAttr>("sinter.batch");
    getOperation().walk([&](KernelOp kernel) {
      if (!kernel.getScheduleAttr() && failed(attach(kernel, batch ? batch.getInt() : 1, *target)))
        signalPassFailure();
    });
  }

  std::optional<TargetInfo> describeTarget() {
    std::optional<TargetInfo> target = TargetInfo::preset(cpu);
    if (!target)
      return target;
    auto refine = [](int64_t &field, int64_t option) { field = option > 0 ? option : field; };
    refine(target->vectorBytes, vectorBytes);
    refine(target->vectorRegisters, vectorRegisters);
    refine(target->fmaPorts, fmaPorts);
    refine(target->fmaLatency, fmaLatency);
    refine(target->l1Bytes, l1Bytes);
    refine(target->l2Bytes, l2Bytes);
    refine(target->l3Bytes, l3Bytes);
    return target;
  }

  LogicalResult attach(KernelOp kernel, int64_t batch, const TargetInfo &target) {
    KernelAnalysis analysis = analyzeKernel(kernel, batch);
    if (!analysis.strategy)
      return kernel.emitError() << "kernel \"" << kernel.getName() << "\" fits no strategy: " << analysis.reason;
    ScheduleAttr schedule = plan(kernel, analysis, batch, target);
    if (!schedule)
      return kernel.emitError() << "kernel \"" << kernel.getName() << "\" cannot be scheduled";
    kernel.setScheduleAttr(schedule);
    report(kernel, analysis, schedule);
    return success();
  }

  void report(KernelOp kernel, const KernelAnalysis &analysis, ScheduleAttr schedule) {
    auto function = kernel->getParentOfType<func::FuncOp>();
    auto options = remark::RemarkOpts::name("Schedule").category("schedule");
    auto sent = remark::passed(kernel.getLoc(), options.function(function ? function.getSymName() : StringRef()));
    sent << remark::metric("Kernel", kernel.getName()) << remark::metric("Schedule", schedule)
         << remark::metric("Flops", analysis.flops) << remark::metric("Bytes", analysis.bytes);
    if (!analysis.reason.empty())
      sent << remark::reason("{0}", analysis.reason);
  }
};

} // namespace
} // namespace sinter
