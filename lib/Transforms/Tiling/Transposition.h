// Which kernels only move elements to other places, a square of vectors at a time?
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef SINTER_LIB_TRANSFORMS_TILING_TRANSPOSITION_H
#define SINTER_LIB_TRANSFORMS_TILING_TRANSPOSITION_H

#include "PointEvaluator.h"

namespace sinter {

/// out[i0, ..., in] = in[a permutation of them], where neighbours in the input are no neighbours in the result.
struct Transposition {
  mlir::linalg::GenericOp generic;
  unsigned along;  ///< the loop whose neighbours lie side by side in the input
  unsigned across; ///< in the result: the last loop

  /// True if work items, which are runs of the first loop, cut through squares.
  bool itemsCutSquares() const { return along == 0 || across == 0; }
};

/// Reads a kernel as a transposition that squares of `lanes` x `lanes` elements can do. The first loop may be the
/// batch; the others are of known extent, and those of the squares no shorter than a vector.
std::optional<Transposition> matchTransposition(const KernelAnalysis &analysis, int64_t lanes);

/// Emits iterations [begin, end) of the first loop; runs of it begin with a multiple of the lanes where items cut
/// squares.
void emitSquares(KernelContext &context, const Transposition &transposition, mlir::Value begin, mlir::Value end);

} // namespace sinter

#endif // SINTER_LIB_TRANSFORMS_TILING_TRANSPOSITION_H
