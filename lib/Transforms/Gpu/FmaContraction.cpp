// Products by multiply-adds: f32, f64, or what is widened to them, in any layout.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "FmaContraction.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;

namespace sinter {

static constexpr FmaTile kTiles[] = {
    {{128, 128}, 8, 8, 8}, {{64, 64}, 16, 4, 4}, {{32, 32}, 16, 2, 2}, {{16, 16}, 32, 1, 1}};

FmaTile FmaContraction::choose(const ContractionProblem &p) {
  // Accumulators of f64 take two registers each.
  return chooseTile(ArrayRef(kTiles).drop_front(p.element().isF64() ? 1 : 0), p);
}

void FmaContraction::allocate() {
  leftStorage = function.shared({2, tile.bk, tile.block.m}, element);
  rightStorage = function.shared({2, tile.bk, tile.block.n}, element);
}

FmaContraction::Values FmaContraction::emitStretches(Values accumulators) {
  // Behind an outer loop over k the first copy may still be read.
  if (!p.outerK.empty())
    function.barrier();
  Value step = math.constant(tile.bk);
  auto loop = scf::ForOp::create(builder, loc, math.constant(0), extentOf(p.k), step, accumulators);
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(loop.getBody());
  Value firstK = loop.getInductionVar(), half = math.rem(math.div(firstK, tile.bk), 2);
  copy(left, leftStorage, half, firstK);
  copy(right, rightStorage, half, firstK);
  function.barrier();
  auto inner =
      scf::ForOp::create(builder, loc, math.constant(0), step, math.constant(1), Values(loop.getRegionIterArgs()));
  {
    OpBuilder::InsertionGuard inside(builder);
    builder.setInsertionPointToStart(inner.getBody());
    scf::YieldOp::create(builder, loc, multiply(half, inner.getInductionVar(), inner.getRegionIterArgs()));
  }
  scf::YieldOp::create(builder, loc, inner.getResults());
  return Values(loop.getResults());
}

/// Elements outside of the operand become zeros. Neighbouring threads read along the dim that lies side by side.
void FmaContraction::copy(const Side &side, Value storage, Value half, Value firstK) {
  bool alongK = side.liesAlongK(p.k), checksK = p.k.dynamic || p.k.extent % tile.bk != 0;
  int64_t threads = function.threads, elements = tile.bk * side.width;
  for (int64_t first = 0; first < elements; first += threads) {
    Value number = math.add(thread, first);
    Value k = alongK ? math.rem(number, tile.bk) : math.div(number, side.width);
    Value at = alongK ? math.div(number, tile.bk) : math.rem(number, side.width);
    Value value = operandElement(side, math.add(side.start, at), math.add(firstK, k), checksK);
    if (value.getType() != element)
      value = arith::ExtFOp::create(builder, loc, element, value);
    memref::StoreOp::create(builder, loc, value, storage, ValueRange{half, k, at});
  }
}

/// `count` neighbours from shared memory.
FmaContraction::Values FmaContraction::fragment(Value storage, Value half, Value k, Value first, int64_t count) {
  int64_t lanes = std::min<int64_t>(count, kAccessBytes * 8 / element.getIntOrFloatBitWidth());
  Values elements;
  for (int64_t at = 0; at < count; at += lanes) {
    SmallVector<Value> indices{half, k, math.add(first, at)};
    if (lanes == 1) {
      elements.push_back(memref::LoadOp::create(builder, loc, storage, indices));
      continue;
    }
    Value vector = vector::LoadOp::create(builder, loc, VectorType::get({lanes}, element), storage, indices);
    for (int64_t lane = 0; lane < lanes; ++lane)
      elements.push_back(vector::ExtractOp::create(builder, loc, vector, lane));
  }
  return elements;
}

FmaContraction::Values FmaContraction::multiply(Value half, Value k, ValueRange accumulators) {
  int64_t across = tile.block.n / tile.tn;
  Value row = math.mul(math.div(thread, across), tile.tm), column = math.mul(math.rem(thread, across), tile.tn);
  Values a = fragment(leftStorage, half, k, row, tile.tm), b = fragment(rightStorage, half, k, column, tile.tn), next;
  for (int64_t i = 0; i < tile.tm; ++i)
    for (int64_t j = 0; j < tile.tn; ++j)
      next.push_back(math::FmaOp::create(builder, loc, a[i], b[j], accumulators[i * tile.tn + j]));
  return next;
}

/// A row of every thread at a time: row `row` of the threads' tiles makes a slab of [bm / tm][bn].
void FmaContraction::emitEpilogue(ArrayRef<Value> accumulators) {
  int64_t across = tile.block.n / tile.tn;
  Value slab = function.shared({tile.block.m / tile.tm, tile.block.n}, element);
  Value line = math.div(thread, across), column = math.mul(math.rem(thread, across), tile.tn);
  for (int64_t row = 0; row < tile.tm; ++row) {
    if (row > 0)
      function.barrier();
    for (int64_t j = 0; j < tile.tn; ++j)
      memref::StoreOp::create(builder, loc, accumulators[row * tile.tn + j], slab,
                              ValueRange{line, math.add(column, j)});
    function.barrier();
    emitSlab(slab, tile.block.m / tile.tm, [&](Value line) { return math.add(math.mul(line, tile.tm), row); });
  }
}

} // namespace sinter
