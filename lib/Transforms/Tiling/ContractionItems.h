// Into which work items is a product cut?
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef SINTER_LIB_TRANSFORMS_TILING_CONTRACTIONITEMS_H
#define SINTER_LIB_TRANSFORMS_TILING_CONTRACTIONITEMS_H

#include "ContractionCost.h"

namespace sinter {

/// A work item should last this many cycles, about 20 microseconds; kernels of less than half of that are cut into two
/// or four items at most.
constexpr double kItemCycles = 80e3, kSharedCycles = 40e3;
/// So many items are enough for any number of threads that a product of this size is worth.
constexpr int64_t kEnoughItems = 16;

/// Bytes of accumulators that rest between blocks of k and come back to the registers from the second-level cache.
int64_t restBytes(const TargetInfo &target);

/// The number of items is an affine map of the number of rows, so that only one axis may depend on that.
void splitOneDynamicAxis(const ContractionProblem &problem, ContractionPlan &plan);

/// Cuts the loops of a product that one core is predicted to need so many cycles for into work items.
void chooseItems(const ContractionProblem &problem, const TargetInfo &target, ContractionPlan &plan, double cycles);

} // namespace sinter

#endif // SINTER_LIB_TRANSFORMS_TILING_CONTRACTIONITEMS_H
