// Which launches run in one parallel loop? Neighbours that do not depend on each other: the updates of all parameters,
// a layer's input and weight gradients, products that share an operand, everything that `init` fills.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "sinter/Transforms/Tiling/Passes.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Remarks.h"
#include "sinter/Dialect/IR/SinterDialect.h"
#include "sinter/Transforms/Gpu/DeviceKernel.h"
#include "llvm/ADT/SetVector.h"

using namespace mlir;

namespace sinter {
#define GEN_PASS_DEF_GROUPLAUNCHESPASS
#include "sinter/Transforms/Tiling/Passes.h.inc"

namespace {

/// Launches that may run at the same time, and the memory that they touch.
class Group {
public:
  ArrayRef<LaunchOp> launches() const { return members; }
  bool worthSharing() const {
    return members.size() > 1 && llvm::any_of(members, [](LaunchOp launch) { return launch.getParallel(); });
  }

  /// Why `launch` cannot run together with the group; empty if it can.
  StringRef reasonAgainst(LaunchOp launch) const {
    for (Value operand : launch->getOperands())
      if (LaunchOp producer = rootOf(operand).getDefiningOp<LaunchOp>(); llvm::is_contained(members, producer))
        return "it reads what they write";
    for (Value input : launch.getInputs())
      if (written.contains(rootOf(input)))
        return "it reads memory that they write anew";
    for (Value destination : launch.getOuts())
      if (Value root = rootOf(destination); read.contains(root) || written.contains(root))
        return "it writes memory that they read";
    return "";
  }

  void add(LaunchOp launch) {
    members.push_back(launch);
    for (Value input : launch.getInputs())
      read.insert(rootOf(input));
    for (Value destination : launch.getOuts())
      written.insert(rootOf(destination));
  }

private:
  SmallVector<LaunchOp> members;
  llvm::DenseSet<Value> read, written; // never iterated over
};

struct GroupLaunchesPass : impl::GroupLaunchesPassBase<GroupLaunchesPass> {
  using GroupLaunchesPassBase::GroupLaunchesPassBase;

  /// Function after function, so that remarks have an order.
  void runOnOperation() override {
    for (auto function : getOperation().getOps<func::FuncOp>())
      group(function);
  }

  void group(func::FuncOp function) {
    Group group;
    StringRef reason;
    for (LaunchOp launch : function.getOps<LaunchOp>()) {
      if (reason = group.reasonAgainst(launch); !reason.empty()) {
        finish(group);
        report(launch, reason);
        group = Group();
      }
      group.add(launch);
    }
    finish(group);
  }

  void finish(const Group &group) {
    if (!group.worthSharing()) {
      if (device && !group.launches().empty())
        for (LaunchOp launch : group.launches().drop_front())
          launch->setAttr(kDeviceTogetherAttr, UnitAttr::get(&getContext()));
      return;
    }
    for (LaunchOp launch : group.launches().drop_front()) {
      launch.setTogether(true);
      remark::passed(launch.getLoc(), about(launch))
          << remark::add("{0} runs in one parallel loop with {1}", launch.getKernel(),
                         LaunchOp(group.launches().front()).getKernel())
          << remark::metric("Launch", launch.getKernel());
    }
  }

  void report(LaunchOp launch, StringRef reason) {
    remark::missed(launch.getLoc(), about(launch))
        << remark::add("{0} waits for the launches before it", launch.getKernel())
        << remark::metric("Launch", launch.getKernel()) << remark::reason("{0}", reason);
  }

  static remark::RemarkOpts about(LaunchOp launch) {
    auto function = launch->getParentOfType<func::FuncOp>();
    return remark::RemarkOpts::name("together").category("schedule").function(function.getName());
  }
};

} // namespace

} // namespace sinter
