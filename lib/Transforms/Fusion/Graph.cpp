// How is the graph of a function read off its ops?
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Graph.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "sinter/Analysis/KernelAnalysis.h"
#include "sinter/Dialect/IR/SinterDialect.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace sinter;
using linalg::GenericOp;

ArrayRef<int64_t> sinter::shapeOf(Value tensor) {
  return cast<RankedTensorType>(tensor.getType()).getShape();
}

//===-- Nodes ----------------------------------------------------------------------------------------------------===//

/// The dimensions of the map's results, ascending: the value is read at some of the loop indices, in their order.
static bool isBroadcastMap(AffineMap map) {
  int64_t previous = -1;
  for (AffineExpr result : map.getResults()) {
    auto dim = dyn_cast<AffineDimExpr>(result);
    if (!dim || static_cast<int64_t>(dim.getPosition()) <= previous)
      return false;
    previous = dim.getPosition();
  }
  return true;
}

static bool gathers(GenericOp op) {
  return op.getRegion().walk([](tensor::ExtractOp) { return WalkResult::interrupt(); }).wasInterrupted();
}

static NodeKind classify(GenericOp op) {
  SmallVector<AffineMap> maps = op.getIndexingMapsArray();
  unsigned loops = op.getNumLoops(), reductions = op.getNumReductionLoops();
  if (gathers(op))
    return NodeKind::Loops;
  if (reductions == 0)
    return llvm::all_of(maps, isBroadcastMap) ? NodeKind::Elementwise : NodeKind::Loops;
  if (op.getNumDpsInputs() == 2 && op.getNumDpsInits() == 1)
    return NodeKind::Contraction;
  if (op.getNumDpsInputs() != 1 || op.getNumDpsInits() != 1 || !maps[0].isIdentity())
    return NodeKind::Loops;
  bool reducesLast = op.getIteratorTypesArray().back() == utils::IteratorType::reduction;
  if (reductions == 1 && reducesLast)
    return NodeKind::Row;
  if (reductions + 1 == loops && !reducesLast)
    return rowsPerPartOf(op) ? NodeKind::PartialSum : NodeKind::Column;
  return NodeKind::Loops;
}

static int64_t costOf(Block &body);

/// Relative time of a scalar operation on vectors.
static int64_t costOf(Operation &op) {
  if (auto loop = dyn_cast<scf::ForOp>(op))
    return loop.getStaticTripCount().value_or(APInt(64, 1)).getSExtValue() * costOf(*loop.getBody());
  return llvm::TypeSwitch<Operation *, int64_t>(&op)
      .Case<linalg::YieldOp, scf::YieldOp, linalg::IndexOp, arith::ConstantOp, arith::IndexCastOp>(
          [](auto) { return 0; })
      .Case<arith::DivFOp, arith::DivSIOp, arith::DivUIOp, arith::RemFOp, arith::RemSIOp, math::SqrtOp, math::RsqrtOp>(
          [](auto) { return 10; })
      .Case<math::AbsFOp, math::FloorOp, math::FmaOp>([](auto) { return 1; })
      .Default([](Operation *other) { return isa<math::MathDialect>(other->getDialect()) ? 20 : 1; });
}

static int64_t costOf(Block &body) {
  int64_t cost = 0;
  for (Operation &scalar : body)
    cost += costOf(scalar);
  return cost;
}

void Graph::collectNodes() {
  for (Operation &op : function.getBody().front()) {
    if (!isa<GenericOp, ReshapeOp>(op))
      continue;
    Node node;
    node.op = &op;
    if (auto generic = dyn_cast<GenericOp>(op)) {
      node.kind = classify(generic);
      node.cost = costOf(*generic.getBody());
      bool combines = node.kind == NodeKind::Row || node.kind == NodeKind::Column || node.kind == NodeKind::PartialSum;
      llvm::append_range(node.domain, shapeOf(combines ? generic.getOperand(0) : generic.getResult(0)));
    } else {
      node.kind = NodeKind::View;
      llvm::append_range(node.domain, shapeOf(op.getResult(0)));
    }
    numbers[&op] = nodes.size();
    nodes.push_back(std::move(node));
  }
}

std::optional<unsigned> Graph::nodeOf(Value value) const {
  auto it = numbers.find(value.getDefiningOp());
  return value.getDefiningOp() && it != numbers.end() ? std::optional<unsigned>(it->second) : std::nullopt;
}

SmallVector<Value> Graph::operands(unsigned i) const {
  auto generic = dyn_cast<GenericOp>(nodes[i].op);
  if (!generic)
    return {nodes[i].op->getOperand(0)};
  SmallVector<Value> read(generic.getInputs());
  generic.getRegion().walk([&](tensor::ExtractOp extract) { read.push_back(extract.getTensor()); });
  return read;
}

bool sinter::readsFirstLoops(AffineMap at) {
  for (auto [i, result] : llvm::enumerate(at.getResults()))
    if (result != getAffineDimExpr(i, at.getContext()))
      return false;
  return true;
}

bool sinter::readsLastLoops(AffineMap at) {
  unsigned first = at.getNumDims() - at.getNumResults();
  for (auto [i, result] : llvm::enumerate(at.getResults()))
    if (result != getAffineDimExpr(first + i, at.getContext()))
      return false;
  return true;
}

bool sinter::readsRowsInOrder(AffineMap at) {
  unsigned rows = at.getNumDims() - 1;
  SmallVector<unsigned> read;
  for (AffineExpr result : at.getResults())
    if (auto dim = dyn_cast<AffineDimExpr>(result); !dim)
      return false;
    else if (dim.getPosition() < rows)
      read.push_back(dim.getPosition());
  return read.empty() || read == llvm::to_vector(llvm::seq(rows));
}

//===-- Edges ----------------------------------------------------------------------------------------------------===//

static bool readsFromMemory(const Node &node) {
  return node.kind == NodeKind::Contraction || node.kind == NodeKind::Loops || node.kind == NodeKind::View;
}

void Graph::findTransparent() {
  for (unsigned i = 0; i < nodes.size(); ++i)
    if (readsFromMemory(nodes[i]))
      for (Value operand : operands(i))
        if (std::optional<unsigned> producer = nodeOf(operand))
          nodes[*producer].opaqueUse = true;
  for (Value returned : function.getBody().front().getTerminator()->getOperands())
    if (std::optional<unsigned> producer = nodeOf(returned))
      nodes[*producer].opaqueUse = true;

  constexpr int64_t nextToNothing = 3;
  std::vector<int64_t> total(nodes.size(), 0); // of a transparent node with those it reads
  for (unsigned i = 0; i < nodes.size(); ++i) {
    Node &node = nodes[i];
    total[i] = node.cost;
    bool small = node.kind == NodeKind::Elementwise && !node.opaqueUse;
    for (Value operand : operands(i)) {
      std::optional<unsigned> producer = nodeOf(operand);
      if (producer && nodes[*producer].transparent)
        total[i] += total[*producer];
      else
        small &= shapeOf(operand).size() < node.domain.size();
    }
    node.transparent = small && total[i] <= nextToNothing;
  }
}

void Graph::addPreds(unsigned node, Value operand, AffineMap at) {
  std::optional<unsigned> producer = nodeOf(operand);
  if (!producer)
    return;
  if (nodes[*producer].transparent) {
    for (OpOperand *input : nodes[*producer].generic().getDpsInputOperands()) {
      AffineMap map = nodes[*producer].generic().getMatchingIndexingMap(input);
      addPreds(node, input->get(), at ? map.compose(at) : at);
    }
    return;
  }
  if (at)
    nodes[node].reads.push_back({*producer, at});
  if (!llvm::is_contained(nodes[node].preds, *producer)) {
    nodes[node].preds.push_back(*producer);
    nodes[*producer].succs.push_back(node);
  }
}

void Graph::linkNodes() {
  for (unsigned i = 0; i < nodes.size(); ++i) {
    if (nodes[i].transparent)
      continue;
    if (readsFromMemory(nodes[i])) {
      for (Value operand : operands(i))
        addPreds(i, operand, AffineMap());
      continue;
    }
    for (OpOperand *input : nodes[i].generic().getDpsInputOperands())
      addPreds(i, input->get(), nodes[i].generic().getMatchingIndexingMap(input));
  }
}

//===-- State ----------------------------------------------------------------------------------------------------===//

static StringRef stateName(DictionaryAttr attrs) {
  auto role = attrs ? attrs.getAs<StringAttr>("sinter.role") : StringAttr();
  auto name = attrs ? attrs.getAs<StringAttr>("sinter.name") : StringAttr();
  return role && name && role.getValue() == "state" ? name.getValue() : StringRef();
}

void Graph::findStateUpdates() {
  Operation *terminator = function.getBody().front().getTerminator();
  for (auto [i, value] : llvm::enumerate(terminator->getOperands())) {
    StringRef name = stateName(function.getResultAttrDict(i));
    if (name.empty())
      continue;
    for (BlockArgument argument : function.getArguments())
      if (stateName(function.getArgAttrDict(argument.getArgNumber())) == name &&
          argument.getType() == value.getType() && argument != value)
        updates.push_back({argument, value});
  }
}

BlockArgument Graph::stateBehind(Value value) const {
  return dyn_cast<BlockArgument>(rootOf(value));
}

/// True if `from` is reached from `start` by going to successors.
static bool reaches(const Graph &graph, unsigned start, unsigned target) {
  llvm::SmallVector<unsigned> work{start};
  std::vector<bool> seen(graph.size());
  while (!work.empty()) {
    unsigned node = work.pop_back_val();
    if (node == target)
      return true;
    if (seen[node])
      continue;
    seen[node] = true;
    llvm::append_range(work, graph[node].succs);
    llvm::append_range(work, graph[node].later);
  }
  return false;
}

void Graph::orderReadersOfState() {
  for (const StateUpdate &update : updates) {
    std::optional<unsigned> writer = nodeOf(update.newValue);
    if (!writer)
      continue;
    for (unsigned reader = 0; reader < nodes.size(); ++reader) {
      bool reads = llvm::any_of(operands(reader), [&](Value v) { return stateBehind(v) == update.argument; });
      if (!reads || reader == *writer || nodes[reader].transparent || reaches(*this, *writer, reader))
        continue;
      nodes[reader].later.push_back(*writer);
      nodes[*writer].earlier.push_back(reader);
    }
  }
}

/// From each new value of a state tensor back through elementwise ops of its shape.
void Graph::markUpdateArithmetic() {
  llvm::SmallVector<unsigned> work;
  for (const StateUpdate &update : updates)
    if (std::optional<unsigned> writer = nodeOf(update.newValue))
      work.push_back(*writer);
  while (!work.empty()) {
    Node &node = nodes[work.pop_back_val()];
    if (!node.isElementwise() || node.update)
      continue;
    node.update = true;
    for (unsigned pred : node.preds)
      if (nodes[pred].domain == node.domain)
        work.push_back(pred);
  }
}

Graph::Graph(func::FuncOp function) : function(function) {
  collectNodes();
  findTransparent();
  linkNodes();
  findStateUpdates();
  orderReadersOfState();
  markUpdateArithmetic();
}
