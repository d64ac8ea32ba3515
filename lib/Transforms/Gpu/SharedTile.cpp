// A tile of a matrix in shared memory, laid out for tensor cores.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "SharedTile.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/NVGPU/IR/NVGPUDialect.h"
#include "sinter/Transforms/Memory/Layout.h"

using namespace mlir;

namespace sinter {

/// Chunks that shared memory serves at once.
static constexpr int64_t kChunksAtOnce = 8;

int64_t SharedTile::bytes(int64_t stages, int64_t rows, int64_t columns, Type element) {
  return stages * rows * columns * elementBytes(element);
}

SharedTile::SharedTile(OpBuilder &builder, Location loc, Value bytes, int64_t offset, int64_t stages, int64_t rows,
                       int64_t columns, Type element)
    : rows(rows), columns(columns), buffer(viewBytes(builder, loc, bytes, offset, {stages, rows, columns}, element)),
      builder(builder), loc(loc) {}

Type SharedTile::element() const {
  return cast<MemRefType>(buffer.getType()).getElementType();
}

int64_t SharedTile::chunk() const {
  return kAccessBytes / elementBytes(element());
}

SmallVector<Value, 3> SharedTile::indices(Value stage, Value row, Value column) const {
  IndexMath math(builder, loc);
  int64_t chunks = columns / chunk(), turns = std::min(chunks, kChunksAtOnce);
  Value turn = math.rem(math.div(row, kChunksAtOnce / turns), turns);
  if (turns == kChunksAtOnce)
    turn = math.add(math.mul(math.rem(turn, turns / 2), 2), math.div(turn, turns / 2));
  Value swizzled = math.bitXor(math.div(column, chunk()), turn);
  return {stage, row, math.add(math.mul(swizzled, chunk()), math.rem(column, chunk()))};
}

void startCopy(OpBuilder &builder, Location loc, Value source, Value at, int64_t count, Value valid, Value buffer,
               ValueRange indices) {
  IndexMath math(builder, loc);
  bool isWidest = count * elementBytes(cast<MemRefType>(buffer.getType()).getElementType()) == kAccessBytes;
  Value read;
  if (valid) {
    // Nothing is read then, but an address is still an address.
    read = arith::SelectOp::create(builder, loc, valid, math.constant(count), math.constant(0));
    at = arith::SelectOp::create(builder, loc, valid, at, math.constant(0));
  }
  // Only the widest copies can pass the first-level cache.
  nvgpu::DeviceAsyncCopyOp::create(builder, loc, nvgpu::DeviceAsyncTokenType::get(builder.getContext()), buffer,
                                   indices, source, ValueRange{at}, builder.getIndexAttr(count), read,
                                   isWidest ? builder.getUnitAttr() : UnitAttr());
}

void commitCopies(OpBuilder &builder, Location loc) {
  NVVM::CpAsyncCommitGroupOp::create(builder, loc);
}

void waitForCopies(OpBuilder &builder, Location loc, int64_t pending) {
  NVVM::CpAsyncWaitGroupOp::create(builder, loc, pending);
}

} // namespace sinter
