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
/// Most accesses to a row that a thread of a block makes and keeps in registers.
static constexpr int64_t kHeld = 4;
/// Of a warp's thread, and the registers that all it has of a row may take. A warp needs no barriers, and computes once
/// for many elements what a row needs once; but it takes many rows to fill a GPU with warps.
static constexpr int64_t kHeldByWarp = 8, kRegistersOfRow = 160, kFewestRows = 16 * kMultiprocessors;
/// What a thread needs besides, and threads beyond which more add nothing to memory's work.
static constexpr int64_t kOtherRegisters = 56, kThreadsOfUse = 768;

/// For `accesses` of a thread: of each matrix what it has of this row and of the next; a sum, and half of what is added
/// to it. Numbers that make good guesses for softmax, cross-entropy and layer norm, with updates and without.
static int64_t registersOfRow(const DeviceRows &rows, int64_t accesses) {
  constexpr int64_t ofAccess = kAccessBytes / 4;
  return accesses * ofAccess * (4 * rows.matrices + 3 * rows.sums) / 2;
}

static bool fitsWarp(const DeviceRows &rows, int64_t accesses) {
  if (accesses <= kWarp * kHeld)
    return true;
  int64_t ofThread = accesses / kWarp;
  return rows.isStatic && accesses % kWarp == 0 && ofThread <= kHeldByWarp && rows.rows >= kFewestRows &&
         registersOfRow(rows, ofThread) <= kRegistersOfRow;
}

/// The fewest warps among which a row can be divided without a rest, if there are any.
static int64_t threadsOfRow(const DeviceRows &rows, int64_t accesses) {
  if (fitsWarp(rows, accesses))
    return std::min<int64_t>(kWarp, llvm::PowerOf2Ceil(accesses));
  for (int64_t threads = kFewestThreads; threads <= kMostThreads; threads += kWarp)
    if (accesses % threads == 0 && accesses <= threads * kHeld)
      return threads;
  for (int64_t threads = kFewestThreads; threads <= kMostThreads; threads *= 2)
    if (accesses <= threads * kHeld)
      return threads;
  return rows.rows < kMultiprocessors ? kThreadsOfFewRows : kThreadsOfLongRow;
}

DeviceRowShape::DeviceRowShape(const DeviceRows &rows) {
  int64_t wide = lanesOfAccess(rows.widestBytes);
  if (rows.isStatic && rows.extent % wide == 0 && rows.extent >= wide * kWarp)
    lanes = wide;
  accesses = llvm::divideCeil(rows.extent, lanes);
  group = threadsOfRow(rows, accesses);
  threads = std::max(group, kFewestThreads);
  held = rows.isStatic && (group <= kWarp || accesses <= group * kHeld);
  registers = kOtherRegisters + registersOfRow(rows, held ? accessesOfThread() : 1);
}

int64_t DeviceRowShape::residents() const {
  return std::max<int64_t>(1, std::min(kThreadsOfUse, kRegistersOfMultiprocessor / registers) / threads);
}

} // namespace sinter
