// Where do parts of a product's rows end, over which columns are added up, and does it pay?
//
// A part's sums become one row in memory, by tiles of that part that follow each other (ContractionSums.cpp). So its
// rows belong to one work item, for the columns that this has, and are added up in one order, whatever threads do; and
// a tile belongs to one part. Parts are chosen before the kernel is planned again, such that the plan without sums
// needs little change.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "ContractionCost.h"
#include "sinter/Transforms/Tiling/Forecast.h"
#include "llvm/Support/MathExtras.h"
#include <cmath>
#include <numeric>

using namespace mlir;
using llvm::divideCeil;

namespace sinter {

/// Rows that parts should have at least and at most: few parts leave little to add up, and small ones divide evenly
/// among work items, also among those of other schedules. Multiples of `kCommonRows` suit tiles of several sizes.
static constexpr int64_t kFewestRows = 96, kMostRows = 192, kCommonRows = 12;

int64_t resultRowsOfTile(const ContractionPlan &plan) {
  return plan.swapped ? plan.vectors * plan.lanes : plan.rows;
}

int64_t partsOf(const ContractionProblem &p) {
  return divideCeil(p.m.extent, p.rowsPerPart);
}

int64_t sumElements(const ContractionProblem &p, const ContractionPlan &plan) {
  if (p.rowsPerPart == 0)
    return 0;
  int64_t columns = plan.swapped ? plan.rows : plan.vectors * plan.lanes, sums = std::max<int64_t>(1, p.sums.size());
  return divideCeil(p.n.extent, columns) * sums * llvm::alignTo(columns, plan.lanes);
}

bool hasColumns(const ContractionProblem &p) {
  linalg::GenericOp op = p.op;
  auto result = cast<ShapedType>(op.getResult(0).getType());
  unsigned last = result.getRank() - 1;
  auto isAlongRows = [&](unsigned d) { // loops of one iteration are dropped
    return result.getDimSize(d) == 1 || llvm::is_contained(p.m.loops, p.loopOfResultDim(d));
  };
  return last >= 1 && p.outer.empty() && !p.m.loops.empty() && llvm::all_of(llvm::seq(last), isAlongRows) &&
         p.n.loops == SmallVector<unsigned>{p.loopOfResultDim(last)} && !p.n.dynamic;
}

/// Tiles along m of a work item; 0: all.
static int64_t &tilesOfItem(ContractionPlan &plan) {
  return plan.swapped ? plan.panels : plan.rowTiles;
}

bool keepsParts(const ContractionProblem &p, const ContractionPlan &plan) {
  if (p.rowsPerPart == 0)
    return true;
  int64_t tile = resultRowsOfTile(plan), tiles = plan.swapped ? plan.panels : plan.rowTiles;
  return p.rowsPerPart % tile == 0 && (tile * tiles % p.rowsPerPart == 0 || tile * tiles >= p.m.extent);
}

void roundToParts(const ContractionProblem &p, ContractionPlan &plan) {
  int64_t tile = resultRowsOfTile(plan), &tiles = tilesOfItem(plan);
  if (p.rowsPerPart && p.rowsPerPart % tile == 0)
    tiles = llvm::alignTo(tiles, p.rowsPerPart / tile);
}

/// Parts of whole tiles such that the largest work item, of as many as the plan has, is as small as can be.
static int64_t chooseRowsPerPart(const ContractionProblem &p, ContractionPlan plan) {
  int64_t tile = resultRowsOfTile(plan), tiles = divideCeil(p.m.extent, tile), ofItem = tilesOfItem(plan);
  int64_t items = ofItem ? divideCeil(tiles, ofItem) : 1, step = std::lcm(tile, kCommonRows), best = 0, least = 0;
  for (int64_t rows = llvm::alignTo(kFewestRows, step); best == 0 || rows <= kMostRows; rows += step)
    if (int64_t largest = divideCeil(divideCeil(p.m.extent, rows), items) * rows; best == 0 || largest < least)
      best = rows, least = largest;
  return best;
}

/// Cycles to read what is added up: from the second-level cache, where a vector may need two lines, or from beyond.
static double reading(double bytes, int64_t bytesOfRow, const TargetInfo &target) {
  constexpr double kWholeLine = 1.5, kTwoLines = 2.5;
  if (bytes <= double(target.l2Bytes) / 2)
    return bytes / kLineBytes * (bytesOfRow % kLineBytes == 0 ? kWholeLine : kTwoLines);
  return bytes * target.gigahertz / target.gigabytesPerSecond;
}

/// Cycles for the sums alone: an addition for each vector, which waits for the one of the row before it, and is hidden
/// only where there are multiply-adds enough; loading and storing sums for each tile; storing, and adding up, what
/// parts leave.
static double adding(const ContractionProblem &p, const ContractionPlan &plan) {
  constexpr double kHiddenRow = 0.5, kShownRow = 3, kTile = 5, kVectorOfTile = 2, kVectorOfPart = 3;
  constexpr int64_t kShortK = 32;
  double kRow = p.k.extent <= kShortK && p.outerK.empty() ? kShownRow : kHiddenRow;
  int64_t tileColumns = plan.swapped ? plan.rows : plan.vectors * plan.lanes;
  double vectors = double(divideCeil(p.n.extent, plan.lanes));
  double tiles = double(divideCeil(p.m.extent, resultRowsOfTile(plan)));
  return double(p.m.extent) * vectors * kRow + tiles * vectors * kVectorOfTile +
         tiles * double(divideCeil(p.n.extent, tileColumns)) * kTile + double(partsOf(p)) * vectors * kVectorOfPart;
}

bool canSumColumns(linalg::GenericOp product, int64_t batch) {
  auto problem = describeProduct(product, {nullptr, nullptr}, batch);
  return succeeded(problem) && hasColumns(*problem);
}

ColumnSumsForecast forecastColumnSums(linalg::GenericOp product, Type summed, bool hasEpilogue, int64_t batch,
                                      const TargetInfo &target) {
  if (!canSumColumns(product, batch))
    return {0, 0, 0, "the product's result has no rows and columns that its tiles run along"};
  auto problem = describeProduct(product, {nullptr, nullptr}, batch);
  problem->isPricedWithEpilogue = hasEpilogue;
  PricedPlan without = choosePlan(*problem, target);
  problem->rowsPerPart = chooseRowsPerPart(*problem, without.plan);
  PricedPlan with = choosePlan(*problem, target);
  if (std::isinf(without.cycles) || std::isinf(with.cycles))
    return {0, 0, 0, "no form of the product has tiles that end where parts of its rows do"};
  int64_t bytesOfRow = problem->n.extent * storedBytes(summed);
  double saved = reading(double(problem->m.extent * bytesOfRow), bytesOfRow, target);
  return {problem->rowsPerPart, with.cycles - without.cycles + adding(*problem, with.plan), saved, ""};
}

} // namespace sinter
