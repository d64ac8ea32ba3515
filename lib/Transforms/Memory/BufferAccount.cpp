// What becomes of each buffer of a step function, told kernel by kernel?
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "sinter/Transforms/Memory/BufferAccount.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;

namespace sinter {

int64_t launchAt(const StepPlan &plan, int64_t position) {
  func::FuncOp function = plan.function;
  int64_t number = 0, launches = 0;
  for (Operation &op : function.front())
    if (number++ < position && isa<LaunchOp>(op))
      ++launches;
  return launches;
}

namespace {

class Accountant {
public:
  Accountant(const StepPlan &plan, const StepPlanContext &context)
      : plan(plan), context(context), function(plan.function), accounts(plan.buffers.size()) {}

  std::vector<BufferAccount> run() {
    for (LaunchOp launch : function.getOps<LaunchOp>())
      visit(launch, launches++);
    for (auto [number, buffer] : llvm::enumerate(plan.buffers)) {
      setRange(accounts[number], buffer);
      if (accounts[number].name.empty())
        accounts[number].name = nameOf(buffer);
    }
    for (unsigned i = 0; i != accounts.size(); ++i)
      findReuse(i);
    return std::move(accounts);
  }

private:
  static void note(SmallVectorImpl<int64_t> &list, int64_t launch) {
    if (list.empty() || list.back() != launch)
      list.push_back(launch);
  }

  void visit(LaunchOp launch, int64_t number) {
    for (Value input : launch.getInputs())
      note(accounts[plan.bufferOf.lookup(rootOf(input))].reads, number);
    bool several = launch.getOuts().size() > 1;
    for (auto [i, operand] : llvm::enumerate(launch.getOutsMutable())) {
      unsigned buffer = plan.destinationOf.lookup(&operand);
      BufferAccount &account = accounts[buffer];
      Value root = rootOf(operand.get());
      if (!root.getDefiningOp<tensor::EmptyOp>() && plan.bufferOf.lookup(root) == buffer)
        note(account.overwrites, number);
      note(account.writes, number);
      if (plan.buffers[buffer].space == Space::Scratch && account.name.empty())
        account.name = (launch.getKernel() + "@" + Twine(number) + (several ? "." + Twine(i) : Twine())).str();
    }
  }

  std::string nameOf(const Buffer &buffer) {
    auto text = [](StringAttr name, StringRef role) { return name ? name.str() : role.str(); };
    switch (buffer.space) {
    case Space::State:
      return StateOp(context.slots[buffer.index].op).getName().str();
    case Space::Argument:
      return text(function.getArgAttrOfType<StringAttr>(buffer.index, kNameAttr),
                  function.getArgAttrOfType<StringAttr>(buffer.index, kRoleAttr).getValue());
    case Space::Result:
      return text(function.getResultAttrOfType<StringAttr>(buffer.index, kNameAttr),
                  function.getResultAttrOfType<StringAttr>(buffer.index, kRoleAttr).getValue());
    case Space::Constant:
      return "constant";
    case Space::Scratch:
      return "copy@" + std::to_string(launchAt(plan, buffer.first));
    }
    llvm_unreachable("all spaces have names");
  }

  void setRange(BufferAccount &account, const Buffer &buffer) {
    int64_t end = std::max<int64_t>(launches - 1, 0);
    account.last = end;
    if (buffer.space != Space::Scratch)
      return;
    account.first = std::min(launchAt(plan, buffer.first), end);
    account.last = std::clamp(launchAt(plan, buffer.last + 1) - 1, account.first, end);
  }

  void findReuse(unsigned number) {
    const Buffer &mine = plan.buffers[number];
    for (auto [other, buffer] : llvm::enumerate(plan.buffers)) {
      bool earlier = mine.space == Space::Scratch && buffer.space == Space::Scratch && buffer.last < mine.first;
      if (earlier && buffer.offset < mine.offset + mine.bytes && mine.offset < buffer.offset + buffer.bytes)
        accounts[number].reuses.push_back(other);
    }
  }

  const StepPlan &plan;
  const StepPlanContext &context;
  func::FuncOp function;
  std::vector<BufferAccount> accounts;
  int64_t launches = 0;
};

} // namespace

std::vector<BufferAccount> accountFor(const StepPlan &plan, const StepPlanContext &context) {
  return Accountant(plan, context).run();
}

} // namespace sinter
