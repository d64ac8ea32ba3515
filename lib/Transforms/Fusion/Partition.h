// Which nodes are in one kernel so far? Groups that grow by merging, as long as kernels can still run one after
// another.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef SINTER_LIB_TRANSFORMS_FUSION_PARTITION_H
#define SINTER_LIB_TRANSFORMS_FUSION_PARTITION_H

#include "Graph.h"

namespace sinter {

/// Every node starts as a group of its own. A group is named by its first node.
class Partition {
public:
  explicit Partition(const Graph &graph);

  unsigned groupOf(unsigned node) const { return group[node]; }
  llvm::ArrayRef<unsigned> members(unsigned node) const { return nodesOf[group[node]]; }
  bool isAlone(unsigned node) const { return members(node).size() == 1; }
  bool together(unsigned a, unsigned b) const { return group[a] == group[b]; }
  /// True if `node`'s group has a member of this kind.
  bool hasKind(unsigned node, NodeKind kind) const;

  /// Puts the groups of `a` and `b` together unless one depends on the other by way of a third: then neither could run
  /// first. Returns whether they are together now.
  bool merge(unsigned a, unsigned b);
  /// True if a group outside reaches from `a`'s group to `b`'s or back.
  bool separated(unsigned a, unsigned b) const;
  /// True if some node of `b`'s group depends on `a`'s group by way of others.
  bool dependsOn(unsigned b, unsigned a) const;

  /// For each group of more than views and transparent nodes: its first node, ascending.
  llvm::SmallVector<unsigned> groups() const;

private:
  /// Whether `to` is reached from `from` through at least `minimum` other groups.
  bool reaches(unsigned from, unsigned to, bool throughOthers) const;

  const Graph *graph;
  std::vector<unsigned> group;
  std::vector<llvm::SmallVector<unsigned>> nodesOf;
};

} // namespace sinter

#endif // SINTER_LIB_TRANSFORMS_FUSION_PARTITION_H
