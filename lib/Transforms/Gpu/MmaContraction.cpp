// Products on tensor cores: the tiles in shared memory, and a warp's share of them.
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

/// Elements of 16 bytes.
static int64_t chunkOf(const ContractionProblem &p) {
  return kAccessBytes / elementBytes(p.lhs.element());
}

MmaContraction::MmaContraction(DeviceFunction &function, const ContractionProblem &problem, const MmaTile &tile)
    : StagedContraction(function, problem, tile.block, tile.chunks * chunkOf(problem), tile.stages), tile(tile),
      operandType(problem.lhs.element()) {
  leftCopy = planCopy(left, chunkOf(p), /*mayBeAsync=*/true);
  rightCopy = planCopy(right, chunkOf(p), /*mayBeAsync=*/true);
}

void MmaContraction::allocate() {
  auto bytes = [&](const Copy &copy) { return SharedTile::bytes(stages, copy.rows, copy.columns, operandType); };
  auto tileAt = [&](const Copy &copy, int64_t offset) {
    return SharedTile(builder, loc, storage, offset, stages, copy.rows, copy.columns, operandType);
  };
  storage = function.shared({bytes(leftCopy) + bytes(rightCopy)}, builder.getI8Type());
  leftTile.emplace(tileAt(leftCopy, 0));
  rightTile.emplace(tileAt(rightCopy, bytes(leftCopy)));
}

void MmaContraction::copyPiece(const Copy &copy, Value source, Value from, Value valid, Value stage, const Place &to) {
  const SharedTile &tile = tileOf(copy);
  startCopy(builder, loc, source, from, copy.lanes, valid, tile.buffer, tile.indices(stage, to.row, to.column));
}

void MmaContraction::storePiece(const Copy &copy, Value piece, Value stage, const Place &to) {
  const SharedTile &tile = tileOf(copy);
  storeElements(builder, loc, piece, tile.buffer, tile.indices(stage, to.row, to.column));
}

int64_t MmaContraction::accumulatorCount() const {
  return tile.block.m * tile.block.n / function.threads;
}

/// Sums of the products of a warp follow each other by rows.
MmaContraction::Values MmaContraction::multiply(Value stage, Values sums) {
  using Operand = TensorCores::Operand;
  int64_t height = tile.block.m / tile.warps.m, width = tile.block.n / tile.warps.n;
  int64_t chunk = chunkOf(p), perRow = width / TensorCores::kColumns;
  Value warp = math.div(thread, kWarp);
  Value row = math.mul(math.div(warp, tile.warps.n), height), column = math.mul(math.rem(warp, tile.warps.n), width);
  TensorCores cores(builder, loc, math.rem(thread, kWarp), operandType);
  for (int64_t k = 0; k < bk; k += TensorCores::kChunks * chunk) {
    Values b;
    for (int64_t j = 0; j < width; j += 2 * TensorCores::kColumns)
      llvm::append_range(
          b, cores.load(*rightTile, rightCopy.alongK, Operand::Right, stage, math.add(column, j), math.constant(k)));
    for (int64_t i = 0; i < height / TensorCores::kRows; ++i) {
      Values a = cores.load(*leftTile, leftCopy.alongK, Operand::Left, stage, math.add(row, i * TensorCores::kRows),
                            math.constant(k));
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
  Value slab = viewBytes(builder, loc, storage, 0, {lines, tile.block.n + kSlabPadding}, element);
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
    emitSlab(slab, wholeRows(lines), [&](Value line) {
      Value ofWarp = math.mul(math.div(line, TensorCores::kRows), height);
      return math.add(ofWarp, math.add(math.rem(line, TensorCores::kRows), i * TensorCores::kRows));
    });
  }
}

} // namespace sinter
