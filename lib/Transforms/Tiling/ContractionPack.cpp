// How does a panel of the lane operand get into its aligned buffer [k][lanes]? A prologue runs here, once
// for each time that a panel is packed.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "ContractionEmitter.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

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
  else
    packElements(panel, block, factor(operand, block, lanes, panel.start, p.k, lanes));
}

void ContractionEmitter::packCopy(const LanePanel &panel, const KBlock &block, const Factor &from) {
  Values masks = masksOf(panel);
  View to = packedPanel(panel);
  loop(constant(0), block.length, [&](Value k) {
    for (int64_t v = 0; v < panel.vectors; ++v) {
      Value lane = constant(v * plan.lanes);
      store(vectorOf(from, k, lane, masks[v]), to.memref, {k, lane}, {});
    }
  });
}

/// Square blocks through the shuffle network. The last one of a length that is no multiple of the lanes begins earlier
/// and writes some values again; only if k is shorter than a block, or may be, it is read under a mask.
void ContractionEmitter::packTransposed(const LanePanel &panel, const KBlock &block, const Factor &from) {
  Value lanes = constant(plan.lanes);
  bool overlaps = block.shortest >= plan.lanes;
  Value remainder = b.createOrFold<arith::RemUIOp>(block.length, lanes);
  Value full = overlaps ? block.length : b.createOrFold<arith::SubIOp>(block.length, remainder);
  auto squares = scf::ForOp::create(b, constant(0), full, lanes);
  {
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToStart(squares.getBody());
    Value k = squares.getInductionVar();
    if (overlaps && block.divisor % plan.lanes)
      k = minimum(k, b.createOrFold<arith::SubIOp>(block.length, lanes));
    packSquares(panel, from, k, {});
  }
  if (!overlaps && getConstantIntValue(remainder) != 0)
    packSquares(panel, from, full, maskFrom(remainder));
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
  Values square(plan.lanes, zero());
  for (int64_t l = 0; l < used; ++l) {
    Value lane = addConstant(first, l);
    if (lastValid)
      lane = minimum(lane, lastValid);
    square[l] = vectorOf(from, lane, k, kMask);
  }
  transposeInRegisters(b, square, p.elementBytes());
  for (int64_t i = 0; i < plan.lanes; ++i)
    store(square[i], to.memref, {addConstant(k, i), first}, {});
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
