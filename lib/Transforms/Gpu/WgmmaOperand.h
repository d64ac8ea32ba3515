// An operand of a product on Hopper as its copy engine sees it.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef SINTER_LIB_TRANSFORMS_GPU_WGMMAOPERAND_H
#define SINTER_LIB_TRANSFORMS_GPU_WGMMAOPERAND_H

#include "ContractionSkeleton.h"

#include <optional>

namespace sinter {

/// Bytes of a swizzled row, which is a stretch of k, or 64 elements of two bytes.
constexpr int64_t kWgmmaRowBytes = 128;
/// Places along k of a box of an operand whose neighbours lie along the result.
constexpr int64_t kWgmmaBoxRows = 64;

struct WgmmaOperand {
  bool alongK;                                          ///< neighbours in memory are neighbours along k
  llvm::SmallVector<const ContractionDim *, 3> further; ///< dims behind the first two: outer ones, then outer k
  TensorMapNumbers numbers;                             ///< but for the argument
};

/// Nothing if `operand` of `problem`, whose dim of the result is `dim`, is none that the engine can copy: one with a
/// prologue, rows that do not begin on multiples of 16 bytes, elements of four bytes across k. Boxes have `rows` rows
/// if those lie along k.
std::optional<WgmmaOperand> planWgmmaOperand(const ContractionProblem &problem, const ContractionOperand &operand,
                                             const ContractionDim &dim, int64_t rows);

} // namespace sinter

#endif // SINTER_LIB_TRANSFORMS_GPU_WGMMAOPERAND_H
