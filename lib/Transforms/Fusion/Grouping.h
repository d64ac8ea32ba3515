// Which nodes go together? Five passes over the graph; each takes only what the ones before it left alone.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef SINTER_LIB_TRANSFORMS_FUSION_GROUPING_H
#define SINTER_LIB_TRANSFORMS_FUSION_GROUPING_H

#include "Partition.h"

namespace sinter {

struct GroupingOptions {
  /// Largest cost of a value that is computed again rather than kept.
  int64_t cheapCost = 8;
};

/// Bias, activation and, where it follows from nothing else, the activation's derivative into the product's epilogue.
void growEpilogues(const Graph &graph, Partition &partition, const GroupingOptions &options);
/// Reductions of rows with everything elementwise around and between them.
void growRows(const Graph &graph, Partition &partition);
/// Column sums of one matrix, with what follows on the columns.
void growColumns(const Graph &graph, Partition &partition);
/// What is left and needs a product and other large operands (masks, residuals), into the epilogue.
void growEpiloguesWithOperands(const Graph &graph, Partition &partition);
/// The rest: elementwise nodes of one domain that are connected; scalars in as few kernels as can be.
void growMaps(const Graph &graph, Partition &partition);

/// All of the above, in this order.
Partition groupNodes(const Graph &graph, const GroupingOptions &options);

/// An elementwise node that is in no group yet.
inline bool isFree(const Graph &graph, const Partition &partition, unsigned node) {
  return graph[node].isElementwise() && partition.isAlone(node);
}

} // namespace sinter

#endif // SINTER_LIB_TRANSFORMS_FUSION_GROUPING_H
