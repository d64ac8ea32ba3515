// Where in the model's text is a kernel?
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Locations.h"
#include "llvm/ADT/STLExtras.h"

using namespace mlir;
using namespace sinter;

static bool hasPlace(Location loc) {
  return loc
      ->walk(
          [](Location part) { return isa<FileLineColRange>(part) ? WalkResult::interrupt() : WalkResult::advance(); })
      .wasInterrupted();
}

/// The location of the first op after `op` that uses it, or what is made from it, and has a place.
static std::optional<Location> locationOfUser(Operation *op) {
  llvm::SmallVector<Operation *> users;
  for (Operation *user : op->getUsers())
    users.push_back(op->getBlock()->findAncestorOpInBlock(*user));
  llvm::sort(users, [](Operation *a, Operation *b) { return a->isBeforeInBlock(b); });
  users.erase(llvm::unique(users), users.end());
  for (Operation *user : users)
    if (hasPlace(user->getLoc()))
      return user->getLoc();
  for (Operation *user : users)
    if (std::optional<Location> found = locationOfUser(user))
      return found;
  return std::nullopt;
}

Location sinter::locationOf(const Graph &graph, unsigned node) {
  Operation *op = graph[node].op;
  if (hasPlace(op->getLoc()))
    return op->getLoc();
  if (std::optional<Location> user = locationOfUser(op))
    return *user;
  return op->getParentOp()->getLoc();
}

Location sinter::locationOf(const Graph &graph, const KernelPlan &plan) {
  llvm::SmallVector<unsigned> nodes = plan.computed;
  llvm::sort(nodes, [&](unsigned a, unsigned b) {
    return std::pair(graph[a].transparent, a) < std::pair(graph[b].transparent, b);
  });
  llvm::SmallVector<Location> locations;
  for (unsigned node : nodes)
    if (hasPlace(graph[node].op->getLoc()))
      locations.push_back(graph[node].op->getLoc());
  if (locations.empty())
    return locationOf(graph, *graph.nodeOf(plan.outputs.front()));
  return FusedLoc::get(graph.getFunction().getContext(), locations);
}
