// How many cycles does a product take on one core, tiled in a given way?
//
// In cycles per k step a tile of r rows and v vectors costs max(r v / FMA units, 1.05 (r + v) / 2 loads per cycle,
// lines from the second-level cache, latency of an FMA) and a little for each load, which decides between tiles of as
// many accumulators. A vector that lies across two lines counts as several loads. Added to that is what memory costs,
// by cache lines and by how far they come: packing, rows that lie far apart along k. A Dot tile of r rows and c lanes
// costs max(r c / FMA units, loads of r + c, lines) for each vector along k. Operands of bf16 and prologues are
// operations between the multiply-adds, or between the loads and stores of packing. What cutting k costs is not
// counted. Products of pairs of bf16 take steps of two k, at the rate of their instruction. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception

#ifndef SINTER_LIB_TRANSFORMS_TILING_CONTRACTIONCOST_H
#define SINTER_LIB_TRANSFORMS_TILING_CONTRACTIONCOST_H

#include "Contraction.h"
#include "sinter/Analysis/TargetInfo.h"
#include "llvm/Support/MathExtras.h"

#include <algorithm>
#include <limits>

namespace sinter {

constexpr int64_t kLineBytes = 64; ///< of a cache
/// Cycles in which the second-level cache delivers a line, and what is not hidden of one that comes in time.
constexpr double kNearLine = 2.2, kLateLine = 0.3;
/// Loads that one across two cache lines takes the time of.
constexpr double kSplitLoad = 3.5;
/// Fewest work items of a kernel that is worth sharing.
constexpr int64_t kFewestGroups = 4;

/// Lines apart by a multiple of 2 KiB fall into few sets of a cache; whether so many of them push each other out of the
/// second level.
bool collide(int64_t lines, int64_t apart, const TargetInfo &target);

/// Bytes of a product's result, as it is summed up.
int64_t resultBytes(const ContractionProblem &p);

/// True if the operands of the epilogue that have as many elements as the result, and this, are more than the
/// second-level cache holds: they come from beyond.
bool hasFarEpilogue(const ContractionProblem &p, const TargetInfo &target);

/// The same of a long sum over the batch, so that they are weights and moments: nothing that the step made before is
/// near then, and lines that do not come in time are waited for.
bool updatesFarState(const ContractionProblem &p, const TargetInfo &target);

struct ContractionCost {
  const ContractionProblem &p;
  const TargetInfo &target;
  int64_t lanes;
  bool updatesState = updatesFarState(p, target);

  /// Cycles of a plan, with a surcharge on reading where it lies what is worth a copy.
  double of(const ContractionPlan &plan) const;
  /// Packing all panels once, for one iteration of the outer loops.
  double packing(const ContractionPlan &plan) const;
  /// Whether work items are groups of rows, all of the batch each: the lanes are the batch, and the rows are weights
  /// that would have to come to another core in every step, as they leave the second-level cache.
  bool keepsWeights(const ContractionPlan &plan) const {
    return plan.laneDim(p).dynamic && plan.laneDim(p).extent > plan.vectors * lanes && p.outer.empty() &&
           plan.blocksOfK(p) == 1 && leavesCache(plan.rowOperand(p), plan.rowDim(p));
  }
  /// Iterations of the loops around a product of matrices.
  double outer() const {
    double n = 1;
    for (const ContractionDim &dim : p.outer)
      n *= dim.extent;
    return n;
  }

private:
  /// One k step; `others` are further operations, for what is not multiplied as it lies in memory. They take turns with
  /// multiply-adds, and are hidden as long as they fit between them. So do lines from the second-level cache, mostly.
  double tile(int64_t rows, int64_t vectors, double others = 0, double lines = 0, double loadsOfVector = 1) const {
    if (rows <= 0 || vectors <= 0)
      return 0;
    double loads = double(rows) + double(vectors) * loadsOfVector;
    double step = std::max({fmas(rows * vectors), loads / 2 * 1.05, double(target.fmaLatency), lines * kNearLine,
                            slots(rows * vectors + rows + vectors, others)});
    return step * (isCrowded(rows, vectors) ? 1.04 : 1.0) + issue(rows + vectors);
  }
  /// What is not hidden of a loop's end and of its loads.
  static double issue(int64_t loads) { return 0.15 + 0.1 * double(loads); }
  /// Loads of the next steps are scheduled early; with next to no register left, some of what they bring is spilled.
  bool isCrowded(int64_t rows, int64_t vectors) const {
    return target.vectorRegisters - (rows * vectors + vectors + 1) < target.vectorRegisters / 16;
  }
  /// One k step of a tile of a plan, with what else has to be done for its operands.
  double tileOf(const ContractionPlan &plan, int64_t rows, int64_t vectors) const {
    if (plan.inPairs())
      return tileOfPairs(rows, vectors);
    double forRow = operations(plan.rowOperand(p)), forVector = operations(plan.laneOperand(p));
    double others = forRow > 0 ? rows * (forRow + 1) : 0; // and the broadcast, which is part of a load else
    if (plan.packsLanes()) { // lines of a panel follow each other, so that they come in time, unless others do not
      double late = rows > 0 && updatesState ? double(vectors) * kLateLine : 0;
      return tile(rows, vectors, others) + late;
    }
    double lines = rows > 0 ? nearLines(plan, vectors) : 0;
    return tile(rows, vectors, others + double(vectors) * forVector, lines, loads(plan.laneOperand(p), p.k)) +
           lines * kLateLine;
  }
  /// Cycles to start so many operations, three at a time (measured with roundings to bf16 between multiply-adds); what
  /// is loaded and multiplied alone never takes the longest.
  static double slots(int64_t usual, double others) { return others > 0 ? (double(usual) + others) / 3 : 0; }
  /// Operations that make a vector, or a scalar to be broadcast, of an operand beside loading one.
  double operations(const ContractionOperand &operand) const {
    double widening = operand.element() == p.element() ? 0 : 2;
    double prologue = operand.weight > 0 ? operand.weight + std::max(0.0, double(operand.sources.size()) - 1) : 0;
    return widening + prologue;
  }
  double fmas(int64_t count) const { return double(count) / std::max<int64_t>(target.fmaPorts, 1); }
  /// The same for pairs of k: both operands are packed, and the instruction's latency is half as long again.
  double tileOfPairs(int64_t rows, int64_t vectors) const {
    if (rows <= 0 || vectors <= 0)
      return 0;
    double step = std::max({fmas(rows * vectors) * 2 / target.bf16Rate, double(rows + vectors) / 2.0 * 1.05,
                            1.5 * double(target.fmaLatency)});
    return step * (isCrowded(rows, vectors) ? 1.04 : 1.0) + issue(rows + vectors);
  }
  /// One k step of `rows` by `columns` accumulators along k: a vector is loaded for each of them. At least as many
  /// cycles as lines take to come.
  double dotStep(int64_t rows, int64_t columns, double memory) const {
    double others = double(rows) * operations(p.lhs) + double(columns) * operations(p.rhs);
    double loadsOfAll = double(rows) * loads(p.lhs, p.m) + double(columns) * loads(p.rhs, p.n);
    return std::max({fmas(rows * columns), loadsOfAll / 2 * 1.05, double(target.fmaLatency), memory,
                     slots(rows * columns + rows + columns, others)}) +
           issue(rows + columns);
  }
  /// Loads that one of a vector takes the time of, where the next along a dim begins anywhere in a line.
  double loads(const ContractionOperand &operand, const ContractionDim &along) const {
    int64_t vector = lanes * storedBytes(operand.element());
    bool isAligned = strideAlong(operand.strides, along) * storedBytes(operand.element()) % vector == 0;
    return isAligned ? 1 : 1 + (kSplitLoad - 1) * std::min(1.0, double(vector) / double(kLineBytes));
  }
  /// Steps of all contracted loops.
  double k() const {
    double n = p.k.extent;
    for (const ContractionDim &dim : p.outerK)
      n *= dim.extent;
    return n;
  }
  /// Steps of a plan's loops over k.
  double steps(const ContractionPlan &plan) const {
    return plan.inPairs() ? k() / double(p.k.extent) * double(llvm::divideCeil(p.k.extent, 2)) : k();
  }
  /// Transposing one square block of vectors: loads, shuffles, stores.
  double square() const { return lanes * (1.0 + 0.8 * llvm::Log2_64(lanes)); }

  /// Whether an operand is more than half of the second-level cache, so that it comes from beyond.
  bool leavesCache(const ContractionOperand &operand, const ContractionDim &dim) const {
    return bytesOf(operand, dim) > double(target.l2Bytes) / 2;
  }
  /// 0: it stays in the first-level cache, 1: in the second-level one, 2: it comes from beyond.
  int cacheLevel(const ContractionOperand &operand, const ContractionDim &dim) const {
    return leavesCache(operand, dim) ? 2 : bytesOf(operand, dim) > double(target.l1Bytes) ? 1 : 0;
  }
  double bytesOf(const ContractionOperand &operand, const ContractionDim &dim) const {
    return k() * double(dim.extent * storedBytes(operand.element()));
  }

  double broadcastForm(const ContractionPlan &plan) const;
  double dotForm(const ContractionPlan &plan) const;
  double packingRows(const ContractionPlan &plan) const;
  double farRows(const ContractionPlan &plan, int64_t rows) const;
  double collidingRows(const ContractionPlan &plan, int64_t rows) const;
  double firstTouch(const ContractionPlan &plan) const;
  double nearLines(const ContractionPlan &plan, int64_t vectors) const;
  double dotTile(const ContractionPlan &plan, int64_t rows, int64_t columns, bool isFirst) const;
  bool wantsCopy(const ContractionPlan &plan) const;
};

/// A plan and its cycles by the cost model; infinitely many for no plan.
struct PricedPlan {
  ContractionPlan plan;
  double cycles = std::numeric_limits<double>::infinity();
};

/// The cheapest plan (ContractionPlan.cpp).
PricedPlan choosePlan(const ContractionProblem &problem, const TargetInfo &target);

} // namespace sinter

#endif // SINTER_LIB_TRANSFORMS_TILING_CONTRACTIONCOST_H
