// The cost model of products (ContractionCost.h).
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "ContractionCost.h"
#include "mlir/IR/TypeUtilities.h"
#include <numeric>

using namespace mlir;
using llvm::divideCeil;

namespace sinter {

/// Cycles for a row of a transposed tile, which is computed and stored by itself; and those for bringing its cache
/// line, of which it fills a part, where the result leaves the second-level cache between tiles.
constexpr double kTransposedRow = 4, kFarLine = 8;
/// Cycles for a vector of accumulators that rests between two blocks of k.
constexpr double kRest = 2;
/// Cycles to copy a vector to a panel, and what is to be added for each line of its operand that stays in the
/// first-level cache, in the second-level one, or comes from beyond, copied or transposed. Measured on Emerald Rapids,
/// as is what products of few rows cost: the fastest of nine runs of up to 16 tiles of 180 random products.
constexpr double kCopied = 1.5, kCopiedLine[] = {3, 3.5, 6.5}, kTransposedLine[] = {1, 2.5, 4};
/// Cycles for a line of rows that is packed beside an update of state that is far away, and how many more per cycle
/// that a line of the last-level cache costs. Fitted, as is what resting takes, to weight gradients with their updates
/// (Emerald Rapids).
constexpr double kColdRowLine = 5, kFarRowLine = 3;
/// Cycles of a Dot tile for adding up the accumulators of a row, and for a loop over k; and in which a line comes from
/// beyond the second-level cache, one after the other.
constexpr double kDotRow = 12, kDotLoop = 15, kFollowingLine = 3;

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

bool hasFarEpilogue(const ContractionProblem &p, const TargetInfo &target) {
  int64_t results = resultBytes(p) / p.elementBytes(), bytes = 0;
  for (linalg::GenericOp generic : p.epilogue)
    for (OpOperand *operand : generic.getDpsInputOperands())
      if (isa<BlockArgument>(operand->get()) && generic.getMatchingIndexingMap(operand).isIdentity())
        bytes += results * storedBytes(getElementTypeOrSelf(operand->get().getType()));
  return bytes > 0 && bytes + resultBytes(p) > target.l2Bytes;
}

bool updatesFarState(const ContractionProblem &p, const TargetInfo &target) {
  constexpr int64_t kFewestSteps = 256; // of fewer the state is most of the work, and longer pieces of its rows win
  int64_t steps = p.k.extent;
  bool sumsBatch = p.k.dynamic;
  for (const ContractionDim &dim : p.outerK)
    steps *= dim.extent, sumsBatch |= dim.dynamic;
  return sumsBatch && steps >= kFewestSteps && hasFarEpilogue(p, target);
}

double ContractionCost::packing(const ContractionPlan &plan) const {
  if (!plan.packsLanes())
    return 0;
  const ContractionOperand &operand = plan.laneOperand(p);
  const ContractionDim &dim = plan.laneDim(p);
  const int level = updatesState ? 2 : cacheLevel(operand, dim);
  const double blocks = double(divideCeil(dim.extent, lanes)) * k() / double(lanes), others = operations(operand) * 0.5;
  const double lines = double(lanes * storedBytes(operand.element())) / kLineBytes; // of a vector
  if (operand.isContiguousAlong(dim))
    return blocks * double(lanes) * (kCopied + lines * kCopiedLine[level] + others);
  if (!operand.isContiguousAlong(p.k))
    return blocks * double(lanes * lanes) * (kCopied + others);
  if (plan.inPairs()) // a square is twice as long; its lines were no matter where these were measured (Zen 5)
    return blocks * (square() / 2 + double(lanes) * others);
  return blocks * (square() + double(lanes) * (lines * kTransposedLine[level] + others));
}

/// Cycles per k step of a panel that is read where it lies, far apart along k and from beyond the second-level cache:
/// each step begins in another page.
double ContractionCost::firstTouch(const ContractionPlan &plan) const {
  const ContractionOperand &operand = plan.laneOperand(p);
  int64_t apart = strideAlong(operand.strides, p.k) * storedBytes(operand.element());
  bool isFar = plan.form == ContractionForm::Direct && apart >= 1024 && leavesCache(operand, plan.laneDim(p));
  return isFar ? 5 : 0;
}

/// Lines of a lane operand that is read where it lies, which a k step of a tile takes from the second-level cache, as
/// they leave the first-level one before the next tile of rows reads them.
double ContractionCost::nearLines(const ContractionPlan &plan, int64_t vectors) const {
  if (plan.rowDim(p).extent <= plan.rows)
    return 0;
  const ContractionOperand &operand = plan.laneOperand(p);
  int64_t bytes = storedBytes(operand.element());
  int64_t width = vectors * lanes * bytes, apart = strideAlong(operand.strides, p.k) * bytes;
  double lines = double(std::min(width, apart)) / kLineBytes + (apart > width ? 1 : 0);
  return k() * lines * kLineBytes > double(target.l1Bytes) ? lines : 0;
}

/// Packing the rows once for each group of panels: a few operations per k and tile, and the cache lines.
double ContractionCost::packingRows(const ContractionPlan &plan) const {
  if (!plan.packsRows())
    return 0;
  const ContractionOperand &operand = plan.rowOperand(p);
  const ContractionDim &rows = plan.rowDim(p);
  int64_t panels = divideCeil(plan.laneDim(p).extent, plan.vectors * lanes);
  double lines = double(rows.extent * storedBytes(operand.element())) / kLineBytes;
  double perLine = updatesState ? kColdRowLine + kFarRowLine * target.l3LineCycles : leavesCache(operand, rows) ? 6 : 1;
  int64_t each = operand.isContiguousAlong(rows) ? divideCeil(plan.rows, lanes) : plan.rows;
  // Pairs stay in the order of memory if neighbours along k lie side by side.
  bool isCopied = plan.inPairs() && !operand.isContiguousAlong(rows) && operand.isContiguousAlong(p.k);
  double elements = isCopied ? double(rows.extent) / double(lanes) : double(divideCeil(rows.extent, plan.rows) * each);
  double perK = elements * (2 + operations(operand)) + lines * perLine;
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
  const double near = std::min(1.5, target.l3LineCycles), lines = double(rows * bytes) / kLineBytes;
  if (collide(plan.kBlock, apart, target))
    return (1 + lines) * 4 * target.l3LineCycles;
  if (!leavesCache(operand, plan.rowDim(p)))
    return (1 + lines) * near;
  // A tile's first line is the last one of the tile before: fitted to the same weight gradients.
  return updatesState ? near + lines * target.l3LineCycles : (1 + lines) * target.l3LineCycles;
}

/// Cycles per k step and tile for rows whose lines come once for several panels, where these lines fall into few sets
/// of the first-level cache, so that the next panel finds them in the second-level one, or further away.
double ContractionCost::collidingRows(const ContractionPlan &plan, int64_t rows) const {
  constexpr int64_t kOneSet = 4096; // lines so far apart fall into one set: as far as a page, for hardware's sake
  const ContractionOperand &operand = plan.rowOperand(p);
  int64_t bytes = storedBytes(operand.element()), apart = strideAlong(operand.strides, p.k) * bytes;
  if (rows <= 0 || !plan.isBlocked() || plan.packsRows() || apart < 4 * kLineBytes)
    return 0;
  // Beside an update it is not seen where they stay in the second-level cache.
  if (updatesState && 2 * plan.kBlock <= target.l2Bytes / (apart & -apart))
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

/// A tile of some rows and lanes, as many of these at a time as its registers hold. The first tile brings the lanes.
double ContractionCost::dotTile(const ContractionPlan &plan, int64_t rows, int64_t columns, bool isFirst) const {
  if (rows == 0 || columns == 0)
    return 0;
  const int64_t together = lanesAtATime(p, plan, rows);
  const double perLine = double(lanes * storedBytes(p.lhs.element())) / kLineBytes;
  // Rows are read again for the next lanes, lanes for the next rows: from the second-level cache if what is read in
  // between is more than the first one holds.
  auto leavesFirst = [&](int64_t lanesBetween) {
    return k() * double((rows + lanesBetween) * storedBytes(p.lhs.element())) > double(target.l1Bytes);
  };
  auto step = [&](int64_t lanesOfStep) {
    double ofRows = leavesFirst(lanesOfStep) ? kNearLine : 0, ofLanes = leavesFirst(lanes) ? kNearLine : 0;
    if (isFirst)
      ofLanes = leavesCache(p.rhs, p.n) ? kFollowingLine : 0;
    return dotStep(rows, lanesOfStep, perLine * (double(rows) * ofRows + double(lanesOfStep) * ofLanes));
  };
  double perK = double(columns / together) * step(together);
  if (columns % together)
    perK += step(columns % together);
  return double(divideCeil(p.k.extent, lanes)) * (k() / double(p.k.extent)) * perK + double(rows) * kDotRow +
         double(divideCeil(columns, together)) * kDotLoop;
}

double ContractionCost::dotForm(const ContractionPlan &plan) const {
  const int64_t full = p.m.extent / plan.rows, rest = p.m.extent % plan.rows;
  auto ofColumns = [&](int64_t columns) {
    double first = full ? dotTile(plan, plan.rows, columns, true) : 0;
    return first + double(std::max<int64_t>(full - 1, 0)) * dotTile(plan, plan.rows, columns, false) +
           dotTile(plan, rest, columns, !full);
  };
  return outer() * (double(p.n.extent / lanes) * ofColumns(lanes) + ofColumns(p.n.extent % lanes));
}

/// Panels used by many rows are worth a copy, sooner if vectors lie across lines that the first-level cache does not
/// hold beside all else, or lines push each other out of the cache.
bool ContractionCost::wantsCopy(const ContractionPlan &plan) const {
  const ContractionOperand &operand = plan.laneOperand(p);
  int64_t apart = strideAlong(operand.strides, p.k) * storedBytes(operand.element()), rows = plan.rowDim(p).extent;
  if (plan.form == ContractionForm::Dot)
    return rows >= 64 && leavesCache(operand, plan.laneDim(p));
  if (plan.form != ContractionForm::Direct)
    return false;
  double panel = k() * double(plan.vectors * lanes * storedBytes(operand.element()));
  return rows > 512 || (rows > 128 && loads(operand, p.k) > 1 && 2 * panel > double(target.l1Bytes)) ||
         (rows >= 64 && collide(p.k.extent, apart, target));
}

double ContractionCost::of(const ContractionPlan &plan) const {
  double cycles = plan.form == ContractionForm::Dot ? dotForm(plan) : broadcastForm(plan);
  return wantsCopy(plan) ? cycles * 1.15 : cycles;
}

} // namespace sinter
