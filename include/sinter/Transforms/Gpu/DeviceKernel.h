// What do a kernel's device functions look like, and how are they launched?
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A kernel is one function of the `gpu.module @device`, or several that are launched one after the other:
//
//   gpu.func @softmax_0(%in: memref<64x10xf32>, %out: memref<64x10xf32>, %rows: index) kernel
//       attributes {known_block_size = array<i32: 128, 1, 1>, sinter.grid = array<i64: 1, 0, 8, 1>}
//
// As on the host, `?` became the batch, so every stride is a constant, and i1 tensors are memrefs of i8. The arguments
// are the kernel's inputs, its outs, the number of rows and, with `sinter.workspace`, a buffer of that many bytes for
// what one function leaves to the next. The grid has one dimension. Which thread computes which elements depends on
// shapes alone, no sum is split by the size of the grid, and there are no atomic operations: results are the same on
// every device and in every run.

#ifndef SINTER_TRANSFORMS_GPU_DEVICEKERNEL_H
#define SINTER_TRANSFORMS_GPU_DEVICEKERNEL_H

#include "llvm/ADT/StringRef.h"

#include <array>
#include <cstdint>

namespace sinter {

/// The module that holds all device functions.
constexpr llvm::StringLiteral kDeviceModule = "device";
/// On a kernel and its launch: symbols of the device functions, in the order of their launches.
constexpr llvm::StringLiteral kDeviceAttr = "sinter.device";
/// On a launch that may run at the same time as the one before it, though on the host that would gain nothing.
constexpr llvm::StringLiteral kDeviceTogetherAttr = "sinter.device_together";
/// On a launch that shares its device function with others: the place of its arguments among theirs, from 0.
constexpr llvm::StringLiteral kDevicePartAttr = "sinter.device_part";
/// On a device function: its Grid, as an array of the four numbers.
constexpr llvm::StringLiteral kGridAttr = "sinter.grid";
/// On a device function: bytes of the workspace that it takes as its last argument.
constexpr llvm::StringLiteral kWorkspaceAttr = "sinter.workspace";

/// Number of blocks for a number of rows: ceil((rows * perRow + fixed) / divisor) * factor.
struct Grid {
  int64_t perRow = 0, fixed = 1, divisor = 1, factor = 1;

  std::array<int64_t, 4> numbers() const { return {perRow, fixed, divisor, factor}; }
};

} // namespace sinter

#endif // SINTER_TRANSFORMS_GPU_DEVICEKERNEL_H
