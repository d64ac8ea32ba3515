// The cost model of products (ContractionCost.h).
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "ContractionCost.h"
#include <numeric>

using namespace mlir;
using llvm::divideCeil;

namespace sinter {

/// Cycles for a row of a transposed tile, which is computed and stored by itself; and those for bringing its cache
/// line, of which it fills a part, where the result leaves the second-level cache between tiles.
constexpr double kTransposedRow = 4, kFarLine = 8;
/// Cycles for a vector of accumulators that rests between two blocks of k.
constexpr double kRest = 2;

/// Lines apart by a multiple of 2 KiB fall into few sets of a cache; whether so many of them push each other out of the
/// second level.
bool collide(int64_t lines, int64_t apart, const TargetInfo &target) {
  return apart > 0 && apart % 2048 == 0 && lines > target.l2Bytes / apart;
}

int64_t resultBytes(const ContractionProblem &p) {
  int64_t elements = p.m.extent * p.n.extent;
  for (const ContractionDim &dim : p.outer)
    elements *= dim.extent;
  return elements * p.elementBytes();
}

double ContractionCost::packing(const ContractionPlan &plan) const {
  if (!plan.packsLanes())
    return 0;
  const ContractionOperand &operand = plan.laneOperand(p);
  double blocks = double(divideCeil(plan.laneDim(p).extent, lanes)) * k() / lanes;
  double others = operations(operand) * 0.5;
  if (operand.isContiguousAlong(plan.laneDim(p)))
    return blocks * lanes * ((leavesCache(operand, plan.laneDim(p)) ? 9 : 1.5) + others);
  // A square of pairs is twice as long.
  if (plan.inPairs() && operand.isContiguousAlong(p.k))
    return blocks * (square() / 2 + lanes * others);
  return blocks * (operand.isContiguousAlong(p.k) ? square() + lanes * others : lanes * lanes * (1.5 + others));
}

/// Cycles per k step of a panel that is read where it lies, far apart along k and from beyond the second-level cache:
/// each step begins in another page.
double ContractionCost::firstTouch(const ContractionPlan &plan) const {
  const ContractionOperand &operand = plan.laneOperand(p);
  int64_t apart = strideAlong(operand.strides, p.k) * storedBytes(operand.element());
  bool isFar = plan.form == ContractionForm::Direct && apart >= 1024 && leavesCache(operand, plan.laneDim(p));
  return isFar ? 5 : 0;
}

/// Cycles per k step and tile for lines that have left the first-level cache since the last tile of rows.
double ContractionCost::refetch(const ContractionPlan &plan, int64_t vectors) const {
  if (plan.form != ContractionForm::Direct || plan.rowDim(p).extent <= plan.rows)
    return 0;
  const ContractionOperand &operand = plan.laneOperand(p);
  int64_t bytes = storedBytes(operand.element());
  int64_t width = vectors * lanes * bytes, apart = strideAlong(operand.strides, p.k) * bytes;
  if (apart <= width) // rows lie close together
    return 0;
  double lines = double(width) / kLineBytes + 1;
  return k() * lines * kLineBytes > target.l1Bytes ? 0.6 * lines : 0;
}

/// Packing the rows once for each group of panels: a few operations per k and tile, and the cache lines.
double ContractionCost::packingRows(const ContractionPlan &plan) const {
  if (!plan.packsRows())
    return 0;
  const ContractionOperand &operand = plan.rowOperand(p);
  const ContractionDim &rows = plan.rowDim(p);
  int64_t panels = divideCeil(plan.laneDim(p).extent, plan.vectors * lanes);
  double lines = double(rows.extent * storedBytes(operand.element())) / kLineBytes;
  int64_t each = operand.isContiguousAlong(rows) ? divideCeil(plan.rows, lanes) : plan.rows;
  // Pairs stay in the order of memory if neighbours along k lie side by side.
  bool isCopied = plan.inPairs() && !operand.isContiguousAlong(rows) && operand.isContiguousAlong(p.k);
  double elements = isCopied ? double(rows.extent) / double(lanes) : double(divideCeil(rows.extent, plan.rows) * each);
  double perK = elements * (2 + operations(operand)) + lines * (leavesCache(operand, rows) ? 6 : 1);
  return k() * perK * divideCeil(panels, plan.panelSlots(p));
}

/// Cycles per k step and tile for rows that lie far apart along k, so that each step reads lines of its own, and have
/// left half of the first-level cache since the last tile; rows apart by a multiple of 2 KiB have left the second-level
/// cache too.
double ContractionCost::farRows(const ContractionPlan &plan, int64_t rows) const {
  const ContractionOperand &operand = plan.rowOperand(p);
  int64_t bytes = storedBytes(operand.element()), apart = strideAlong(operand.strides, p.k) * bytes;
  if (rows <= 0 || plan.packsRows() || apart < 4 * kLineBytes || 2 * k() * kLineBytes <= target.l1Bytes)
    return 0;
  double cycles = std::min(1.5, target.l3LineCycles);
  if (collide(plan.kBlock, apart, target))
    cycles = 4 * target.l3LineCycles;
  else if (leavesCache(operand, plan.rowDim(p)))
    cycles = target.l3LineCycles;
  return (1 + double(rows * bytes) / kLineBytes) * cycles;
}

/// Cycles per k step and tile for rows whose lines come once for several panels, where these lines fall into few sets
/// of the first-level cache, so that the next panel finds them in the second-level one, or further away.
double ContractionCost::collidingRows(const ContractionPlan &plan, int64_t rows) const {
  constexpr int64_t kOneSet = 4096; // lines so far apart fall into one set: as far as a page, for hardware's sake
  const ContractionOperand &operand = plan.rowOperand(p);
  int64_t bytes = storedBytes(operand.element()), apart = strideAlong(operand.strides, p.k) * bytes;
  if (rows <= 0 || !plan.isBlocked() || plan.packsRows() || apart < 4 * kLineBytes)
    return 0;
  int64_t room = target.l1Bytes / std::max(kLineBytes, std::gcd(apart, kOneSet));
  if (plan.kBlock <= 2 * room) // half of them stay at least
    return 0;
  return (1 + double(rows * bytes) / kLineBytes) * (leavesCache(operand, plan.rowDim(p)) ? 0.5 : 0.25);
}

double ContractionCost::broadcastForm(const ContractionPlan &plan) const {
  int64_t rows = plan.rowDim(p).extent, vectors = divideCeil(plan.laneDim(p).extent, lanes);
  int64_t r = plan.rows, v = plan.vectors, fullRows = rows / r, fullPanels = vectors / v;
  double perK = fullPanels * (fullRows * tileOf(plan, r, v) + tileOf(plan, rows % r, v));
  perK += fullRows * tileOf(plan, r, vectors % v) + tileOf(plan, rows % r, vectors % v);
  perK += divideCeil(rows, r) * (fullPanels * refetch(plan, v) + (vectors % v ? refetch(plan, vectors % v) : 0));
  double tiles = double(divideCeil(rows, r)) * divideCeil(vectors, v);
  // Lines of rows that the panels of a block share come once for them, from the second-level cache at no price.
  int64_t panels = divideCeil(vectors, v), visits = panels;
  if (plan.isBlocked())
    visits = leavesCache(plan.rowOperand(p), plan.rowDim(p)) ? divideCeil(panels, plan.panelSlots(p)) : 0;
  perK += visits * (fullRows * farRows(plan, r) + farRows(plan, rows % r)) + panels * firstTouch(plan);
  perK += panels * (fullRows * collidingRows(plan, r) + collidingRows(plan, rows % r));
  double perTile = 20 + r * v * 0.7, packings = keepsWeights(plan) ? kFewestGroups : 1;
  if (plan.isBlocked())
    packings = divideCeil(divideCeil(rows, r), plan.rowSlots(p));
  if (plan.swapped)
    perTile += v * divideCeil(r, lanes) *
               (square() * 0.7 + lanes * (kTransposedRow + (resultBytes(p) > target.l2Bytes ? kFarLine : 0)));
  if (int64_t blocks = plan.blocksOfK(p); blocks > 1)
    perTile += blocks * r * v * kRest;
  return outer() * (perK * steps(plan) + tiles * perTile + packings * packing(plan) + packingRows(plan));
}

double ContractionCost::dotForm(const ContractionPlan &plan) const {
  int64_t rows = plan.rowDim(p).extent, columns = plan.laneDim(p).extent;
  int64_t full = columns / lanes, rest = columns % lanes;
  double vectorsOfK = divideCeil(p.k.extent, lanes) * (k() / p.k.extent);
  double perTile = vectorsOfK * (full * dotStep(lanes) + (rest ? dotStep(rest) : 0));
  return outer() * rows * (perTile + divideCeil(columns, lanes) * (square() * 0.7 + 25));
}

/// Panels used by many rows are worth a copy, and so are lines that push each other out of the cache.
bool ContractionCost::wantsCopy(const ContractionPlan &plan) const {
  const ContractionOperand &operand = plan.laneOperand(p);
  int64_t apart = strideAlong(operand.strides, p.k) * storedBytes(operand.element()), rows = plan.rowDim(p).extent;
  return rows > 512 || (rows >= 64 && collide(p.k.extent, apart, target));
}

double ContractionCost::of(const ContractionPlan &plan) const {
  double cycles = plan.form == ContractionForm::Dot ? dotForm(plan) : broadcastForm(plan);
  return plan.form == ContractionForm::Direct && wantsCopy(plan) ? cycles * 1.15 : cycles;
}

} // namespace sinter
