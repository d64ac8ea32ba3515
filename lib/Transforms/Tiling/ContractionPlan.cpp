// How is a contraction tiled? Five forms, for either assignment of m and n to rows and lanes, compared by a cost
// model.
//
//   Direct      for (k) acc[r][v] += broadcast(rows[r][k]) * lanes[k][v]      lanes contiguous in memory
//   Packed      the same from an aligned panel; pays one pass over the panel (for all of a thread's items, mostly), a
//               shuffle network per block of lanes x lanes elements if the operand is contiguous along k (the case of
//               y = x W^T). Or from panels that are packed together for a short block of k, so that lines of rows that
//               lie far apart along k serve all of them
//   PackedBoth  the same, and the rows of a tile come from an aligned buffer too: where neighbours along k are far
//               apart, each k step of a tile touches another cache line, and the lines leave the caches before their
//               next tile
//   Pairs       PackedBoth with both operands as bf16, neighbours along k side by side: [k / 2][rows or lanes][2]. One
//               instruction multiplies and adds two of them for each lane, where the target is faster at that
//   Dot         for (k vectors) acc[r][l] += rows[r][k] * lanes[l][k], then adds up each accumulator; nothing is
//               packed, but the sums need shuffles, and lines of lanes come again for each tile of rows: for few rows
//
// With `swapped`, lanes run along m; the tile is transposed in registers before the epilogue. What a plan costs is in
// ContractionCost.h. Where rows are packed, or accumulators may rest in the result, all three loops are cut into blocks
// that stay in the second-level cache, with panels inside; else a panel meets all rows of an item, mostly.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "ContractionCost.h"
#include "ContractionEmitter.h"
#include "ContractionItems.h"
#include "mlir/IR/TypeUtilities.h"
#include "sinter/Transforms/Tiling/Emitters.h"
#include "sinter/Transforms/Tiling/Forecast.h"
#include "llvm/Support/MathExtras.h"
#include <algorithm>
#include <cmath>
#include <limits>

using namespace mlir;
using llvm::divideCeil;

namespace sinter {

namespace {

/// Bytes of stack that one call of a kernel may use for a packed panel.
constexpr int64_t kMostPanelBytes = 512 * 1024;
/// About how many steps of k a block has where all loops are cut into blocks, and the most bytes of a block of an
/// operand, or of accumulators between blocks of k.
constexpr int64_t kStepsOfBlock = 256, kMostBlockBytes = 700 * 1024;
/// The same where accumulators rest in the result, which costs less the wider the block is; and the least cycles of a
/// work item then, and the most of them beyond what the caches ask for, as each packs for itself.
constexpr int64_t kStepsOfWideBlock = 128;
constexpr double kWideItemCycles = 4e6;
constexpr int64_t kMostWideItems = 8;
/// Groups of rows that pack the same panels again, for products of pairs that could be one group by their size.
constexpr int64_t kMostRowGroups = 2;

/// A packed panel takes half of the second-level cache. Where rows lie far apart along k, each step reads a line of its
/// own, which the next tile of rows reads too: those of a block take two thirds of the first-level cache, or less if
/// they push each other out of the second.
void chooseKBlock(const ContractionProblem &p, const TargetInfo &target, ContractionPlan &plan) {
  plan.kBlock = std::max<int64_t>(p.k.extent, 1);
  if (!plan.packsLanes())
    return;
  int64_t most = std::min(kMostPanelBytes, target.l2Bytes / 2) / (plan.vectors * plan.lanes * p.elementBytes());
  int64_t apart = strideAlong(plan.rowOperand(p).strides, p.k) * storedBytes(plan.rowOperand(p).element());
  if (apart >= 4 * kLineBytes)
    most = std::min(most, target.l1Bytes / kLineBytes * 2 / 3);
  if (collide(std::min(plan.kBlock, most), apart, target))
    most = target.l2Bytes / apart;
  int64_t blocks = divideCeil(plan.kBlock, std::max(most, plan.lanes));
  if (blocks > 1)
    plan.kBlock = llvm::alignTo(divideCeil(plan.kBlock, blocks), plan.lanes);
}

/// The size of blocks that are about of one size, at most `size` where that is possible.
int64_t even(int64_t total, int64_t size) {
  return divideCeil(total, divideCeil(total, std::clamp<int64_t>(size, 1, total)));
}

/// Multiply-adds of vectors of a product.
double fmasOf(const ContractionProblem &p, const ContractionPlan &plan) {
  double products = double(p.m.extent) * double(p.n.extent) * double(p.k.extent) / double(plan.lanes);
  for (const auto &dims : {p.outer, p.outerK})
    for (const ContractionDim &dim : dims)
      products *= double(dim.extent);
  return products;
}

/// The same blocks in bytes as below, so twice as many steps of k. As packing both operands serves small products too,
/// work items are no smaller than is worth sharing.
void chooseBlocksOfPairs(const ContractionProblem &p, const TargetInfo &target, ContractionPlan &plan) {
  const int64_t most = std::min<int64_t>(kMostBlockBytes, target.l2Bytes * 2 / 5) / plan.packedBytes(p);
  int64_t outer = 1;
  for (const ContractionDim &dim : p.outer)
    outer *= dim.extent;
  double cycles = fmasOf(p, plan) / (double(target.fmaPorts) * std::max(target.bf16Rate, 1.0));
  int64_t items = cycles < kSharedCycles ? 1 : std::max<int64_t>(4, int64_t(cycles / kItemCycles));
  int64_t steps = std::max<int64_t>(p.k.extent, 1), width = plan.vectors * plan.lanes;
  constexpr int64_t longest = 2 * kStepsOfBlock;
  plan.panelsInner = true;
  const int64_t blocks = std::max<int64_t>(1, (steps + longest / 2) / longest);
  plan.kBlock = std::min<int64_t>(steps, llvm::alignTo(divideCeil(steps, blocks), 2 * plan.lanes));
  plan.outer = std::max<int64_t>(1, outer / items);
  items = divideCeil(items, outer);
  int64_t panels = divideCeil(plan.laneDim(p).extent, width), tiles = divideCeil(plan.rowDim(p).extent, plan.rows);
  plan.panels = even(panels, most / (plan.kBlock * width));
  int64_t groups = divideCeil(items, divideCeil(panels, plan.panels));
  int64_t rows = most / std::max(plan.kBlock, plan.panels * width * p.elementBytes() / plan.packedBytes(p));
  plan.rowTiles = even(tiles, std::min<int64_t>(rows / plan.rows, divideCeil(tiles, std::min(groups, kMostRowGroups))));
  splitOneDynamicAxis(p, plan);
}

/// Rows and lanes where accumulators rest in the result: as many groups as there should be work items for each
/// iteration of the outer loops, such that least is packed. Each group of rows packs the lanes that it needs, each
/// group of panels the rows or, where these are not packed, reads them.
void chooseWideBlocks(const ContractionProblem &p, const TargetInfo &target, ContractionPlan &plan, int64_t most) {
  const int64_t width = plan.vectors * plan.lanes;
  const int64_t panels = divideCeil(plan.laneDim(p).extent, width),
                tiles = divideCeil(plan.rowDim(p).extent, plan.rows);
  const double cycles = fmasOf(p, plan) / double(target.fmaPorts);
  const int64_t all =
      cycles < kSharedCycles ? 1 : std::clamp<int64_t>(cycles / kWideItemCycles, kFewestGroups, kMostWideItems);
  const int64_t items = divideCeil(all, int64_t(ContractionCost{p, target, plan.lanes}.outer()));
  const int64_t mostPanels = std::clamp<int64_t>(most / (plan.kBlock * width), 1, panels);
  const int64_t mostTiles = plan.packsRows() ? std::clamp<int64_t>(most / (plan.kBlock * plan.rows), 1, tiles) : tiles;
  double least = std::numeric_limits<double>::infinity();
  const int64_t fewest = divideCeil(panels, mostPanels);
  for (int64_t panelGroups = fewest; panelGroups <= std::max(fewest, std::min(panels, items)); ++panelGroups) {
    int64_t rowGroups = std::clamp<int64_t>(divideCeil(items, panelGroups), divideCeil(tiles, mostTiles), tiles);
    double packed = double(plan.laneDim(p).extent * rowGroups) + double(plan.rowDim(p).extent * panelGroups);
    if (packed < least)
      least = packed, plan.panels = divideCeil(panels, panelGroups), plan.rowTiles = divideCeil(tiles, rowGroups);
  }
}

/// Blocks of k, rows and lanes such that what is packed of either operand, and the accumulators between blocks of k
/// unless they rest in the result, stay in the second-level cache. Blocks of one loop are about of one size, those of k
/// about `longest` steps unless they rest there.
void chooseBlocks(const ContractionProblem &p, const TargetInfo &target, int64_t longest, ContractionPlan &plan) {
  if (plan.inPairs())
    return chooseBlocksOfPairs(p, target, plan);
  plan.panelsInner = true, plan.outer = 1;
  const int64_t most = std::min<int64_t>(kMostBlockBytes, target.l2Bytes * 2 / 5) / p.elementBytes();
  const int64_t steps = std::max<int64_t>(p.k.extent, 1), width = plan.vectors * plan.lanes;
  auto cutK = [&](int64_t stepsOfBlock) {
    int64_t blocks = std::max<int64_t>(1, (steps + stepsOfBlock / 2) / stepsOfBlock);
    plan.kBlock = llvm::alignTo(divideCeil(steps, blocks), plan.lanes);
  };
  cutK(kStepsOfWideBlock);
  if (restsInResult(p, plan)) {
    chooseWideBlocks(p, target, plan, most);
  } else {
    cutK(longest);
    plan.panels = even(divideCeil(plan.laneDim(p).extent, width), most / (plan.kBlock * width));
    int64_t rows = most / std::max(plan.packsRows() ? plan.kBlock : 1, plan.blocksOfK(p) > 1 ? plan.panels * width : 1);
    int64_t tiles = divideCeil(plan.rowDim(p).extent, plan.rows);
    plan.rowTiles = even(tiles, std::min<int64_t>(rows / plan.rows, divideCeil(tiles, 2)));
  }
  splitOneDynamicAxis(p, plan);
}

/// The cheapest legal register tile of one form.
PricedPlan cheapestOf(ContractionForm form, bool swapped, const ContractionProblem &p, const TargetInfo &target) {
  int64_t registers = target.vectorRegisters;
  PricedPlan best;
  ContractionPlan plan;
  plan.lanes = target.vectorBytes / p.elementBytes();
  plan.form = form, plan.swapped = swapped;
  if (plan.inPairs() && target.bf16Rate <= 1)
    return best;
  auto price = [&] {
    roundToParts(p, plan);
    if (double cycles = isLegal(p, plan) ? ContractionCost{p, target, plan.lanes}.of(plan) : best.cycles;
        cycles < best.cycles)
      best = {plan, cycles};
  };
  const bool updatesState = updatesFarState(p, target);
  auto consider = [&] {
    if (plan.packsLanes()) {
      chooseBlocks(p, target, kStepsOfBlock, plan);
      const bool inResult = restsInResult(p, plan);
      if (plan.packsRows() || inResult || updatesState)
        price();
      if (updatesState && !plan.inPairs() && !inResult && p.k.extent > kStepsOfBlock) {
        chooseBlocks(p, target, 2 * kStepsOfBlock, plan);
        price();
      }
    }
    if (plan.packsRows())
      return;
    plan.panelsInner = false, plan.panels = 0, plan.rowTiles = 0;
    chooseKBlock(p, target, plan);
    price();
  };
  if (form == ContractionForm::Dot)
    for (plan.rows = 1; lanesAtATime(p, plan, plan.rows) > 0; ++plan.rows)
      consider();
  else
    for (plan.vectors = 1; plan.vectors * (1 + 1) + 1 <= registers && plan.vectors <= 6; ++plan.vectors)
      for (plan.rows = 1; plan.rows * plan.vectors + plan.vectors + 1 <= registers; ++plan.rows)
        consider();
  return best;
}

constexpr std::pair<ContractionForm, bool> kForms[] = {
    {ContractionForm::Direct, false}, {ContractionForm::Packed, false},     {ContractionForm::Direct, true},
    {ContractionForm::Packed, true},  {ContractionForm::PackedBoth, false}, {ContractionForm::PackedBoth, true},
    {ContractionForm::Dot, false},    {ContractionForm::Pairs, false},      {ContractionForm::Pairs, true}};

/// Where k is short, writing the result takes as long as multiplying. If it leaves the second-level cache and the lane
/// operand does not, panels are inside, so that it is written in the order of memory.
bool writesInOrder(const ContractionProblem &p, const TargetInfo &target, const ContractionPlan &plan) {
  int64_t lanesBytes = p.k.extent * plan.laneDim(p).extent * storedBytes(plan.laneOperand(p).element());
  return plan.form == ContractionForm::Direct && !plan.swapped && p.outer.empty() && p.outerK.empty() &&
         resultBytes(p) > target.l2Bytes && lanesBytes <= target.l2Bytes / 2;
}

void writeInOrder(const ContractionProblem &p, double cycles, ContractionPlan &plan) {
  int64_t items = std::max<int64_t>(kEnoughItems, cycles / kItemCycles); // small ones cost nothing here
  plan.panelsInner = true, plan.panels = 0;
  plan.rowTiles = cycles < kSharedCycles ? 0 : divideCeil(divideCeil(plan.rowDim(p).extent, plan.rows), items);
}

/// Lines of an operand that is read where it lies, by several tiles of rows, and push each other out of the cache.
bool rereadsCollidingLines(const ContractionProblem &p, const TargetInfo &target, const ContractionPlan &plan) {
  const ContractionOperand &operand = plan.laneOperand(p);
  return plan.form == ContractionForm::Direct && p.outer.empty() && plan.rowDim(p).extent > plan.rows &&
         collide(p.k.extent, strideAlong(operand.strides, p.k) * storedBytes(operand.element()), target);
}

/// Blocks of k whose lines stay until the last tile of rows has read them; accumulators rest in between.
void cutCollidingLines(const ContractionProblem &p, const TargetInfo &target, ContractionPlan &plan) {
  const ContractionOperand &operand = plan.laneOperand(p);
  int64_t apart = strideAlong(operand.strides, p.k) * storedBytes(operand.element());
  plan.kBlock = llvm::alignTo(std::max<int64_t>(target.l2Bytes / apart / 2, 1), plan.lanes);
  plan.panelsInner = true, plan.panels = 4;
  int64_t slot = plan.rows * plan.vectors * plan.lanes * p.elementBytes() * plan.panels;
  plan.rowTiles = std::clamp<int64_t>(restBytes(target) / slot, 1, divideCeil(plan.rowDim(p).extent, plan.rows));
  splitOneDynamicAxis(p, plan);
}

/// How the loops around the register tile are cut.
void chooseCuts(const ContractionProblem &p, const TargetInfo &target, PricedPlan &best) {
  ContractionPlan &plan = best.plan;
  if (plan.isBlocked())
    return; // they are cut already: their price depends on it
  chooseItems(p, target, plan, best.cycles);
  roundToParts(p, plan);
  ContractionPlan other = plan;
  if (rereadsCollidingLines(p, target, plan))
    cutCollidingLines(p, target, other);
  else if (writesInOrder(p, target, plan))
    writeInOrder(p, best.cycles, other);
  roundToParts(p, other);
  if (isLegal(p, other))
    plan = other;
}

/// Why no plan of a form is legal.
std::string reasonAgainst(ContractionForm form, bool swapped, const ContractionProblem &p, const TargetInfo &target) {
  if (form == ContractionForm::Pairs && target.bf16Rate <= 0)
    return "the processor has no instruction for pairs of bf16";
  if (form == ContractionForm::Pairs && target.bf16Rate <= 1)
    return "the processor multiplies pairs of bf16 no faster than f32";
  if (form == ContractionForm::Dot)
    return "an operand is not contiguous along the contracted dimension";
  if (form == ContractionForm::Direct && (swapped ? p.m : p.n).dynamic)
    return "the number of lanes is the batch, known at run time only";
  if (form == ContractionForm::Direct)
    return "the operand read in vectors is not contiguous in their direction";
  if (p.rowsPerPart && swapped)
    return "vectors would cross the ends of the parts over which columns are added up";
  return "its buffers are too large for the stack";
}

} // namespace

PricedPlan choosePlan(const ContractionProblem &p, const TargetInfo &target) {
  PricedPlan best;
  for (auto [form, swapped] : kForms)
    if (PricedPlan candidate = cheapestOf(form, swapped, p, target); candidate.cycles < best.cycles)
      best = candidate;
  chooseCuts(p, target, best);
  best.plan.fetches = best.plan.form != ContractionForm::Dot && hasFarEpilogue(p, target);
  return best;
}

FailureOr<ContractionForecast> forecastContraction(KernelOp kernel, ScheduleAttr schedule, int64_t batch,
                                                   const TargetInfo &target) {
  auto problem = matchContraction(kernel, batch);
  auto plan = ContractionPlan::decode(schedule);
  if (failed(problem) || failed(plan) || !isLegal(*problem, *plan))
    return failure();
  ContractionForecast forecast{ContractionCost{*problem, target, plan->lanes}.of(*plan), {}};
  for (auto [form, swapped] : kForms) {
    if (form == ContractionForm::Pairs && !hasPairs(*problem, plan->lanes))
      continue; // goes without saying
    PricedPlan best = cheapestOf(form, swapped, *problem, target);
    FormForecast entry{contractionFormName(int64_t(form)), swapped, 0, 0, 0, ""};
    if (std::isinf(best.cycles))
      entry.reason = reasonAgainst(form, swapped, *problem, target);
    else
      entry.rows = best.plan.rows, entry.vectors = best.plan.vectors, entry.cycles = best.cycles;
    forecast.forms.push_back(std::move(entry));
  }
  return forecast;
}

double forecastProduct(linalg::GenericOp product, llvm::ArrayRef<const PrologueForecast *> prologues, int64_t batch,
                       const TargetInfo &target) {
  auto problem = describeProduct(product, prologues, batch);
  if (failed(problem))
    return std::numeric_limits<double>::infinity();
  PricedPlan best = choosePlan(*problem, target);
  // Each group of rows packs the panels that it needs again; where packing is shared, each of a thread's two pieces
  // does.
  int64_t tiles = divideCeil(best.plan.rowDim(*problem).extent, best.plan.rows);
  int64_t groups = best.plan.rowTiles ? divideCeil(tiles, best.plan.rowTiles) : 1;
  if (sharesPacking(*problem, best.plan))
    groups = std::min<int64_t>(groups, 2);
  if (best.plan.isBlocked()) // that is in its price
    groups = 1;
  ContractionCost model{*problem, target, best.plan.lanes};
  return best.cycles + double(groups - 1) * model.outer() * model.packing(best.plan);
}

PlannedSchedule planContraction(KernelOp kernel, int64_t batch, const TargetInfo &target) {
  auto problem = matchContraction(kernel, batch);
  if (failed(problem))
    return {};
  auto [plan, cycles] = choosePlan(*problem, target);
  int64_t items = 1;
  for (const ItemAxis &axis : itemAxes(*problem, plan))
    items *= axis.dynamic && axis.split ? divideCeil(axis.scale * batch, axis.unit) : axis.staticGroups();
  return {ScheduleAttr::get(kernel.getContext(), Strategy::Contraction, plan.encode(), plan.lanes,
                            /*parallel=*/items > 1),
          cycles};
}

} // namespace sinter
