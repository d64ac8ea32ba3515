// Row kernels on a GPU: passes over the last dim, separated by reductions over it (softmax, norms, losses).
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A row belongs to a group of threads: a part of a warp if it is short, a warp, or a block. Thread t of g reads
// elements (or vectors) t, t + g, t + 2 g, ...; what the threads have accumulated is combined by exchanges within the
// warp and, for blocks, through shared memory. Rows whose elements fit into registers are read once: a thread keeps
// what it has computed of its elements from the first pass to the last.

#include "../Tiling/RowStages.h"
#include "Reduction.h"
#include "Skeletons.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;

namespace sinter {
namespace {

/// Threads of a block that has a row for each warp or part of one.
constexpr int64_t kThreads = 128;
/// Most elements, or vectors, of a row that a thread keeps in registers.
constexpr int64_t kHeld = 4;

/// How a row is spread over threads.
struct RowShape {
  int64_t lanes = 1;   ///< elements of an access
  int64_t group = 1;   ///< threads of a row, a power of two
  int64_t threads = 1; ///< of a block
  bool held = false;   ///< elements stay in registers between passes

  RowShape(KernelOp kernel, const Extent &inner, int64_t batch) {
    int64_t wide = widestLanes(kernel), extent = inner.largest(batch);
    if (inner.isStatic() && inner.factor % wide == 0 && inner.factor >= wide * kWarp)
      lanes = wide;
    int64_t accesses = llvm::divideCeil(extent, lanes);
    group = accesses <= kWarp * kHeld ? std::min<int64_t>(kWarp, llvm::PowerOf2Ceil(accesses))
            : accesses <= 1024        ? 128
                                      : 256;
    threads = std::max(group, kThreads);
    held = inner.isStatic() && accesses <= group * kHeld && accesses % group == 0;
  }
};

class RowSkeleton {
public:
  RowSkeleton(DeviceFunction &function, KernelContext &context, const RowShape &shape)
      : function(function), context(context), builder(context.builder), loc(context.loc), shape(shape),
        math(builder, loc), plan(context, /*budget=*/0, /*keep=*/!shape.held) {}

  void emit();

private:
  using Values = SmallVector<Value>;

  PointEvaluator evaluatorOf(Scope *point);
  Values emitPass(unsigned stage);
  Values emitHeldPass(unsigned stage);
  void emitPoint(unsigned stage, Scope &point, Value position, MutableArrayRef<Value> slot);
  void finishReductions(unsigned stage, Values accumulated);
  void emitRowOutputs();

  DeviceFunction &function;
  KernelContext &context;
  OpBuilder &builder;
  Location loc;
  const RowShape &shape;
  IndexMath math;
  RowStages plan;
  Value lane, isRow, end; ///< place in the group; is there such a row?; its elements, none if there is no row
  SmallVector<Value> coordinates;
  Scope row;
  SmallVector<Scope> points;
};

void RowSkeleton::emit() {
  Extent outer = context.domain.outer();
  Value thread = function.threadId(), rows = context.extent(outer);
  lane = math.rem(thread, shape.group);
  Value number = math.add(math.mul(function.blockId(), shape.threads / shape.group), math.div(thread, shape.group));
  // Threads without a row go along, as exchanges need whole warps: they know the last row, and read none of it.
  isRow = math.less(number, rows);
  Value last = arith::SubIOp::create(builder, loc, rows, math.constant(1));
  coordinates = context.outerCoordinates(math.min(number, last));
  end = arith::SelectOp::create(builder, loc, isRow, context.extent(context.domain.inner()), math.constant(0));
  row.groups = (1u << coordinates.size()) - 1;
  points.resize(kHeld);
  for (unsigned stage = 0; stage < plan.stages.size(); ++stage)
    finishReductions(stage, shape.held ? emitHeldPass(stage) : emitPass(stage));
  emitRowOutputs();
}

/// Values are computed in the row's own scope if `point` is null.
PointEvaluator RowSkeleton::evaluatorOf(Scope *point) {
  SmallVector<Scope *> scopes{&row};
  if (point) {
    point->groups = (1u << context.domain.rank()) - 1;
    scopes.push_back(point);
  }
  PointEvaluator evaluator(context, scopes);
  evaluator.coordinates = coordinates;
  return evaluator;
}

RowSkeleton::Values RowSkeleton::emitPass(unsigned stage) {
  Values initial;
  for (Accumulator &accumulator : plan.stages[stage].reductions)
    initial.push_back(accumulator.neutral(builder, loc, shape.lanes));
  Value first = math.mul(lane, shape.lanes), step = math.constant(shape.group * shape.lanes);
  auto loop = scf::ForOp::create(builder, loc, first, end, step, initial);
  AnchorScopes anchor({&row}, loop);
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(loop.getBody());
  Values slot(loop.getRegionIterArgs());
  Scope point;
  emitPoint(stage, point, loop.getInductionVar(), slot);
  if (!slot.empty())
    scf::YieldOp::create(builder, loc, slot);
  return Values(loop.getResults());
}

/// All accesses of a thread, one after the other; every thread has the same number of them.
RowSkeleton::Values RowSkeleton::emitHeldPass(unsigned stage) {
  int64_t accesses = context.domain.inner().factor / shape.lanes / shape.group;
  Values slot;
  for (Accumulator &accumulator : plan.stages[stage].reductions)
    slot.push_back(accumulator.neutral(builder, loc, shape.lanes));
  for (int64_t number = 0; number < accesses; ++number) {
    Value position = math.mul(math.add(lane, number * shape.group), shape.lanes);
    emitPoint(stage, points[number], position, slot);
  }
  return slot;
}

void RowSkeleton::emitPoint(unsigned stage, Scope &point, Value position, MutableArrayRef<Value> slot) {
  PointEvaluator evaluator = evaluatorOf(&point);
  evaluator.coordinates.push_back(position);
  for (RowStages::Kept &kept : plan.kept)
    if (kept.stage < stage)
      evaluator.remember(kept.tensor, evaluator.loadOutput(*kept.output));
  for (auto [accumulator, value] : llvm::zip_equal(plan.stages[stage].reductions, slot))
    value = accumulator.combine(builder, loc, value, evaluator.element(accumulator.reduction, accumulator.combiner));
  Values outputs;
  for (unsigned index : plan.stages[stage].outputs)
    outputs.push_back(evaluator.get(context.yield()->getOperand(index)));
  if (outputs.empty())
    return;
  emitIf(builder, loc, shape.held ? isRow : Value(), [&] {
    for (auto [index, value] : llvm::zip_equal(plan.stages[stage].outputs, outputs))
      evaluator.store(index, value);
  });
}

void RowSkeleton::finishReductions(unsigned stage, Values accumulated) {
  for (auto [accumulator, value] : llvm::zip_equal(plan.stages[stage].reductions, accumulated)) {
    Value total = accumulator.acrossLanes(builder, loc, value);
    if (shape.group <= kWarp)
      total = combineInWarp(function, accumulator, total, shape.group);
    else
      total = combineInBlock(function, accumulator, total,
                             function.shared({shape.threads / kWarp}, storedType(accumulator.type)));
    PointEvaluator evaluator = evaluatorOf(nullptr);
    if (!accumulator.startsNeutral()) {
      Value start = evaluator.get(accumulator.reduction.getDpsInits()[0],
                                  context.analysis.dimsOf(accumulator.reduction.getResult(0)));
      total = accumulator.combine(builder, loc, start, total);
    }
    evaluator.remember(accumulator.reduction.getResult(0), total);
  }
}

/// By the first thread of the group: what it reads may be what it overwrites.
void RowSkeleton::emitRowOutputs() {
  if (plan.rowOutputs.empty())
    return;
  Value isFirst = math.less(lane, math.constant(1));
  emitIf(builder, loc, arith::AndIOp::create(builder, loc, isFirst, isRow), [&] {
    PointEvaluator evaluator = evaluatorOf(nullptr);
    evaluator.storeOutputs(plan.rowOutputs);
  });
}

Grid gridOf(const LoopDomain &domain, const RowShape &shape) {
  Extent outer = domain.outer();
  int64_t rowsPerBlock = shape.threads / shape.group;
  return outer.batch ? Grid{outer.factor, 0, rowsPerBlock} : Grid{0, outer.factor, rowsPerBlock};
}

} // namespace

LogicalResult emitDeviceRow(DeviceEmission &emission) {
  // Fusion leaves sums of columns to kernels of columns where a GPU takes the steps.
  if (emission.analysis.rowsPerPart > 0)
    return emission.kernel.emitError() << "kernel \"" << emission.kernel.getName()
                                       << "\" adds up columns over parts of its rows, which no device function does";
  LoopDomain domain(emission.kernel, emission.analysis);
  RowShape shape(emission.kernel, domain.inner(), emission.batch);
  DeviceFunction function = emission.create("", {gridOf(domain, shape), shape.threads});
  KernelContext context(function.builder, function.emission);
  context.lanes = shape.lanes;
  RowSkeleton(function, context, shape).emit();
  alignVectors(function.fn);
  function.finish();
  return success();
}

} // namespace sinter
