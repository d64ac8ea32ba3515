// What does one register tile of a contraction compute along one stretch of k?
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "ContractionEmitter.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
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
  return vector::CreateMaskOp::create(b, vectorOf(b.getI1Type()), ValueRange{count});
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
    for (int64_t v = 0; v < panel.vectors; ++v)
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
  return addConstant(times(tile.restRow, plan.vectors), i / vectors * plan.vectors + i % vectors);
}

ContractionEmitter::Values ContractionEmitter::initialAccumulators(const RowTile &tile, int64_t vectors) {
  int64_t count = tile.rows * vectors;
  Values accumulators(count, zero());
  if (!tile.restSlot)
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

//===-- Direct and Packed ----------------------------------------------------------------------------------------===//

ContractionEmitter::Values ContractionEmitter::broadcastTile(const LanePanel &panel, const RowTile &tile,
                                                             const KBlock &block) {
  const auto &rowStrides = plan.swapped ? p.rhsStrides : p.lhsStrides;
  const auto &laneStrides = plan.swapped ? p.lhsStrides : p.rhsStrides;
  int64_t alongRows = strideAlong(rowStrides, plan.rowDim(p)), n = panel.vectors;
  Value rowOffset = add(add(outerOffset(rowStrides), kOffset(rowStrides, block)), times(tile.start, alongRows));
  View rowView = view(plan.swapped ? rhs : lhs, rowOffset, alongRows, strideAlong(rowStrides, p.k));
  bool packed = plan.form == ContractionForm::Packed;
  View laneView = {panelBuffer, {1, 1}};
  if (!packed)
    laneView =
        view(plan.swapped ? lhs : rhs, add(add(outerOffset(laneStrides), kOffset(laneStrides, block)), panel.start),
             strideAlong(laneStrides, p.k), 1);
  Values masks = packed ? Values(n) : masksOf(panel), init = initialAccumulators(tile, n), lane, row;
  for (int64_t v = 0; v < n; ++v)
    lane.push_back(constant(v * plan.lanes));
  for (int64_t r = 0; r < tile.rows; ++r)
    row.push_back(at(rowView, 0, constant(r)));

  auto body = [&](OpBuilder &builder, Location, Value k, ValueRange acc) {
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPoint(builder.getInsertionBlock(), builder.getInsertionPoint());
    Values vectors, next;
    for (int64_t v = 0; v < n; ++v)
      vectors.push_back(load(laneView.memref, {at(laneView, 0, k), lane[v]}, masks[v]));
    for (int64_t r = 0; r < tile.rows; ++r) {
      Value scalar = memref::LoadOp::create(b, rowView.memref, ValueRange{row[r], at(rowView, 1, k)});
      Value wide = vector::BroadcastOp::create(b, vectorOf(element), scalar);
      for (int64_t v = 0; v < n; ++v)
        next.push_back(multiplyAdd(wide, vectors[v], acc[r * n + v]));
    }
    scf::YieldOp::create(b, next);
  };
  return Values(scf::ForOp::create(b, constant(0), block.length, constant(1), init, body).getResults());
}

//===-- Dot ------------------------------------------------------------------------------------------------------===//

/// One accumulator per lane of the result, each a vector along k.
ContractionEmitter::Values ContractionEmitter::dotSums(const View &row, const View &lanes, const Values &laneIndices,
                                                       const KBlock &block) {
  auto step = [&](Value k, Value mask, ValueRange acc) {
    Value x = load(row.memref, {constant(0), k}, mask);
    Values next;
    for (auto [lane, sum] : llvm::zip_equal(laneIndices, acc))
      next.push_back(multiplyAdd(x, load(lanes.memref, {lane, k}, mask), sum));
    return next;
  };
  bool isStatic = !ShapedType::isDynamic(block.staticLength);
  int64_t rest = isStatic ? block.staticLength % plan.lanes : 0;
  Value width = constant(plan.lanes);
  Value remainder = isStatic ? constant(rest) : b.createOrFold<arith::RemUIOp>(block.length, width);
  Value full = b.createOrFold<arith::SubIOp>(block.length, remainder);
  Values init(laneIndices.size(), zero());
  auto body = [&](OpBuilder &builder, Location, Value k, ValueRange acc) {
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPoint(builder.getInsertionBlock(), builder.getInsertionPoint());
    scf::YieldOp::create(b, step(k, {}, acc));
  };
  Values sums(scf::ForOp::create(b, constant(0), full, width, init, body).getResults());
  if (isStatic && rest == 0)
    return sums;
  return step(full, isStatic ? constantMask(rest) : maskFrom(remainder), sums);
}

ContractionEmitter::Values ContractionEmitter::dotTile(const LanePanel &panel, const RowTile &tile,
                                                       const KBlock &block) {
  int64_t alongRows = strideAlong(p.lhsStrides, p.m), alongLanes = strideAlong(p.rhsStrides, p.n);
  Value rowOffset = add(add(outerOffset(p.lhsStrides), kOffset(p.lhsStrides, block)), times(tile.start, alongRows));
  Value laneOffset = add(add(outerOffset(p.rhsStrides), kOffset(p.rhsStrides, block)), times(panel.start, alongLanes));
  View row = view(lhs, rowOffset, alongRows, 1), lanes = view(rhs, laneOffset, alongLanes, 1);
  Values laneIndices;
  for (int64_t l = 0; l < panel.lastLanes; ++l) {
    Value lane = constant(l);
    if (panel.valid) // lanes beyond the last valid one repeat it and are never stored
      lane = minimum(lane, addConstant(panel.valid, -1));
    laneIndices.push_back(at(lanes, 0, lane));
  }
  Values sums = dotSums(row, lanes, laneIndices, block);
  sums.resize(plan.lanes, zero());
  if (plan.lanes * p.elementBytes() >= 16)
    transposeInRegisters(b, sums, p.elementBytes());
  for (int64_t width = plan.lanes / 2; width >= 1; width /= 2)
    for (int64_t i = 0; i < width; ++i)
      sums[i] = arith::AddFOp::create(b, sums[i], sums[i + width]);
  return {Value(arith::AddFOp::create(b, initialAccumulators(tile, 1)[0], sums[0]))};
}

//===-- Orientation ----------------------------------------------------------------------------------------------===//

/// The tile as rows of m and vectors along n.
ContractionEmitter::ResultTile ContractionEmitter::resultTile(const LanePanel &panel, const RowTile &tile,
                                                              const Values &accumulators) {
  ResultTile result;
  result.m = plan.swapped ? panel.start : tile.start;
  result.n = plan.swapped ? tile.start : panel.start;
  if (!plan.swapped) {
    result.masks = masksOf(panel);
    for (int64_t r = 0; r < tile.rows; ++r)
      result.vectors.emplace_back(llvm::ArrayRef(accumulators).slice(r * panel.vectors, panel.vectors));
    return result;
  }
  int64_t blocks = llvm::divideCeil(tile.rows, plan.lanes);
  int64_t resultRows = (panel.vectors - 1) * plan.lanes + panel.lastLanes;
  result.validRows = panel.valid;
  result.masks.resize(blocks);
  if (tile.rows % plan.lanes)
    result.masks.back() = constantMask(tile.rows % plan.lanes);
  result.vectors.resize(resultRows, Values(blocks));
  for (int64_t v = 0; v < panel.vectors; ++v)
    for (int64_t block = 0; block < blocks; ++block) {
      Values square(plan.lanes, zero());
      for (int64_t r = block * plan.lanes; r < std::min(tile.rows, (block + 1) * plan.lanes); ++r)
        square[r - block * plan.lanes] = accumulators[r * panel.vectors + v];
      transposeInRegisters(b, square, p.elementBytes());
      for (int64_t l = 0; l < plan.lanes && v * plan.lanes + l < resultRows; ++l)
        result.vectors[v * plan.lanes + l][block] = square[l];
    }
  return result;
}

} // namespace sinter
