// Row kernels on a GPU, see RowSkeleton.h.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "RowSkeleton.h"

#include "Reduction.h"
#include "RowPartialSums.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;

namespace sinter {
namespace {

/// What a thread reads before it adds up, in a pass over a row that is not held.
constexpr int64_t kUnderWay = 4;

class RowSkeleton {
public:
  RowSkeleton(DeviceFunction &function, KernelContext &context, const DeviceRowShape &shape,
              ArrayRef<BlockArgument> matrices)
      : function(function), context(context), builder(context.builder), loc(context.loc), shape(shape),
        matrices(matrices), math(builder, loc), plan(context, /*budget=*/0, /*keep=*/!shape.held),
        sums(function, context, shape, plan.partialSums) {}

  void emit();

private:
  using Values = SmallVector<Value>;

  void emitPart(Value ofWarp, Value rows);
  bool loadsAhead() const { return shape.held && shape.group >= kWarp; }
  Values loadFirstRow(Value first, Value last);
  Values loadRow(Value number);
  void emitRows(Value first, Value rows, ArrayRef<Value> loaded = {});
  /// Of those that a warp has at the same time; of a block, the one.
  int64_t rowsOfWarp() const { return std::max<int64_t>(1, kWarp / shape.group); }
  void takePlaceInCluster();
  PointEvaluator evaluatorOf(Scope *point);
  Values emitPass(unsigned stage);
  Values emitLoop(unsigned stage, Value begin, Value end, int64_t unroll, Values slot);
  Values emitHeldPass(unsigned stage);
  Value accessOf(int64_t number, Value &isElement);
  void emitPoint(unsigned stage, Scope &point, int64_t number, Value position, Value isElement,
                 MutableArrayRef<Value> slot);
  void finishReductions(unsigned stage, Values totals);
  void emitRowOutputs();

  DeviceFunction &function;
  KernelContext &context;
  OpBuilder &builder;
  Location loc;
  const DeviceRowShape &shape;
  ArrayRef<BlockArgument> matrices; ///< that are read
  IndexMath math;
  RowStages plan;
  RowPartialSums sums;
  Value lane, rowInWarp; ///< the thread's place in its group, and that of the group's row among the warp's
  Value rank;            ///< the block's number in its cluster; null: that is one block
  Value isRow, end;      ///< is there such a row (null: yes)?; its elements, none if there is not
  SmallVector<Value> coordinates;
  Scope row;
  SmallVector<Scope> points;
  Values columns;         ///< sums of columns so far
  bool haveBegun = false; ///< all blocks of the cluster, at the builder's place
};

void RowSkeleton::emit() {
  Value thread = function.threadId(), rows = context.extent(context.domain.outer());
  bool alone = shape.rowsAtOnce() == 1;
  lane = alone ? thread : math.rem(thread, shape.group);
  Value ofWarp = alone ? math.constant(0) : math.mul(math.div(thread, kWarp), rowsOfWarp());
  rowInWarp = rowsOfWarp() == 1 ? math.constant(0) : math.div(math.rem(thread, kWarp), shape.group);
  if (!plan.partialSums.empty())
    return emitPart(ofWarp, rows);
  if (shape.cluster > 1) {
    takePlaceInCluster();
    return emitRows(math.div(function.blockId(), shape.cluster), rows);
  }
  Value first = math.add(math.mul(function.blockId(), shape.rowsAtOnce()), ofWarp);
  emitIf(builder, loc, alone ? Value() : math.less(first, rows), [&] { emitRows(first, rows); });
}

/// Clusters have one row each. Blocks may send each other something once all of them have begun; none waits for that
/// before it has read its share.
void RowSkeleton::takePlaceInCluster() {
  rank = math.rem(function.blockId(), shape.cluster);
  lane = math.add(math.mul(rank, shape.threads), lane);
  if (plan.reducingStages() > 0)
    function.arriveAtCluster();
}

/// The rows of the block's part; a warp has those from number `ofWarp` on, then those that are `rowsAtOnce` after them.
/// A part of a smaller batch may have none: its sums are zeros. The loop carries sums, and behind them what is loaded
/// ahead: in the end the last row once more, which nobody but the thread itself overwrites.
void RowSkeleton::emitPart(Value ofWarp, Value rows) {
  int64_t size = context.analysis.rowsPerPart;
  Value first = math.min(math.mul(function.blockId(), size), rows), last = math.min(math.add(first, size), rows);
  Value own = math.add(first, ofWarp);
  Values carried = sums.initial();
  size_t count = carried.size();
  if (loadsAhead())
    carried.append(loadFirstRow(own, last));
  auto loop = scf::ForOp::create(builder, loc, own, last, math.constant(shape.rowsAtOnce()), carried);
  {
    OpBuilder::InsertionGuard guard(builder);
    builder.setInsertionPointToStart(loop.getBody());
    carried.assign(loop.getRegionIterArgs().begin(), loop.getRegionIterArgs().end());
    columns.assign(carried.begin(), carried.begin() + count);
    Values loaded(carried.begin() + count, carried.end()), next;
    Value number = loop.getInductionVar();
    if (loadsAhead()) {
      Value behind = math.add(number, shape.rowsAtOnce()), isThere = math.less(behind, last);
      next = loadRow(arith::SelectOp::create(builder, loc, isThere, behind, number));
    }
    emitRows(number, last, loaded);
    // A pass leaves its shared memory to the same pass over the next row: another barrier has to lie between them.
    if (shape.group > kWarp && plan.reducingStages() == 1)
      function.barrier();
    columns.append(next);
    if (!columns.empty())
      scf::YieldOp::create(builder, loc, columns);
  }
  Values results(loop.getResults());
  results.truncate(count);
  sums.store(results);
}

/// Zeros if there is none.
RowSkeleton::Values RowSkeleton::loadFirstRow(Value first, Value last) {
  Values loaded;
  auto load = [&](OpBuilder &, Location) {
    loaded = loadRow(first);
    scf::YieldOp::create(builder, loc, loaded);
  };
  auto loadNothing = [&](OpBuilder &, Location) {
    Values zeros;
    for (Value value : loaded)
      zeros.push_back(arith::ConstantOp::create(builder, loc, builder.getZeroAttr(value.getType())));
    scf::YieldOp::create(builder, loc, zeros);
  };
  return Values(scf::IfOp::create(builder, loc, math.less(first, last), load, loadNothing).getResults());
}

/// Row `number` of all matrices, by a block or a warp: what a thread has of the first one, then of the next.
RowSkeleton::Values RowSkeleton::loadRow(Value number) {
  Scope outer;
  Values loaded;
  outer.groups = (1u << context.domain.rank()) - 1;
  for (BlockArgument matrix : matrices)
    for (int64_t access = 0; access < shape.accessesOfThread(); ++access) {
      Scope point = outer;
      Value isElement;
      PointEvaluator evaluator(context, {&point});
      evaluator.coordinates = context.outerCoordinates(number);
      evaluator.coordinates.push_back(math.mul(accessOf(access, isElement), shape.lanes));
      loaded.push_back(evaluator.get(matrix));
    }
  return loaded;
}

/// The rows of a warp, or the row of a block, from number `first` on, which is before `rows`. Threads without a row go
/// along, as exchanges need whole warps: they know the last row, and write nothing. That is a row of their own warp:
/// what another one may have overwritten by then is read by nobody else. `loaded`: by loadRow, or nothing.
void RowSkeleton::emitRows(Value first, Value rows, ArrayRef<Value> loaded) {
  Value number = math.add(first, rowInWarp);
  end = context.extent(context.domain.inner());
  if (rowsOfWarp() > 1) {
    isRow = math.less(number, rows);
    number = math.min(number, math.add(rows, -1));
    end = arith::SelectOp::create(builder, loc, isRow, end, math.constant(0));
  }
  coordinates = context.outerCoordinates(number);
  row.groups = (1u << coordinates.size()) - 1;
  points.resize(shape.held ? shape.accessesOfThread() : 0);
  for (auto [index, value] : llvm::enumerate(loaded))
    evaluatorOf(&points[index % points.size()]).remember(matrices[index / points.size()], value);
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

/// All accesses of a thread, one after the other.
RowSkeleton::Values RowSkeleton::emitHeldPass(unsigned stage) {
  Values slot;
  for (Accumulator &accumulator : plan.stages[stage].reductions)
    slot.push_back(accumulator.neutral(builder, loc, shape.lanes));
  for (int64_t number = 0; number < shape.accessesOfThread(); ++number) {
    Value isElement, access = accessOf(number, isElement);
    emitPoint(stage, points[number], number, math.mul(access, shape.lanes), isElement, slot);
  }
  return slot;
}

/// The thread's access `number`. At the end of a row some threads have none (`isElement`; null: all have one): they go
/// along, and what they read counts as nothing. It is what they have read before or, within a warp, the row's last
/// access: what threads of other warps may overwrite is theirs alone.
Value RowSkeleton::accessOf(int64_t number, Value &isElement) {
  Value access = math.add(lane, number * shape.group);
  if ((number + 1) * shape.group <= shape.accesses)
    return access;
  isElement = math.less(access, math.constant(shape.accesses));
  Value instead = number > 0 ? math.add(lane, (number - 1) * shape.group) : math.constant(shape.accesses - 1);
  return arith::SelectOp::create(builder, loc, isElement, access, instead);
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

void RowSkeleton::finishReductions(unsigned stage, Values totals) {
  ArrayRef<Accumulator> accumulators = plan.stages[stage].reductions;
  for (auto [accumulator, total] : llvm::zip_equal(accumulators, totals))
    total = accumulator.acrossLanes(builder, loc, total);
  if (shape.group > kWarp)
    combineInBlock(function, accumulators, totals);
  if (shape.cluster > 1 && !accumulators.empty()) {
    if (!std::exchange(haveBegun, true))
      function.waitForCluster();
    combineInCluster(function, accumulators, totals, shape.cluster, rank);
  }
  for (auto [accumulator, total] : llvm::zip_equal(accumulators, totals)) {
    if (shape.group <= kWarp)
      total = combineInWarp(function, accumulator, total, shape.group);
    PointEvaluator evaluator = evaluatorOf(nullptr);
    linalg::GenericOp reduction = accumulator.reduction;
    if (!accumulator.startsNeutral()) {
      Value start = evaluator.get(reduction.getDpsInits()[0], context.analysis.dimsOf(reduction.getResult(0)));
      total = accumulator.combine(builder, loc, start, total);
    }
    evaluator.remember(reduction.getResult(0), total);
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

} // namespace

void emitRowSkeleton(DeviceFunction &function, KernelContext &context, const DeviceRowShape &shape,
                     ArrayRef<BlockArgument> matrices) {
  RowSkeleton(function, context, shape, matrices).emit();
}

} // namespace sinter
