// Which elementwise ops become the epilogue of a product?
//
// The cone of a product is what follows from its result and smaller tensors alone: bias, activation, and the derivative
// of the activation that the backward pass will ask for. Taking all of it costs one more stored tensor for each value
// that the outside reads; so the cone is taken when that is at most two (an activation and its derivative). Otherwise
// only the chain of single uses at its start is taken: the bias of a layer whose result goes into a loss.
//
// A product that makes a gradient takes its parameter's update too where the state does not stay in a cache, or not in
// the second-level cache and the product is short: the gradient is then nowhere in memory, and parameter and moments
// are fetched while it is computed.
//
// Last come sums of columns of what the epilogue makes, which were cut into parts for that (PartialSums.cpp).
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Grouping.h"
#include "Report.h"
#include "sinter/Transforms/Tiling/Forecast.h"
#include "llvm/ADT/STLExtras.h"

using namespace sinter;

namespace {
class Cone {
public:
  Cone(const Graph &graph, const Partition &partition, unsigned product, int64_t cheapCost)
      : graph(graph), inside(graph.size()), cheapCost(cheapCost) {
    collect(partition, product);
    findOutputs();
  }

  /// What to put into the product's kernel: what an output needs.
  llvm::SmallVector<unsigned> needed() const {
    std::vector<bool> wanted(graph.size());
    llvm::SmallVector<unsigned> work(outputs), result;
    while (!work.empty()) {
      unsigned node = work.pop_back_val();
      if (wanted[node] || !inside[node])
        continue;
      wanted[node] = true;
      llvm::append_range(work, graph[node].preds);
    }
    for (unsigned node : members)
      if (wanted[node])
        result.push_back(node);
    return result;
  }

  /// Nodes from the product on, each the only reader of the one before it.
  llvm::SmallVector<unsigned> chain() const {
    llvm::SmallVector<unsigned> result{members.front()};
    while (true) {
      const Node &last = graph[result.back()];
      if (last.opaqueUse || last.succs.size() != 1 || !inside[last.succs.front()])
        return result;
      result.push_back(last.succs.front());
    }
  }

  size_t numOutputs() const { return outputs.size(); }

private:
  void collect(const Partition &partition, unsigned product) {
    inside[product] = true;
    members.push_back(product);
    std::vector<bool> behind(graph.size()); // depends on the cone by way of something outside
    for (unsigned i = product + 1; i < graph.size(); ++i) {
      const Node &node = graph[i];
      bool reads = llvm::any_of(node.preds, [&](unsigned p) { return inside[p]; });
      behind[i] = llvm::any_of(node.preds, [&](unsigned p) { return behind[p]; });
      bool alone = llvm::all_of(node.preds,
                                [&](unsigned p) { return inside[p] || graph[p].domain.size() < node.domain.size(); });
      bool takes = reads && alone && !behind[i] && isFree(graph, partition, i) && !node.update &&
                   node.domain == graph[product].domain && !readsLargeArgument(i);
      if (takes) {
        inside[i] = true;
        members.push_back(i);
      } else {
        behind[i] = behind[i] || reads;
      }
    }
  }

  bool readsLargeArgument(unsigned i) const {
    return llvm::any_of(graph.operands(i),
                        [&](mlir::Value v) { return !graph.nodeOf(v) && shapeOf(v).size() >= graph[i].domain.size(); });
  }

  /// Values that the outside reads, without those that are cheap to compute from others of them.
  void findOutputs() {
    std::vector<bool> stored(graph.size());
    for (unsigned node : members) {
      bool outside = graph[node].opaqueUse || llvm::any_of(graph[node].succs, [&](unsigned s) { return !inside[s]; });
      if (!outside || (!graph[node].opaqueUse && isCheapFrom(node, stored)))
        continue;
      stored[node] = true;
      outputs.push_back(node);
    }
  }

  bool isCheapFrom(unsigned node, const std::vector<bool> &stored) const {
    int64_t cost = 0;
    llvm::SmallVector<unsigned> work{node};
    while (!work.empty()) {
      unsigned current = work.pop_back_val();
      cost += graph[current].cost;
      if (cost > cheapCost || graph[current].kind != NodeKind::Elementwise)
        return false;
      for (unsigned pred : graph[current].preds)
        if (inside[pred] && !stored[pred])
          work.push_back(pred);
    }
    return true;
  }

  const Graph &graph;
  std::vector<bool> inside;
  llvm::SmallVector<unsigned> members, outputs;
  int64_t cheapCost;
};
} // namespace

/// True if elementwise nodes of one domain lead from `start` to a reduction of its rows.
static bool feedsRowReduction(const Graph &graph, unsigned start) {
  llvm::SmallVector<unsigned> work{start};
  std::vector<bool> seen(graph.size());
  while (!work.empty()) {
    unsigned node = work.pop_back_val();
    for (unsigned succ : graph[node].succs) {
      if (seen[succ] || graph[succ].domain != graph[start].domain)
        continue;
      seen[succ] = true;
      if (graph[succ].kind == NodeKind::Row)
        return true;
      if (graph[succ].isElementwise())
        work.push_back(succ);
    }
  }
  return false;
}

void sinter::growEpilogues(const Graph &graph, Partition &partition, const GroupingOptions &options) {
  for (unsigned i = 0; i < graph.size(); ++i) {
    if (graph[i].kind != NodeKind::Contraction)
      continue;
    Cone cone(graph, partition, i, options.cheapCost);
    size_t limit = feedsRowReduction(graph, i) ? 2 : 3;
    llvm::SmallVector<unsigned> taken = cone.numOutputs() <= limit ? cone.needed() : cone.chain();
    for (unsigned node : taken)
      partition.merge(i, node);
    if (options.reports)
      reportEpilogue(graph, i, taken.size() - 1, cone.numOutputs(), limit);
  }
}

void sinter::growEpiloguesWithOperands(const Graph &graph, Partition &partition) {
  for (unsigned i = 0; i < graph.size(); ++i) {
    if (graph[i].kind != NodeKind::Contraction)
      continue;
    auto inGroup = [&](unsigned node) { return partition.together(i, node); };
    for (bool changed = true; changed;) {
      changed = false;
      for (unsigned node = 0; node < graph.size(); ++node) {
        if (!isFree(graph, partition, node) || graph[node].update || graph[node].domain != graph[i].domain)
          continue;
        bool follows = llvm::any_of(graph[node].preds, inGroup);
        bool serves = !graph[node].opaqueUse && !graph[node].succs.empty() && llvm::all_of(graph[node].succs, inGroup);
        changed |= (follows || serves) && partition.merge(i, node);
      }
    }
  }
}

/// What `node` reads at `at` of the product's result, and what may be computed again for it, keeps rows in order.
static bool keepsRowsInOrder(const Graph &graph, unsigned node, mlir::AffineMap at,
                             llvm::DenseSet<std::pair<unsigned, mlir::AffineMap>> &seen) {
  if (graph[node].kind != NodeKind::Elementwise || !seen.insert({node, at}).second)
    return true;
  mlir::linalg::GenericOp generic = graph[node].generic();
  return generic.getBody()->getOps<mlir::linalg::IndexOp>().empty() &&
         llvm::all_of(generic.getDpsInputOperands(), [&](mlir::OpOperand *input) {
           mlir::AffineMap place = generic.getMatchingIndexingMap(input).compose(at);
           std::optional<unsigned> producer = graph.nodeOf(input->get());
           return readsRowsInOrder(place) && (!producer || keepsRowsInOrder(graph, *producer, place, seen));
         });
}

bool sinter::walksAlongRows(const Graph &graph, const Partition &partition, unsigned product, unsigned sum) {
  size_t rank = graph[product].domain.size();
  auto identity = mlir::AffineMap::getMultiDimIdentityMap(rank, graph[product].op->getContext());
  llvm::DenseSet<std::pair<unsigned, mlir::AffineMap>> seen;
  auto keepsOrder = [&](unsigned node) {
    return graph[node].domain.size() != rank || keepsRowsInOrder(graph, node, identity, seen);
  };
  return rank <= 2 || (llvm::all_of(partition.members(product), keepsOrder) &&
                       llvm::all_of(graph.operands(sum), [&](mlir::Value operand) {
                         std::optional<unsigned> producer = graph.nodeOf(operand);
                         return !producer || keepsOrder(*producer);
                       }));
}

void sinter::growSumsOfProducts(const Graph &graph, Partition &partition, int64_t batch) {
  auto isProduct = [&](unsigned node, unsigned sum) {
    return graph[node].kind == NodeKind::Contraction && graph[node].domain == graph[sum].domain &&
           canSumColumns(graph[node].generic(), batch) && walksAlongRows(graph, partition, node, sum);
  };
  for (unsigned i = 0; i < graph.size(); ++i) {
    if (graph[i].kind != NodeKind::PartialSum || !partition.isAlone(i))
      continue;
    for (unsigned made : graph[i].preds)
      if (llvm::any_of(partition.members(made), [&](unsigned node) { return isProduct(node, i); }))
        partition.merge(made, i);
  }
}

/// Longest contracted extent of a product for which writing its result and reading it again takes as long.
static constexpr int64_t kFewSteps = 128;

static int64_t stateBytes(const Graph &graph) {
  int64_t bytes = 0;
  for (const StateUpdate &update : graph.getStateUpdates()) {
    auto type = mlir::cast<mlir::RankedTensorType>(update.argument.getType());
    bytes += type.getNumElements() * type.getElementTypeBitWidth() / 8;
  }
  return bytes;
}

/// Multiply-adds per element of a product, for a full batch.
static int64_t stepsOf(const Graph &graph, unsigned product, const GroupingOptions &options) {
  mlir::linalg::GenericOp generic = graph[product].generic();
  int64_t steps = 1;
  for (auto [extent, kind] : llvm::zip_equal(generic.getStaticLoopRanges(), generic.getIteratorTypesArray()))
    if (kind == mlir::utils::IteratorType::reduction)
      steps *= mlir::ShapedType::isDynamic(extent) ? options.batch : extent;
  return steps;
}

bool sinter::updateMayPay(const Graph &graph, unsigned product, const GroupingOptions &options) {
  int64_t bytes = stateBytes(graph);
  return bytes > options.cacheBytes ||
         (bytes > options.target.l2Bytes && stepsOf(graph, product, options) <= kFewSteps);
}

/// Puts the update of a parameter to the product that makes its gradient; false if that is not possible as a whole.
static bool takeUpdate(const Graph &graph, Partition &partition, unsigned product) {
  auto inGroup = [&](unsigned node) { return partition.together(product, node); };
  bool taken = false;
  for (bool changed = true; changed;) {
    changed = false;
    for (unsigned i = 0; i < graph.size(); ++i) {
      const Node &node = graph[i];
      if (!node.update || inGroup(i) || node.domain != graph[product].domain)
        continue;
      bool follows = llvm::any_of(node.preds, inGroup);
      bool serves = !node.opaqueUse && !node.succs.empty() && llvm::all_of(node.succs, inGroup);
      if (!follows && !serves)
        continue;
      if (!isFree(graph, partition, i) || !partition.merge(product, i))
        return false;
      taken = changed = true;
    }
  }
  return taken;
}

void sinter::growUpdates(const Graph &graph, Partition &partition, const GroupingOptions &options) {
  for (unsigned i = 0; i < graph.size(); ++i) {
    if (graph[i].kind != NodeKind::Contraction || !updateMayPay(graph, i, options))
      continue;
    Partition attempt = partition;
    if (takeUpdate(graph, attempt, i))
      partition = std::move(attempt);
  }
}
