// Does it pay on a GPU to begin sums of columns in a kernel of rows? See DevicePartialSums.h.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "DevicePartialSums.h"

#include "llvm/ADT/SmallVector.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/MathExtras.h"

#include <algorithm>

namespace sinter {

/// Microseconds from a row's loads to its results: memory, and some exchanges one after the other.
static constexpr double kRowLatency = 1.2;
/// Rows of the smallest part: with fewer, sums would be nearly as much as is added up.
static constexpr int64_t kFewestRows = 8;
/// Registers of 32 bits that the sums of a thread may take, and the part of those that it has in a large block.
static constexpr int64_t kMostRegisters = 64, kPartForSums = 4;
/// Costs are estimates: what is won has to be so much more than what is lost, and microseconds that can be noticed.
static constexpr double kCaution = 1.25, kLeastWon = 0.2;

/// Blocks under way on the whole GPU.
static int64_t blocksAtOnce(const DeviceRowShape &shape) {
  return kMultiprocessors * shape.residents();
}

/// Microseconds that blocks of `rows` rows each, which they have by `shape.rowsAtOnce()`, wait for them. If there are
/// more blocks than are under way at once, they end at different times: half a block's, on average.
static double waiting(const DeviceSums &work, const DeviceRowShape &shape, int64_t rows) {
  int64_t atOnce = blocksAtOnce(shape), blocks = llvm::divideCeil(work.rows.rows, rows);
  double ofBlock = kRowLatency * llvm::divideCeil(rows, shape.rowsAtOnce());
  return blocks <= atOnce ? ofBlock : ofBlock * (double(blocks) / atOnce + 0.5);
}

/// Rows of a part that may be best: powers of two, and what gives each block under way at once one part.
static llvm::SmallVector<int64_t> candidates(const DeviceSums &work, const DeviceRowShape &shape) {
  int64_t all = work.rows.rows, least = std::max(kFewestRows, shape.rowsAtOnce());
  llvm::SmallVector<int64_t> sizes;
  for (int64_t rows = least; rows < all; rows *= 2)
    sizes.push_back(rows);
  int64_t ofOne = llvm::alignTo(llvm::divideCeil(all, blocksAtOnce(shape)), shape.rowsAtOnce());
  if (ofOne >= least && ofOne < all)
    sizes.push_back(ofOne);
  return sizes;
}

int64_t deviceRowsPerPart(const DeviceSums &work, std::string &reason) {
  DeviceRowShape shape(work.rows);
  int64_t bytesOfThread =
      work.bytesOfSums * shape.accessesOfThread() * shape.lanes / std::max<int64_t>(1, work.rows.extent);
  int64_t registers = std::min(kMostRegisters, kRegistersOfMultiprocessor / shape.threads / kPartForSums);
  if (!shape.held || bytesOfThread > 4 * registers) {
    reason = llvm::formatv("a row of {0} columns and {1} sum(s) of each do not stay in a block's registers",
                           work.rows.extent, work.rows.sums);
    return 0;
  }
  double won = work.bytesRead / kDeviceMemoryRate;
  double anyway = std::max(won, waiting(work, shape, shape.rowsAtOnce())), least = 0;
  int64_t best = 0;
  for (int64_t rows : candidates(work, shape)) {
    double sums = double(llvm::divideCeil(work.rows.rows, rows)) * work.bytesOfSums;
    double lost = 2 * sums / kDeviceMemoryRate + std::max(0.0, waiting(work, shape, rows) - anyway);
    if (best == 0 || lost < least) {
      best = rows;
      least = lost;
    }
  }
  if (best > 0 && won >= kLeastWon && kCaution * least < won)
    return best;
  reason = best == 0 ? llvm::formatv("all {0} rows are one part", work.rows.rows).str()
                     : llvm::formatv("it would save {0:f2} us and cost {1:f2} us", won, least).str();
  return 0;
}

} // namespace sinter
