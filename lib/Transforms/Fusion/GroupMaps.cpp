// Which of the remaining elementwise ops share a kernel? And the order of all grouping passes.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Grouping.h"
#include "llvm/ADT/STLExtras.h"

using namespace sinter;

static bool isMapGroup(const Graph &graph, const Partition &partition, unsigned node) {
  return llvm::all_of(partition.members(node), [&](unsigned member) { return graph[member].isElementwise(); });
}

static void connectOneDomain(const Graph &graph, Partition &partition) {
  for (unsigned i = 0; i < graph.size(); ++i) {
    if (graph[i].isScalar() || !isFree(graph, partition, i))
      continue;
    for (unsigned pred : graph[i].preds)
      if (graph[pred].domain == graph[i].domain && isMapGroup(graph, partition, pred))
        partition.merge(pred, i);
  }
}

/// Scalar kernels do next to nothing: what counts is how many there are.
static void gatherScalars(const Graph &graph, Partition &partition) {
  llvm::SmallVector<unsigned> kernels;
  for (unsigned i = 0; i < graph.size(); ++i) {
    if (!graph[i].isScalar() || !isFree(graph, partition, i))
      continue;
    if (llvm::none_of(kernels, [&](unsigned kernel) { return partition.merge(kernel, i); }))
      kernels.push_back(i);
  }
}

void sinter::growMaps(const Graph &graph, Partition &partition) {
  connectOneDomain(graph, partition);
  gatherScalars(graph, partition);
}

Partition sinter::groupBeforePrologues(const Graph &graph, const GroupingOptions &options) {
  Partition partition(graph);
  if (options.epilogues)
    growEpilogues(graph, partition, options);
  if (options.rows)
    growRows(graph, partition, options);
  if (options.columns)
    growColumns(graph, partition);
  if (options.updates)
    growUpdates(graph, partition, options);
  if (options.epilogues) {
    growEpiloguesWithOperands(graph, partition);
    growSumsOfProducts(graph, partition, options.batch);
  }
  return partition;
}

Partition sinter::groupNodes(const Graph &graph, const GroupingOptions &options,
                             const llvm::DenseSet<mlir::Operation *> &prologues) {
  Partition partition = groupBeforePrologues(graph, options);
  growPrologues(graph, partition, prologues);
  if (options.maps)
    growMaps(graph, partition);
  return partition;
}
