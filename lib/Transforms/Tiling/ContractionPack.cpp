// How does a panel of the lane operand get into its aligned buffer [k][lanes], and a tile of rows into one [k][rows]? A
// prologue runs here, once for each time that something is packed. Pairs of bf16: ContractionPairs.cpp.
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

ContractionEmitter::View ContractionEmitter::packedPanel(const LanePanel &panel) {
  ArrayRef<int64_t> shape = cast<MemRefType>(panelBuffer.getType()).getShape();
  int64_t slots = plan.panelSlots(p), elements = shape[0] / slots * shape[1];
  return slots == 1 ? View{panelBuffer, {1, 1}} : view(panelBuffer, times(panel.slot, elements), shape[1], 1);
}

void ContractionEmitter::pack(const LanePanel &panel, const KBlock &block) {
  const ContractionOperand &operand = plan.laneOperand(p);
  const ContractionDim &lanes = plan.laneDim(p);
  if (operand.isContiguousAlong(lanes))
    packCopy(panel, block, factor(operand, block, lanes, panel.start, p.k, lanes));
  else if (operand.isContiguousAlong(p.k) && plan.lanes * p.elementBytes() >= 16)
    packTransposed(panel, block, factor(operand, block, lanes, panel.start, lanes, p.k));
  else if (plan.inPairs())
    packPairElements(panel, block, factor(operand, block, lanes, panel.start, p.k, lanes));
  else
    packElements(panel, block, factor(operand, block, lanes, panel.start, p.k, lanes));
}

/// The panel's vectors of one k, which are vectors `first` and up of `from`.
void ContractionEmitter::packLanes(const LanePanel &panel, const Factor &from, Value k, Value first) {
  Values masks = masksOf(panel);
  View to = packedPanel(panel);
  for (int64_t v = 0; v < panel.vectors; ++v) {
    Value lane = constant(v * plan.lanes);
    store(vectorOf(from, k, add(first, lane), masks[v]), to.memref, {k, lane}, {});
  }
}

void ContractionEmitter::packCopy(const LanePanel &panel, const KBlock &block, const Factor &from) {
  if (plan.inPairs())
    return forEachPair(block,
                       [&](Value pair, bool isWhole) { packPairLanes(panel, from, pair, isWhole, constant(0)); });
  loop(constant(0), block.length, [&](Value k) {
    prefetchAhead(from, k, panel.vectors);
    packLanes(panel, from, k, constant(0));
  });
}

/// Panels that are packed together are copied row by row of the operand, as far as they lie side by side: memory is
/// read in its order.
void ContractionEmitter::packAll(const KBlock &block,
                                 function_ref<void(function_ref<void(const LanePanel &)>)> forEachPanel) {
  const ContractionOperand &operand = plan.laneOperand(p);
  const ContractionDim &lanes = plan.laneDim(p);
  if (!operand.isContiguousAlong(lanes))
    return forEachPanel([&](const LanePanel &panel) { pack(panel, block); });
  Factor from = factor(operand, block, lanes, constant(0), p.k, lanes);
  if (plan.inPairs())
    return forEachPair(block, [&](Value pair, bool isWhole) {
      forEachPanel([&](const LanePanel &panel) { packPairLanes(panel, from, pair, isWhole, panel.start); });
    });
  loop(constant(0), block.length,
       [&](Value k) { forEachPanel([&](const LanePanel &panel) { packLanes(panel, from, k, panel.start); }); });
}

/// Square blocks through the shuffle network. The last one of a length that is no multiple of the lanes begins earlier
/// and writes some values again; only if k is shorter than a block, or may be, it is read under a mask. So are pairs if
/// the last one may be half.
void ContractionEmitter::packTransposed(const LanePanel &panel, const KBlock &block, const Factor &from) {
  int64_t side = plan.inPairs() ? 2 * plan.lanes : plan.lanes;
  Value lanes = constant(side);
  bool overlaps = block.shortest >= side && (!plan.inPairs() || block.divisor % 2 == 0);
  Value remainder = b.createOrFold<arith::RemUIOp>(block.length, lanes);
  Value full = overlaps ? block.length : b.createOrFold<arith::SubIOp>(block.length, remainder);
  auto squares = scf::ForOp::create(b, constant(0), full, lanes);
  {
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToStart(squares.getBody());
    Value k = squares.getInductionVar();
    if (overlaps && block.divisor % side)
      k = minimum(k, b.createOrFold<arith::SubIOp>(block.length, lanes));
    packSquares(panel, from, k, {});
  }
  if (!overlaps && getConstantIntValue(remainder) != 0)
    packSquares(panel, from, full, maskFrom(remainder, side));
}

/// The squares of all vectors of a panel at one k.
void ContractionEmitter::packSquares(const LanePanel &panel, const Factor &from, Value k, Value kMask) {
  int64_t whole = panel.vectors - (panel.lastLanes < plan.lanes);
  if (whole > 1)
    loop(constant(0), constant(whole), [&](Value v) { packSquare(panel, from, k, kMask, v, plan.lanes); });
  else if (whole == 1)
    packSquare(panel, from, k, kMask, constant(0), plan.lanes);
  if (whole < panel.vectors)
    packSquare(panel, from, k, kMask, constant(whole), panel.lastLanes);
}

/// Lanes beyond the panel's last are read from its last valid one: they are computed with, never stored.
void ContractionEmitter::packSquare(const LanePanel &panel, const Factor &from, Value k, Value kMask, Value vector,
                                    int64_t used) {
  View to = packedPanel(panel);
  Value first = times(vector, plan.lanes), lastValid = panel.valid ? addConstant(panel.valid, -1) : Value();
  Values square(plan.lanes, plan.inPairs() ? splat(b.getI32IntegerAttr(0)) : zero());
  for (int64_t l = 0; l < used; ++l) {
    Value lane = addConstant(first, l);
    if (lastValid)
      lane = minimum(lane, lastValid);
    square[l] = plan.inPairs() ? pairsAlongK(from, lane, k, kMask) : vectorOf(from, lane, k, kMask);
  }
  transposeInRegisters(b, square, p.elementBytes());
  if (plan.inPairs()) {
    Value pair = b.createOrFold<arith::DivUIOp>(k, constant(2));
    for (int64_t i = 0; i < plan.lanes; ++i)
      store(vector::BitCastOp::create(b, pairsType(), square[i]), to.memref, {addConstant(pair, i), times(first, 2)},
            {});
    return;
  }
  for (int64_t i = 0; i < plan.lanes; ++i)
    store(square[i], to.memref, {addConstant(k, i), first}, {});
}

/// The rows of each tile side by side for each k. Memory is read in its order by some tiles at a time: with more, what
/// is stored goes to more places than a core writes to at once.
void ContractionEmitter::packRows(const KBlock &block, const TileRange &tiles) {
  if (plan.inPairs())
    return packPairRows(block, tiles);
  constexpr int64_t kTilesAtATime = 16;
  const ContractionDim &rows = plan.rowDim(p);
  Factor from = factor(plan.rowOperand(p), block, rows, constant(0), p.k, rows);
  auto stretches = scf::ForOp::create(b, tiles.from, tiles.to, constant(kTilesAtATime));
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(stretches.getBody());
  Value first = stretches.getInductionVar(), end = minimum(addConstant(first, kTilesAtATime), tiles.to);
  loop(constant(0), block.length, [&](Value k) {
    Value firstOfK = times(k, plan.rows);
    emitRowTiles({first, end, tiles.firstOfItem},
                 [&](const RowTile &tile) { packRowsOfTile(tile, from, k, add(firstOfK, tile.firstRow)); });
  });
}

/// Vectors are stored whole: what a store writes beyond the tile's rows is written again for the next k. Short ones
/// lie across two cache lines less often.
void ContractionEmitter::packRowsOfTile(const RowTile &tile, const Factor &from, Value k, Value to) {
  if (!plan.rowOperand(p).isContiguousAlong(plan.rowDim(p)))
    return loop(constant(0), constant(tile.rows), [&](Value row) {
      Value one = elementsOf(from, k, add(tile.start, row), 1, {});
      memref::StoreOp::create(b, one, rowPanelBuffer, ValueRange{tile.slot, add(to, row)});
    });
  int64_t lanes = std::min<int64_t>(plan.lanes, std::max<int64_t>(2, llvm::PowerOf2Ceil(tile.rows)));
  ScalarToVector vectors(b, b.getLoc(), lanes);
  for (int64_t first = 0; first < tile.rows; first += lanes) {
    int64_t count = std::min(lanes, tile.rows - first);
    Value mask = count < lanes ? sinter::constantMask(b, b.getLoc(), lanes, count) : Value(), lane = constant(first);
    Value some = vectors.broadcast(elementsOf(from, k, add(tile.start, lane), lanes, mask));
    store(some, rowPanelBuffer, {tile.slot, add(to, lane)}, {});
  }
}

/// A packed tile as a matrix [row][k].
ContractionEmitter::View ContractionEmitter::packedRowsOf(const RowTile &tile) {
  int64_t length = cast<MemRefType>(rowPanelBuffer.getType()).getShape()[1];
  return view(rowPanelBuffer, add(times(tile.slot, length), tile.firstRow), 1, plan.rows);
}

void ContractionEmitter::packElements(const LanePanel &panel, const KBlock &block, const Factor &from) {
  View to = packedPanel(panel);
  Value used = panel.valid ? panel.valid : constant((panel.vectors - 1) * plan.lanes + panel.lastLanes);
  loop(constant(0), block.length, [&](Value k) {
    loop(constant(0), used, [&](Value lane) {
      Value x = elementsOf(from, k, lane, 1, {});
      memref::StoreOp::create(b, x, to.memref, ValueRange{k, lane});
    });
  });
}

} // namespace sinter
