// Which values are in memory between kernels, and which are computed again by each kernel that reads them?
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef SINTER_LIB_TRANSFORMS_FUSION_MATERIALIZE_H
#define SINTER_LIB_TRANSFORMS_FUSION_MATERIALIZE_H

#include "Grouping.h"
#include "llvm/ADT/SetVector.h"

namespace sinter {

/// Values that kernels hand to each other, by node and result number. Elementwise values that are cheap and read at
/// most one large tensor, which is in memory anyway, are left out.
llvm::SetVector<mlir::Value> findMaterialized(const Graph &graph, const Partition &partition,
                                              const GroupingOptions &options);

} // namespace sinter

#endif // SINTER_LIB_TRANSFORMS_FUSION_MATERIALIZE_H
