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

constexpr int64_t kRegistersOfAccess = kAccessBytes / 4;

/// For `accesses` of a thread: of each matrix what it has of this row and of the next; a sum, and half of what is added
/// to it. Numbers that make good guesses for softmax, cross-entropy and layer norm, with updates and without.
static int64_t registersOfRow(const DeviceRows &rows, int64_t accesses, int64_t ofAccess = kRegistersOfAccess) {
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

//===----------------------------------------------------------------------===//
// Clusters
//===----------------------------------------------------------------------===//

/// What there may be of: blocks of a cluster; threads of such a block.
static constexpr int64_t kClusters[] = {2, 4, 8}, kThreadsOfCluster[] = {512, 256};
/// Registers that a thread of a cluster keeps of each matrix, and most that it can have.
static constexpr int64_t kHeldRegisters = kHeld * kRegistersOfAccess, kMostRegisters = 255;
/// Microseconds that a block waits for memory in each pass that reads (PhaseCost.cpp), and for the other blocks of its
/// cluster: their barrier, and the stores that go before it. The last one is an estimate.
static constexpr double kReadLatency = 0.65, kExchange = 0.4;
/// Clusters have not been timed on hardware: they have to win a quarter, and more than a launch next to others loses
/// that could have been a phase or a part of one of them (PhaseCost.h), before it and behind it.
static constexpr double kCaution = 1.25, kLeastWon = 2;

/// Rounds of as many rows as are under way at once. Each pass over a row that is not held reads it: at best at the rate
/// at which it comes from memory in the first one, as a multiprocessor gets little more from the second-level cache.
static double timeOfRows(const DeviceRows &rows, const DeviceRowShape &shape) {
  constexpr double rate = kDeviceMemoryRate / kMultiprocessors;
  int64_t atOnce = std::max<int64_t>(1, kMultiprocessors * shape.residents() / shape.cluster);
  int64_t rounds = llvm::divideCeil(rows.rows, atOnce);
  int64_t sharing = std::min(shape.residents(), int64_t(llvm::divideCeil(rows.rows * shape.cluster, kMultiprocessors)));
  double bytes = double(shape.accessesOfThread()) * shape.threads * shape.lanes * rows.widestBytes *
                 std::max<int64_t>(1, rows.matrices); // of the block that has most
  int64_t reads = shape.held ? 1 : rows.passes;
  double waiting = shape.cluster > 1 ? kExchange * (rows.passes - 1) : 0;
  return rounds * (reads * (kReadLatency + bytes * sharing / rate) + waiting);
}

/// True if the cluster's threads have registers for a row, and each of them has a part of it.
static bool fitsCluster(const DeviceRows &rows, const DeviceRowShape &shape, int64_t ofAccess) {
  return shape.accesses >= shape.group && shape.accessesOfThread() * ofAccess <= kHeldRegisters &&
         shape.registers <= std::min(kMostRegisters, kRegistersOfMultiprocessor / shape.threads);
}

std::optional<DeviceClusters> bestClusters(const DeviceRows &rows) {
  const DeviceRowShape ofBlocks(rows);
  if (!rows.isStatic || rows.sums > 0 || ofBlocks.group <= kWarp)
    return std::nullopt;
  int64_t ofAccess = llvm::divideCeil(ofBlocks.lanes * rows.widestBytes, 4);
  std::optional<DeviceClusters> best;
  for (int64_t cluster : kClusters)
    for (int64_t threads : kThreadsOfCluster) {
      DeviceRowShape shape = ofBlocks;
      shape.cluster = cluster;
      shape.threads = threads;
      shape.group = cluster * threads;
      shape.held = true;
      shape.registers = kOtherRegisters + registersOfRow(rows, shape.accessesOfThread(), ofAccess);
      double time = timeOfRows(rows, shape);
      if (fitsCluster(rows, shape, ofAccess) && (!best || time < best->time))
        best = DeviceClusters{shape, time, timeOfRows(rows, ofBlocks)};
    }
  return best;
}

bool areWorthwhile(const DeviceClusters &clusters) {
  return kCaution * clusters.time < clusters.timeOfBlocks && clusters.timeOfBlocks - clusters.time >= kLeastWon;
}

} // namespace sinter
