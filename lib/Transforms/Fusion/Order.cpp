// Kernels in the order of their first nodes, as far as what they read allows. A kernel that writes a state tensor in
// place waits for every other reader of the old value; where that would be a cycle, the new value gets storage of its
// own.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Order.h"
#include "llvm/ADT/STLExtras.h"
#include <set>

using namespace mlir;
using namespace sinter;

namespace {
class OrderBuilder {
public:
  OrderBuilder(const Graph &graph, llvm::ArrayRef<KernelPlan> plans) : graph(graph) {
    collectUnits(plans);
    waits.resize(units.size());
    for (unsigned unit = 0; unit < units.size(); ++unit)
      for (Value read : reads(unit))
        if (std::optional<unsigned> producer = unitOf(read))
          waits[unit].insert(*producer);
  }

  Placement place(const StateUpdate &update) {
    Placement result{update, false, reasonAgainst(update)};
    if (!result.reason.empty())
      return result;
    std::vector<std::set<unsigned>> before = waits;
    unsigned writer = *unitOf(update.newValue);
    for (unsigned unit = 0; unit < units.size(); ++unit)
      if (unit != writer && units[unit].plan && readsState(unit, update.argument))
        waits[writer].insert(unit);
    if (sorted().size() != units.size()) {
      waits = std::move(before);
      result.reason = "a kernel that needs the new value reads the old one";
      return result;
    }
    taken.insert(update.newValue);
    result.inPlace = true;
    return result;
  }

  llvm::SmallVector<Unit> ordered() const {
    llvm::SmallVector<Unit> result;
    for (unsigned unit : sorted())
      result.push_back(units[unit]);
    assert(result.size() == units.size() && "kernels wait for each other");
    return result;
  }

private:
  /// Kernels with results, and the views that they or the return read.
  void collectUnits(llvm::ArrayRef<KernelPlan> plans) {
    std::vector<bool> wanted(graph.size());
    auto want = [&](Value value) {
      for (std::optional<unsigned> node = graph.nodeOf(value); node && graph[*node].kind == NodeKind::View;
           node = graph.nodeOf(value)) {
        wanted[*node] = true;
        value = graph[*node].op->getOperand(0);
      }
    };
    for (const KernelPlan &plan : plans)
      llvm::for_each(plan.loads, want);
    for (Value returned : graph.getFunction().getBody().front().getTerminator()->getOperands())
      want(returned);
    for (const KernelPlan &plan : plans)
      units.push_back({plan.computed.front(), &plan});
    for (unsigned i = 0; i < graph.size(); ++i)
      if (wanted[i])
        units.push_back({i, nullptr});
    for (auto [unit, content] : llvm::enumerate(units)) {
      if (content.plan)
        for (Value output : content.plan->outputs)
          producers[output] = unit;
      else
        producers[graph[content.node].op->getResult(0)] = unit;
    }
  }

  std::optional<unsigned> unitOf(Value value) const {
    auto it = producers.find(value);
    return it == producers.end() ? std::nullopt : std::optional<unsigned>(it->second);
  }

  llvm::SmallVector<Value> reads(unsigned unit) const {
    if (!units[unit].plan)
      return {graph[units[unit].node].op->getOperand(0)};
    return llvm::to_vector(units[unit].plan->loads);
  }

  bool readsState(unsigned unit, BlockArgument argument) const {
    return llvm::any_of(reads(unit), [&](Value read) { return graph.stateBehind(read) == argument; });
  }

  std::string reasonAgainst(const StateUpdate &update) const {
    std::optional<unsigned> writer = unitOf(update.newValue);
    if (!writer || !units[*writer].plan)
      return "the new value is not made by a kernel";
    if (taken.contains(update.newValue))
      return "the new value is another state tensor's as well";
    for (auto [i, returned] : llvm::enumerate(graph.getFunction().getBody().front().getTerminator()->getOperands()))
      if (returned != update.newValue && graph.stateBehind(returned) == update.argument)
        return "the old value is returned";
    return readsElementwise(*units[*writer].plan, update.argument)
               ? ""
               : "its kernel reads the old value at other places than it writes";
  }

  /// True if the kernel reads `argument`, if at all, at the element that it writes; a kernel of rows also before, as it
  /// writes in its last pass over a row. (A value per row is written by one thread, which others do not wait for.)
  bool readsElementwise(const KernelPlan &plan, BlockArgument argument) const {
    bool ofRows = plan.strategy == Strategy::Row;
    for (Value load : plan.loads)
      if (graph.stateBehind(load) == argument &&
          (load != argument || (ofRows && plan.rowDomain() != shapeOf(argument))))
        return false;
    return llvm::all_of(plan.computed, [&](unsigned number) {
      const Node &node = graph[number];
      return !llvm::is_contained(graph.operands(number), argument) ||
             ((node.kind == NodeKind::Elementwise || ofRows) && !plan.prologues.contains(number) &&
              llvm::ArrayRef(node.domain) == shapeOf(argument));
    });
  }

  llvm::SmallVector<unsigned> sorted() const {
    std::vector<unsigned> open(units.size());
    std::vector<llvm::SmallVector<unsigned>> wakes(units.size());
    std::set<std::pair<unsigned, unsigned>> ready; // first node, unit
    for (unsigned unit = 0; unit < units.size(); ++unit) {
      open[unit] = waits[unit].size();
      for (unsigned earlier : waits[unit])
        wakes[earlier].push_back(unit);
      if (open[unit] == 0)
        ready.insert({units[unit].node, unit});
    }
    llvm::SmallVector<unsigned> result;
    while (!ready.empty()) {
      unsigned unit = ready.begin()->second;
      ready.erase(ready.begin());
      result.push_back(unit);
      for (unsigned later : wakes[unit])
        if (--open[later] == 0)
          ready.insert({units[later].node, later});
    }
    return result;
  }

  const Graph &graph;
  llvm::SmallVector<Unit> units;
  llvm::DenseMap<Value, unsigned> producers; // never iterated over
  std::vector<std::set<unsigned>> waits;
  llvm::DenseSet<Value> taken; // never iterated over
};
} // namespace

Order::Order(const Graph &graph, llvm::ArrayRef<KernelPlan> plans) {
  OrderBuilder builder(graph, plans);
  for (const StateUpdate &update : graph.getStateUpdates())
    placements.push_back(builder.place(update));
  units = builder.ordered();
}

BlockArgument Order::storageOf(Value output) const {
  for (const Placement &placement : placements)
    if (placement.inPlace && placement.update.newValue == output)
      return placement.update.argument;
  return {};
}
