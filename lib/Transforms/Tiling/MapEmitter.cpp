// Map kernels.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "sinter/Transforms/Tiling/Emitters.h"

using namespace mlir;

namespace sinter {

LogicalResult emitMap(OpBuilder &builder, KernelEmission &emission) {
  return emission.kernel.emitError("not emitted");
}

} // namespace sinter
