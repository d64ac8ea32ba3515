// Products on tensor cores: the pipeline over k, and a warp's share of a tile.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "MmaContraction.h"

#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "sinter/Transforms/Memory/Layout.h"

using namespace mlir;

namespace sinter {

/// Stages fill, at most, the 48 KiB of shared memory that every kernel may have.
static constexpr MmaTile kTiles[] = {{{128, 128}, 4, 3, {2, 4}}, {{64, 64}, 8, 3, {2, 2}}, {{32, 32}, 8, 4, {2, 2}}};

/// Elements that rows of a slab are longer than the tile's: half a warp writes pairs of eight columns of four rows at
/// once, which then lie in different banks.
static constexpr int64_t kSlabPadding = 8;

bool MmaContraction::computes(const ContractionProblem &p, bool roundsToTf32) {
  if (!p.element().isF32() || p.lhs.element() != p.rhs.element())
    return false;
  return isHalf(p.lhs.element()) || (roundsToTf32 && p.lhs.element().isF32());
}

MmaTile MmaContraction::choose(const ContractionProblem &p) {
  return chooseTile(ArrayRef(kTiles), p);
}

MmaContraction::MmaContraction(DeviceFunction &function, const ContractionProblem &problem, const MmaTile &tile)
    : ContractionSkeleton(function, problem, tile.block), tile(tile), operandType(problem.lhs.element()),
      bk(tile.chunks * kAccessBytes / elementBytes(operandType)), checksK(p.k.dynamic || p.k.extent % bk != 0),
      leftCopy(planCopy(left)), rightCopy(planCopy(right)) {}

void MmaContraction::allocate() {
  storage = function.shared({tileBytes(leftCopy) + tileBytes(rightCopy)}, builder.getI8Type());
  int64_t offset = 0;
  for (Copy *copy : {&leftCopy, &rightCopy}) {
    int64_t width = copy->side->width;
    copy->tile.emplace(builder, loc, storage, offset, tile.stages, copy->alongK ? width : bk, copy->alongK ? bk : width,
                       operandType);
    offset += tileBytes(*copy);
  }
}

int64_t MmaContraction::accumulatorCount() const {
  return tile.block.m * tile.block.n / function.threads;
}

MmaContraction::Values MmaContraction::emitStretches(Values sums) {
  // Behind an outer loop over k the tiles may still be read.
  if (!p.outerK.empty())
    function.barrier();
  bool anyAsync = leftCopy.isAsync || rightCopy.isAsync;
  Value count = math.div(math.add(extentOf(p.k), bk - 1), bk);
  for (int64_t stage = 0; stage < tile.stages - 1; ++stage) {
    Value number = math.constant(stage);
    emitIf(builder, loc, stage > 0 ? math.less(number, count) : Value(),
           [&] { finish(start(number, number), number); });
    if (anyAsync)
      commitCopies(builder, loc);
  }
  auto loop = scf::ForOp::create(builder, loc, math.constant(0), count, math.constant(1), sums);
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(loop.getBody());
  Value stretch = loop.getInductionVar(), next = math.add(stretch, tile.stages - 1);
  Value isNext = math.less(next, count), stage = math.rem(stretch, tile.stages),
        nextStage = math.rem(next, tile.stages);
  // Each stretch has a group, an empty one if there is nothing to copy any more: so their number says which have come.
  if (anyAsync)
    waitForCopies(builder, loc, tile.stages - 2);
  function.barrier();
  Values elements = startIf(isNext, next, nextStage);
  if (anyAsync)
    commitCopies(builder, loc);
  sums = multiply(stage, Values(loop.getRegionIterArgs()));
  if (!elements.empty())
    emitIf(builder, loc, isNext, [&] { finish(elements, nextStage); });
  scf::YieldOp::create(builder, loc, sums);
  return Values(loop.getResults());
}

/// Sums of the products of a warp follow each other by rows.
MmaContraction::Values MmaContraction::multiply(Value stage, Values sums) {
  using Operand = TensorCores::Operand;
  int64_t height = tile.block.m / tile.warps.m, width = tile.block.n / tile.warps.n;
  int64_t chunk = leftCopy.tile->chunk(), perRow = width / TensorCores::kColumns;
  Value warp = math.div(thread, kWarp);
  Value row = math.mul(math.div(warp, tile.warps.n), height), column = math.mul(math.rem(warp, tile.warps.n), width);
  TensorCores cores(builder, loc, math.rem(thread, kWarp), operandType);
  for (int64_t k = 0; k < bk; k += TensorCores::kChunks * chunk) {
    Values b;
    for (int64_t j = 0; j < width; j += 2 * TensorCores::kColumns)
      llvm::append_range(b, cores.load(*rightCopy.tile, rightCopy.alongK, Operand::Right, stage, math.add(column, j),
                                       math.constant(k)));
    for (int64_t i = 0; i < height / TensorCores::kRows; ++i) {
      Values a = cores.load(*leftCopy.tile, leftCopy.alongK, Operand::Left, stage,
                            math.add(row, i * TensorCores::kRows), math.constant(k));
      for (int64_t j = 0; j < perRow; ++j)
        cores.multiply(a, ArrayRef(b).slice(2 * j, 2),
                       MutableArrayRef(sums).slice((i * perRow + j) * TensorCores::kSums, TensorCores::kSums));
    }
  }
  return sums;
}

/// The first 16 rows of every warp make the first slab, and so on.
void MmaContraction::emitEpilogue(ArrayRef<Value> sums) {
  int64_t height = tile.block.m / tile.warps.m, width = tile.block.n / tile.warps.n;
  int64_t lines = tile.warps.m * TensorCores::kRows, perSlab = width / TensorCores::kColumns * TensorCores::kSums;
  auto slabType = MemRefType::get({lines, tile.block.n + kSlabPadding}, element, MemRefLayoutAttrInterface(),
                                  cast<MemRefType>(storage.getType()).getMemorySpace());
  Value slab = memref::ViewOp::create(builder, loc, slabType, storage, math.constant(0), ValueRange());
  Value warp = math.div(thread, kWarp), warpLine = math.mul(math.div(warp, tile.warps.n), TensorCores::kRows);
  Value warpColumn = math.mul(math.rem(warp, tile.warps.n), width);
  TensorCores cores(builder, loc, math.rem(thread, kWarp), operandType);
  for (int64_t i = 0; i < height / TensorCores::kRows; ++i) {
    // The tiles, or the slab before, may still be read.
    function.barrier();
    // Two neighbours at a time.
    for (int64_t number = 0; number < perSlab; number += 2) {
      int64_t product = number / TensorCores::kSums, inProduct = number % TensorCores::kSums;
      Value column = math.add(math.add(warpColumn, cores.sumColumn(inProduct)), product * TensorCores::kColumns);
      Value pair = vector::FromElementsOp::create(builder, loc, VectorType::get({2}, element),
                                                  sums.slice(i * perSlab + number, 2));
      vector::StoreOp::create(builder, loc, pair, slab,
                              ValueRange{math.add(warpLine, cores.sumRow(inProduct)), column});
    }
    function.barrier();
    emitSlab(slab, lines, [&](Value line) {
      Value ofWarp = math.mul(math.div(line, TensorCores::kRows), height);
      return math.add(ofWarp, math.add(math.rem(line, TensorCores::kRows), i * TensorCores::kRows));
    });
  }
}

} // namespace sinter
