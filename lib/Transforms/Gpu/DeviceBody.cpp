// What is needed to do what one device function does inside of another one.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "DeviceBody.h"

#include "DeviceFunction.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "sinter/Transforms/Memory/Layout.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;

namespace sinter {

Grid gridOf(gpu::GPUFuncOp fn) {
  ArrayRef<int64_t> numbers = fn->getAttrOfType<DenseI64ArrayAttr>(kGridAttr);
  return {numbers[0], numbers[1], numbers[2], numbers[3]};
}

int64_t threadsOf(gpu::GPUFuncOp fn) {
  return fn.getKnownBlockSize()->front();
}

int64_t mostBlocks(const Grid &grid, int64_t batch) {
  return llvm::divideCeil(batch * grid.perRow + grid.fixed, grid.divisor) * grid.factor;
}

Value blocksOf(OpBuilder &builder, Location loc, const Grid &grid, Value rows, int64_t batch) {
  auto constant = [&](int64_t value) { return arith::ConstantIndexOp::create(builder, loc, value); };
  if (grid.perRow == 0)
    return constant(mostBlocks(grid, batch));
  Value items = arith::MulIOp::create(builder, loc, rows, constant(grid.perRow));
  items = arith::AddIOp::create(builder, loc, items, constant(grid.fixed + grid.divisor - 1));
  Value groups = arith::DivUIOp::create(builder, loc, items, constant(grid.divisor));
  return arith::MulIOp::create(builder, loc, groups, constant(grid.factor));
}

static int64_t bytesOf(BlockArgument buffer) {
  auto type = cast<MemRefType>(buffer.getType());
  return llvm::alignTo(type.getNumElements() * elementBytes(type.getElementType()), kAccessBytes);
}

int64_t sharedBytesOf(gpu::GPUFuncOp fn) {
  int64_t bytes = 0;
  for (BlockArgument buffer : fn.getWorkgroupAttributions())
    bytes += bytesOf(buffer);
  return bytes;
}

SmallVector<Operation *> cloneBody(OpBuilder &builder, gpu::GPUFuncOp fn, IRMapping &values, Value block, Value shared,
                                   Value offset) {
  IndexMath math(builder, fn.getLoc());
  int64_t behind = 0;
  for (BlockArgument buffer : fn.getWorkgroupAttributions()) {
    auto type = cast<MemRefType>(buffer.getType());
    Value at = offset ? math.add(offset, behind) : math.constant(behind);
    values.map(buffer, memref::ViewOp::create(builder, fn.getLoc(), type, shared, at, ValueRange()));
    behind += bytesOf(buffer);
  }
  SmallVector<Operation *> copies;
  for (Operation &op : fn.getBody().front().without_terminator()) {
    Operation *copy = builder.clone(op, values);
    bool isId = false;
    copy->walk([&](gpu::BlockIdOp id) {
      id.replaceAllUsesWith(block);
      if (id == copy) {
        values.map(op.getResult(0), block);
        isId = true;
      }
      id.erase();
    });
    if (!isId)
      copies.push_back(copy);
  }
  return copies;
}

} // namespace sinter
