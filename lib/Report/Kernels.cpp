// What a report says of one kernel: sources, work, schedule, predicted time.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Kernels.h"

#include "Locations.h"
#include "StepGraph.h"
#include "sinter/Transforms/Tiling/Forecast.h"
#include "llvm/ADT/SetVector.h"

#include <cmath>

using namespace mlir;

namespace sinter {

/// The kernels whose results a kernel reads or writes over, directly or by way of views.
static llvm::json::Array kernelsBefore(KernelOp kernel, const llvm::DenseMap<Operation *, int64_t> &numbers) {
  llvm::SmallSetVector<int64_t, 8> before;
  for (Value operand : kernel->getOperands()) {
    if (auto maker = rootOf(operand).getDefiningOp<KernelOp>())
      before.insert(numbers.lookup(maker));
  }
  SmallVector<int64_t> sorted = llvm::to_vector(before);
  llvm::sort(sorted);
  return llvm::json::Array(sorted);
}

static llvm::json::Array readOperands(KernelOp kernel) {
  llvm::json::Array operands;
  auto add = [&](ValueRange values, StringRef role) {
    for (Value value : values)
      operands.push_back(llvm::json::Object{{"role", role}, {"type", typeText(value.getType())}});
  };
  add(kernel.getInputs(), "input");
  add(kernel.getOuts(), "output");
  return operands;
}

static llvm::json::Object readSchedule(ScheduleAttr schedule) {
  std::string text;
  llvm::raw_string_ostream(text) << Attribute(schedule);
  llvm::json::Object tile;
  for (auto &[name, value] : scheduleFields(schedule))
    tile[name] = value;
  bool isContraction = schedule.getStrategy() == Strategy::Contraction && schedule.getTile().size() > 6;
  llvm::json::Value form = nullptr;
  if (isContraction)
    form = contractionFormName(schedule.getTile()[6]);
  return llvm::json::Object{{"text", text},
                            {"form", std::move(form)},
                            {"tile", std::move(tile)},
                            {"vector", schedule.getVector()},
                            {"parallel", schedule.getParallel()}};
}

static llvm::json::Array readAlternatives(KernelOp kernel, int64_t batch, const TargetInfo &target) {
  llvm::json::Array alternatives;
  auto forecast = forecastContraction(kernel, kernel.getScheduleAttr(), batch, target);
  if (failed(forecast))
    return alternatives;
  for (const FormForecast &form : forecast->forms) {
    llvm::json::Object entry{{"form", form.form},  {"swapped", form.swapped}, {"rows", nullptr},
                             {"vectors", nullptr}, {"cycles", nullptr},       {"reason", nullptr}};
    if (form.reason.empty()) {
      entry["rows"] = form.rows;
      entry["vectors"] = form.vectors;
      entry["cycles"] = rounded(form.cycles);
    } else {
      entry["reason"] = form.reason;
    }
    alternatives.push_back(std::move(entry));
  }
  return alternatives;
}

static llvm::json::Object readForecast(const TimeForecast &time, double flops) {
  return llvm::json::Object{{"microseconds", rounded(time.total())},
                            {"arithmetic", rounded(time.arithmetic)},
                            {"memory", rounded(time.memory)},
                            {"bound", time.arithmetic >= time.memory ? "arithmetic" : "memory"},
                            {"gigaflops", rounded(time.total() > 0 ? flops / time.total() * 1e-3 : 0)}};
}

llvm::json::Object readKernel(KernelOp kernel, StringRef id, int64_t batch, const TargetInfo &target,
                              const llvm::DenseMap<Operation *, int64_t> &numbers) {
  KernelAnalysis analysis = analyzeKernel(kernel, batch);
  ScheduleAttr schedule = kernel.getScheduleAttr();
  return llvm::json::Object{{"id", id.str()},
                            {"name", kernel.getName()},
                            {"strategy", stringifyStrategy(schedule.getStrategy())},
                            {"location", placeOf(kernel.getLoc())},
                            {"ops", llvm::json::Array(stepNumbers(kernel.getLoc()))},
                            {"sources", sourcesOf(kernel.getLoc())},
                            {"before", kernelsBefore(kernel, numbers)},
                            {"flops", std::llround(analysis.flops)},
                            {"bytes", std::llround(analysis.bytes)},
                            {"intensity", rounded(analysis.bytes > 0 ? analysis.flops / analysis.bytes : 0)},
                            {"schedule", readSchedule(schedule)},
                            {"alternatives", readAlternatives(kernel, batch, target)},
                            {"predicted", readForecast(forecastTime(kernel, analysis, batch, target), analysis.flops)},
                            {"operands", readOperands(kernel)}};
}

void readLaunch(llvm::json::Object &kernel, LaunchOp launch, int64_t batch) {
  kernel["function"] = launch.getKernel();
  kernel["items"] = launch.getItems().compose({batch}).front();
  kernel["parallel"] = launch.getParallel();
}

} // namespace sinter
