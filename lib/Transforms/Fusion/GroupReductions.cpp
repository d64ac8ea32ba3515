// Which ops share a kernel with a reduction?
//
// A row kernel has a whole row at hand: it takes every elementwise op and every other reduction on the same rows that
// is connected to it, so that the statistics, loss and gradient of softmax cross-entropy are one kernel, and the update
// of a parameter whose gradient that is; and the partial sums of columns (PartialSums.cpp) of what it reads or makes. A
// column kernel passes once over a matrix; it takes what is elementwise before the sums and nobody else reads, and,
// after them, what is elementwise on the columns: the update of a bias.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Grouping.h"
#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SetVector.h"

using namespace sinter;

/// True if `node` and the group of `start` read each other where the group's loops are.
static bool isAligned(const Graph &graph, const Partition &partition, unsigned start, unsigned node,
                      bool (*isInPlace)(mlir::AffineMap)) {
  auto allInPlace = [&](unsigned reader, llvm::function_ref<bool(unsigned)> isRead) {
    return llvm::all_of(graph[reader].reads,
                        [&](const Read &read) { return !isRead(read.node) || isInPlace(read.at); });
  };
  return allInPlace(node, [&](unsigned read) { return partition.together(start, read); }) &&
         llvm::all_of(graph[node].succs, [&](unsigned reader) {
           return !partition.together(start, reader) || allInPlace(reader, [&](unsigned read) { return read == node; });
         });
}

namespace {
class RowGroup {
public:
  RowGroup(const Graph &graph, Partition &partition, unsigned start, const GroupingOptions &options, NodeKind sums)
      : graph(graph), partition(partition), start(start), updates(options.updates), sums(sums),
        domain(graph[start].domain), outer(domain) {
    outer.pop_back();
  }

  void grow() {
    while (growOnce()) {
    }
  }

private:
  bool growOnce() {
    bool changed = false;
    for (unsigned i = 0; i < graph.size(); ++i)
      if (graph[i].kind == sums ? takesSum(i) : fits(i) && (follows(i) || precedes(i)))
        changed |= partition.merge(start, i);
    return changed;
  }

  bool fits(unsigned i) const {
    const Node &node = graph[i];
    if (!isAligned(graph, partition, start, i, readsFirstLoops))
      return false;
    if (node.kind == NodeKind::Row)
      return !inGroup(i) && partition.isAlone(i) && node.domain == domain;
    // A new value per row could not be written in place: threads read the old one until the row's last pass.
    bool ofDomain = node.domain == domain ? updates || !node.update : node.domain == outer && !node.update;
    return ofDomain && isFree(graph, partition, i) && !isLeftToColumns(i);
  }

  /// Read by column sums alone, which can compute it from two tensors at most: reading these is cheaper than writing it
  /// here and reading it there (x and the cotangent of a norm, for the gradient of its scale).
  bool isLeftToColumns(unsigned i) const {
    constexpr int64_t cheap = 8;
    constexpr unsigned tensors = 2;
    const Node &node = graph[i];
    if (sums == NodeKind::Column || node.domain != domain || node.opaqueUse || node.succs.empty() ||
        !llvm::all_of(node.succs, [&](unsigned s) { return graph[s].kind == NodeKind::Column; }))
      return false;
    llvm::SmallSetVector<mlir::Value, 4> leaves;
    int64_t operations = cheap;
    return followsWithin(operations, i, leaves) && leaves.size() <= tensors;
  }

  /// True if no more operations, of those that are left, make node `i` of the tensors of its size that no elementwise
  /// op makes. Ends with the operations, so that values that are used twice, over and over, do no harm.
  bool followsWithin(int64_t &operations, unsigned i, llvm::SmallSetVector<mlir::Value, 4> &leaves) const {
    operations -= graph[i].cost;
    if (operations < 0)
      return false;
    return llvm::all_of(graph.operands(i), [&](mlir::Value operand) {
      std::optional<unsigned> producer = graph.nodeOf(operand);
      if (producer && graph[*producer].isElementwise() && graph[*producer].domain == domain)
        return followsWithin(operations, *producer, leaves);
      if ((!producer || !graph[*producer].transparent) && shapeOf(operand) == llvm::ArrayRef(domain))
        leaves.insert(operand);
      return true;
    });
  }

  /// A sum of columns, of what is computed or read here.
  bool takesSum(unsigned i) const {
    llvm::DenseSet<mlir::Value> seen;
    return !inGroup(i) && partition.isAlone(i) && graph[i].domain == domain &&
           isAligned(graph, partition, start, i, readsFirstLoops) &&
           llvm::any_of(graph.operands(i), [&](mlir::Value operand) { return isAtHand(operand, seen); });
  }

  /// True if `value`, or a tensor of its size from which it follows by elementwise ops, is computed or read here; or a
  /// value per row that is computed here.
  bool isAtHand(mlir::Value value, llvm::DenseSet<mlir::Value> &seen) const {
    if (!seen.insert(value).second)
      return false; // else the search would have ended
    std::optional<unsigned> producer = graph.nodeOf(value);
    if (shapeOf(value) != llvm::ArrayRef(domain))
      return producer && shapeOf(value) == llvm::ArrayRef(outer) && inGroup(*producer);
    bool free = producer && (graph[*producer].transparent || isFree(graph, partition, *producer));
    if (free)
      return llvm::any_of(graph.operands(*producer), [&](mlir::Value operand) { return isAtHand(operand, seen); });
    return (producer && inGroup(*producer)) || llvm::any_of(partition.members(start), [&](unsigned member) {
             return llvm::is_contained(graph.operands(member), value);
           });
  }

  bool inGroup(unsigned i) const { return partition.together(start, i); }
  bool follows(unsigned i) const {
    return llvm::any_of(graph[i].preds, [&](unsigned p) { return inGroup(p); });
  }

  /// Read here; and every other reader could be here too, or no product would take it into its epilogue.
  bool precedes(unsigned i) const {
    const Node &node = graph[i];
    if (llvm::none_of(node.succs, [&](unsigned s) { return inGroup(s); }))
      return false;
    if (node.domain.empty()) // a scalar for others too stays out, so that they need not wait for this kernel
      return !node.opaqueUse && llvm::all_of(node.succs, [&](unsigned s) { return inGroup(s); });
    bool productTakesIt = llvm::any_of(node.preds, [&](unsigned p) {
      return graph[p].domain == node.domain && partition.hasKind(p, NodeKind::Contraction);
    });
    return !productTakesIt || (!node.opaqueUse && llvm::all_of(node.succs, [&](unsigned s) {
      return inGroup(s) || (fits(s) && !partition.separated(start, s) && !partition.dependsOn(s, start));
    }));
  }

  const Graph &graph;
  Partition &partition;
  unsigned start;
  bool updates; ///< are taken, too
  NodeKind sums;
  llvm::SmallVector<int64_t> domain, outer;
};

class ColumnGroup {
public:
  ColumnGroup(const Graph &graph, Partition &partition, unsigned start)
      : graph(graph), partition(partition), start(start), domain(graph[start].domain), columns(domain.back()) {}

  void grow() {
    for (bool changed = true; changed;) {
      changed = false;
      for (unsigned i = 0; i < graph.size(); ++i)
        if (takes(i))
          changed |= partition.merge(start, i);
    }
  }

private:
  bool inGroup(unsigned i) const { return partition.together(start, i); }

  bool takes(unsigned i) const {
    const Node &node = graph[i];
    if (!isAligned(graph, partition, start, i, readsLastLoops))
      return false;
    if (node.kind == NodeKind::Column)
      return !inGroup(i) && partition.isAlone(i) && node.domain == domain && sharesInput(i);
    if (!isFree(graph, partition, i))
      return false;
    bool servesOnlyHere =
        !node.opaqueUse && !node.succs.empty() && llvm::all_of(node.succs, [&](unsigned s) { return inGroup(s); });
    bool follows = llvm::any_of(node.preds, [&](unsigned p) { return inGroup(p); });
    if (node.domain == domain)
      return servesOnlyHere;
    return node.domain == llvm::ArrayRef(columns) && (follows || servesOnlyHere);
  }

  /// Tensors of the domain's size that the sum, or what is elementwise before it, reads; of partial sums, the first
  /// that their kernel makes.
  llvm::SmallVector<mlir::Value> largeInputs(unsigned i) const {
    llvm::SmallVector<mlir::Value> result, work = graph.operands(i);
    llvm::DenseSet<mlir::Value> seen;
    while (!work.empty()) {
      mlir::Value value = work.pop_back_val();
      if (!seen.insert(value).second)
        continue;
      std::optional<unsigned> producer = graph.nodeOf(value);
      bool inlined = producer && (graph[*producer].transparent || isFree(graph, partition, *producer) ||
                                  (graph[*producer].isElementwise() && inGroup(*producer)));
      bool partial = producer && graph[*producer].kind == NodeKind::PartialSum;
      if (shapeOf(value) == llvm::ArrayRef(domain) && !inlined)
        result.push_back(partial ? firstPartialSum(*producer) : value);
      else if (inlined && graph[*producer].kind == NodeKind::Elementwise)
        llvm::append_range(work, graph.operands(*producer));
    }
    return result;
  }

  mlir::Value firstPartialSum(unsigned i) const {
    for (unsigned member : partition.members(i))
      if (graph[member].kind == NodeKind::PartialSum)
        return graph[member].op->getResult(0);
    llvm_unreachable("a node is a member of its group");
  }

  bool sharesInput(unsigned i) const {
    llvm::SmallVector<mlir::Value> mine = largeInputs(start);
    return llvm::any_of(largeInputs(i), [&](mlir::Value v) { return llvm::is_contained(mine, v); });
  }

  const Graph &graph;
  Partition &partition;
  unsigned start;
  llvm::SmallVector<int64_t> domain;
  int64_t columns;
};
} // namespace

void sinter::growRows(const Graph &graph, Partition &partition, const GroupingOptions &options, NodeKind sums) {
  for (unsigned i = 0; i < graph.size(); ++i)
    if (graph[i].kind == NodeKind::Row && partition.isAlone(i))
      RowGroup(graph, partition, i, options, sums).grow();
}

void sinter::growColumns(const Graph &graph, Partition &partition) {
  for (unsigned i = 0; i < graph.size(); ++i)
    if (graph[i].kind == NodeKind::Column && partition.isAlone(i))
      ColumnGroup(graph, partition, i).grow();
}
