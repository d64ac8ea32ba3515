// Memory decisions as remarks, taken and refused.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "ReportMemory.h"
#include "mlir/IR/Remarks.h"
#include "sinter/Transforms/Memory/BufferAccount.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"

using namespace mlir;

namespace sinter {
namespace {

class MemoryReport {
public:
  MemoryReport(const StepPlan &plan, const StepPlanContext &context)
      : plan(plan), function(plan.function), accounts(accountFor(plan, context)) {
    llvm::append_range(launches, function.getOps<LaunchOp>());
  }

  void run() {
    reportScratch();
    for (auto [number, buffer] : llvm::enumerate(plan.buffers)) {
      reportOverwrites(accounts[number]);
      reportReuse(buffer, accounts[number]);
      reportResult(number, buffer);
    }
    for (const Copy &copy : plan.copies)
      reportCopy(copy);
  }

private:
  remark::RemarkOpts about(StringRef name) {
    return remark::RemarkOpts::name(name).category("memory").function(function.getName());
  }

  Location locationOf(const BufferAccount &account) {
    return account.writes.empty() ? function.getLoc() : launches[account.writes.front()].getLoc();
  }

  void reportScratch() {
    int64_t tensors = 0, sum = 0;
    for (const Buffer &buffer : plan.buffers)
      if (buffer.space == Space::Scratch)
        ++tensors, sum += buffer.bytes;
    double lost = plan.scratchBound ? double(plan.scratchBytes) / plan.scratchBound - 1 : 0;
    remark::analysis(function.getLoc(), about("scratch"))
        << remark::add("scratch planned") << remark::metric("Tensors", tensors) << remark::metric("SumOfBytes", sum)
        << remark::metric("PeakBytes", plan.scratchBytes) << remark::metric("LowerBound", plan.scratchBound)
        << remark::metric("Fragmentation", llvm::formatv("{0:f4}", lost).str());
  }

  void reportOverwrites(const BufferAccount &account) {
    for (int64_t launch : account.overwrites)
      remark::passed(launches[launch].getLoc(), about("overwrite"))
          << remark::add("'{0}' writes the new value of '{1}' in place of the old one",
                         launches[launch].getKernel().str(), account.name)
          << remark::metric("Buffer", account.name) << remark::metric("Launch", launch);
  }

  void reportReuse(const Buffer &buffer, const BufferAccount &account) {
    if (account.reuses.empty())
      return;
    SmallVector<StringRef> names;
    for (unsigned other : account.reuses)
      names.push_back(accounts[other].name);
    remark::passed(locationOf(account), about("reuse"))
        << remark::add("'{0}' takes bytes of {1}, needed no more", account.name, llvm::join(names, ", "))
        << remark::metric("Buffer", account.name) << remark::metric("Offset", buffer.offset)
        << remark::metric("Bytes", buffer.bytes);
  }

  /// Results that a copy fills are told by `copy`.
  void reportResult(unsigned number, const Buffer &buffer) {
    if (buffer.space == Space::Result && !accounts[number].writes.empty())
      remark::passed(locationOf(accounts[number]), about("result"))
          << remark::add("'{0}' is computed in the caller's memory", accounts[number].name)
          << remark::metric("Buffer", accounts[number].name) << remark::metric("Bytes", buffer.bytes);
  }

  void reportCopy(const Copy &copy) {
    int64_t launch = launchAt(plan, copy.position);
    Location loc = launch < int64_t(launches.size()) ? launches[launch].getLoc() : function.getLoc();
    remark::missed(loc, about("copy")) << remark::add("'{0}' is copied to '{1}'", accounts[copy.from].name,
                                                      accounts[copy.to].name)
                                       << remark::metric("Bytes", plan.buffers[copy.from].bytes)
                                       << remark::reason("{0}", copy.reason.str());
  }

  const StepPlan &plan;
  func::FuncOp function;
  std::vector<BufferAccount> accounts;
  SmallVector<LaunchOp> launches;
};

} // namespace

void reportMemory(const StepPlan &plan, const StepPlanContext &context) {
  if (plan.function->getContext()->getRemarkEngine())
    MemoryReport(plan, context).run();
}

void reportBlocks(ModuleOp module, int64_t stateBytes, int64_t scratchBytes) {
  auto pages = [](int64_t bytes) { return bytes >= kHugePagesFromBytes ? "true" : "false"; };
  remark::analysis(module.getLoc(), remark::RemarkOpts::name("blocks").category("memory"))
      << remark::add("two blocks") << remark::metric("StateBytes", stateBytes)
      << remark::metric("ScratchBytes", scratchBytes) << remark::metric("HugePagesForState", pages(stateBytes))
      << remark::metric("HugePagesForScratch", pages(scratchBytes));
}

} // namespace sinter
