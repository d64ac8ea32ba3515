// Kernels that fit no better skeleton on a GPU: a thread for each point of the parallel loops.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "../Tiling/LoopPoint.h"
#include "Skeletons.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;

namespace sinter {

static constexpr int64_t kThreads = 128;

/// Points of the parallel loops; where more than one has the batch's extent, those of the largest batch.
static Grid gridOf(const DeviceEmission &emission) {
  linalg::GenericOp generic = emission.analysis.generics.front();
  SmallVector<unsigned> parallel;
  generic.getParallelDims(parallel);
  int64_t points = 1, dynamic = 0;
  for (unsigned dim : parallel) {
    int64_t extent = emission.analysis.domain[dim];
    dynamic += ShapedType::isDynamic(extent);
    points *= !ShapedType::isDynamic(extent) ? extent : dynamic == 1 ? 1 : emission.batch;
  }
  if (dynamic == 1)
    return {points, 0, kThreads, 1};
  return {0, dynamic ? points * emission.batch : points, kThreads, 1};
}

LogicalResult emitDeviceLoops(DeviceEmission &emission) {
  DeviceFunction function = emission.create("", {gridOf(emission), kThreads});
  OpBuilder &builder = function.builder;
  IndexMath math(builder, function.loc);
  KernelContext context(builder, function.emission);
  LoopPoint point(context);
  if (failed(point.check()))
    return failure();
  Value id = function.globalThreadId(), left = id;
  for (unsigned dim : llvm::reverse(ArrayRef(point.parallel).drop_front(point.parallel.empty() ? 0 : 1))) {
    Value extent = point.extent(dim);
    point.coordinates[dim] = math.rem(left, extent);
    left = math.div(left, extent);
  }
  Value extent = math.constant(1);
  if (!point.parallel.empty()) {
    point.coordinates[point.parallel[0]] = left;
    extent = point.extent(point.parallel[0]);
  }
  emitIf(builder, function.loc, math.less(left, extent), [&] { point.emit(); });
  function.finish();
  return success();
}

} // namespace sinter
