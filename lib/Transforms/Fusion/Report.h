// What does fusion tell? Remarks of category `fusion`.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef SINTER_LIB_TRANSFORMS_FUSION_REPORT_H
#define SINTER_LIB_TRANSFORMS_FUSION_REPORT_H

#include "Grouping.h"
#include "Names.h"

namespace sinter {

/// `kernel`: its strategy, sources and numbers of inputs and outputs.
void reportKernel(const Graph &graph, const KernelPlan &plan, const KernelLabel &label);
/// `epilogue`: what follows from a product alone and is computed on its tiles; or why only the start of it is. `taken`
/// ops are; all of them would store `outputs` values, of which `limit` are allowed.
void reportEpilogue(const Graph &graph, unsigned product, size_t taken, size_t outputs, size_t limit);
/// Predicted cycles of a prologue's products: with a kernel for it before them, and with it in them.
struct PrologueCosts {
  double separate, fused;
};
/// `prologue`: the `ops` that make the value of `node` are computed by the products that read it; or why they are not.
void reportPrologueTaken(const Graph &graph, unsigned node, size_t ops, const PrologueCosts &costs);
void reportPrologueRefused(const Graph &graph, unsigned node, const PrologueCosts &costs);
void reportPrologueRefused(const Graph &graph, unsigned node, llvm::StringRef reason);
/// `in-place`: for each state tensor whether it is written in place, else why not.
void reportPlacements(const Graph &graph, const Order &order);
/// `update`: for each product that makes a gradient whether it takes the parameter's update.
void reportUpdates(const Graph &graph, const Partition &partition, const GroupingOptions &options);
/// `materialized`: for each elementwise value that is kept for other kernels, why they do not share one.
void reportMaterialized(const Graph &graph, const Partition &partition,
                        const llvm::SetVector<mlir::Value> &materialized);

/// What the kernel of a group is called, `KernelLabel::unique`.
using Labels = llvm::DenseMap<unsigned, std::string>;
/// `separate`: for each kernel that reads another one's result, why they are not one kernel.
void reportSeparations(const Graph &graph, const Partition &partition, const Order &order, const Labels &labels);
/// `recomputed`: what a kernel computes once more rather than reading it from memory.
void reportRecomputed(const Graph &graph, const Partition &partition, const Order &order, const Labels &labels);

} // namespace sinter

#endif // SINTER_LIB_TRANSFORMS_FUSION_REPORT_H
