// How is a row spread over the threads of a GPU?
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "sinter/Analysis/DeviceInfo.h"

#include "llvm/Support/MathExtras.h"

#include <algorithm>

namespace sinter {

/// Threads of a block that has a row for each warp or part of one.
static constexpr int64_t kFewestThreads = 128;
/// Of a block that has one row; if that is too long for registers; and if there are not enough of those for a GPU.
static constexpr int64_t kMostThreads = 512, kThreadsOfLongRow = 256, kThreadsOfFewRows = 1024;
/// Most elements, or vectors, of a row that a thread keeps in registers.
static constexpr int64_t kHeld = 4;

/// The fewest warps among which a row can be divided without a rest, if there are any.
static int64_t threadsOfRow(int64_t accesses, int64_t rows) {
  if (accesses <= kWarp * kHeld)
    return std::min<int64_t>(kWarp, llvm::PowerOf2Ceil(accesses));
  for (int64_t threads = kFewestThreads; threads <= kMostThreads; threads += kWarp)
    if (accesses % threads == 0 && accesses <= threads * kHeld)
      return threads;
  for (int64_t threads = kFewestThreads; threads <= kMostThreads; threads *= 2)
    if (accesses <= threads * kHeld)
      return threads;
  return rows < kMultiprocessors ? kThreadsOfFewRows : kThreadsOfLongRow;
}

DeviceRowShape::DeviceRowShape(int64_t rows, int64_t extent, bool isStatic, int64_t widestBytes) {
  int64_t wide = lanesOfAccess(widestBytes);
  if (isStatic && extent % wide == 0 && extent >= wide * kWarp)
    lanes = wide;
  accesses = llvm::divideCeil(extent, lanes);
  group = threadsOfRow(accesses, rows);
  threads = std::max(group, kFewestThreads);
  held = isStatic && accesses <= group * kHeld;
}

} // namespace sinter
