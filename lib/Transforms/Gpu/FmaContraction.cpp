// Products by multiply-adds: f32, f64, or what is widened to them, in any layout.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "FmaContraction.h"

#include "SharedTile.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "sinter/Transforms/Memory/Layout.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;

namespace sinter {

/// Each thread copies 16 bytes of f32 of each operand per stretch.
static constexpr FmaTile kTiles[] = {
    {{128, 128}, 8, 8, 8}, {{64, 64}, 16, 4, 4}, {{32, 32}, 32, 2, 2}, {{16, 16}, 64, 1, 1}};
static constexpr int64_t kStages = 2;
/// Tiles up to this size are tried with k in parts whether they fill a GPU or not.
static constexpr int64_t kSmallTile = 32;
/// Fewer stretches are not worth a part of their own; what many parts leave behind takes as long as what they save.
static constexpr int64_t kStretchesOfPart = 4, kMostParts = 16;
/// Threads of a warp that lie below each other; the others lie side by side.
static constexpr int64_t kWarpRows = 4, kWarpColumns = kWarp / kWarpRows;
/// What memory reads at once, at least.
static constexpr int64_t kSectorBytes = 32;

/// Parts of k that are worth a block of their own, at most.
static int64_t mostParts(const ContractionProblem &p, const FmaTile &tile) {
  if (!p.outerK.empty())
    return 1;
  int64_t stretches = llvm::divideCeil(p.k.extent, tile.bk);
  return std::clamp<int64_t>(stretches / kStretchesOfPart, 1, kMostParts);
}

/// The largest tile that fills a GPU. If only the smallest would, or none: the largest that does with k in parts, of
/// which there are then enough for two blocks on each multiprocessor; else, in parts, what comes closest.
FmaTile FmaContraction::choose(const ContractionProblem &p) {
  // Accumulators of f64 take two registers each.
  ArrayRef<FmaTile> tiles = ArrayRef(kTiles).drop_front(p.element().isF64() ? 1 : 0);
  for (const FmaTile &tile : tiles.drop_back())
    if (fillsGpu(p, tile.block))
      return tile;
  for (FmaTile tile : tiles) {
    int64_t count = tilesOf(p, tile.block), most = mostParts(p, tile);
    bool isSmall = tile.block.m <= kSmallTile;
    bool isHalfEmpty = p.m.extent * 2 <= tile.block.m || p.n.extent * 2 <= tile.block.n;
    bool isLast = tile.block.m == tiles.back().block.m;
    if (most == 1 || (isHalfEmpty && !isLast) || (count * most < kBlocks && !isSmall))
      continue;
    tile.parts = std::min<int64_t>(most, llvm::divideCeil(2 * kBlocks, count));
    return tile;
  }
  return tiles.back();
}

FmaContraction::FmaContraction(DeviceFunction &function, const ContractionProblem &problem, const FmaTile &tile)
    : StagedContraction(function, problem, tile.block, tile.bk, kStages, tile.parts), tile(tile) {
  leftCopy = planCopy(left);
  rightCopy = planCopy(right);
}

StagedContraction::Copy FmaContraction::planCopy(const Side &side) const {
  Type type = side.operand->element();
  int64_t chunk = kAccessBytes / elementBytes(type), perThread = bk * side.width / function.threads;
  bool staysAsIs = !side.liesAlongK(p.k) && type == element;
  return StagedContraction::planCopy(side, std::min(chunk, perThread), staysAsIs);
}

void FmaContraction::allocate() {
  int64_t bytes = elementBytes(element), padding = kAccessBytes / bytes, offset = 0;
  auto rowElements = [&](const Side &side) { return side.width + padding; };
  storage = function.shared({stages * bk * (rowElements(left) + rowElements(right)) * bytes}, builder.getI8Type());
  for (auto [side, buffer] : {std::pair(&left, &leftBuffer), std::pair(&right, &rightBuffer)}) {
    *buffer = viewBytes(builder, loc, storage, offset, {stages, bk, rowElements(*side)}, element);
    offset += stages * bk * rowElements(*side) * bytes;
  }
  // The largest tile takes half of the registers, and no more, so that another block can multiply while this one waits
  // at its barrier; of smaller ones there is room for several anyway.
  if (tile.block.m == kTiles[0].block.m)
    function.fn->setAttr(NVVM::NVVMDialect::getMinctasmAttrName(), builder.getI32IntegerAttr(2));
  // A warp's threads are neighbours in both directions.
  Value number = function.threadId(), warp = math.div(number, kWarp), lane = math.rem(number, kWarp);
  int64_t warpsAcross = tile.block.n / tile.tn / kWarpColumns;
  threadRow = math.add(math.mul(math.div(warp, warpsAcross), kWarpRows), math.div(lane, kWarpColumns));
  threadColumn = math.add(math.mul(math.rem(warp, warpsAcross), kWarpColumns), math.rem(lane, kWarpColumns));
}

/// Pieces of an operand that is transposed: 32 bytes along k, then along the result, then further along k.
StagedContraction::Place FmaContraction::place(const Copy &copy, int64_t number) {
  if (!copy.alongK)
    return StagedContraction::place(copy, number);
  int64_t sector = std::min(bk, kSectorBytes / elementBytes(copy.side->operand->element()));
  int64_t ofSector = std::max<int64_t>(1, sector / copy.lanes);
  Value piece = math.add(thread, number * function.threads), line = math.div(piece, ofSector);
  Value k = math.add(math.mul(math.div(line, copy.rows), ofSector), math.rem(piece, ofSector));
  return {math.rem(line, copy.rows), math.mul(k, copy.lanes)};
}

void FmaContraction::copyPiece(const Copy &copy, Value source, Value from, Value valid, Value stage, const Place &to) {
  Value buffer = copy.side == &left ? leftBuffer : rightBuffer;
  startCopy(builder, loc, source, from, copy.lanes, valid, buffer, {stage, to.row, to.column});
}

void FmaContraction::storePiece(const Copy &copy, Value piece, Value stage, const Place &to) {
  Value buffer = copy.side == &left ? leftBuffer : rightBuffer;
  if (getElementTypeOrSelf(piece.getType()) != element) {
    auto vector = dyn_cast<VectorType>(piece.getType());
    piece = arith::ExtFOp::create(builder, loc, vector ? Type(vector.clone(element)) : element, piece);
  }
  if (!copy.alongK || copy.lanes == 1)
    return storeElements(builder, loc, piece, buffer,
                         {stage, copy.alongK ? to.column : to.row, copy.alongK ? to.row : to.column});
  for (int64_t lane = 0; lane < copy.lanes; ++lane)
    storeElements(builder, loc, vector::ExtractOp::create(builder, loc, piece, lane), buffer,
                  {stage, math.add(to.column, lane), to.row});
}

FmaContraction::Runs FmaContraction::runsOf(int64_t width, int64_t count) const {
  int64_t run = std::min(count, kAccessBytes / elementBytes(element));
  return {run, width / (count / run)};
}

/// The thread's `count` elements of row `k` of a tile.
FmaContraction::Values FmaContraction::fragment(Value buffer, Value stage, int64_t k, const Runs &runs, Value number,
                                                int64_t count) {
  Values elements;
  for (int64_t at = 0; at < count; at += runs.run) {
    Value first = math.add(math.mul(number, runs.run), at / runs.run * runs.apart);
    Value loaded = loadElements(builder, loc, buffer, {stage, math.constant(k), first}, runs.run, element);
    for (int64_t lane = 0; lane < runs.run; ++lane)
      elements.push_back(runs.run == 1 ? loaded : vector::ExtractOp::create(builder, loc, loaded, lane));
  }
  return elements;
}

FmaContraction::Values FmaContraction::multiply(Value stage, Values sums) {
  Runs rows = runsOf(tile.block.m, tile.tm), columns = runsOf(tile.block.n, tile.tn);
  for (int64_t k = 0; k < bk; ++k) {
    Values a = fragment(leftBuffer, stage, k, rows, threadRow, tile.tm);
    Values b = fragment(rightBuffer, stage, k, columns, threadColumn, tile.tn);
    for (int64_t i = 0; i < tile.tm; ++i)
      for (int64_t j = 0; j < tile.tn; ++j) {
        Value &sum = sums[i * tile.tn + j];
        sum = math::FmaOp::create(builder, loc, a[i], b[j], sum);
      }
  }
  return sums;
}

void FmaContraction::forRuns(ArrayRef<Value> row, llvm::function_ref<void(Value, Value)> write) {
  Runs columns = runsOf(tile.block.n, tile.tn);
  for (int64_t j = 0; j < tile.tn; j += columns.run) {
    Value run = row[j];
    if (columns.run > 1)
      run = vector::FromElementsOp::create(builder, loc, VectorType::get({columns.run}, element),
                                           row.slice(j, columns.run));
    write(math.add(math.mul(threadColumn, columns.run), j / columns.run * columns.apart), run);
  }
}

void FmaContraction::storeParts(ArrayRef<Value> sums) {
  Runs rows = runsOf(tile.block.m, tile.tm);
  Value buffer = ContractionParts(p, tile.block, parts).view(function);
  Value part = math.rem(function.blockId(), parts), number = tileNumber();
  for (int64_t row = 0; row < tile.tm; ++row) {
    Value line = math.add(math.mul(threadRow, rows.run), row % rows.run + row / rows.run * rows.apart);
    forRuns(sums.slice(row * tile.tn, tile.tn),
            [&](Value column, Value run) { storeElements(builder, loc, run, buffer, {part, number, line, column}); });
  }
}

/// A row of every thread at a time: row `row` of the threads' tiles makes a slab of [bm / tm][bn].
void FmaContraction::emitEpilogue(ArrayRef<Value> sums) {
  if (parts > 1)
    return storeParts(sums);
  Runs rows = runsOf(tile.block.m, tile.tm);
  int64_t lines = tile.block.m / tile.tm;
  Value slab = viewBytes(builder, loc, storage, 0, {lines, tile.block.n}, element);
  for (int64_t row = 0; row < tile.tm; ++row) {
    // The tiles, or the slab before, may still be read.
    function.barrier();
    forRuns(sums.slice(row * tile.tn, tile.tn),
            [&](Value column, Value run) { storeElements(builder, loc, run, slab, {threadRow, column}); });
    function.barrier();
    emitSlab(slab, wholeRows(lines), [&](Value line) {
      return math.add(math.mul(line, rows.run), row % rows.run + row / rows.run * rows.apart);
    });
  }
}

} // namespace sinter
