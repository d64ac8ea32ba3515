// How are operands of bf16 packed in pairs, and multiplied by the instruction that takes pairs?
//
//   panel   [k / 2][lanes][2]   one vector holds two neighbours along k for each lane
//   rows    [k / 2][rows][2]    if neighbours along rows lie side by side, else
//           [rows][k]           as the operand lies: no transposition, and a row's pair is 32 bits in either case
//
// acc[r][v] += broadcast(pair of rows[r]) * pairs of lanes[v]. An odd k is followed by a zero on both sides (not on
// one: zero times infinity is none). What a prologue computes, a conversion mostly, happens here, once for each
// packing.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "ContractionEmitter.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/Dialect/X86Vector/X86VectorDialect.h"
#include "sinter/Transforms/Tiling/ScalarToVector.h"

using namespace mlir;

namespace sinter {

//===-- Pairs in registers ---------------------------------------------------------------------------------------===//

VectorType ContractionEmitter::pairsType() {
  return VectorType::get({2 * plan.lanes}, b.getBF16Type());
}

/// Pair number `pair` of k (only its first half if it is not whole) for each of the lanes from `first` of dim1 on, of a
/// factor [k][lanes]. In integer arithmetic, which costs nothing beside a conversion: that ends in the same shift.
Value ContractionEmitter::pairsOf(const Factor &factor, Value pair, bool isWhole, Value first, Value mask) {
  VectorType words = vectorOf(b.getI32Type());
  auto half = [&](Value k) -> Value {
    Value x = storedElementsOf(factor, k, first, plan.lanes, mask);
    x = ScalarToVector(b, b.getLoc(), plan.lanes).broadcast(x);
    Value bits = arith::BitcastOp::create(b, vectorOf(b.getI16Type()), x);
    return arith::ExtUIOp::create(b, words, bits);
  };
  Value k = times(pair, 2), both = half(k);
  if (isWhole) {
    Value upper = arith::ShLIOp::create(b, half(addConstant(k, 1)), splat(b.getI32IntegerAttr(16)));
    both = arith::OrIOp::create(b, both, upper);
  }
  return vector::BitCastOp::create(b, pairsType(), both);
}

/// As many pairs along k from `k` on as a vector has lanes, as words, of a factor [lanes][k]. Zeros outside of the
/// mask.
Value ContractionEmitter::pairsAlongK(const Factor &factor, Value index, Value k, Value mask) {
  Value x = storedElementsOf(factor, index, k, 2 * plan.lanes, mask);
  x = ScalarToVector(b, b.getLoc(), 2 * plan.lanes).broadcast(x);
  if (mask && factor.operand->prologue) {
    Value none = arith::ConstantOp::create(b, b.getZeroAttr(pairsType()));
    x = arith::SelectOp::create(b, mask, x, none);
  }
  return vector::BitCastOp::create(b, vectorOf(b.getI32Type()), x);
}

/// The whole pairs of a block in a loop, then the half one of an odd length.
void ContractionEmitter::forEachPair(const KBlock &block, function_ref<void(Value, bool)> body) {
  Value two = constant(2), whole = b.createOrFold<arith::DivUIOp>(block.length, two);
  loop(constant(0), whole, [&](Value pair) { body(pair, /*isWhole=*/true); });
  if (block.divisor % 2 == 0)
    return;
  Value rest = b.createOrFold<arith::RemUIOp>(block.length, two);
  Value isOdd = b.createOrFold<arith::CmpIOp>(arith::CmpIPredicate::ne, rest, constant(0));
  auto ifOdd = scf::IfOp::create(b, isOdd, /*withElseRegion=*/false);
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPoint(ifOdd.thenYield());
  body(whole, /*isWhole=*/false);
}

//===-- Packing --------------------------------------------------------------------------------------------------===//

/// The panel's vectors of one pair, which are vectors `first` and up of `from`.
void ContractionEmitter::packPairLanes(const LanePanel &panel, const Factor &from, Value pair, bool isWhole,
                                       Value first) {
  Values masks = masksOf(panel);
  View to = packedPanel(panel);
  for (int64_t v = 0; v < panel.vectors; ++v) {
    Value pairs = pairsOf(from, pair, isWhole, addConstant(first, v * plan.lanes), masks[v]);
    store(pairs, to.memref, {pair, constant(2 * v * plan.lanes)}, {});
  }
}

/// Neither lanes nor k lie side by side: one element after the other. A half pair gets its zeros first.
void ContractionEmitter::packPairElements(const LanePanel &panel, const KBlock &block, const Factor &from) {
  View to = packedPanel(panel);
  Value used = panel.valid ? panel.valid : constant((panel.vectors - 1) * plan.lanes + panel.lastLanes);
  Value none = arith::ConstantOp::create(b, b.getZeroAttr(pairsType())), two = constant(2);
  Value last = b.createOrFold<arith::DivUIOp>(addConstant(block.length, -1), two);
  for (int64_t v = 0; v < panel.vectors; ++v)
    store(none, to.memref, {last, constant(2 * v * plan.lanes)}, {});
  loop(constant(0), block.length, [&](Value k) {
    Value pair = arith::DivUIOp::create(b, k, two), half = arith::RemUIOp::create(b, k, two);
    loop(constant(0), used, [&](Value lane) {
      Value x = storedElementsOf(from, k, lane, 1, {});
      memref::StoreOp::create(b, x, to.memref, ValueRange{pair, add(times(lane, 2), half)});
    });
  });
}

/// Whether a packed tile of rows is [k / 2][rows][2], rather than [rows][k].
bool ContractionEmitter::packsPairsAcross() {
  return plan.rowOperand(p).isContiguousAlong(plan.rowDim(p));
}

/// A packed tile of rows as a matrix of pairs, [k / 2][rows * 2], or of elements, [rows][k].
ContractionEmitter::View ContractionEmitter::packedPairRowsOf(const RowTile &tile) {
  int64_t stride = packsPairsAcross() ? 2 * plan.rows : plan.pairsRowStride();
  int64_t perRow = packsPairsAcross() ? 2 : stride;
  Value offset = add(times(tile.slot, plan.packedRowElements()), times(tile.firstRow, perRow));
  return view(rowPanelBuffer, offset, stride, 1);
}

/// Vectors across rows are stored whole: what a store writes beyond the tile's rows is written again for the next pair.
void ContractionEmitter::packPairRows(const KBlock &block, const TileRange &tiles) {
  const ContractionDim &rows = plan.rowDim(p);
  const ContractionOperand &operand = plan.rowOperand(p);
  if (!packsPairsAcross()) {
    Factor from = factor(operand, block, rows, constant(0), rows, p.k);
    return emitRowTiles(tiles, [&](const RowTile &tile) {
      View to = packedPairRowsOf(tile);
      loop(constant(0), constant(tile.rows),
           [&](Value row) { packPairRowsAlongK(block, from, add(tile.start, row), to, row); });
    });
  }
  Factor from = factor(operand, block, rows, constant(0), p.k, rows);
  forEachPair(block, [&](Value pair, bool isWhole) {
    emitRowTiles(tiles, [&](const RowTile &tile) {
      View to = packedPairRowsOf(tile);
      for (int64_t first = 0; first < tile.rows; first += plan.lanes) {
        Value mask = tile.rows - first < plan.lanes ? constantMask(tile.rows - first) : Value();
        Value pairs = pairsOf(from, pair, isWhole, addConstant(tile.start, first), mask);
        store(pairs, to.memref, {pair, constant(2 * first)}, {});
      }
    });
  });
}

/// Row `index` of the operand to row `row` of its tile, with zeros up to the end of a vector.
void ContractionEmitter::packPairRowsAlongK(const KBlock &block, const Factor &from, Value index, const View &to,
                                            Value row) {
  if (!from.operand->isContiguousAlong(p.k)) {
    loop(constant(0), block.length, [&](Value k) {
      memref::StoreOp::create(b, storedElementsOf(from, index, k, 1, {}), to.memref, ValueRange{row, k});
    });
    Value none = arith::ConstantOp::create(b, b.getZeroAttr(b.getBF16Type()));
    memref::StoreOp::create(b, none, to.memref, ValueRange{row, block.length});
    return;
  }
  auto copy = [&](Value k, Value mask) {
    Value pairs = vector::BitCastOp::create(b, pairsType(), pairsAlongK(from, index, k, mask));
    store(pairs, to.memref, {row, k}, {});
  };
  Value width = constant(2 * plan.lanes), remainder = b.createOrFold<arith::RemUIOp>(block.length, width);
  Value full = b.createOrFold<arith::SubIOp>(block.length, remainder);
  auto whole = scf::ForOp::create(b, constant(0), full, width);
  {
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToStart(whole.getBody());
    copy(whole.getInductionVar(), {});
  }
  if (getConstantIntValue(remainder) != 0)
    copy(full, maskFrom(remainder, 2 * plan.lanes));
}

//===-- The register tile ----------------------------------------------------------------------------------------===//

/// A pair of one row for all lanes.
Value ContractionEmitter::pairOfRow(const View &rows, int64_t row, Value pair) {
  SmallVector<Value> indices{pair, constant(2 * row)};
  if (!packsPairsAcross())
    indices = {constant(row), times(pair, 2)};
  Value two = vector::LoadOp::create(b, VectorType::get({2}, b.getBF16Type()), rows.memref, indices);
  Value word = vector::BitCastOp::create(b, VectorType::get({1}, b.getI32Type()), two);
  word = vector::ExtractOp::create(b, word, 0);
  return vector::BitCastOp::create(b, pairsType(), vector::BroadcastOp::create(b, vectorOf(b.getI32Type()), word));
}

ContractionEmitter::Values ContractionEmitter::tileOfPairs(const LanePanel &panel, const RowTile &tile,
                                                           const KBlock &block) {
  View rows = packedPairRowsOf(tile), lanes = packedPanel(panel);
  auto step = [&](Value pair, ValueRange acc) {
    Values vectors, next;
    for (int64_t v = 0; v < panel.vectors; ++v)
      vectors.push_back(
          vector::LoadOp::create(b, pairsType(), lanes.memref, ValueRange{pair, constant(2 * v * plan.lanes)}));
    for (int64_t r = 0; r < tile.rows; ++r) {
      Value two = pairOfRow(rows, r, pair);
      for (Value vector : vectors) {
        Value sum = acc[next.size()];
        next.push_back(x86vector::DotBF16Op::create(b, sum.getType(), sum, two, vector));
      }
    }
    return next;
  };
  int64_t divisor = block.divisor % 2 == 0 ? block.divisor / 2 : 1;
  return alongK(ceilDiv(block.length, 2), divisor, initialAccumulators(tile, panel.vectors), unrolledSteps(panel, tile),
                fetchedTiles(panel, tile, block), step);
}

} // namespace sinter
