// Where in the model's text is a kernel?
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef SINTER_LIB_TRANSFORMS_FUSION_LOCATIONS_H
#define SINTER_LIB_TRANSFORMS_FUSION_LOCATIONS_H

#include "KernelPlan.h"

namespace sinter {

/// The location of a node's op; of the first op that uses it where it has none of its own (constants lose theirs when
/// they are moved to the start of the function).
mlir::Location locationOf(const Graph &graph, unsigned node);

/// The locations of all ops whose arithmetic is in the kernel, fused: those that tell most about it come first, and
/// with them what a diagnostic shows.
mlir::Location locationOf(const Graph &graph, const KernelPlan &plan);

} // namespace sinter

#endif // SINTER_LIB_TRANSFORMS_FUSION_LOCATIONS_H
