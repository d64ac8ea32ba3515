// Values read by other groups have to be kept, unless they are cheap to compute again.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Materialize.h"
#include "llvm/ADT/STLExtras.h"

using namespace mlir;
using namespace sinter;

/// The values of nodes that `operand` stands for, seen through transparent ones.
static void resolve(const Graph &graph, Value operand, llvm::function_ref<void(Value)> found) {
  std::optional<unsigned> producer = graph.nodeOf(operand);
  if (producer && graph[*producer].transparent)
    for (Value behind : graph.operands(*producer))
      resolve(graph, behind, found);
  else
    found(operand);
}

static llvm::SetVector<Value> findCrossing(const Graph &graph, const Partition &partition) {
  std::vector<llvm::SmallVector<Value>> crossing(graph.size()); // by producer, to list them in its order
  auto add = [&](Value value) {
    std::optional<unsigned> producer = graph.nodeOf(value);
    if (producer && graph[*producer].kind != NodeKind::View && !llvm::is_contained(crossing[*producer], value))
      crossing[*producer].push_back(value);
  };
  for (unsigned i = 0; i < graph.size(); ++i) {
    if (graph[i].transparent)
      continue;
    for (Value operand : graph.operands(i))
      resolve(graph, operand, [&](Value value) {
        std::optional<unsigned> producer = graph.nodeOf(value);
        if (producer && !partition.together(*producer, i))
          add(value);
      });
  }
  for (Value returned : graph.getFunction().getBody().front().getTerminator()->getOperands())
    add(returned);
  llvm::SetVector<Value> result;
  for (llvm::SmallVector<Value> &values : crossing) {
    llvm::sort(values, [](Value a, Value b) {
      return cast<OpResult>(a).getResultNumber() < cast<OpResult>(b).getResultNumber();
    });
    result.insert_range(values);
  }
  return result;
}

namespace {
/// What computing a value again takes.
class Expansion {
public:
  Expansion(const Graph &graph, const llvm::SetVector<Value> &materialized, Value value, int64_t limit)
      : graph(graph), materialized(materialized), value(value), limit(limit) {
    expand(value);
  }
  bool isCheap() const { return possible && cost <= limit && largeLeaves.size() <= 1; }
  /// Smaller values, such as the statistics of rows, that have to be kept for it.
  llvm::ArrayRef<Value> getStatistics() const { return statistics.getArrayRef(); }

private:
  void expand(Value current) {
    std::optional<unsigned> producer = graph.nodeOf(current);
    bool leaf =
        !producer || graph[*producer].kind == NodeKind::View || (current != value && materialized.contains(current));
    if (leaf) {
      addLeaf(current);
      return;
    }
    const Node &node = graph[*producer];
    if (!node.transparent && !node.domain.empty() && shapeOf(current).size() < shapeOf(value).size()) {
      statistics.insert(current);
      return;
    }
    possible &= node.kind == NodeKind::Elementwise;
    cost += node.cost;
    if (possible && cost <= limit)
      for (Value operand : graph.operands(*producer))
        expand(operand);
  }

  /// A state tensor that changes is no place to read from later.
  void addLeaf(Value leaf) {
    BlockArgument state = graph.stateBehind(leaf);
    for (const StateUpdate &update : graph.getStateUpdates())
      possible &= !state || update.argument != state;
    if (shapeOf(leaf).size() >= shapeOf(value).size())
      largeLeaves.insert(leaf);
  }

  const Graph &graph;
  const llvm::SetVector<Value> &materialized;
  Value value;
  int64_t limit;
  bool possible = true;
  int64_t cost = 0;
  llvm::SmallSetVector<Value, 4> largeLeaves, statistics;
};
} // namespace

llvm::SetVector<Value> sinter::findMaterialized(const Graph &graph, const Partition &partition,
                                                const GroupingOptions &options) {
  llvm::SetVector<Value> materialized = findCrossing(graph, partition);
  for (Value value : llvm::to_vector(materialized)) {
    const Node &node = graph[*graph.nodeOf(value)];
    if (!node.isElementwise() || node.opaqueUse || node.isScalar())
      continue;
    Expansion expansion(graph, materialized, value, options.cheapCost);
    if (!expansion.isCheap())
      continue;
    materialized.remove(value);
    materialized.insert_range(expansion.getStatistics());
  }
  return materialized;
}
