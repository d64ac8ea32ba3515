// What do the planners expect of a schedule, and what do its numbers mean?
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "sinter/Transforms/Tiling/Forecast.h"
#include "sinter/Analysis/TimeEstimate.h"

using namespace mlir;

namespace sinter {

llvm::StringRef contractionFormName(int64_t form) {
  constexpr llvm::StringLiteral names[] = {"direct", "packed", "dot", "packed both", "pairs"};
  return form >= 0 && form < 5 ? names[form] : llvm::StringLiteral("unknown");
}

TimeForecast forecastTime(KernelOp kernel, const KernelAnalysis &analysis, int64_t batch, const TargetInfo &target) {
  TimeForecast forecast{arithmeticMicroseconds(analysis, target, laneType(kernel)),
                        trafficMicroseconds(analysis, target)};
  if (ScheduleAttr schedule = kernel.getScheduleAttr())
    if (auto contraction = forecastContraction(kernel, schedule, batch, target); succeeded(contraction))
      forecast.arithmetic = contraction->cycles / (target.gigahertz * 1e3);
  return forecast;
}

double forecastElementwise(double weight, double bytes, const TargetInfo &target) {
  constexpr double launching = 500, floatBytes = 4;
  double perCycle = std::max(1.0, double(target.vectorBytes) / floatBytes) * double(target.fmaPorts);
  return launching + std::max(weight / perCycle, bytes / (target.gigabytesPerSecond / target.gigahertz));
}

static llvm::ArrayRef<llvm::StringLiteral> fieldNames(Strategy strategy) {
  static constexpr llvm::StringLiteral map[] = {"elementsPerItem", "vectorsPerIteration"};
  static constexpr llvm::StringLiteral row[] = {"rowsPerItem", "rowsInterleaved", "vectorsPerIteration"};
  static constexpr llvm::StringLiteral column[] = {"columnsPerItem", "rowsAtOnce"};
  static constexpr llvm::StringLiteral loops[] = {"iterationsPerItem"};
  static constexpr llvm::StringLiteral contraction[] = {
      "rows",   "vectors", "rowTilesPerItem", "panelsPerItem", "outerPerItem",
      "kBlock", "form",    "swapped",         "panelsInner",   "fetches"};
  switch (strategy) {
  case Strategy::Map:
    return map;
  case Strategy::Row:
    return row;
  case Strategy::Column:
    return column;
  case Strategy::Contraction:
    return contraction;
  case Strategy::Loops:
    return loops;
  }
  llvm_unreachable("all strategies have fields");
}

SmallVector<std::pair<std::string, int64_t>> scheduleFields(ScheduleAttr schedule) {
  llvm::ArrayRef<llvm::StringLiteral> names = fieldNames(schedule.getStrategy());
  SmallVector<std::pair<std::string, int64_t>> fields;
  for (auto [i, value] : llvm::enumerate(schedule.getTile()))
    fields.push_back({i < names.size() ? names[i].str() : "field" + std::to_string(i), value});
  return fields;
}

} // namespace sinter
