// Which values become tensors of a kernel's body, and in which order are they computed?
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "KernelPlan.h"
#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/STLExtras.h"
#include <map>

using namespace mlir;
using namespace sinter;

static Strategy strategyOf(const Graph &graph, llvm::ArrayRef<unsigned> members) {
  for (auto [kind, strategy] :
       {std::pair(NodeKind::Contraction, Strategy::Contraction), std::pair(NodeKind::Row, Strategy::Row),
        std::pair(NodeKind::PartialSum, Strategy::Row), std::pair(NodeKind::Column, Strategy::Column),
        std::pair(NodeKind::Loops, Strategy::Loops)})
    if (llvm::any_of(members, [&, kind = kind](unsigned node) { return graph[node].kind == kind; }))
      return strategy;
  return Strategy::Map;
}

KernelPlan::KernelPlan(const Graph &graph, const Partition &partition, const llvm::SetVector<Value> &materialized,
                       unsigned group)
    : group(group), strategy(strategyOf(graph, partition.members(group))), graph(graph), partition(partition),
      materialized(materialized) {
  for (unsigned node : partition.members(group))
    for (Value result : graph[node].op->getResults())
      if (materialized.contains(result))
        outputs.push_back(result);
  findItems();
  scheduleItems();
  findLoads();
}

//===-- What is read where ---------------------------------------------------------------------------------------===//

bool KernelPlan::producedHere(Value value) const {
  std::optional<unsigned> node = graph.nodeOf(value);
  return node && partition.groupOf(*node) == group;
}

bool KernelPlan::isInlined(Value value) const {
  std::optional<unsigned> node = graph.nodeOf(value);
  if (!node || graph[*node].kind != NodeKind::Elementwise || items.contains(value))
    return false;
  return producedHere(value) || !materialized.contains(value);
}

/// Products and gathers read memory; others also what is inlined.
static bool readsMemoryOnly(const Node &node) {
  return node.kind == NodeKind::Contraction || node.kind == NodeKind::Loops;
}

/// Visits what `current` reads, and what is inlined into it reads, each value once, in the order of operands.
static void visitReads(const Graph &graph, const KernelPlan &plan, Value current, llvm::DenseSet<Value> &seen,
                       llvm::function_ref<void(Value)> onInlined, llvm::function_ref<void(Value)> onRead) {
  unsigned node = *graph.nodeOf(current);
  for (Value operand : graph.operands(node)) {
    if (!seen.insert(operand).second)
      continue;
    if (readsMemoryOnly(graph[node]) || !plan.isInlined(operand)) {
      onRead(operand);
      continue;
    }
    onInlined(operand);
    visitReads(graph, plan, operand, seen, onInlined, onRead);
  }
}

void KernelPlan::forEachInlined(Value item, llvm::function_ref<void(Value)> found) const {
  llvm::DenseSet<Value> seen;
  visitReads(graph, *this, item, seen, found, [](Value) {});
}

void KernelPlan::forEachRead(Value item, llvm::function_ref<void(Value)> found) const {
  llvm::DenseSet<Value> seen;
  visitReads(graph, *this, item, seen, [](Value) {}, found);
}

//===-- Items ----------------------------------------------------------------------------------------------------===//

llvm::ArrayRef<int64_t> KernelPlan::rowDomain() const {
  unsigned anchor = *llvm::find_if(partition.members(group), [&](unsigned n) {
    return graph[n].kind == NodeKind::Row || graph[n].kind == NodeKind::PartialSum;
  });
  return graph[anchor].domain;
}

/// A value per row that a loop over elements would otherwise compute for each element.
bool KernelPlan::isRowValue(Value value) const {
  const Node &node = graph[*graph.nodeOf(value)];
  return !node.transparent && rowDomain().drop_back() == llvm::ArrayRef(node.domain);
}

static AffineMap identityOf(const Graph &graph, unsigned node) {
  linalg::GenericOp generic = graph[node].generic();
  return AffineMap::getMultiDimIdentityMap(generic.getNumLoops(), generic.getContext());
}

/// Fills in `misplaced` for what is inlined behind `value`, of which a loop reads the element `at` its indices.
void KernelPlan::findMisplaced(Value value, AffineMap at, llvm::DenseSet<std::pair<Value, AffineMap>> &seen) {
  linalg::GenericOp generic = graph[*graph.nodeOf(value)].generic();
  if (readsMemoryOnly(graph[*graph.nodeOf(value)]) || !seen.insert({value, at}).second)
    return;
  // At all of the kernel's loops, or at those that its values per row, or per column, have.
  auto isInPlace = [&](AffineMap map) {
    bool ofPoint = map.getNumResults() == map.getNumDims();
    return strategy != Strategy::Column ? readsFirstLoops(map)
                                        : readsLastLoops(map) && (ofPoint || map.getNumResults() <= 1);
  };
  for (OpOperand *input : generic.getDpsInputOperands()) {
    std::optional<unsigned> producer = graph.nodeOf(input->get());
    if (!producer || graph[*producer].kind == NodeKind::View)
      continue;
    AffineMap place = generic.getMatchingIndexingMap(input).compose(at);
    if (!isInPlace(place))
      misplaced.insert(input->get());
    if (producedHere(input->get()) && graph[*producer].kind != NodeKind::Elementwise)
      findMisplaced(input->get(), identityOf(graph, *producer), seen);
    else if (isInlined(input->get()))
      findMisplaced(input->get(), place, seen);
  }
}

/// What is computed here for the operands of a product: a tensor each.
void KernelPlan::addPrologues(unsigned product) {
  for (Value operand : graph.operands(product)) {
    std::optional<unsigned> producer = graph.nodeOf(operand);
    if (!producer || !producedHere(operand) || graph[*producer].kind != NodeKind::Elementwise)
      continue;
    items.insert(operand);
    prologues.insert(*producer);
    forEachInlined(operand, [&](Value inlined) { prologues.insert(*graph.nodeOf(inlined)); });
  }
}

/// Reductions and values per row behind `value`.
void KernelPlan::addItemsBehind(Value value, llvm::DenseSet<Value> &visited) {
  unsigned node = *graph.nodeOf(value);
  if (!visited.insert(value).second)
    return;
  if (graph[node].kind == NodeKind::Contraction)
    addPrologues(node);
  if (readsMemoryOnly(graph[node]))
    return;
  for (Value operand : graph.operands(node)) {
    std::optional<unsigned> producer = graph.nodeOf(operand);
    if (!producer || items.contains(operand))
      continue;
    bool combined = producedHere(operand) && graph[*producer].kind != NodeKind::Elementwise;
    if (!combined && !isInlined(operand))
      continue;
    bool perRow = strategy == Strategy::Row && isRowValue(operand) && graph[*producer].domain != graph[node].domain;
    if (combined || (perRow && !misplaced.contains(operand)))
      items.insert(operand);
    addItemsBehind(operand, visited);
  }
}

void KernelPlan::findItems() {
  items.insert_range(outputs);
  llvm::DenseSet<std::pair<Value, AffineMap>> seen;
  for (Value output : outputs)
    findMisplaced(output, identityOf(graph, *graph.nodeOf(output)), seen);
  llvm::DenseSet<Value> visited;
  for (Value output : outputs)
    addItemsBehind(output, visited);
  addUncoveredInputs();
  while (addSharedTemporaries()) {
  }
}

/// A reduction needs an input of its loops' extents, which a value made of indices or of values per row does not give.
void KernelPlan::addUncoveredInputs() {
  for (Value item : llvm::to_vector(items)) {
    unsigned node = *graph.nodeOf(item);
    if (graph[node].kind != NodeKind::Row && graph[node].kind != NodeKind::Column &&
        graph[node].kind != NodeKind::PartialSum)
      continue;
    bool covered = false;
    forEachRead(item, [&](Value read) { covered |= shapeOf(read) == llvm::ArrayRef(graph[node].domain); });
    if (!covered)
      items.insert(graph.operands(node).front());
  }
}

/// Finds one expensive value that several stages would compute.
bool KernelPlan::addSharedTemporaries() {
  constexpr int64_t expensive = 10;
  llvm::DenseMap<Value, int64_t> depths;
  llvm::MapVector<Value, llvm::SmallSetVector<std::pair<int64_t, int64_t>, 2>> stagesOf;
  for (Value item : items) {
    unsigned node = *graph.nodeOf(item);
    bool elementwise = graph[node].kind == NodeKind::Elementwise;
    // Elementwise items of one depth and rank are one stage; every other item is one by itself.
    std::pair<int64_t, int64_t> stage = elementwise
                                            ? std::pair<int64_t, int64_t>(depthOf(item, depths), shapeOf(item).size())
                                            : std::pair<int64_t, int64_t>(-1, node);
    forEachInlined(item, [&](Value inlined) {
      if (graph[*graph.nodeOf(inlined)].cost >= expensive && !misplaced.contains(inlined))
        stagesOf[inlined].insert(stage);
    });
  }
  for (auto &[value, stages] : stagesOf)
    if (stages.size() > 1)
      return items.insert(value);
  return false;
}

//===-- Order ----------------------------------------------------------------------------------------------------===//

/// 0 for what reads no other item; elementwise items of one shape may share a depth, others come after what they read.
int64_t KernelPlan::depthOf(Value item, llvm::DenseMap<Value, int64_t> &depths) const {
  if (auto known = depths.find(item); known != depths.end())
    return known->second;
  const Node &node = graph[*graph.nodeOf(item)];
  int64_t depth = 0;
  forEachRead(item, [&](Value read) {
    if (!items.contains(read))
      return;
    const Node &other = graph[*graph.nodeOf(read)];
    bool shared =
        node.kind == NodeKind::Elementwise && other.kind == NodeKind::Elementwise && node.domain == other.domain;
    depth = std::max(depth, depthOf(read, depths) + (shared ? 0 : 1));
  });
  return depths[item] = depth;
}

void KernelPlan::scheduleItems() {
  llvm::DenseMap<Value, int64_t> depths;
  // Key: depth, then the first node of the stage; elementwise items of one depth and shape go to the first one's stage.
  std::map<std::pair<int64_t, unsigned>, Stage> ordered;
  std::map<std::pair<int64_t, llvm::SmallVector<int64_t>>, unsigned> elementwiseStage;
  llvm::SmallVector<Value> byNode = llvm::to_vector(items);
  llvm::sort(byNode, [&](Value a, Value b) {
    return std::pair(*graph.nodeOf(a), cast<OpResult>(a).getResultNumber()) <
           std::pair(*graph.nodeOf(b), cast<OpResult>(b).getResultNumber());
  });
  for (Value item : byNode) {
    unsigned node = *graph.nodeOf(item), key = node;
    int64_t depth = depthOf(item, depths);
    bool elementwise = graph[node].kind == NodeKind::Elementwise;
    if (elementwise && !prologues.contains(node))
      key = elementwiseStage.try_emplace({depth, graph[node].domain}, node).first->second;
    Stage &stage = ordered[{depth, key}];
    stage.elementwise = elementwise;
    stage.values.push_back(item);
  }
  for (auto &[key, stage] : ordered)
    stages.push_back(std::move(stage));
}

void KernelPlan::findLoads() {
  std::vector<bool> isComputed(graph.size());
  for (Stage &stage : stages)
    for (Value item : stage.values) {
      isComputed[*graph.nodeOf(item)] = true;
      forEachInlined(item, [&](Value inlined) { isComputed[*graph.nodeOf(inlined)] = true; });
      forEachRead(item, [&](Value read) {
        if (!items.contains(read))
          loads.insert(read);
      });
    }
  for (unsigned i = 0; i < graph.size(); ++i)
    if (isComputed[i])
      computed.push_back(i);
}
