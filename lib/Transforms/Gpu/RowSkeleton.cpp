// Row kernels on a GPU: passes over the last dim, separated by reductions over it (softmax, norms, losses).
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A row belongs to a group of threads: a part of a warp if it is short, a warp, or a block (DeviceInfo.h). Thread t of
// g reads elements (or vectors) t, t + g, t + 2 g, ...; what the threads have accumulated is combined by exchanges
// within the warp and, for blocks, through shared memory. Rows whose elements fit into registers are read once: a
// thread keeps what it has computed of its elements from the first pass to the last.
//
// A block has as many rows as its threads have at the same time; or, where the kernel begins sums of columns, the rows
// of a part, one after the other (RowPartialSums.h).

#include "Reduction.h"
#include "RowPartialSums.h"
#include "Skeletons.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;

namespace sinter {
namespace {

/// What a thread reads before it adds up, in a pass over a row that is not held.
constexpr int64_t kUnderWay = 4;

class RowSkeleton {
public:
  RowSkeleton(DeviceFunction &function, KernelContext &context, const DeviceRowShape &shape)
      : function(function), context(context), builder(context.builder), loc(context.loc), shape(shape),
        math(builder, loc), plan(context, /*budget=*/0, /*keep=*/!shape.held),
        sums(function, context, shape, plan.partialSums) {}

  void emit();

private:
  using Values = SmallVector<Value>;

  void emitPart(Value ofWarp, Value rows);
  void emitRows(Value first, Value rows);
  /// Of those that a warp has at the same time; of a block, the one.
  int64_t rowsOfWarp() const { return std::max<int64_t>(1, kWarp / shape.group); }
  PointEvaluator evaluatorOf(Scope *point);
  Values emitPass(unsigned stage);
  Values emitLoop(unsigned stage, Value begin, Value end, int64_t unroll, Values slot);
  Values emitHeldPass(unsigned stage);
  void emitPoint(unsigned stage, Scope &point, int64_t number, Value position, Value isElement,
                 MutableArrayRef<Value> slot);
  void finishReductions(unsigned stage, Values accumulated);
  void emitRowOutputs();

  DeviceFunction &function;
  KernelContext &context;
  OpBuilder &builder;
  Location loc;
  const DeviceRowShape &shape;
  IndexMath math;
  RowStages plan;
  RowPartialSums sums;
  Value lane, rowInWarp; ///< the thread's place in its group, and that of the group's row among the warp's
  Value isRow, end;      ///< is there such a row (null: yes)?; its elements, none if there is not
  SmallVector<Value> coordinates;
  Scope row;
  SmallVector<Scope> points;
  Values columns; ///< sums of columns so far
};

void RowSkeleton::emit() {
  Value thread = function.threadId(), rows = context.extent(context.domain.outer());
  bool alone = shape.rowsAtOnce() == 1;
  lane = alone ? thread : math.rem(thread, shape.group);
  Value ofWarp = alone ? math.constant(0) : math.mul(math.div(thread, kWarp), rowsOfWarp());
  rowInWarp = rowsOfWarp() == 1 ? math.constant(0) : math.div(math.rem(thread, kWarp), shape.group);
  if (!plan.partialSums.empty())
    return emitPart(ofWarp, rows);
  Value first = math.add(math.mul(function.blockId(), shape.rowsAtOnce()), ofWarp);
  emitIf(builder, loc, alone ? Value() : math.less(first, rows), [&] { emitRows(first, rows); });
}

/// The rows of the block's part; a warp has those from number `ofWarp` on, then those that are `rowsAtOnce` after them.
/// A part of a smaller batch may have none: its sums are zeros.
void RowSkeleton::emitPart(Value ofWarp, Value rows) {
  int64_t size = context.analysis.rowsPerPart;
  Value first = math.min(math.mul(function.blockId(), size), rows), last = math.min(math.add(first, size), rows);
  auto loop = scf::ForOp::create(builder, loc, math.add(first, ofWarp), last, math.constant(shape.rowsAtOnce()),
                                 sums.initial());
  {
    OpBuilder::InsertionGuard guard(builder);
    builder.setInsertionPointToStart(loop.getBody());
    columns.assign(loop.getRegionIterArgs().begin(), loop.getRegionIterArgs().end());
    emitRows(loop.getInductionVar(), last);
    // A reduction leaves its shared memory to the same one of the next row: another barrier has to lie between them.
    if (shape.group > kWarp && plan.reductions() == 1)
      function.barrier();
    if (!columns.empty())
      scf::YieldOp::create(builder, loc, columns);
  }
  sums.store(Values(loop.getResults()));
}

/// The rows of a warp, or the row of a block, from number `first` on, which is before `rows`. Threads without a row go
/// along, as exchanges need whole warps: they know the last row, and write nothing. That is a row of their own warp:
/// what another one may have overwritten by then is read by nobody else.
void RowSkeleton::emitRows(Value first, Value rows) {
  Value number = math.add(first, rowInWarp);
  end = context.extent(context.domain.inner());
  if (rowsOfWarp() > 1) {
    isRow = math.less(number, rows);
    number = math.min(number, arith::SubIOp::create(builder, loc, rows, math.constant(1)));
    end = arith::SelectOp::create(builder, loc, isRow, end, math.constant(0));
  }
  coordinates = context.outerCoordinates(number);
  row.groups = (1u << coordinates.size()) - 1;
  points.resize(shape.held ? shape.accessesOfThread() : 0);
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

/// A pass that only combines elements takes several of them at once, then one by one what is left.
RowSkeleton::Values RowSkeleton::emitPass(unsigned stage) {
  Values slot;
  for (Accumulator &accumulator : plan.stages[stage].reductions)
    slot.push_back(accumulator.neutral(builder, loc, shape.lanes));
  Value first = math.mul(lane, shape.lanes);
  bool writes = !plan.stages[stage].outputs.empty() || (stage == plan.partialStage && !plan.partialSums.empty());
  if (writes || shape.accesses < kUnderWay * shape.group)
    return emitLoop(stage, first, end, /*unroll=*/1, slot);
  int64_t atOnce = kUnderWay * shape.group * shape.lanes;
  Value middle = math.mul(math.div(end, atOnce), atOnce);
  slot = emitLoop(stage, first, middle, kUnderWay, slot);
  return emitLoop(stage, math.add(middle, first), end, /*unroll=*/1, slot);
}

RowSkeleton::Values RowSkeleton::emitLoop(unsigned stage, Value begin, Value end, int64_t unroll, Values slot) {
  int64_t stride = shape.group * shape.lanes;
  auto loop = scf::ForOp::create(builder, loc, begin, end, math.constant(stride * unroll), slot);
  AnchorScopes anchor({&row}, loop);
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(loop.getBody());
  slot.assign(loop.getRegionIterArgs().begin(), loop.getRegionIterArgs().end());
  for (int64_t number = 0; number < unroll; ++number) {
    Scope point;
    Value position = math.add(loop.getInductionVar(), number * stride);
    emitPoint(stage, point, /*number=*/0, position, /*isElement=*/Value(), slot);
  }
  if (!slot.empty())
    scf::YieldOp::create(builder, loc, slot);
  return Values(loop.getResults());
}

/// All accesses of a thread, one after the other. At the end of a row some threads have none: they go along, and what
/// they read counts as nothing. It is what they have read before or, within a warp, the row's last access: what threads
/// of other warps may overwrite is theirs alone.
RowSkeleton::Values RowSkeleton::emitHeldPass(unsigned stage) {
  Values slot;
  for (Accumulator &accumulator : plan.stages[stage].reductions)
    slot.push_back(accumulator.neutral(builder, loc, shape.lanes));
  for (int64_t number = 0; number < shape.accessesOfThread(); ++number) {
    Value access = math.add(lane, number * shape.group), isElement;
    if ((number + 1) * shape.group > shape.accesses) {
      isElement = math.less(access, math.constant(shape.accesses));
      Value instead = number > 0 ? math.add(lane, (number - 1) * shape.group) : math.constant(shape.accesses - 1);
      access = arith::SelectOp::create(builder, loc, isElement, access, instead);
    }
    emitPoint(stage, points[number], number, math.mul(access, shape.lanes), isElement, slot);
  }
  return slot;
}

/// `isElement`: is the point one of the thread's? (null: it is)
void RowSkeleton::emitPoint(unsigned stage, Scope &point, int64_t number, Value position, Value isElement,
                            MutableArrayRef<Value> slot) {
  PointEvaluator evaluator = evaluatorOf(&point);
  evaluator.coordinates.push_back(position);
  for (RowStages::Kept &kept : plan.kept)
    if (kept.stage < stage)
      evaluator.remember(kept.tensor, evaluator.loadOutput(*kept.output));
  for (auto [accumulator, value] : llvm::zip_equal(plan.stages[stage].reductions, slot)) {
    Value element = evaluator.element(accumulator.reduction, accumulator.combiner);
    if (isElement)
      element =
          arith::SelectOp::create(builder, loc, isElement, element, accumulator.neutral(builder, loc, shape.lanes));
    value = accumulator.combine(builder, loc, value, element);
  }
  Value exists = shape.held ? math.both(isRow, isElement) : Value();
  if (stage == plan.partialStage)
    sums.add(evaluator, number, exists, columns);
  Values outputs;
  for (unsigned index : plan.stages[stage].outputs)
    outputs.push_back(evaluator.get(context.yield()->getOperand(index)));
  if (outputs.empty())
    return;
  emitIf(builder, loc, exists, [&] {
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
  emitIf(builder, loc, math.both(isFirst, isRow), [&] {
    PointEvaluator evaluator = evaluatorOf(nullptr);
    evaluator.storeOutputs(plan.rowOutputs);
  });
}

Grid gridOf(const KernelAnalysis &analysis, const LoopDomain &domain, const DeviceRowShape &shape) {
  if (analysis.rowsPerPart > 0)
    return {0, analysis.parts, 1};
  Extent outer = domain.outer();
  return outer.batch ? Grid{outer.factor, 0, shape.rowsAtOnce()} : Grid{0, outer.factor, shape.rowsAtOnce()};
}

} // namespace

LogicalResult emitDeviceRow(DeviceEmission &emission) {
  LoopDomain domain(emission.kernel, emission.analysis);
  DeviceRowShape shape(domain.outer().largest(emission.batch), domain.inner().largest(emission.batch),
                       domain.inner().isStatic(), widestElement(emission.kernel));
  DeviceFunction function = emission.create("", {gridOf(emission.analysis, domain, shape), shape.threads});
  KernelContext context(function.builder, function.emission);
  context.lanes = shape.lanes;
  RowSkeleton(function, context, shape).emit();
  alignVectors(function.fn);
  function.finish();
  return success();
}

} // namespace sinter
