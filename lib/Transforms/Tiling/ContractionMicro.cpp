// What does one register tile of a contraction compute along one stretch of k?
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "ContractionEmitter.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "sinter/Transforms/Tiling/ScalarToVector.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;

namespace sinter {

//===-- Vectors --------------------------------------------------------------------------------------------------===//

VectorType ContractionEmitter::vectorOf(Type type) {
  return VectorType::get({plan.lanes}, type);
}

Value ContractionEmitter::splat(TypedAttr value) {
  return arith::ConstantOp::create(b, DenseElementsAttr::get(vectorOf(value.getType()), Attribute(value)));
}

Value ContractionEmitter::zero() {
  return splat(FloatAttr::get(element, 0.0));
}

Value ContractionEmitter::constantMask(int64_t lanes) {
  SmallVector<bool> bits(plan.lanes);
  std::fill_n(bits.begin(), lanes, true);
  return arith::ConstantOp::create(b, DenseElementsAttr::get(vectorOf(b.getI1Type()), bits));
}

Value ContractionEmitter::maskFrom(Value count) {
  return maskFrom(count, plan.lanes);
}

Value ContractionEmitter::maskFrom(Value count, int64_t lanes) {
  if (std::optional<int64_t> active = getConstantIntValue(count))
    return sinter::constantMask(b, b.getLoc(), lanes, *active);
  return vector::CreateMaskOp::create(b, VectorType::get({lanes}, b.getI1Type()), ValueRange{count});
}

Value ContractionEmitter::load(Value memref, ValueRange indices, Value mask) {
  VectorType type = vectorOf(cast<MemRefType>(memref.getType()).getElementType());
  if (!mask)
    return vector::LoadOp::create(b, type, memref, indices);
  Value none = splat(cast<TypedAttr>(b.getZeroAttr(type.getElementType())));
  return vector::MaskedLoadOp::create(b, type, memref, indices, mask, none);
}

void ContractionEmitter::store(Value vector, Value memref, ValueRange indices, Value mask) {
  if (mask)
    vector::MaskedStoreOp::create(b, memref, indices, mask, vector);
  else
    vector::StoreOp::create(b, vector, memref, indices);
}

/// The used lanes of each vector of a panel; null where all are.
ContractionEmitter::Values ContractionEmitter::masksOf(const LanePanel &panel) {
  Values masks(panel.vectors);
  if (panel.valid)
    for (int64_t v = panel.leastValid / plan.lanes; v < panel.vectors; ++v)
      masks[v] = maskFrom(arith::MaxSIOp::create(b, constant(0), addConstant(panel.valid, -v * plan.lanes)));
  else if (panel.lastLanes != plan.lanes)
    masks.back() = constantMask(panel.lastLanes);
  return masks;
}

Value ContractionEmitter::multiplyAdd(Value x, Value y, Value acc) {
  return vector::FMAOp::create(b, x, y, acc);
}

//===-- Accumulators between stretches of k ----------------------------------------------------------------------===//

Value ContractionEmitter::kOffset(Strides strides, const KBlock &block) {
  Value offset = times(block.first, strideAlong(strides, p.k));
  for (auto [dim, index] : llvm::zip_equal(p.outerK, block.outerK))
    offset = add(offset, times(index, strideAlong(strides, dim)));
  return offset;
}

/// Where accumulator `i` of a tile rests in its slot: a vector each, `plan.vectors` per row.
Value ContractionEmitter::restIndex(const RowTile &tile, int64_t vectors, int64_t i) {
  return addConstant(times(tile.firstRow, plan.vectors), i / vectors * plan.vectors + i % vectors);
}

ContractionEmitter::Values ContractionEmitter::initialAccumulators(const RowTile &tile, int64_t vectors) {
  int64_t count = tile.rows * vectors;
  Values accumulators(count, zero());
  if (!restBuffer)
    return accumulators;
  for (int64_t i = 0; i < count; ++i) {
    accumulators[i] = load(restBuffer, {tile.restSlot, restIndex(tile, vectors, i), constant(0)}, {});
  }
  return accumulators;
}

void ContractionEmitter::restAccumulators(const RowTile &tile, int64_t vectors, ValueRange accumulators) {
  for (auto [i, acc] : llvm::enumerate(accumulators))
    store(acc, restBuffer, {tile.restSlot, restIndex(tile, vectors, i), constant(0)}, {});
}

//===-- The loop over k ------------------------------------------------------------------------------------------===//

/// Brings one row of each tile into the first-level cache, every cache line that it may touch.
void ContractionEmitter::prefetchRow(const FetchedTiles &fetched, Value row) {
  constexpr int64_t lineBytes = 64;
  for (const auto &[tile, isWrite] : fetched.tiles) {
    int64_t bytes = cast<MemRefType>(tile.memref.getType()).getElementTypeBitWidth() / 8;
    SmallVector<int64_t> at;
    for (int64_t column = 0; column < fetched.columns; column += std::max<int64_t>(1, lineBytes / bytes))
      at.push_back(column);
    if (at.back() != fetched.columns - 1)
      at.push_back(fetched.columns - 1);
    for (int64_t column : at)
      memref::PrefetchOp::create(b, tile.memref, ValueRange{row, constant(column)}, isWrite, /*localityHint=*/3,
                                 /*isDataCache=*/true);
  }
}

/// Asks for the vectors of a later k, where the hardware's prefetchers do not: they follow neither lines that are far
/// apart nor into the next page. What is asked for beyond the operand's end is not fetched.
void ContractionEmitter::prefetchAhead(const Factor &factor, Value k, int64_t vectors) {
  constexpr int64_t kStepsAhead = 16, kFarApart = 1024;
  for (const auto &[source, from] : llvm::zip_equal(factor.operand->sources, factor.sources)) {
    int64_t bytes = cast<MemRefType>(from.memref.getType()).getElementTypeBitWidth() / 8;
    if (from.strides[1] != 1 || from.strides[0] * bytes < kFarApart)
      continue;
    for (int64_t v = 0; v < vectors; ++v)
      memref::PrefetchOp::create(b, from.memref, ValueRange{addConstant(k, kStepsAhead), constant(v * plan.lanes)},
                                 /*isWrite=*/false, /*localityHint=*/3, /*isDataCache=*/true);
  }
}

/// The accumulators after `step` for from <= k < to, a multiple of `divisor` steps. Several steps per iteration: a loop
/// of few iterations ends in a branch that is mostly predicted wrong.
ContractionEmitter::Values ContractionEmitter::kLoop(Value from, Value to, ValueRange init, int64_t unroll,
                                                     int64_t divisor, Step step) {
  auto loopOver = [&](Value first, Value end, int64_t steps, ValueRange before) {
    auto loop = scf::ForOp::create(b, first, end, constant(steps), before);
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToStart(loop.getBody());
    Values values(loop.getRegionIterArgs());
    for (int64_t i = 0; i < steps; ++i)
      values = step(addConstant(loop.getInductionVar(), i), values);
    scf::YieldOp::create(b, values);
    return Values(loop.getResults());
  };
  if (divisor % unroll == 0)
    return loopOver(from, to, unroll, init);
  Value rest = b.createOrFold<arith::RemUIOp>(b.createOrFold<arith::SubIOp>(to, from), constant(unroll));
  Value full = b.createOrFold<arith::SubIOp>(to, rest);
  Values values = loopOver(from, full, unroll, init);
  return getConstantIntValue(rest) == 0 ? values : loopOver(full, to, 1, values);
}

/// The same for a block of `length` steps. If tiles are to be fetched meanwhile, k is cut into as many segments as they
/// have rows, and each segment begins with asking for a row: requests at one time would be too many.
ContractionEmitter::Values ContractionEmitter::alongK(Value length, int64_t divisor, ValueRange init, int64_t unroll,
                                                      const FetchedTiles &fetched, Step step) {
  if (fetched.tiles.empty())
    return kLoop(constant(0), length, init, unroll, divisor, step);
  const int64_t whole = divisor % unroll == 0 ? unroll : 1;
  Value perRow = times(ceilDiv(ceilDiv(length, fetched.rows), whole), whole);
  auto segments = scf::ForOp::create(b, constant(0), constant(fetched.rows), constant(1), init);
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(segments.getBody());
  Value row = segments.getInductionVar(), from = minimum(b.createOrFold<arith::MulIOp>(row, perRow), length);
  {
    OpBuilder::InsertionGuard inside(b);
    if (fetched.condition)
      b.setInsertionPointToStart(scf::IfOp::create(b, fetched.condition, /*withElseRegion=*/false).thenBlock());
    prefetchRow(fetched, row);
  }
  scf::YieldOp::create(
      b, kLoop(from, minimum(add(from, perRow), length), segments.getRegionIterArgs(), unroll, whole, step));
  return Values(segments.getResults());
}

/// Several steps of k per iteration in tiles of the usual size.
int64_t ContractionEmitter::unrolledSteps(const LanePanel &panel, const RowTile &tile) {
  constexpr int64_t several = 4;
  return tile.rows == plan.rows && panel.vectors == plan.vectors ? several : 1;
}

/// What the epilogue needs; in blocks of k that it does not follow nothing is asked for.
ContractionEmitter::FetchedTiles ContractionEmitter::fetchedTiles(const LanePanel &panel, const RowTile &tile,
                                                                  const KBlock &block) {
  FetchedTiles fetched = plan.fetches ? epilogueTiles(tile, panel) : FetchedTiles();
  fetched.condition = block.isLast;
  return fetched;
}

//===-- Direct and Packed ----------------------------------------------------------------------------------------===//

ContractionEmitter::Values ContractionEmitter::broadcastTile(const LanePanel &panel, const RowTile &tile,
                                                             const KBlock &block) {
  int64_t n = panel.vectors;
  Factor rows, lanes;
  bool packed = plan.packsLanes();
  View packedLanes, packedRows;
  if (plan.packsRows())
    packedRows = packedRowsOf(tile);
  else
    rows = factor(plan.rowOperand(p), block, plan.rowDim(p), tile.start, plan.rowDim(p), p.k);
  if (packed)
    packedLanes = packedPanel(panel);
  else
    lanes = factor(plan.laneOperand(p), block, plan.laneDim(p), panel.start, p.k, plan.laneDim(p));
  Values masks = packed ? Values(n) : masksOf(panel), init = initialAccumulators(tile, n), lane, row;
  for (int64_t v = 0; v < n; ++v)
    lane.push_back(constant(v * plan.lanes));
  for (int64_t r = 0; r < tile.rows; ++r)
    row.push_back(constant(r));

  auto step = [&](Value k, ValueRange acc) {
    Values vectors, next;
    if (!packed)
      prefetchAhead(lanes, k, n);
    for (int64_t v = 0; v < n; ++v)
      vectors.push_back(packed ? load(packedLanes.memref, {k, lane[v]}, {}) : vectorOf(lanes, k, lane[v], masks[v]));
    for (int64_t r = 0; r < tile.rows; ++r) {
      Value one = plan.packsRows() ? Value(memref::LoadOp::create(b, packedRows.memref, ValueRange{row[r], k}))
                                   : elementsOf(rows, row[r], k, 1, {});
      Value wide = vector::BroadcastOp::create(b, vectorOf(element), one);
      for (int64_t v = 0; v < n; ++v)
        next.push_back(multiplyAdd(wide, vectors[v], acc[r * n + v]));
    }
    return next;
  };
  return alongK(block.length, block.divisor, init, unrolledSteps(panel, tile), fetchedTiles(panel, tile, block), step);
}

//===-- Dot ------------------------------------------------------------------------------------------------------===//

/// An accumulator for each of some lanes and rows, [lane][row], all vectors along k.
ContractionEmitter::Values ContractionEmitter::dotSums(const Factor &rows, const Values &rowIndices,
                                                       const Factor &lanes, const Values &laneIndices,
                                                       const KBlock &block) {
  auto along = [&](const Factor &factor, Value index, Value k, Value mask) {
    Value x = vectorOf(factor, index, k, mask);
    bool isZeroOutside = !mask || !factor.operand->prologue;
    return isZeroOutside ? x : Value(arith::SelectOp::create(b, mask, x, zero()));
  };
  auto step = [&](Value k, Value mask, ValueRange acc) {
    Values ofRows, next;
    for (Value row : rowIndices)
      ofRows.push_back(along(rows, row, k, mask));
    for (Value index : laneIndices) {
      Value ofLane = along(lanes, index, k, mask);
      for (Value ofRow : ofRows)
        next.push_back(multiplyAdd(ofRow, ofLane, acc[next.size()]));
    }
    return next;
  };
  Value width = constant(plan.lanes), remainder = b.createOrFold<arith::RemUIOp>(block.length, width);
  Value full = b.createOrFold<arith::SubIOp>(block.length, remainder);
  Values init(rowIndices.size() * laneIndices.size(), zero());
  auto body = [&](OpBuilder &builder, Location, Value k, ValueRange acc) {
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPoint(builder.getInsertionBlock(), builder.getInsertionPoint());
    scf::YieldOp::create(b, step(k, {}, acc));
  };
  Values sums(scf::ForOp::create(b, constant(0), full, width, init, body).getResults());
  return getConstantIntValue(remainder) == 0 ? sums : step(full, maskFrom(remainder), sums);
}

/// As many lanes at a time as there are registers for; what they leave is one vector for each row until all are
/// through.
ContractionEmitter::Values ContractionEmitter::dotTile(const LanePanel &panel, const RowTile &tile,
                                                       const KBlock &block) {
  Factor rows = factor(p.lhs, block, p.m, tile.start, p.m, p.k),
         lanes = factor(p.rhs, block, p.n, panel.start, p.n, p.k);
  const int64_t stretch = lanesAtATime(p, plan, tile.rows);
  Values rowIndices;
  for (int64_t r = 0; r < tile.rows; ++r)
    rowIndices.push_back(constant(r));
  SmallVector<Values> stretches(tile.rows);
  for (int64_t first = 0; first < panel.lastLanes; first += stretch) {
    Values laneIndices;
    for (int64_t l = first; l < std::min(first + stretch, panel.lastLanes); ++l) {
      Value lane = constant(l);
      if (panel.valid) // lanes beyond the last valid one repeat it and are never stored
        lane = minimum(lane, addConstant(panel.valid, -1));
      laneIndices.push_back(lane);
    }
    Values sums = dotSums(rows, rowIndices, lanes, laneIndices, block);
    for (int64_t r = 0; r < tile.rows; ++r) {
      Values ofRow(stretch, zero());
      for (size_t l = 0; l < laneIndices.size(); ++l)
        ofRow[l] = sums[l * tile.rows + r];
      stretches[r].push_back(addUpPairs(b, ofRow, 1, p.elementBytes()));
    }
  }
  Values results = initialAccumulators(tile, 1);
  for (auto [result, ofRow] : llvm::zip_equal(results, stretches)) {
    ofRow.resize(plan.lanes / stretch, zero());
    result = arith::AddFOp::create(b, result, addUpPairs(b, ofRow, stretch, p.elementBytes()));
  }
  return results;
}

//===-- Orientation ----------------------------------------------------------------------------------------------===//

/// The tile as rows of m and vectors along n.
ContractionEmitter::ResultTile ContractionEmitter::resultTile(const LanePanel &panel, const RowTile &tile,
                                                              const Values &accumulators) {
  ResultTile result;
  result.m = plan.swapped ? panel.start : tile.start;
  result.n = plan.swapped ? tile.start : panel.start;
  if (!plan.swapped) {
    result.rows = tile.rows;
    result.masks = masksOf(panel);
    for (int64_t r = 0; r < tile.rows; ++r)
      result.vectors.emplace_back(llvm::ArrayRef(accumulators).slice(r * panel.vectors, panel.vectors));
    return result;
  }
  result.rows = (panel.vectors - 1) * plan.lanes + panel.lastLanes;
  result.validRows = panel.valid;
  result.masks.resize(llvm::divideCeil(tile.rows, plan.lanes));
  if (tile.rows % plan.lanes)
    result.masks.back() = constantMask(tile.rows % plan.lanes);
  if (panel.vectors == 1)
    result.vectors = transposed(accumulators, result.rows);
  else
    transposeToBuffer(panel, tile, accumulators);
  return result;
}

/// One vector per row of the tile, as `count` vectors per lane.
SmallVector<ContractionEmitter::Values> ContractionEmitter::transposed(ArrayRef<Value> rows, int64_t count) {
  int64_t blocks = llvm::divideCeil(rows.size(), plan.lanes);
  SmallVector<Values> result(count, Values(blocks));
  for (int64_t block = 0; block < blocks; ++block) {
    ArrayRef<Value> some = rows.slice(block * plan.lanes).take_front(plan.lanes);
    Values square(some);
    square.resize(plan.lanes, zero());
    transposeInRegisters(b, square, p.elementBytes());
    for (int64_t l = 0; l < count; ++l)
      result[l][block] = square[l];
  }
  return result;
}

/// A loop over the vectors of the tile, as the shuffles for one are long enough.
void ContractionEmitter::transposeToBuffer(const LanePanel &panel, const RowTile &tile, ArrayRef<Value> accumulators) {
  if (!rowBuffer)
    rowBuffer = scratch({plan.rows, plan.vectors * plan.lanes}, element);
  Value to = tileStorage();
  for (auto [i, accumulator] : llvm::enumerate(accumulators))
    store(accumulator, rowBuffer, {constant(i / panel.vectors), constant(i % panel.vectors * plan.lanes)}, {});
  loop(constant(0), constant(panel.vectors), [&](Value v) {
    Value first = times(v, plan.lanes);
    Values rows;
    for (int64_t r = 0; r < tile.rows; ++r)
      rows.push_back(load(rowBuffer, {constant(r), first}, {}));
    for (auto [l, vectors] : llvm::enumerate(transposed(rows, plan.lanes)))
      for (auto [block, vector] : llvm::enumerate(vectors))
        store(vector, to, {addConstant(first, l), constant(block * plan.lanes)}, {});
  });
}

} // namespace sinter
