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
// what one function leaves to the next, and its tensor maps (kMapsAttr). The grid has one dimension. Which thread
// computes which elements depends on shapes alone, no sum is split by the size of the grid, and there are no atomic
// operations: results are the same on every device and in every run.
//
// Where Hopper has better instructions, a function has a counterpart for it, with arguments and a grid of its own:
// code for sm_90a holds that one, code for other architectures the first.

#ifndef SINTER_TRANSFORMS_GPU_DEVICEKERNEL_H
#define SINTER_TRANSFORMS_GPU_DEVICEKERNEL_H

#include "llvm/ADT/SmallVector.h"
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
/// On a launch that is a phase of a launch with others (PhasedFunction.h): the symbol of that launch's function, in images
/// for sm_90a and in all others. Its device functions are launched only where it is no phase. The function's arguments
/// are those of all its launches, in their order.
constexpr llvm::StringLiteral kPhasesAttr = "sinter.phases", kHopperPhasesAttr = "sinter.phases_sm_90a";
/// On a device function: its Grid, as an array of the four numbers.
constexpr llvm::StringLiteral kGridAttr = "sinter.grid";
/// On a device function: bytes of the workspace that it takes as its last argument.
constexpr llvm::StringLiteral kWorkspaceAttr = "sinter.workspace";

/// On a device function: that in code for sm_90a this function takes its place.
constexpr llvm::StringLiteral kOnHopperAttr = "sinter.on_sm_90a";
/// On a device function: that it is in code for sm_90a alone.
constexpr llvm::StringLiteral kOnlyHopperAttr = "sinter.only_sm_90a";
/// On a device function: that code for sm_90a does not need it.
constexpr llvm::StringLiteral kNotHopperAttr = "sinter.not_sm_90a";
constexpr int32_t kHopper = 90;
/// On a device function: bytes of dynamic shared memory of a block.
constexpr llvm::StringLiteral kDynamicSharedAttr = "sinter.dynamic_shared";
/// On a device function: its blocks form clusters of that many, which run at the same time.
constexpr llvm::StringLiteral kClusterAttr = "sinter.cluster";
/// On a device function: blocks that a multiprocessor must have registers for.
constexpr llvm::StringLiteral kResidentsAttr = "sinter.residents";
/// On a device function: its last arguments are these tensor maps, an array of TensorMapNumbers::encode.
constexpr llvm::StringLiteral kMapsAttr = "sinter.tensor_maps";

/// A tensor as the copy engine sees it; see sinter_device_map.
struct TensorMapNumbers {
  int64_t argument = 0; ///< of the function
  int64_t element = 0;  ///< CUtensorMapDataType
  struct Dim {
    int64_t perRow, fixed; ///< its extent: rows * perRow + fixed
    int64_t strideBytes;   ///< of dim 0: that of an element
    int64_t box;
  };
  llvm::SmallVector<Dim, 5> dims;

  llvm::SmallVector<int64_t> encode() const {
    llvm::SmallVector<int64_t> numbers{argument, element};
    for (const Dim &dim : dims)
      numbers.append({dim.perRow, dim.fixed, dim.strideBytes, dim.box});
    return numbers;
  }
  static TensorMapNumbers decode(llvm::ArrayRef<int64_t> numbers) {
    TensorMapNumbers map{numbers[0], numbers[1], {}};
    for (numbers = numbers.drop_front(2); !numbers.empty(); numbers = numbers.drop_front(4))
      map.dims.push_back({numbers[0], numbers[1], numbers[2], numbers[3]});
    return map;
  }
};

/// Number of blocks for a number of rows: ceil((rows * perRow + fixed) / divisor) * factor.
struct Grid {
  int64_t perRow = 0, fixed = 1, divisor = 1, factor = 1;

  std::array<int64_t, 4> numbers() const { return {perRow, fixed, divisor, factor}; }
};

} // namespace sinter

#endif // SINTER_TRANSFORMS_GPU_DEVICEKERNEL_H
