// How does a panel of the lane operand get into its aligned buffer [k][lanes]? A prologue runs here, once per element
// and work item.
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

/// Square blocks through the shuffle network; the last k of a length that is no multiple of the lanes under a mask.
void ContractionEmitter::packTransposed(const LanePanel &panel, const KBlock &block, const Factor &from) {
  bool isStatic = !ShapedType::isDynamic(block.staticLength);
  int64_t rest = isStatic ? block.staticLength % plan.lanes : 0;
  Value lanes = constant(plan.lanes);
  Value remainder = isStatic ? constant(rest) : b.createOrFold<arith::RemUIOp>(block.length, lanes);
  Value full = b.createOrFold<arith::SubIOp>(block.length, remainder);
  auto squares = scf::ForOp::create(b, constant(0), full, lanes);
  {
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToStart(squares.getBody());
    packTransposedBlock(panel, from, squares.getInductionVar(), {});
  }
  if (isStatic && rest == 0)
    return;
  packTransposedBlock(panel, from, full, isStatic ? constantMask(rest) : maskFrom(remainder));
}

/// Lanes beyond the panel's last are read from its last valid one: they are computed with, never stored.
void ContractionEmitter::packTransposedBlock(const LanePanel &panel, const Factor &from, Value k, Value kMask) {
  View to = packedPanel(panel);
  Value lastValid = panel.valid ? addConstant(panel.valid, -1) : Value();
  for (int64_t v = 0; v < panel.vectors; ++v) {
    int64_t used = v == panel.vectors - 1 ? panel.lastLanes : plan.lanes;
    Values block(plan.lanes, zero());
    for (int64_t l = 0; l < used; ++l) {
      Value lane = constant(v * plan.lanes + l);
      if (lastValid)
        lane = minimum(lane, lastValid);
      block[l] = vectorOf(from, lane, k, kMask);
    }
    transposeInRegisters(b, block, p.elementBytes());
    for (int64_t i = 0; i < plan.lanes; ++i)
      store(block[i], to.memref, {addConstant(k, i), constant(v * plan.lanes)}, {});
  }
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
