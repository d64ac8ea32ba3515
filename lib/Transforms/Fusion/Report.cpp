// Fusion decisions as remarks, taken and refused.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Report.h"
#include "Locations.h"
#include "mlir/IR/Remarks.h"
#include "sinter/Transforms/Decompose/Source.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"

using namespace mlir;
using namespace sinter;

static remark::RemarkOpts about(const Graph &graph, StringRef name) {
  return remark::RemarkOpts::name(name).category("fusion").function(graph.getFunction().getName());
}

void sinter::reportKernel(const Graph &graph, const KernelPlan &plan, const KernelLabel &label) {
  std::string sources = label.sources.empty() ? "a constant" : llvm::join(label.sources, ", ");
  remark::passed(locationOf(graph, plan), about(graph, "kernel"))
      << remark::add("kernel '{0}' of strategy {1} from {2}", label.name, stringifyStrategy(plan.strategy).str(),
                     sources)
      << remark::metric("Kernel", label.unique()) << remark::metric("inputs", plan.loads.size())
      << remark::metric("outputs", plan.outputs.size());
}

void sinter::reportEpilogue(const Graph &graph, unsigned product, size_t taken, size_t outputs, size_t limit) {
  Location loc = locationOf(graph, product);
  if (outputs > limit)
    remark::missed(loc, about(graph, "epilogue"))
        << remark::add("of what follows from the product only the first {0} ops are computed on its tiles", taken)
        << remark::reason("all of it would store {0} values, more than {1}", outputs, limit);
  else if (taken > 0)
    remark::passed(loc, about(graph, "epilogue"))
        << remark::add("{0} ops that follow from the product are computed on its tiles", taken)
        << remark::metric("Stored", outputs);
}

void sinter::reportPrologueTaken(const Graph &graph, unsigned node, size_t ops, const PrologueCosts &costs) {
  remark::passed(locationOf(graph, node), about(graph, "prologue"))
      << remark::add("{0} op(s) that make an operand are computed where {1} product(s) read it", ops,
                     graph[node].succs.size())
      << remark::metric("Cycles", std::llround(costs.fused))
      << remark::metric("Separate", std::llround(costs.separate));
}

void sinter::reportPrologueRefused(const Graph &graph, unsigned node, const PrologueCosts &costs) {
  remark::missed(locationOf(graph, node), about(graph, "prologue"))
      << remark::add("what {0} product(s) read is made by a kernel of its own", graph[node].succs.size())
      << remark::reason("{0}, it would take {1} cycles instead of {2}",
                        costs.fused < costs.separate ? "too little is won: computed where it is read"
                                                     : "computed where it is read",
                        std::llround(costs.fused), std::llround(costs.separate))
      << remark::metric("Cycles", std::llround(costs.fused))
      << remark::metric("Separate", std::llround(costs.separate));
}

void sinter::reportPrologueRefused(const Graph &graph, unsigned node, StringRef reason) {
  remark::missed(locationOf(graph, node), about(graph, "prologue"))
      << remark::add("what {0} product(s) read is made by a kernel of its own", graph[node].succs.size())
      << remark::reason("{0}", reason);
}

void sinter::reportPlacements(const Graph &graph, const Order &order) {
  for (const Placement &placement : order.placements) {
    unsigned number = placement.update.argument.getArgNumber();
    auto name = graph.getFunction().getArgAttrOfType<StringAttr>(number, "sinter.name").str();
    std::optional<unsigned> node = graph.nodeOf(placement.update.newValue);
    Location loc = node ? locationOf(graph, *node) : graph.getFunction().getLoc();
    if (placement.inPlace)
      remark::passed(loc, about(graph, "in-place")) << remark::add("'{0}' is updated in place", name);
    else
      remark::missed(loc, about(graph, "in-place"))
          << remark::add("'{0}' gets new storage and is copied", name) << remark::reason("{0}", placement.reason);
  }
}

/// Why the kernel that makes a value and the one that reads it are two.
static std::string reasonToKeep(const Graph &graph, const Partition &partition, unsigned node, unsigned reader) {
  if (graph[reader].kind == NodeKind::Contraction)
    return "operands of a product are read from memory";
  if (graph[reader].kind == NodeKind::Loops || graph[reader].kind == NodeKind::View)
    return "it is read at other places than it is computed at";
  if (graph[node].kind == NodeKind::PartialSum)
    return "sums of columns are complete when all rows are";
  if (partition.separated(node, reader))
    return "one kernel would have to run before and after another";
  if (graph[reader].domain != graph[node].domain)
    return "the reader's loops have other extents";
  if (graph[node].kind == NodeKind::Loops)
    return "a transposition, gather or reduction of its kind is a kernel of its own";
  if (graph[node].update != graph[reader].update)
    return "the arithmetic of the optimizer is a kernel of its own";
  if (graph[node].kind == NodeKind::Contraction && partition.hasKind(reader, NodeKind::Row))
    return "a reduction of rows needs finished rows, which the tiles of a product do not have";
  if (graph[node].kind == NodeKind::Row)
    return "what is reduced along rows is read by a kernel that does not run over these rows";
  return "the reader belongs to another strategy's kernel, and computing it again is not cheap";
}

void sinter::reportMaterialized(const Graph &graph, const Partition &partition,
                                const llvm::SetVector<Value> &materialized) {
  for (Value value : materialized) {
    unsigned node = *graph.nodeOf(value);
    if (!graph[node].isElementwise() || graph[node].isScalar())
      continue;
    const auto *reader =
        llvm::find_if(graph[node].succs, [&](unsigned succ) { return !partition.together(node, succ); });
    if (reader == graph[node].succs.end())
      continue;
    remark::missed(locationOf(graph, node), about(graph, "materialized"))
        << remark::add("the result of {0} is kept in memory", compositeName(graph[node].op->getLoc()).str())
        << remark::reason("{0}", reasonToKeep(graph, partition, node, *reader));
  }
}

/// The node that computes `value`, behind views; nothing for arguments.
static std::optional<unsigned> makerOf(const Graph &graph, Value value) {
  std::optional<unsigned> node = graph.nodeOf(value);
  while (node && graph[*node].kind == NodeKind::View)
    node = graph.nodeOf(graph[*node].op->getOperand(0));
  return node;
}

/// The first member of the group that reads the value of `node`, directly or by way of a view.
static unsigned readerOf(const Graph &graph, const KernelPlan &plan, unsigned node, Value value) {
  for (unsigned reader : plan.computed)
    if (llvm::is_contained(graph[reader].preds, node) || llvm::is_contained(graph.operands(reader), value))
      return reader;
  return plan.computed.front();
}

void sinter::reportSeparations(const Graph &graph, const Partition &partition, const Order &order,
                               const Labels &labels) {
  for (const Unit &unit : order.units) {
    if (!unit.plan)
      continue;
    llvm::SmallVector<unsigned> reported;
    for (Value load : unit.plan->loads) {
      std::optional<unsigned> maker = makerOf(graph, load);
      if (!maker || llvm::is_contained(reported, partition.groupOf(*maker)))
        continue;
      reported.push_back(partition.groupOf(*maker));
      unsigned reader = readerOf(graph, *unit.plan, *maker, load);
      std::string reason = graph.nodeOf(load) != maker ? "a view of the value is read, at other places"
                                                       : reasonToKeep(graph, partition, *maker, reader);
      std::string from = labels.lookup(reported.back()), to = labels.lookup(unit.plan->group);
      remark::missed(locationOf(graph, reader), about(graph, "separate"))
          << remark::add("'{0}' and '{1}', which reads its result, are two kernels", from, to)
          << remark::metric("Kernel", to) << remark::metric("From", from) << remark::reason("{0}", reason);
    }
  }
}

void sinter::reportRecomputed(const Graph &graph, const Partition &partition, const Order &order,
                              const Labels &labels) {
  for (const Unit &unit : order.units) {
    if (!unit.plan)
      continue;
    for (unsigned node : unit.plan->computed) {
      if (graph[node].transparent || graph[node].isScalar() || partition.groupOf(node) == unit.plan->group)
        continue;
      remark::passed(locationOf(graph, node), about(graph, "recomputed"))
          << remark::add("the result of {0} is computed again in '{1}', not kept in memory",
                         compositeName(graph[node].op->getLoc()).str(), labels.lookup(unit.plan->group))
          << remark::metric("Kernel", labels.lookup(unit.plan->group)) << remark::metric("Cost", graph[node].cost);
    }
  }
}

static std::string reasonAgainstUpdate(const Graph &graph, unsigned product, const GroupingOptions &options) {
  if (!options.updates)
    return "it was asked not to";
  if (!updateMayPay(graph, product, options))
    return llvm::formatv("the state stays in a cache of {0} bytes from step to step", options.cacheBytes);
  return "something else has to happen between them";
}

void sinter::reportUpdates(const Graph &graph, const Partition &partition, const GroupingOptions &options) {
  for (unsigned i = 0; i < graph.size(); ++i) {
    const Node &product = graph[i];
    const auto *update = llvm::find_if(
        product.succs, [&](unsigned succ) { return graph[succ].update && graph[succ].domain == product.domain; });
    if (product.kind != NodeKind::Contraction || update == product.succs.end())
      continue;
    if (partition.together(i, *update))
      remark::passed(product.op->getLoc(), about(graph, "update"))
          << remark::add("a gradient's product takes the parameter's update");
    else
      remark::missed(product.op->getLoc(), about(graph, "update"))
          << remark::add("a gradient is kept in memory for the parameter's update")
          << remark::reason("{0}", reasonAgainstUpdate(graph, i, options));
  }
}
