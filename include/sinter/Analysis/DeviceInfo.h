// What is assumed of a GPU, and how a row is spread over its threads.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The numbers are those of an H100 or H200, rounded, and in part estimates. Fusion and the skeletons of device
// functions have to agree on what a kernel of rows can do, so that is here as well.

#ifndef SINTER_ANALYSIS_DEVICEINFO_H
#define SINTER_ANALYSIS_DEVICEINFO_H

#include <cstdint>
#include <optional>

namespace sinter {

/// Threads that execute in step.
constexpr int64_t kWarp = 32;
/// Bytes of the widest access of a thread.
constexpr int64_t kAccessBytes = 16;
/// Multiprocessors of a large GPU, and what one has: threads, bytes of shared memory for blocks, registers of 32 bits.
constexpr int64_t kMultiprocessors = 132, kResidentThreads = 2048, kSharedOfMultiprocessor = 224 << 10;
constexpr int64_t kRegistersOfMultiprocessor = 64 << 10;
/// Bytes per microsecond that all of them together read and write in its memory.
constexpr double kDeviceMemoryRate = 4.2e6;

/// Elements of an access to a tensor whose elements have this many bytes. Fewer than four lanes of bytes are not worth
/// a vector, more of them are too many values for one thread.
constexpr int64_t lanesOfAccess(int64_t elementBytes) {
  return kAccessBytes / (elementBytes < 2 ? 2 : elementBytes);
}

/// The rows that a kernel works on.
struct DeviceRows {
  int64_t rows = 1, extent = 1; ///< how many, at most, and elements of one, at most if `isStatic` is false
  bool isStatic = true;
  int64_t widestBytes = 4;        ///< of an element of the widest tensor
  int64_t matrices = 1, sums = 0; ///< that are read as a whole; of columns, over parts of the rows
  int64_t passes = 1;             ///< over a row: each but the last ends with reductions
};

/// How a kernel spreads each row over threads: element (or vector) number i is that of thread i mod `group`.
struct DeviceRowShape {
  int64_t lanes = 1;    ///< elements of an access
  int64_t accesses = 1; ///< of a row, the longest one if its length is the batch's
  int64_t group = 1;    ///< threads of a row: a power of two up to a warp, or all of a block or a cluster
  int64_t threads = 1;  ///< of a block
  int64_t cluster = 1;  ///< blocks that share a row
  bool held = false;    ///< elements stay in registers from the first pass over a row to the last
  int64_t registers;    ///< of 32 bits that a thread is guessed to need

  explicit DeviceRowShape(const DeviceRows &rows);

  /// Rows that a block, or a cluster, works on at the same time.
  int64_t rowsAtOnce() const { return threads * cluster / group; }
  /// Accesses of a thread, which has none at the end of some rows.
  int64_t accessesOfThread() const { return (accesses + group - 1) / group; }
  /// Blocks that a multiprocessor has registers for, as far as more of them are of use.
  int64_t residents() const;
};

/// Rows of clusters: their blocks' shares of a row stay in registers together, where one block would read the row again
/// in each pass, or would be one of few on a large GPU.
struct DeviceClusters {
  DeviceRowShape shape;
  double time, timeOfBlocks; ///< predicted microseconds of the kernel: with clusters, and with a block for each row
};

/// The best shape with clusters (which sm_90a has); nothing if there is none, or sums of columns are begun, for which
/// blocks have rows one after the other.
std::optional<DeviceClusters> bestClusters(const DeviceRows &rows);
/// Is so much won that it can be relied on?
bool areWorthwhile(const DeviceClusters &clusters);

} // namespace sinter

#endif // SINTER_ANALYSIS_DEVICEINFO_H
