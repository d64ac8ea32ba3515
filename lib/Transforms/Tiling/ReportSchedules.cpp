// Scheduling decisions as remarks, taken and refused.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "ReportSchedules.h"

#include "mlir/IR/Remarks.h"
#include "mlir/Interfaces/FunctionInterfaces.h"
#include "sinter/Transforms/Tiling/Forecast.h"
#include "llvm/Support/FormatVariadic.h"

#include <cmath>

using namespace mlir;

namespace sinter {
namespace {

class ScheduleReport {
public:
  ScheduleReport(KernelOp kernel, StringRef name, const KernelAnalysis &analysis, int64_t batch,
                 const TargetInfo &target, bool isTakenBack)
      : kernel(kernel), name(name), analysis(analysis), schedule(kernel.getScheduleAttr()), isTakenBack(isTakenBack),
        time(forecastTime(kernel, analysis, batch, target)) {
    if (auto found = forecastContraction(kernel, schedule, batch, target); succeeded(found))
      contraction = std::move(*found);
  }

  void run() {
    reportSchedule();
    if (contraction) {
      reportForms();
      reportPacking();
    }
    reportVectors();
    reportThreads();
  }

private:
  remark::RemarkOpts about(StringRef remark) {
    auto function = kernel->getParentOfType<FunctionOpInterface>();
    return remark::RemarkOpts::name(remark).category("schedule").function(function ? function.getName() : StringRef());
  }

  void reportSchedule() {
    auto sent = remark::passed(kernel.getLoc(), about("schedule"));
    sent << remark::metric("Kernel", name) << remark::metric("Schedule", Attribute(schedule))
         << remark::metric("Flops", std::llround(analysis.flops))
         << remark::metric("Bytes", std::llround(analysis.bytes));
    if (!analysis.reason.empty())
      sent << remark::reason("{0}", analysis.reason);
  }

  bool isTaken(const FormForecast &form) {
    auto tile = schedule.getTile();
    return form.form == contractionFormName(tile[6]) && form.swapped == (tile[7] != 0);
  }

  static std::string describe(const FormForecast &form) {
    std::string text = form.form.str() + (form.swapped ? ", lanes along the rows" : "");
    if (form.rows > 0)
      text += llvm::formatv(", tiles of {0} rows and {1} vectors", form.rows, form.vectors);
    return text;
  }

  void reportForms() {
    for (const FormForecast &form : contraction->forms) {
      if (isTaken(form)) {
        remark::passed(kernel.getLoc(), about("form"))
            << remark::add("{0}", describe(form)) << remark::metric("Kernel", name)
            << remark::metric("Cycles", std::llround(contraction->cycles));
        continue;
      }
      auto sent = remark::missed(kernel.getLoc(), about("form"));
      sent << remark::add("{0}", describe(form)) << remark::metric("Kernel", name);
      if (!form.reason.empty()) {
        sent << remark::reason("{0}", form.reason);
        continue;
      }
      sent << remark::metric("Cycles", std::llround(form.cycles))
           << remark::reason("its best tile is predicted to take {0} cycles, {1:f2} times as many",
                             std::llround(form.cycles), form.cycles / contraction->cycles);
    }
  }

  static bool isPacked(StringRef form) { return form.starts_with("packed") || form == "pairs"; }

  /// The cheapest packed form against what was taken, or the cheapest other one if packed was taken.
  void reportPacking() {
    bool packed = isPacked(contractionFormName(schedule.getTile()[6]));
    const FormForecast *other = nullptr;
    for (const FormForecast &form : contraction->forms)
      if (isPacked(form.form) != packed && form.reason.empty() && (!other || form.cycles < other->cycles))
        other = &form;
    std::string against = !other ? "there is no other legal form"
                                 : llvm::formatv("{0} cycles are predicted, {1} {2}", std::llround(contraction->cycles),
                                                 std::llround(other->cycles), packed ? "without" : "with")
                                       .str();
    auto sent =
        packed ? remark::passed(kernel.getLoc(), about("packing")) : remark::missed(kernel.getLoc(), about("packing"));
    sent << remark::add(packed ? "panels of an operand are copied, aligned and in the order of the loops"
                               : "operands are read where they lie")
         << remark::metric("Kernel", name) << remark::reason("{0}", against);
  }

  void reportVectors() {
    if (schedule.getVector() > 1) {
      remark::passed(kernel.getLoc(), about("vectorize"))
          << remark::add("vectors of {0} lanes", schedule.getVector()) << remark::metric("Kernel", name);
      return;
    }
    std::string why = schedule.getStrategy() != Strategy::Loops ? "a vector of the target holds one element"
                      : analysis.reason.empty()                 ? "no skeleton with vectors fits"
                                                                : analysis.reason;
    remark::missed(kernel.getLoc(), about("vectorize"))
        << remark::add("scalar loops") << remark::metric("Kernel", name) << remark::reason("{0}", why);
  }

  void reportThreads() {
    if (schedule.getParallel()) {
      remark::passed(kernel.getLoc(), about("parallel"))
          << remark::add("its work items are shared among threads") << remark::metric("Kernel", name)
          << remark::metric("Microseconds", number(time.total()));
      return;
    }
    remark::missed(kernel.getLoc(), about("parallel"))
        << remark::add("it stays in the calling thread") << remark::metric("Kernel", name)
        << remark::metric("Microseconds", number(time.total())) << remark::reason("{0}", whyAlone());
  }

  std::string whyAlone() {
    if (isTakenBack)
      return "all loops of its function that could be shared would save less than tensors cost that move between cores";
    if (contraction)
      return "two threads are predicted to save too little, or it is one work item";
    if (time.total() > kParallelMicroseconds)
      return "it is one work item";
    return llvm::formatv("{0} us are predicted; sharing pays from {1} us on", number(time.total()),
                         number(kParallelMicroseconds));
  }

  static std::string number(double microseconds) { return llvm::formatv("{0:f2}", microseconds).str(); }

  KernelOp kernel;
  StringRef name;
  const KernelAnalysis &analysis;
  ScheduleAttr schedule;
  bool isTakenBack;
  TimeForecast time;
  std::optional<ContractionForecast> contraction;
};

} // namespace

void reportSchedule(KernelOp kernel, StringRef name, const KernelAnalysis &analysis, int64_t batch,
                    const TargetInfo &target, bool isTakenBack) {
  ScheduleReport(kernel, name, analysis, batch, target, isTakenBack).run();
}

} // namespace sinter
