// Fusion decisions as remarks, taken and refused.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Report.h"
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
  Location loc = graph[plan.computed.front()].op->getLoc();
  std::string sources = label.sources.empty() ? "a constant" : llvm::join(label.sources, ", ");
  remark::passed(loc, about(graph, "kernel"))
      << remark::add("kernel '{0}' of strategy {1} from {2}", label.name, stringifyStrategy(plan.strategy).str(),
                     sources)
      << remark::metric("inputs", plan.loads.size()) << remark::metric("outputs", plan.outputs.size());
}

void sinter::reportPlacements(const Graph &graph, const Order &order) {
  for (const Placement &placement : order.placements) {
    unsigned number = placement.update.argument.getArgNumber();
    auto name = graph.getFunction().getArgAttrOfType<StringAttr>(number, "sinter.name").str();
    Location loc = placement.update.newValue.getLoc();
    if (placement.inPlace)
      remark::passed(loc, about(graph, "in-place")) << remark::add("'{0}' is updated in place", name);
    else
      remark::missed(loc, about(graph, "in-place"))
          << remark::add("'{0}' gets new storage and is copied", name) << remark::reason("{0}", placement.reason);
  }
}

/// Why the kernel that makes an elementwise value and the one that reads it are two.
static std::string reasonToKeep(const Graph &graph, const Partition &partition, unsigned node, unsigned reader) {
  if (graph[reader].kind == NodeKind::Contraction)
    return "operands of a product are read from memory";
  if (graph[reader].kind == NodeKind::Loops || graph[reader].kind == NodeKind::View)
    return "it is read at other places than it is computed at";
  if (partition.separated(node, reader))
    return "one kernel would have to run before and after another";
  if (graph[reader].domain != graph[node].domain)
    return "the reader's loops have other extents";
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
    remark::missed(graph[node].op->getLoc(), about(graph, "materialized"))
        << remark::add("the result of {0} is kept in memory", compositeName(graph[node].op->getLoc()).str())
        << remark::reason("{0}", reasonToKeep(graph, partition, node, *reader));
  }
}

static std::string reasonAgainstUpdate(const Graph &graph, const GroupingOptions &options) {
  if (!options.updates)
    return "it was asked not to";
  if (!stateLeavesCache(graph, options))
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
          << remark::reason("{0}", reasonAgainstUpdate(graph, options));
  }
}
