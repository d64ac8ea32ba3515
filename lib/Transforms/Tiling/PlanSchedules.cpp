// Which tiles, how many lanes, and is it worth sharing? One schedule per kernel.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "sinter/Transforms/Tiling/Passes.h"

#include "ReportSchedules.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "sinter/Transforms/Tiling/Emitters.h"
#include "sinter/Transforms/Tiling/ScheduleFile.h"

using namespace mlir;

namespace sinter {
#define GEN_PASS_DEF_PLANSCHEDULESPASS
#include "sinter/Transforms/Tiling/Passes.h.inc"

namespace {

/// Cycles that each kernel but the first costs, shared or not, where others are shared: much of what it reads and
/// writes is in the other core's cache. Perceptrons of 10^4 to 10^6 weights at batch 4 to 128 on two cores gained from
/// sharing where it was predicted to save 9000 cycles a kernel or more, and lost below 5000.
constexpr double kHandOverCycles = 7500;

double estimateCycles(KernelOp kernel, const KernelAnalysis &analysis, const TargetInfo &target) {
  return estimateMicroseconds(analysis, target, laneType(kernel)) * target.gigahertz * 1e3;
}

PlannedSchedule plan(KernelOp kernel, const KernelAnalysis &analysis, int64_t batch, const TargetInfo &target) {
  const double cycles = estimateCycles(kernel, analysis, target);
  switch (*analysis.strategy) {
  case Strategy::Map:
    return {planMap(kernel, analysis, batch, target), cycles};
  case Strategy::Row:
    return {planRow(kernel, analysis, batch, target), cycles};
  case Strategy::Column:
    return {planColumn(kernel, analysis, batch, target), cycles};
  case Strategy::Contraction:
    return planContraction(kernel, batch, target);
  case Strategy::Loops:
    return {planLoops(kernel, analysis, batch, target), cycles};
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
    getOperation().walk([&](func::FuncOp function) {
      if (failed(planFunction(function, batch ? batch.getInt() : 1, *target)))
        signalPassFailure();
    });
  }

  LogicalResult planFunction(func::FuncOp function, int64_t batch, const TargetInfo &target) {
    SmallVector<KernelOp> planned; // others were scheduled by hand
    double saved = kHandOverCycles;
    WalkResult walk = function.walk([&](KernelOp kernel) {
      KernelAnalysis analysis = analyzeKernel(kernel, batch);
      double cycles = 0;
      if (kernel.getScheduleAttr()) {
        cycles = estimateCycles(kernel, analysis, target);
      } else {
        if (failed(attach(kernel, analysis, batch, target, cycles)))
          return WalkResult::interrupt();
        planned.push_back(kernel);
      }
      saved += (kernel.getScheduleAttr().getParallel() ? cycles / 2 - kLoopCycles : 0) - kHandOverCycles;
      return WalkResult::advance();
    });
    if (walk.wasInterrupted())
      return failure();
    const bool isShared = saved >= 0;
    for (KernelOp kernel : planned) {
      ScheduleAttr schedule = kernel.getScheduleAttr();
      const bool isTakenBack = schedule.getParallel() && !isShared;
      if (isTakenBack)
        kernel.setScheduleAttr(unshared(kernel, schedule, batch, target));
      if (!names.empty())
        reportSchedule(kernel, names.lookup(kernel), analyzeKernel(kernel, batch), batch, target, isTakenBack);
    }
    return success();
  }

  std::optional<TargetInfo> describeTarget() {
    return TargetInfo::describe(
        cpu, {vectorBytes, vectorRegisters, fmaPorts, fmaLatency, l1Bytes, l2Bytes, l3Bytes, l3LineCycles, bf16Rate});
  }

  LogicalResult attach(KernelOp kernel, const KernelAnalysis &analysis, int64_t batch, const TargetInfo &target,
                       double &cycles) {
    if (!analysis.strategy)
      return kernel.emitError() << "kernel \"" << kernel.getName() << "\" fits no strategy: " << analysis.reason;
    auto [schedule, predicted] = plan(kernel, analysis, batch, target);
    if (!schedule)
      return kernel.emitError() << "kernel \"" << kernel.getName() << "\" cannot be scheduled";
    kernel.setScheduleAttr(schedule);
    cycles = predicted;
    return success();
  }

  llvm::DenseMap<Operation *, std::string> names; ///< of kernels in their functions, for remarks; never iterated over
};

} // namespace
} // namespace sinter
