// Which bytes of the scratch block does each buffer get?
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef SINTER_LIB_TRANSFORMS_MEMORY_BESTFIT_H
#define SINTER_LIB_TRANSFORMS_MEMORY_BESTFIT_H

#include "llvm/ADT/ArrayRef.h"
#include <cstdint>

namespace sinter {

/// A buffer that is needed from op number `first` to op number `last`, both included.
struct LiveRange {
  int64_t bytes;
  int64_t first, last;
  int64_t offset; ///< the answer
};

/// Sets the offsets, multiples of `alignment`, so that ranges which overlap in time are disjoint in memory: the largest
/// first, each in the smallest gap that is large enough. Returns the bytes needed in all, a multiple of `alignment`.
int64_t placeByBestFit(llvm::MutableArrayRef<LiveRange> ranges, int64_t alignment);

/// The least that any placement needs: the largest sum of aligned sizes that are live at once.
int64_t largestLiveSum(llvm::ArrayRef<LiveRange> ranges, int64_t alignment);

} // namespace sinter

#endif // SINTER_LIB_TRANSFORMS_MEMORY_BESTFIT_H
