// Merging of groups under the condition that no cycle between groups arises.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Partition.h"
#include "llvm/ADT/STLExtras.h"

using namespace sinter;

Partition::Partition(const Graph &graph) : graph(&graph), group(graph.size()), nodesOf(graph.size()) {
  for (unsigned i = 0; i < graph.size(); ++i) {
    group[i] = i;
    nodesOf[i].push_back(i);
  }
}

bool Partition::hasKind(unsigned node, NodeKind kind) const {
  return llvm::any_of(members(node), [&](unsigned member) { return (*graph)[member].kind == kind; });
}

bool Partition::reaches(unsigned from, unsigned to, bool throughOthers) const {
  llvm::SmallVector<unsigned> work;
  std::vector<bool> seen(graph->size());
  auto follow = [&](unsigned current) {
    for (unsigned node : nodesOf[current])
      for (auto *next : {&(*graph)[node].succs, &(*graph)[node].later})
        for (unsigned succ : *next) {
          unsigned target = group[succ];
          if (target == current || (throughOthers && current == from && target == to) || seen[target])
            continue;
          seen[target] = true;
          work.push_back(target);
        }
  };
  follow(from);
  while (!work.empty()) {
    unsigned current = work.pop_back_val();
    if (current == to)
      return true;
    if (current != from)
      follow(current);
  }
  return false;
}

bool Partition::separated(unsigned a, unsigned b) const {
  return reaches(group[a], group[b], true) || reaches(group[b], group[a], true);
}

bool Partition::dependsOn(unsigned b, unsigned a) const {
  return reaches(group[a], group[b], false);
}

bool Partition::merge(unsigned a, unsigned b) {
  unsigned first = std::min(group[a], group[b]), second = std::max(group[a], group[b]);
  if (first == second)
    return true;
  if (separated(a, b))
    return false;
  for (unsigned node : nodesOf[second])
    group[node] = first;
  llvm::append_range(nodesOf[first], nodesOf[second]);
  llvm::sort(nodesOf[first]);
  nodesOf[second].clear();
  return true;
}

llvm::SmallVector<unsigned> Partition::groups() const {
  llvm::SmallVector<unsigned> result;
  for (unsigned i = 0; i < graph->size(); ++i)
    if (!nodesOf[i].empty() && (*graph)[i].kind != NodeKind::View)
      result.push_back(i);
  return result;
}
