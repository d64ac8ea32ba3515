// Products of matrices.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "sinter/Transforms/Tiling/Emitters.h"

using namespace mlir;

namespace sinter {

ScheduleAttr planContraction(KernelOp, const KernelAnalysis &, int64_t, const TargetInfo &) {
  return {};
}

FailureOr<AffineMap> contractionItems(KernelOp, const KernelAnalysis &, ScheduleAttr, int64_t) {
  return failure();
}

LogicalResult emitContraction(OpBuilder &, KernelEmission &emission) {
  return emission.kernel.emitError("contraction kernels are not emitted");
}

} // namespace sinter
