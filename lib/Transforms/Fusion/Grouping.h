// Which nodes go together? Eight passes over the graph; each takes only what the ones before it left alone.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef SINTER_LIB_TRANSFORMS_FUSION_GROUPING_H
#define SINTER_LIB_TRANSFORMS_FUSION_GROUPING_H

#include "Partition.h"
#include "sinter/Analysis/TargetInfo.h"
#include "llvm/ADT/DenseSet.h"

namespace sinter {

struct GroupingOptions {
  /// Largest cost of a value that is computed again rather than kept.
  int64_t cheapCost = 8;
  /// State of more bytes than this does not stay in a cache from step to step.
  int64_t cacheBytes = 16 << 20;
  /// Kinds of fusion, all of which may be left out to see what they are worth.
  bool transpositions = true, epilogues = true, prologues = true, updates = true, rows = true, partials = true,
       columns = true, maps = true;
  /// What the price of a product depends on: the largest number of rows, and the machine.
  int64_t batch = 1;
  TargetInfo target;
  /// A GPU takes the steps too: what products read is as it wants them.
  bool device = false;
  /// Decisions are final, and reported as remarks.
  bool reports = true;
};

/// Lets products write their results, and read operands, where transpositions behind or before them would move them.
void foldTranspositions(mlir::func::FuncOp function, const GroupingOptions &options);
/// Predicted cycles of a kernel that transposes a tensor of this type.
double transpositionCycles(mlir::Type type, int64_t batch);
/// Gives products that read both operands across their rows a transposed copy of one, where that is predicted to win.
void transposeFarOperands(mlir::func::FuncOp function, const GroupingOptions &options);

/// Bias, activation and, where it follows from nothing else, the activation's derivative into the product's epilogue.
void growEpilogues(const Graph &graph, Partition &partition, const GroupingOptions &options);
/// Begins sums of columns, over parts of the rows, where a kernel of rows reads or makes what is added up, or a
/// product's kernel makes it.
void splitColumnSums(mlir::func::FuncOp function, const GroupingOptions &options);
/// Reductions of rows with everything elementwise around and between them, updates of rows included, and sums of
/// columns of the kind `sums`.
void growRows(const Graph &graph, Partition &partition, const GroupingOptions &options,
              NodeKind sums = NodeKind::PartialSum);
/// Column sums of one matrix, with what follows on the columns.
void growColumns(const Graph &graph, Partition &partition);
/// The update of a parameter, into the epilogue of the product that makes its gradient.
void growUpdates(const Graph &graph, Partition &partition, const GroupingOptions &options);
/// Whether that may be worth it: all bytes of a step's state have to come from memory; or from beyond the second-level
/// cache, and writing and reading the gradient takes as long as its product.
bool updateMayPay(const Graph &graph, unsigned product, const GroupingOptions &options);
/// What is left and needs a product and other large operands (masks, residuals), into the epilogue.
void growEpiloguesWithOperands(const Graph &graph, Partition &partition);
/// Partial sums of columns of what products' kernels make.
void growSumsOfProducts(const Graph &graph, Partition &partition, int64_t batch);
/// Whether the kernel of a product can walk along the rows of its result, of which `sum` adds up columns, as one loop:
/// what it computes reads all dimensions of the rows, or none, and asks for no index.
bool walksAlongRows(const Graph &graph, const Partition &partition, unsigned product, unsigned sum);
/// Decides which values are computed where products read them, and gives each product a copy of its own: the function
/// may have new ops afterwards, which `graph` does not know. The ops that make them, of all products; not to be
/// iterated over.
llvm::DenseSet<mlir::Operation *> choosePrologues(const Graph &graph, const GroupingOptions &options);
/// These ops, with what is made for them alone, into the products that read them.
void growPrologues(const Graph &graph, Partition &partition, const llvm::DenseSet<mlir::Operation *> &chosen);
/// The rest: elementwise nodes of one domain that are connected; scalars in as few kernels as can be.
void growMaps(const Graph &graph, Partition &partition);

/// All of the above, in this order; and what comes before prologues.
Partition groupNodes(const Graph &graph, const GroupingOptions &options,
                     const llvm::DenseSet<mlir::Operation *> &prologues);
Partition groupBeforePrologues(const Graph &graph, const GroupingOptions &options);

/// An elementwise node that is in no group yet.
inline bool isFree(const Graph &graph, const Partition &partition, unsigned node) {
  return graph[node].isElementwise() && partition.isAlone(node);
}

} // namespace sinter

#endif // SINTER_LIB_TRANSFORMS_FUSION_GROUPING_H
