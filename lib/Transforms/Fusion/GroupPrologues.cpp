// Which elementwise ops become the prologue of a product?
//
// What makes an operand of a product can be computed where the product packs or loads it, instead of being written to
// memory and read again. A packed panel costs the arithmetic each time that it is packed, mostly once, as a kernel of
// its own would; an operand that is loaded by every tile costs it each time. So the product is priced in its best form
// with and without, and the prologue is taken where that is predicted to win over a kernel of its own.
//
// Other groups come first: in the epilogue of an earlier product, or in a kernel of rows, the arithmetic is free. If
// several products read the value, all of them compute it or none: if it is in memory anyway, they had better read it.
//
// Worked example: y = x bf16(w)^T, where w is read by this product alone: w is rounded while its panels are packed, and
// never stored as bf16. If the backward pass multiplies by bf16(w) too, it pays to store it, unless the layer is small.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Grouping.h"
#include "Report.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/IR/TypeUtilities.h"
#include "sinter/Analysis/KernelAnalysis.h"
#include "sinter/Transforms/Tiling/Forecast.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SetVector.h"

using namespace mlir;
using namespace sinter;
using linalg::GenericOp;

/// Prices of products are not exact to less than this; and a smaller gain is not worth another form of the product.
static constexpr double kWorthwhile = 0.95;

namespace {
/// What would be computed for an operand: the node that makes it, and those behind it that nothing else reads.
class Chain {
public:
  Chain(const Graph &graph, const Partition &partition, unsigned node) : graph(graph), partition(partition) {
    nodes.insert(node);
    visit(node, AffineMap::getMultiDimIdentityMap(graph[node].domain.size(), graph[node].op->getContext()));
  }

  /// Whether loops over rows of the operand that were one before are one with it, too.
  bool keepsRowsInOrder() const {
    return llvm::all_of(forecast.sources, [](const auto &source) { return readsRowsInOrder(source.second); });
  }

  llvm::SmallSetVector<unsigned, 4> nodes;
  PrologueForecast forecast;
  /// It follows from elements at the same place alone: no indices, no number of rows, nothing gathered.
  bool isPlain = true;

private:
  void visit(unsigned node, AffineMap at) {
    if (!visited.insert({node, at}).second)
      return;
    GenericOp generic = graph[node].generic();
    isPlain &= computesPlainly(generic);
    forecast.weight += weightOf(generic);
    for (OpOperand *input : generic.getDpsInputOperands()) {
      AffineMap place = generic.getMatchingIndexingMap(input).compose(at);
      std::optional<unsigned> producer = graph.nodeOf(input->get());
      if (producer && (graph[*producer].transparent || belongsTo(*producer, node))) {
        if (!graph[*producer].transparent)
          nodes.insert(*producer);
        visit(*producer, place);
        continue;
      }
      checkBehind(input->get());
      std::pair<Value, AffineMap> source(input->get(), place);
      if (!llvm::is_contained(forecast.sources, source))
        forecast.sources.push_back(source);
    }
  }

  bool belongsTo(unsigned node, unsigned reader) const {
    const Node &n = graph[node];
    return isFree(graph, partition, node) && !n.opaqueUse && !n.update && n.succs.size() == 1 &&
           n.succs.front() == reader && n.domain == graph[reader].domain;
  }

  /// Elementwise values of other kernels may be computed again here.
  void checkBehind(Value value) {
    std::optional<unsigned> producer = graph.nodeOf(value);
    if (!producer || graph[*producer].kind != NodeKind::Elementwise || !behind.insert(*producer).second)
      return;
    isPlain &= computesPlainly(graph[*producer].generic());
    for (Value operand : graph.operands(*producer))
      checkBehind(operand);
  }

  const Graph &graph;
  const Partition &partition;
  llvm::DenseSet<std::pair<unsigned, AffineMap>> visited;
  llvm::DenseSet<unsigned> behind;
};

class PrologueChooser {
public:
  PrologueChooser(const Graph &graph, const Partition &partition, const GroupingOptions &options)
      : graph(graph), partition(partition), options(options), taken(graph.size()) {}

  /// Nodes to put into the products that read them.
  std::vector<unsigned> choose() {
    std::vector<unsigned> chosen;
    for (unsigned node = 0; node < graph.size(); ++node)
      if (isCandidate(node) && pays(node))
        chosen.push_back(node);
    return chosen;
  }

private:
  /// Read by products only, each as one operand.
  bool isCandidate(unsigned node) const {
    const Node &n = graph[node];
    if (!isFree(graph, partition, node) || n.update || n.domain.empty() || n.succs.empty() ||
        n.op->getNumResults() != 1)
      return false;
    llvm::SmallVector<Operation *> users(n.op->getUsers());
    return llvm::all_of(users, [&](Operation *user) {
      std::optional<unsigned> reader = isa<GenericOp>(user) ? graph.nodeOf(user->getResult(0)) : std::nullopt;
      return reader && graph[*reader].kind == NodeKind::Contraction && llvm::count(users, user) == 1;
    });
  }

  /// Products of f16 and bf16 that fill a GPU are as fast as what feeds them.
  bool feedsTensorCopies(unsigned node) const {
    constexpr int64_t fillsGpu = 128 * 128 * 128; // elements of the result: tiles for every multiprocessor
    Type element = getElementTypeOrSelf(graph[node].op->getResult(0).getType());
    return (element.isF16() || element.isBF16()) && llvm::any_of(graph[node].succs, [&](unsigned reader) {
             int64_t elements = 1;
             for (int64_t extent : cast<ShapedType>(graph[reader].op->getResult(0).getType()).getShape())
               elements *= ShapedType::isDynamic(extent) ? options.batch : extent;
             return elements >= fillsGpu;
           });
  }

  bool pays(unsigned node) {
    Chain chain(graph, partition, node);
    if (!chain.isPlain) {
      reportPrologueRefused(graph, node, "it depends on its place in the tensor, which panels do not have");
      return false;
    }
    // Of several readers each gets a copy, which nothing else depends on.
    if (graph[node].succs.size() == 1 && partition.separated(node, graph[node].succs.front())) {
      reportPrologueRefused(graph, node, "one kernel would have to run before and after another");
      return false;
    }
    if (options.device && feedsTensorCopies(node)) {
      reportPrologueRefused(graph, node, "on a GPU a large product is fed by copies, past registers");
      return false;
    }
    PrologueCosts costs{separately(node, chain), 0};
    for (unsigned reader : graph[node].succs) {
      costs.separate += price(reader, nullptr, nullptr);
      costs.fused += price(reader, graph[node].op, &chain.forecast);
    }
    if (!(costs.fused < kWorthwhile * costs.separate)) {
      reportPrologueRefused(graph, node, costs);
      return false;
    }
    for (unsigned reader : graph[node].succs)
      taken[reader].emplace_back(graph[node].op, chain.forecast);
    reportPrologueTaken(graph, node, chain.nodes.size(), costs);
    return true;
  }

  /// Cycles of a product with what it has taken already, and `prologue` for the operand that `op` makes.
  double price(unsigned product, Operation *op, const PrologueForecast *prologue) const {
    GenericOp generic = graph[product].generic();
    const PrologueForecast *prologues[2] = {nullptr, nullptr};
    for (auto [i, input] : llvm::enumerate(generic.getDpsInputs())) {
      for (const auto &[maker, forecast] : taken[product])
        if (input.getDefiningOp() == maker)
          prologues[i] = &forecast;
      if (op && input.getDefiningOp() == op)
        prologues[i] = prologue;
    }
    return forecastProduct(generic, prologues, options.batch, options.target);
  }

  /// Cycles of a kernel of its own.
  double separately(unsigned node, const Chain &chain) const {
    auto bytesOf = [&](Value tensor) {
      return elements(shapeOf(tensor)) * double(storedBytes(getElementTypeOrSelf(tensor.getType())));
    };
    double bytes = bytesOf(graph[node].op->getResult(0));
    for (const auto &[source, place] : chain.forecast.sources)
      bytes += bytesOf(source);
    return forecastElementwise(elements(graph[node].domain) * chain.forecast.weight, bytes, options.target);
  }

  double elements(llvm::ArrayRef<int64_t> shape) const {
    double count = 1;
    for (int64_t extent : shape)
      count *= double(ShapedType::isDynamic(extent) ? options.batch : extent);
    return count;
  }

  const Graph &graph;
  const Partition &partition;
  const GroupingOptions &options;
  std::vector<llvm::SmallVector<std::pair<Operation *, PrologueForecast>, 2>> taken; // by product
};
} // namespace

/// A copy of what `op` is made of for `reader` alone.
static Operation *copyFor(const Graph &graph, const Chain &chain, Operation *op, Operation *reader) {
  OpBuilder builder(op);
  IRMapping copies;
  // Producers come first in the block, and so do the smaller numbers.
  llvm::SmallVector<unsigned> nodes(chain.nodes.getArrayRef());
  llvm::sort(nodes);
  for (unsigned node : nodes)
    builder.clone(*graph[node].op, copies);
  Value copy = copies.lookup(op->getResult(0));
  reader->replaceUsesOfWith(op->getResult(0), copy);
  return copy.getDefiningOp();
}

llvm::DenseSet<Operation *> sinter::choosePrologues(const Graph &graph, const GroupingOptions &options) {
  llvm::DenseSet<Operation *> result;
  bool anyProduct = false;
  for (unsigned i = 0; i < graph.size(); ++i)
    anyProduct |= graph[i].kind == NodeKind::Contraction;
  if (!anyProduct || !options.prologues)
    return result;
  GroupingOptions quiet = options;
  quiet.reports = false;
  Partition partition = groupBeforePrologues(graph, quiet);
  for (unsigned node : PrologueChooser(graph, partition, options).choose()) {
    Operation *op = graph[node].op;
    Chain chain(graph, partition, node);
    llvm::SmallVector<Operation *> readers(op->getUsers());
    llvm::sort(readers, [](Operation *a, Operation *b) { return a->isBeforeInBlock(b); });
    for (Operation *reader : llvm::drop_begin(readers))
      result.insert(copyFor(graph, chain, op, reader));
    result.insert(op);
  }
  return result;
}

void sinter::growPrologues(const Graph &graph, Partition &partition, const llvm::DenseSet<Operation *> &chosen) {
  for (unsigned node = 0; node < graph.size(); ++node) {
    if (!chosen.contains(graph[node].op) || graph[node].succs.size() != 1 || !isFree(graph, partition, node))
      continue;
    Chain chain(graph, partition, node);
    if (partition.hasKind(graph[node].succs.front(), NodeKind::PartialSum) && !chain.keepsRowsInOrder())
      continue;
    Partition attempt = partition;
    if (llvm::all_of(chain.nodes, [&](unsigned member) { return attempt.merge(graph[node].succs.front(), member); }))
      partition = std::move(attempt);
  }
}
