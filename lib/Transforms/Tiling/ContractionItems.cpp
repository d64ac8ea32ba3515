// Into which work items is a product cut?
//
// Threads share contiguous stretches of items. What is packed is packed again by each item that needs it, weights that
// another core has updated have to come from there, and lines that two threads write go to and fro: so what is cut
// depends on the sizes.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "ContractionItems.h"
#include "sinter/Transforms/Tiling/Emitters.h"
#include "llvm/Support/MathExtras.h"

#include <algorithm>

using namespace mlir;
using llvm::divideCeil;

namespace sinter {

namespace {

/// Small products are cut if two threads take no more than this share of the time.
constexpr double kWorthSharing = 0.85;
/// What two threads cost beside the loop: to take an item, to write into the same line.
constexpr double kTakenItem = 300, kWrittenLine = 200;
/// What two threads may lose by as many items as four threads want.
constexpr double kMoreItems = 0.98;
/// Rows that should share one packing of a panel, if there are enough work items anyway.
constexpr int64_t kRowsPerPacking = 256;
/// What share of a product packing may take for more than the fewest items.
constexpr double kPackingShare = 0.1;

/// Into how many groups a product's rows and panels are cut, where about `wanted` items are; 0: into none.
struct ItemGroups {
  int64_t rows, panels;
};

/// Panels come first, and rows if these are too few.
ItemGroups groupPanels(const ContractionProblem &p, const ContractionPlan &plan, int64_t tiles, int64_t panels,
                       int64_t wanted, int64_t outer) {
  int64_t rows = panels >= wanted ? 1 : divideCeil(wanted, panels);
  if (plan.packsLanes()) // each piece of a thread's share packs
    rows = std::min(
        rows, std::max<int64_t>(divideCeil(kEnoughItems, outer * panels), plan.rowDim(p).extent / kRowsPerPacking));
  return {std::min(rows, tiles), std::min(panels, wanted)};
}

/// Rows alone are cut, and every group of them packs all panels: as many as cost a tenth, mostly.
ItemGroups groupWeights(double packing, double cycles, int64_t tiles, int64_t wanted) {
  int64_t affordable = cycles / std::max(packing, 1.0) * kPackingShare;
  return {std::min({tiles, wanted, std::max(affordable, kFewestGroups)}), 0};
}

/// Each thread gets the same number of items, or one more: where they are few and nothing is packed, more groups of
/// rows, until four threads and two have the same.
ItemGroups shareEvenly(ItemGroups groups, int64_t tiles, int64_t panels, int64_t outer) {
  if (groups.panels > 0)
    outer *= divideCeil(panels, std::max<int64_t>(1, panels / groups.panels));
  for (int64_t rows = groups.rows; rows <= std::min(tiles, groups.rows + kFewestGroups); ++rows) {
    int64_t items = outer * divideCeil(tiles, divideCeil(tiles, rows));
    if (items >= kEnoughItems || items % kFewestGroups == 0)
      return {rows, groups.panels};
  }
  return groups;
}

/// One loop of a small product, of so many iterations, that may be cut.
struct Cut {
  int64_t &iterations; ///< of an item
  int64_t total;
  double perItem;      ///< cycles of each item that are not less for smaller ones
  double writtenTwice; ///< cycles if two threads share what is written
};

/// Cycles of a product that two threads share by one cut.
double sharedCycles(const Cut &cut, int64_t iterations, double cycles) {
  const int64_t items = divideCeil(cut.total, iterations), ofOne = divideCeil(items, 2);
  const double share = double(std::min(ofOne * iterations, cut.total)) / double(cut.total);
  return (cycles - cut.perItem) * share + double(ofOne) * (cut.perItem + kTakenItem) + cut.writtenTwice + kLoopCycles;
}

/// Cycles that it takes if two threads write the columns of a result, cut at multiples of some width: in each row there
/// is a line that both write, and neighbouring lines come in pairs.
double writingColumns(const ContractionProblem &p, int64_t width) {
  constexpr int64_t pair = 2 * kLineBytes;
  const int64_t row = p.n.extent * p.elementBytes();
  if (row % pair == 0 && width * p.elementBytes() % pair == 0)
    return 0;
  return kWrittenLine * double(resultBytes(p) / std::max<int64_t>(row, 1));
}

/// How often the loops around a register tile run.
struct LoopCounts {
  int64_t outer, tiles, panels;
  LoopCounts(const ContractionProblem &p, const ContractionPlan &plan)
      : outer(1), tiles(divideCeil(plan.rowDim(p).extent, plan.rows)),
        panels(divideCeil(plan.laneDim(p).extent, plan.vectors * plan.lanes)) {
    for (const ContractionDim &dim : p.outer)
      outer *= dim.extent;
  }
};

/// One work item.
void wholeLoops(const ContractionProblem &p, ContractionPlan &plan) {
  const LoopCounts loops(p, plan);
  plan.outer = loops.outer, plan.rowTiles = loops.tiles, plan.panels = loops.panels;
}

/// Where k is cut, an item has no more rows than its sums stay near for.
void keepSumsNear(const ContractionProblem &p, const TargetInfo &target, ContractionPlan &plan) {
  if (plan.blocksOfK(p) > 1)
    plan.rowTiles = std::clamp<int64_t>(restBytes(target) / (plan.rows * plan.vectors * plan.lanes * p.elementBytes()),
                                        1, plan.rowTiles);
}

/// Small products: one loop is cut, or none.
void chooseFewItems(const ContractionProblem &p, ContractionPlan &plan, double packing, double cycles) {
  wholeLoops(p, plan);
  const auto [outer, tiles, panels] = LoopCounts(p, plan);
  const double ofRows = plan.swapped ? writingColumns(p, plan.rows) : 0;
  const double ofPanels = plan.swapped ? 0 : writingColumns(p, plan.vectors * plan.lanes);
  const Cut cuts[] = {
      {plan.outer, outer, 0, 0}, {plan.rowTiles, tiles, packing, ofRows}, {plan.panels, panels, 0, ofPanels}};
  const Cut *best = nullptr;
  int64_t iterations = 0;
  double least = cycles * kWorthSharing;
  for (int64_t items : {kFewestGroups, kFewestGroups / 2}) {
    for (const Cut &cut : cuts)
      if (double shared = sharedCycles(cut, divideCeil(cut.total, items), cycles); shared < least)
        least = shared, best = &cut, iterations = divideCeil(cut.total, items);
    least *= best ? kMoreItems : 1;
  }
  if (best)
    best->iterations = iterations;
}

/// Work items of about the wanted number, at least four.
void chooseManyItems(const ContractionProblem &p, const ContractionCost &cost, ContractionPlan &plan, double cycles) {
  const auto [outer, tiles, panels] = LoopCounts(p, plan);
  int64_t wanted = std::max<int64_t>(kFewestGroups, cycles / kItemCycles);
  int64_t perOuter = divideCeil(wanted, outer);
  plan.outer = std::max<int64_t>(1, outer / wanted);
  ItemGroups groups = groupPanels(p, plan, tiles, panels, perOuter, outer);
  if (!plan.packsLanes())
    groups = shareEvenly(groups, tiles, panels, divideCeil(outer, plan.outer));
  if (cost.keepsWeights(plan))
    groups = groupWeights(cost.packing(plan), cycles, tiles, wanted);
  plan.panels = groups.panels ? std::max<int64_t>(1, panels / groups.panels) : 0;
  plan.rowTiles = divideCeil(tiles, groups.rows);
}

} // namespace

int64_t restBytes(const TargetInfo &target) {
  return target.l2Bytes / 8;
}

void splitOneDynamicAxis(const ContractionProblem &p, ContractionPlan &plan) {
  bool taken = llvm::any_of(p.outer, [](const ContractionDim &dim) { return dim.dynamic; });
  for (auto [dim, groups] : {std::pair(&plan.rowDim(p), &plan.rowTiles), std::pair(&plan.laneDim(p), &plan.panels)}) {
    if (dim->dynamic && taken)
      *groups = 0;
    taken |= dim->dynamic;
  }
}

void chooseItems(const ContractionProblem &p, const TargetInfo &target, ContractionPlan &plan, double cycles) {
  const ContractionCost cost{p, target, plan.lanes};
  // Where k is short, writing is most of the work.
  const bool isWritten = !plan.swapped && writingColumns(p, plan.vectors * plan.lanes) > cycles / 4;
  if (cycles < (isWritten ? double(kFewestGroups) * kItemCycles : kSharedCycles))
    chooseFewItems(p, plan, cost.packing(plan), cycles);
  else
    chooseManyItems(p, cost, plan, cycles);
  keepSumsNear(p, target, plan);
  splitOneDynamicAxis(p, plan);
}

ScheduleAttr unshared(KernelOp kernel, ScheduleAttr schedule, int64_t batch, const TargetInfo &target) {
  auto alone = [&](ArrayRef<int64_t> tile) {
    return ScheduleAttr::get(kernel.getContext(), schedule.getStrategy(), tile, schedule.getVector(),
                             /*parallel=*/false);
  };
  auto plan = ContractionPlan::decode(schedule);
  auto problem = matchContraction(kernel, batch);
  if (schedule.getStrategy() != Strategy::Contraction || failed(plan) || failed(problem) || plan->panelsInner)
    return alone(schedule.getTile());
  wholeLoops(*problem, *plan);
  keepSumsNear(*problem, target, *plan);
  splitOneDynamicAxis(*problem, *plan);
  roundToParts(*problem, *plan);
  return alone(plan->encode());
}

} // namespace sinter
