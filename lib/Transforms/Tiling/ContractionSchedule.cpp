// What is a contraction's schedule? The numbers that stand for a plan, whether a plan can be emitted, and the work
// items that it cuts a product into.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "ContractionEmitter.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using llvm::divideCeil;

namespace sinter {

/// Most bytes of stack for a schedule that was given by hand.
static constexpr int64_t kMostStackBytes = 2 << 20;

/// Stack of one call: panel, resting accumulators, a tile for the epilogue, sums of columns.
static int64_t stackBytes(const ContractionProblem &p, const ContractionPlan &plan) {
  int64_t width = plan.vectors * plan.lanes, elements = (plan.rows + plan.lanes) * width, packed = 0;
  elements += sumElements(p, plan);
  if (plan.packsLanes())
    packed += plan.panelSlots(p) * (plan.kBlock + (plan.inPairs() ? 4 : 2) * plan.lanes) * width;
  if (plan.packsRows())
    packed += plan.rowSlots(p) * plan.packedRowElements();
  if (plan.blocksOfK(p) > 1 && !restsInResult(p, plan))
    elements += plan.rowSlots(p) * plan.panelSlots(p) * plan.rows * width;
  return elements * p.elementBytes() + packed * plan.packedBytes(p);
}

int64_t lanesAtATime(const ContractionProblem &p, const ContractionPlan &plan, int64_t rows) {
  int64_t registers = plan.lanes * p.elementBytes() == 64 ? 32 : 16;
  return llvm::bit_floor<uint64_t>(std::clamp<int64_t>((registers - 1) / rows - 1, 0, plan.lanes));
}

bool hasPairs(const ContractionProblem &p, int64_t lanes) {
  return p.lhs.element().isBF16() && p.rhs.element().isBF16() && (lanes == 4 || lanes == 8 || lanes == 16);
}

bool isLegal(const ContractionProblem &p, const ContractionPlan &plan) {
  // What transposes panels in registers knows vectors of one to four lanes of 128 bits.
  if (int64_t bytes = plan.lanes * p.elementBytes(); bytes < 16 || bytes > 64)
    return false;
  if (stackBytes(p, plan) > kMostStackBytes || !keepsParts(p, plan))
    return false;
  const ContractionDim &laneDim = plan.laneDim(p);
  if (plan.form == ContractionForm::Dot)
    return !plan.swapped && lanesAtATime(p, plan, plan.rows) > 0 && p.lhs.isContiguousAlong(p.k) &&
           p.rhs.isContiguousAlong(p.k);
  if (plan.form == ContractionForm::Direct)
    return !laneDim.dynamic && plan.laneOperand(p).isContiguousAlong(laneDim);
  if (plan.inPairs() && !hasPairs(p, plan.lanes))
    return false;
  if (plan.packsRows())
    return plan.panelsInner;
  return true;
}

SmallVector<int64_t> ContractionPlan::encode() const {
  return {rows,
          vectors,
          rowTiles,
          panels,
          outer,
          kBlock,
          int64_t(form),
          int64_t(swapped),
          int64_t(panelsInner),
          int64_t(fetches)};
}

FailureOr<ContractionPlan> ContractionPlan::decode(ScheduleAttr schedule) {
  ArrayRef<int64_t> t = schedule.getTile();
  if (schedule.getStrategy() != Strategy::Contraction || t.size() != 10)
    return failure();
  ContractionPlan plan;
  plan.rows = t[0], plan.vectors = t[1], plan.rowTiles = t[2], plan.panels = t[3], plan.outer = t[4],
  plan.kBlock = t[5];
  plan.form = ContractionForm(t[6]), plan.swapped = t[7], plan.panelsInner = t[8], plan.fetches = t[9],
  plan.lanes = schedule.getVector();
  bool inRange = llvm::all_of(t, [](int64_t v) { return v >= 0; }) && t[6] <= 4 && t[7] <= 1 && t[8] <= 1 &&
                 t[9] <= 1 && plan.lanes >= 1 && llvm::isPowerOf2_64(plan.lanes) && plan.rows >= 1 &&
                 plan.vectors >= 1 && plan.kBlock >= 1;
  bool dotIsOneVector = plan.form != ContractionForm::Dot || (plan.vectors == 1 && !plan.swapped);
  if (!inRange || !dotIsOneVector)
    return failure();
  return plan;
}

int64_t ContractionPlan::blocksOfK(const ContractionProblem &p) const {
  int64_t blocks = divideCeil(p.k.extent, kBlock);
  for (const ContractionDim &dim : p.outerK)
    blocks *= dim.extent;
  return blocks;
}

int64_t ContractionPlan::packedSteps() const {
  return llvm::alignTo(inPairs() ? divideCeil(kBlock, 2) : kBlock, lanes) + lanes;
}

int64_t ContractionPlan::packedRowElements() const {
  return inPairs() ? rows * pairsRowStride() : kBlock * rows + lanes;
}

int64_t ContractionPlan::pairsRowStride() const {
  return llvm::alignTo(kBlock, 2 * lanes) + 2 * lanes;
}

int64_t ContractionPlan::rowSlots(const ContractionProblem &p) const {
  return rowTiles ? rowTiles : divideCeil(rowDim(p).extent, rows);
}

int64_t ContractionPlan::panelSlots(const ContractionProblem &p) const {
  if (!panelsInner)
    return 1;
  return panels ? panels : divideCeil(laneDim(p).extent, vectors * lanes);
}

int64_t ItemAxis::staticGroups() const {
  return split ? divideCeil(scale, unit) : 1;
}

AffineExpr ItemAxis::groups(MLIRContext *context) const {
  if (!dynamic || !split)
    return getAffineConstantExpr(staticGroups(), context);
  return (getAffineDimExpr(0, context) * scale).ceilDiv(unit);
}

SmallVector<ItemAxis, 3> itemAxes(const ContractionProblem &p, const ContractionPlan &plan) {
  SmallVector<ItemAxis, 3> axes;
  auto add = [&](ItemAxis::Kind kind, int64_t extent, bool dynamic, int64_t size, int64_t perItem) {
    axes.push_back({kind, size * perItem, extent, dynamic, perItem != 0});
  };
  int64_t outer = 1;
  bool outerDynamic = false;
  for (const ContractionDim &dim : p.outer)
    outer *= dim.dynamic ? dim.perRow : dim.extent, outerDynamic |= dim.dynamic;
  auto extent = [](const ContractionDim &dim) { return dim.dynamic ? dim.perRow : dim.extent; };
  const ContractionDim &rows = plan.rowDim(p), &lanes = plan.laneDim(p);
  add(ItemAxis::Outer, outer, outerDynamic, 1, plan.outer);
  // Rows last: items of one panel follow each other.
  add(ItemAxis::Panels, extent(lanes), lanes.dynamic, plan.vectors * plan.lanes, plan.panels);
  add(ItemAxis::Rows, extent(rows), rows.dynamic, plan.rows, plan.rowTiles);
  if (p.rowsPerPart) {
    ItemAxis &m = axes[plan.swapped ? 1 : 2];
    m.scale = p.m.extent, m.dynamic = false;
  }
  return axes;
}

bool sharesPacking(const ContractionProblem &p, const ContractionPlan &plan) {
  ItemAxis last = itemAxes(p, plan).back();
  return plan.packsLanes() && !plan.panelsInner && plan.blocksOfK(p) == 1 && last.kind == ItemAxis::Rows &&
         last.split && (last.dynamic || last.staticGroups() > 1);
}

bool restsInResult(const ContractionProblem &p, const ContractionPlan &plan) {
  if (plan.swapped || plan.blocksOfK(p) <= 1 || !p.epilogue.empty() || p.isPricedWithEpilogue)
    return false;
  linalg::GenericOp product = p.op;
  OpOperand &init = product.getDpsInitsMutable()[0];
  auto strides =
      loopStrides(init.get().getType(), product.getMatchingIndexingMap(&init), product.getNumLoops(), p.batch);
  auto kernel = dyn_cast<KernelOp>(product->getParentOp());
  return strideAlong(strides, p.n) == 1 && (!kernel || kernel.getNumResults() == 1 + p.sums.size());
}

FailureOr<AffineMap> contractionItems(KernelOp kernel, const KernelAnalysis &, ScheduleAttr schedule, int64_t batch) {
  auto plan = ContractionPlan::decode(schedule);
  auto problem = matchContraction(kernel, batch);
  if (failed(plan) || failed(problem) || !isLegal(*problem, *plan))
    return failure();
  AffineExpr items = getAffineConstantExpr(1, kernel.getContext());
  for (const ItemAxis &axis : itemAxes(*problem, *plan))
    items = items * axis.groups(kernel.getContext());
  return AffineMap::get(1, 0, items);
}

} // namespace sinter
