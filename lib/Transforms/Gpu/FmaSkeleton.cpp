// Products on a GPU by multiply-adds: tiles in shared memory and registers.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// For each stretch of k the block copies [bk][bm] of the left and [bk][bn] of the right operand to shared memory
// (through their prologues, whatever their layouts), and each thread multiplies into its own [tm][tn] accumulators.
// There are two such copies, used in turn, so that one barrier per stretch suffices.

#include "ContractionSkeleton.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;

namespace sinter {
namespace {

struct FmaTile {
  int64_t bm, bn, bk; ///< of a block
  int64_t tm, tn;     ///< of a thread

  BlockTile block() const { return {bm, bn, bk, bm / tm * (bn / tn)}; }
};

constexpr FmaTile kTiles[] = {{128, 128, 8, 8, 8}, {64, 64, 16, 4, 4}, {32, 32, 16, 2, 2}, {16, 16, 32, 1, 1}};

class FmaSkeleton : public ContractionSkeleton {
public:
  FmaSkeleton(DeviceFunction &function, const ContractionProblem &problem, const FmaTile &tile)
      : ContractionSkeleton(function, problem, tile.block()), tile(tile) {}

private:
  void allocate() override {
    for (Side *side : {&left, &right})
      side->storage = function.shared({2, tile.bk, side->width}, element);
  }
  int64_t accumulators() const override { return tile.tm * tile.tn; }
  Values emitStretches(Values accumulators) override;
  void emitEpilogue(ArrayRef<Value> accumulators) override;

  void copy(const Side &side, Value half, Value firstK);
  Values multiply(Value half, Value k, ValueRange accumulators);
  Values fragment(const Side &side, Value half, Value k, Value first, int64_t count);

  FmaTile tile;
};

} // namespace

FmaSkeleton::Values FmaSkeleton::emitStretches(Values accumulators) {
  // Behind an outer loop over k the first copy may still be read.
  if (!p.outerK.empty())
    function.barrier();
  Value step = math.constant(tile.bk);
  auto loop = scf::ForOp::create(builder, loc, math.constant(0), extentOf(p.k), step, accumulators);
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(loop.getBody());
  Value firstK = loop.getInductionVar(), half = math.rem(math.div(firstK, tile.bk), 2);
  copy(left, half, firstK);
  copy(right, half, firstK);
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
void FmaSkeleton::copy(const Side &side, Value half, Value firstK) {
  bool alongK = side.alongK(p.k);
  int64_t threads = block.threads, elements = tile.bk * side.width;
  for (int64_t first = 0; first < elements; first += threads) {
    Value number = math.add(thread, first);
    Value k = alongK ? math.rem(number, tile.bk) : math.div(number, side.width);
    Value at = alongK ? math.div(number, tile.bk) : math.rem(number, side.width);
    Value value = operandElement(side, math.add(side.start, at), math.add(firstK, k), element);
    memref::StoreOp::create(builder, loc, value, side.storage, ValueRange{half, k, at});
  }
}

/// `count` neighbours from shared memory.
FmaSkeleton::Values FmaSkeleton::fragment(const Side &side, Value half, Value k, Value first, int64_t count) {
  int64_t lanes = std::min<int64_t>(count, kAccessBytes * 8 / element.getIntOrFloatBitWidth());
  Values elements;
  for (int64_t at = 0; at < count; at += lanes) {
    SmallVector<Value> indices{half, k, math.add(first, at)};
    if (lanes == 1) {
      elements.push_back(memref::LoadOp::create(builder, loc, side.storage, indices));
      continue;
    }
    Value vector = vector::LoadOp::create(builder, loc, VectorType::get({lanes}, element), side.storage, indices);
    for (int64_t lane = 0; lane < lanes; ++lane)
      elements.push_back(vector::ExtractOp::create(builder, loc, vector, lane));
  }
  return elements;
}

FmaSkeleton::Values FmaSkeleton::multiply(Value half, Value k, ValueRange accumulators) {
  int64_t across = tile.bn / tile.tn;
  Value row = math.mul(math.div(thread, across), tile.tm), column = math.mul(math.rem(thread, across), tile.tn);
  Values a = fragment(left, half, k, row, tile.tm), b = fragment(right, half, k, column, tile.tn), next;
  for (int64_t i = 0; i < tile.tm; ++i)
    for (int64_t j = 0; j < tile.tn; ++j)
      next.push_back(math::FmaOp::create(builder, loc, a[i], b[j], accumulators[i * tile.tn + j]));
  return next;
}

/// A row of every thread at a time: row `row` of the threads' tiles makes a slab of [bm / tm][bn].
void FmaSkeleton::emitEpilogue(ArrayRef<Value> accumulators) {
  int64_t across = tile.bn / tile.tn;
  Value slab = function.shared({tile.bm / tile.tm, tile.bn}, element);
  Value line = math.div(thread, across), column = math.mul(math.rem(thread, across), tile.tn);
  for (int64_t row = 0; row < tile.tm; ++row) {
    if (row > 0)
      function.barrier();
    for (int64_t j = 0; j < tile.tn; ++j)
      memref::StoreOp::create(builder, loc, accumulators[row * tile.tn + j], slab,
                              ValueRange{line, math.add(column, j)});
    function.barrier();
    emitSlab(slab, [&](Value line) { return math.add(math.mul(line, tile.tm), row); });
  }
}

void emitFmaContraction(DeviceEmission &emission, const ContractionProblem &problem) {
  // Accumulators of f64 take two registers each.
  const FmaTile &tile = chooseTile(problem, ArrayRef(kTiles).drop_front(problem.element().isF64() ? 1 : 0));
  DeviceFunction function =
      emission.create("", {ContractionSkeleton::grid(problem, tile.block()), tile.block().threads});
  FmaSkeleton(function, problem, tile).emit();
  function.finish();
}

} // namespace sinter
