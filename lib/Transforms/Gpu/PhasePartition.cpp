// Which neighbours among the launches of a step become one launch?
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "PhasePartition.h"

#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "sinter/Transforms/Gpu/DeviceKernel.h"

using namespace mlir;

namespace sinter {

double LaunchUnit::alone() const {
  double time = 0;
  for (const DeviceWork &of : work)
    time += kLaunchGap + of.alone();
  return time;
}

bool waitsForPhases(ArrayRef<LaunchUnit> units, size_t unit, size_t function) {
  mlir::gpu::GPUFuncOp fn = units[unit].functions[function];
  return function > 0 || unit == 0 || units[unit].group != units[unit - 1].group || fn->hasAttr(kWorkspaceAttr);
}

/// Blocks of a cluster that every device with clusters takes; of a block, sizes.
static constexpr int64_t kClusters[] = {1, 2, 4, 8}, kThreads[] = {256, 512, 1024};
/// Arguments that a function may have, which is a few less than fit into 4 KiB.
static constexpr size_t kMostArguments = 480;
/// Blocks of products keep so many numbers of a tile in registers, at most, if there are to be 1024 threads.
static constexpr unsigned kFewAccumulators = 8;

/// Has a thread of 1024 registers enough for it?
static bool needsFewRegisters(gpu::GPUFuncOp fn) {
  bool few = true;
  if (!fn)
    return few;
  fn.walk([&](Operation *op) {
    few &= !isa<NVVM::MmaOp>(op);
    if (auto loop = dyn_cast<scf::ForOp>(op))
      few &= loop.getInitArgs().size() <= kFewAccumulators;
  });
  return few;
}

PhasePartition::PhasePartition(ArrayRef<LaunchUnit> units, bool hopper) : units(units), hopper(hopper) {
  for (const LaunchUnit &unit : units)
    few.push_back(llvm::all_of(unit.functions, needsFewRegisters));
}

std::optional<double> PhasePartition::timeOf(size_t begin, size_t end, const PhaseShape &shape) const {
  double time = kLaunchGap, barrier = shape.cluster > 1 ? kClusterBarrier : kBlockBarrier;
  for (size_t i = begin; i < end; ++i)
    for (auto [number, work] : llvm::enumerate(units[i].work)) {
      int64_t teams = shape.teams(work.threads, work.sharedBytes);
      if (teams == 0 || (shape.threads == 1024 && !few[i]))
        return std::nullopt;
      if (i > begin || number > 0)
        time += waitsForPhases(units, i, number) ? barrier : kBlockBarrier;
      time += work.microseconds(shape.cluster, teams);
    }
  return time;
}

PhaseRun PhasePartition::runOf(size_t begin, size_t end) const {
  PhaseRun run{begin, end, {}, 0, false};
  size_t phases = 0, arguments = 2;
  for (size_t i = begin; i < end; ++i) {
    phases += units[i].functions.size();
    for (LaunchOp launch : units[i].launches)
      arguments += launch.getInputs().size() + launch.getOuts().size();
    if (!units[i].reason.empty() || (units[i].begins && i > begin))
      return run;
  }
  if (phases < 2 || arguments > kMostArguments)
    return run;
  for (int64_t cluster : hopper ? ArrayRef(kClusters) : ArrayRef(kClusters).take_front())
    for (int64_t threads : kThreads)
      if (std::optional<double> time = timeOf(begin, end, {cluster, threads});
          time && (!run.isFused || *time < run.time))
        run = {begin, end, {cluster, threads}, *time, true};
  return run;
}

/// Of the first i units, the quickest way ends with a run from some j on.
SmallVector<PhaseRun> PhasePartition::best() const {
  SmallVector<double> times{0};
  SmallVector<PhaseRun> last{PhaseRun()};
  for (size_t end = 1; end <= units.size(); ++end) {
    PhaseRun best{end - 1, end, {}, units[end - 1].alone(), false};
    double time = times[end - 1] + best.time;
    for (size_t begin = end; begin-- > 0;) {
      PhaseRun run = runOf(begin, end);
      if (run.isFused && times[begin] + run.time < time) {
        best = run;
        time = times[begin] + run.time;
      }
      if (!units[begin].reason.empty() || units[begin].begins)
        break;
    }
    times.push_back(time);
    last.push_back(best);
  }
  SmallVector<PhaseRun> runs;
  for (size_t end = units.size(); end > 0; end = last[end].begin)
    runs.push_back(last[end]);
  std::reverse(runs.begin(), runs.end());
  return runs;
}

} // namespace sinter
