// A kernel is called after the ops that tell most about it, at most three; one that updates parameters after the
// optimizer.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Names.h"
#include "sinter/Transforms/Decompose/Source.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"

using namespace mlir;
using namespace sinter;

/// Ops that are in nearly every kernel.
static bool isPlain(llvm::StringRef source) {
  static const llvm::StringSet<> plain = {"abs",    "add",    "compare", "div",     "floor", "iota",      "max",
                                          "min",    "mul",    "negate",  "pow",     "sign",  "select",    "sub",
                                          "square", "reduce", "sqrt",    "convert", "rsqrt", "batch_size"};
  return plain.contains(source);
}

static bool isSilent(llvm::StringRef source) {
  return source == "broadcast" || source == "constant";
}

static std::string join(llvm::ArrayRef<llvm::StringRef> sources) {
  constexpr size_t longest = 3;
  return llvm::join(sources.take_front(longest), "_");
}

KernelLabel sinter::labelOf(const Graph &graph, const KernelPlan &plan, const Order &order, llvm::StringRef rule) {
  KernelLabel label;
  llvm::SmallVector<llvm::StringRef> telling;
  auto add = [](llvm::SmallVector<llvm::StringRef> &list, llvm::StringRef source) {
    if (!llvm::is_contained(list, source))
      list.push_back(source);
  };
  // Constants and broadcasts stand earlier in the function than the ops that read them: they come last here.
  llvm::SmallVector<unsigned> nodes = plan.computed;
  llvm::sort(nodes, [&](unsigned a, unsigned b) {
    return std::pair(graph[a].transparent, a) < std::pair(graph[b].transparent, b);
  });
  for (unsigned node : nodes) {
    llvm::StringRef source = compositeName(graph[node].op->getLoc());
    if (source.empty() || isSilent(source))
      continue;
    add(label.sources, source);
    if (!isPlain(source))
      add(telling, source);
  }
  bool updates = llvm::any_of(plan.computed, [&](unsigned node) { return graph[node].update; });
  bool allScalars = llvm::all_of(plan.computed, [&](unsigned node) { return graph[node].isScalar(); });
  if (updates && !rule.empty())
    label.name = rule.str();
  else if (allScalars)
    label.name = "scalars";
  else if (!telling.empty())
    label.name = join(telling);
  else if (!label.sources.empty())
    label.name = join(label.sources);
  else
    label.name = "fill";
  return label;
}
