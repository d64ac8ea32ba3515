// Does it pay on a GPU to begin sums of columns in a kernel of rows? See DevicePartialSums.h.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "DevicePartialSums.h"

#include "sinter/Analysis/DeviceInfo.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/MathExtras.h"

#include <algorithm>

namespace sinter {

/// Microseconds from a row's loads to its results: memory, and some exchanges one after the other.
static constexpr double kRowLatency = 1.2;
/// Threads of such kernels that a multiprocessor has registers for, guessed low.
static constexpr int64_t kThreadsAtOnce = 768;
/// Rows of the smallest part: with fewer, sums would be nearly as much as is added up.
static constexpr int64_t kFewestRows = 8;
/// Registers of 32 bits that the sums of a thread may take, and the part of those that it has in a large block.
static constexpr int64_t kMostRegisters = 48, kRegistersOfMultiprocessor = 64 << 10, kPartForSums = 4;
/// Costs are estimates: what is won has to be so much more than what is lost, and microseconds that can be noticed.
static constexpr double kCaution = 1.25, kLeastWon = 0.2;

/// Microseconds that blocks of `rows` rows each, which they have by `shape.rowsAtOnce()`, wait for them. If there are
/// more blocks than are under way at once, they end at different times: half a block's, on average.
static double waiting(const DeviceSums &work, const DeviceRowShape &shape, int64_t rows) {
  int64_t atOnce = kMultiprocessors * std::max<int64_t>(1, kThreadsAtOnce / shape.threads);
  double ofBlock = kRowLatency * llvm::divideCeil(rows, shape.rowsAtOnce()), blocks = double(work.rows) / rows;
  return blocks <= atOnce ? ofBlock : ofBlock * (blocks / atOnce + 0.5);
}

int64_t deviceRowsPerPart(const DeviceSums &work, std::string &reason) {
  DeviceRowShape shape(work.rows, work.columns, /*isStatic=*/true, work.widestBytes);
  int64_t bytesOfThread =
      work.bytesOfSums * shape.accessesOfThread() * shape.lanes / std::max<int64_t>(1, work.columns);
  int64_t registers = std::min(kMostRegisters, kRegistersOfMultiprocessor / shape.threads / kPartForSums);
  if (!shape.held || bytesOfThread > 4 * registers) {
    reason = llvm::formatv("a row of {0} columns and {1} sum(s) of each do not stay in a block's registers",
                           work.columns, work.sums);
    return 0;
  }
  double won = work.bytesRead / kDeviceMemoryRate;
  double anyway = std::max(won, waiting(work, shape, shape.rowsAtOnce())), least = 0;
  int64_t best = 0;
  for (int64_t rows = std::max(kFewestRows, shape.rowsAtOnce()); rows < work.rows; rows *= 2) {
    double sums = double(llvm::divideCeil(work.rows, rows)) * work.bytesOfSums;
    double lost = 2 * sums / kDeviceMemoryRate + std::max(0.0, waiting(work, shape, rows) - anyway);
    if (best == 0 || lost < least) {
      best = rows;
      least = lost;
    }
  }
  if (best > 0 && won >= kLeastWon && kCaution * least < won)
    return best;
  reason = best == 0 ? llvm::formatv("all {0} rows are one part", work.rows).str()
                     : llvm::formatv("it would save {0:f2} us and cost {1:f2} us", won, least).str();
  return 0;
}

} // namespace sinter
