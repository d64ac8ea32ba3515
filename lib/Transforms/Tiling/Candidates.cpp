// Which schedules are worth measuring for a kernel? One number of the tile is changed at a time, except where two only
// make sense together (a form and the register tile that suits it).
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "sinter/Transforms/Tiling/Candidates.h"

#include "Contraction.h"
#include "sinter/Transforms/Tiling/Emitters.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using llvm::divideCeil;

namespace sinter {

namespace {

/// Tiles that were thought of, legal or not, in order and each once.
class CandidateList {
public:
  CandidateList(KernelOp kernel, ScheduleAttr around, int64_t batch)
      : kernel(kernel), around(around), batch(batch), analysis(analyzeKernel(kernel, batch)) {}

  void add(ArrayRef<int64_t> tile) { add(tile, around.getParallel()); }
  void add(ArrayRef<int64_t> tile, bool parallel) {
    auto schedule = ScheduleAttr::get(kernel.getContext(), around.getStrategy(), tile, around.getVector(), parallel);
    if (schedule != around && analysis.strategy == schedule.getStrategy() &&
        succeeded(countItems(kernel, analysis, schedule, batch)))
      found.insert(schedule);
  }
  /// The tile with one number changed.
  void vary(size_t index, ArrayRef<int64_t> values) {
    for (int64_t value : values) {
      SmallVector<int64_t> tile(around.getTile());
      tile[index] = value;
      add(tile);
    }
  }
  /// The tile with a number halved, doubled and so on, as multiples of `unit`.
  void scale(size_t index, int64_t unit) {
    int64_t value = around.getTile()[index];
    vary(index, {value / 2 / unit * unit, value * 2, value / 4 / unit * unit, value * 4, value * 8});
  }
  void toggleParallel() { add(around.getTile(), !around.getParallel()); }

  SmallVector<ScheduleAttr> take() { return found.takeVector(); }

private:
  KernelOp kernel;
  ScheduleAttr around;
  int64_t batch;
  KernelAnalysis analysis;
  llvm::SmallSetVector<ScheduleAttr, 16> found;
};

/// Elements per item and vectors per iteration.
void addMap(CandidateList &list, ScheduleAttr around) {
  list.vary(1, {1, 2, 4, 8});
  list.scale(0, 8 * around.getVector());
}

/// Rows interleaved change how many an item has: only whole groups.
void addRow(CandidateList &list, ScheduleAttr around) {
  ArrayRef<int64_t> tile = around.getTile();
  for (int64_t interleaved : {1, 2, 4, 8})
    list.add({int64_t(llvm::alignTo(tile[0], interleaved)), interleaved, tile[2]});
  list.vary(2, {1, 2, 4, 8});
  list.scale(0, tile[1]);
}

//===-- Contractions ---------------------------------------------------------------------------------------------===//

class ContractionCandidates {
public:
  ContractionCandidates(const ContractionProblem &p, const ContractionPlan &center, const TargetInfo &target,
                        CandidateList &list)
      : p(p), center(center), registers(target.vectorRegisters), pairs(target.bf16Rate > 0), list(list) {}

  void addForms();
  void addDots();
  void addTiles();
  void addItems();
  void addBlocksOfK();
  void addOrders();

private:
  /// Work items keep their size in rows and columns, whichever tile they are cut into and whichever way lanes run.
  ContractionPlan retile(ContractionForm form, bool swapped, int64_t rows, int64_t vectors) const;
  void add(ContractionPlan plan) {
    roundToParts(p, plan);
    list.add(plan.encode());
  }
  int64_t mostRows(int64_t vectors) const { return (registers - vectors - 1) / vectors; }

  const ContractionProblem &p;
  const ContractionPlan &center;
  int64_t registers;
  bool pairs; ///< the processor multiplies pairs of bf16
  CandidateList &list;
};

ContractionPlan ContractionCandidates::retile(ContractionForm form, bool swapped, int64_t rows, int64_t vectors) const {
  int64_t perItemOfRows = center.rowTiles * center.rows;
  int64_t perItemOfLanes = center.panels * center.vectors * center.lanes;
  if (swapped != center.swapped)
    std::swap(perItemOfRows, perItemOfLanes);
  ContractionPlan plan = center;
  plan.form = form, plan.swapped = swapped, plan.rows = rows, plan.vectors = vectors;
  plan.rowTiles = divideCeil(perItemOfRows, rows);
  plan.panels = divideCeil(perItemOfLanes, vectors * plan.lanes);
  if (!plan.packsLanes())
    plan.kBlock = std::max<int64_t>(1, p.k.extent);
  return plan;
}

void ContractionCandidates::addForms() {
  for (bool swapped : {center.swapped, !center.swapped}) {
    for (ContractionForm form : {ContractionForm::Direct, ContractionForm::Packed}) {
      if (form == center.form && swapped == center.swapped)
        continue;
      for (int64_t vectors : {2, 1, 3})
        add(retile(form, swapped, std::max<int64_t>(1, mostRows(vectors)), vectors));
    }
  }
  for (ContractionForm form : {ContractionForm::Packed, ContractionForm::PackedBoth, ContractionForm::Pairs})
    for (int64_t vectors : {4, 3}) {
      if (form == ContractionForm::Pairs && !pairs)
        continue;
      ContractionPlan plan = retile(form, center.swapped, std::max<int64_t>(1, 24 / vectors), vectors);
      plan.panelsInner = true, plan.panels = 6, plan.rowTiles = 32, plan.kBlock = 128;
      if (plan.inPairs())
        plan.kBlock = 512;
      else if (!restsInResult(p, plan))
        plan.kBlock = 256;
      plan.kBlock = std::clamp<int64_t>(plan.kBlock, 1, std::max<int64_t>(1, p.k.extent));
      add(plan);
    }
  addDots();
}

void ContractionCandidates::addDots() {
  for (int64_t rows = 1; lanesAtATime(p, center, rows) > 1 && rows <= p.m.extent; ++rows)
    add(retile(ContractionForm::Dot, /*swapped=*/false, rows, 1));
}

/// Register tiles that use most registers, and those that leave no remainder.
void ContractionCandidates::addTiles() {
  if (center.form == ContractionForm::Dot)
    return addDots();
  int64_t extent = center.rowDim(p).extent;
  for (int64_t vectors = 1; vectors <= 6 && mostRows(vectors) >= 1; ++vectors)
    for (int64_t most = mostRows(vectors), rows = most; rows >= 1; --rows)
      if (rows + 2 > most || (extent % rows == 0 && 2 * rows >= most))
        add(retile(center.form, center.swapped, rows, vectors));
}

void ContractionCandidates::addItems() {
  constexpr size_t kRowTiles = 2, kPanels = 3, kOuter = 4;
  const size_t ofResultRows = center.swapped ? kPanels : kRowTiles;
  for (size_t index : {kPanels, kRowTiles})
    list.scale(index, index == ofResultRows && p.rowsPerPart ? p.rowsPerPart / resultRowsOfTile(center) : 1);
  list.vary(kRowTiles, {0});
  list.vary(kPanels, {0});
  if (!p.outer.empty())
    list.scale(kOuter, 1);
}

/// The other order of panels and row tiles, with few and with many panels to pack at a time; with prefetch or without.
void ContractionCandidates::addOrders() {
  ContractionPlan plan = center;
  plan.panelsInner = !center.panelsInner;
  for (int64_t panels : {center.panels, int64_t(4), int64_t(8)}) {
    plan.panels = panels;
    add(plan);
  }
  plan = center;
  plan.fetches = !center.fetches;
  add(plan);
}

void ContractionCandidates::addBlocksOfK() {
  if (!center.packsLanes())
    return;
  constexpr size_t kKBlock = 5;
  int64_t whole = std::max<int64_t>(1, p.k.extent);
  list.vary(kKBlock, {std::min(whole, 2 * center.kBlock),
                      int64_t(llvm::alignTo(divideCeil(center.kBlock, 2), center.lanes)), whole});
}

void addContraction(CandidateList &list, KernelOp kernel, ScheduleAttr around, int64_t batch,
                    const TargetInfo &target) {
  auto problem = matchContraction(kernel, batch);
  auto center = ContractionPlan::decode(around);
  if (failed(problem) || failed(center))
    return;
  ContractionCandidates candidates(*problem, *center, target, list);
  candidates.addForms();
  candidates.addTiles();
  candidates.addItems();
  candidates.addBlocksOfK();
  candidates.addOrders();
}

} // namespace

SmallVector<ScheduleAttr> neighbouringSchedules(KernelOp kernel, ScheduleAttr around, int64_t batch,
                                                const TargetInfo &target) {
  CandidateList list(kernel, around, batch);
  switch (around.getStrategy()) {
  case Strategy::Map:
    addMap(list, around);
    break;
  case Strategy::Row:
    addRow(list, around);
    break;
  case Strategy::Column:
    list.scale(0, around.getVector());
    list.vary(1, {0, 2, 4, 8, 16});
    break;
  case Strategy::Contraction:
    addContraction(list, kernel, around, batch, target);
    break;
  case Strategy::Loops:
    list.scale(0, 1);
    break;
  }
  list.toggleParallel();
  return list.take();
}

bool haveSameBody(KernelOp a, KernelOp b) {
  return a.getInputs().size() == b.getInputs().size() &&
         a.getBody().getArgumentTypes() == b.getBody().getArgumentTypes() &&
         OperationEquivalence::isRegionEquivalentTo(&a.getBody(), &b.getBody(), OperationEquivalence::IgnoreLocations);
}

} // namespace sinter
