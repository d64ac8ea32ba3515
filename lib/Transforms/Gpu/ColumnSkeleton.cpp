// Column kernels on a GPU: sums and maxima over the rows, for each column (gradients of biases and scales).
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A block has a warp of neighbouring columns and several threads per column, which take every eighth row; their sums
// are combined in shared memory. Where there are too few columns to fill a GPU, the rows are cut into parts, whose sums
// go to the workspace and are combined, in order, by a second function. How many parts there are follows from the
// largest batch, so that sums have the same tree for any device.

#include "Reduction.h"
#include "Skeletons.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "sinter/Transforms/Memory/Layout.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;

namespace sinter {
namespace {

/// Threads that share a column.
constexpr int64_t kRowThreads = 8;
constexpr int64_t kThreads = kRowThreads * kWarp;
/// Fewer rows are not worth a part of their own.
constexpr int64_t kRowsOfPart = 64;
/// Blocks that fill a large GPU.
constexpr int64_t kBlocks = 128;

/// How the rows are cut.
struct ColumnShape {
  int64_t parts, rowsOfPart, columns;

  ColumnShape(const LoopDomain &domain, int64_t batch) {
    int64_t rows = domain.extents[0].largest(batch);
    columns = domain.inner().largest(batch);
    int64_t wanted = std::max<int64_t>(1, kBlocks / llvm::divideCeil(columns, kWarp));
    parts = std::clamp<int64_t>(rows / kRowsOfPart, 1, wanted);
    rowsOfPart = llvm::divideCeil(rows, parts);
  }
};

class ColumnSkeleton {
public:
  ColumnSkeleton(DeviceFunction &function, const ColumnShape &shape)
      : function(function), context(function.builder, function.emission), builder(function.builder), loc(function.loc),
        math(builder, loc), shape(shape) {
    context.lanes = 1;
    column.groups = 1u << 1;
    for (linalg::GenericOp generic : context.analysis.generics)
      if (generic.getNumReductionLoops() > 0)
        reductions.push_back(Accumulator(generic));
    for (auto [index, tensor] : llvm::enumerate(context.yield()->getOperands())) {
      bool whole = context.analysis.dimsOf(tensor).size() == 2;
      if (tensor != context.outArgument(index))
        (whole ? pointOutputs : columnOutputs).push_back(index);
    }
  }

  void emitSums();
  void emitCombination();

private:
  using Values = SmallVector<Value>;

  PointEvaluator evaluatorOf(Value row, Scope *point);
  Values emitRowLoop(Value begin, Value end);
  Values combineThreads(Values sums);
  void finishColumn(ArrayRef<Value> totals);
  Value partials(const Accumulator &reduction);

  DeviceFunction &function;
  KernelContext context;
  OpBuilder &builder;
  Location loc;
  IndexMath math;
  const ColumnShape &shape;
  SmallVector<Accumulator> reductions;
  SmallVector<unsigned> pointOutputs, columnOutputs;
  Value position;
  Scope column;
};

/// Bytes of the workspace in front of reduction number `count`.
int64_t workspaceBytes(ArrayRef<Accumulator> reductions, const ColumnShape &shape) {
  int64_t bytes = 0;
  for (const Accumulator &reduction : reductions)
    bytes += llvm::alignTo(shape.parts * shape.columns * elementBytes(reduction.type), kBlockAlignment);
  return bytes;
}

/// Sums of the parts, [part][column].
Value ColumnSkeleton::partials(const Accumulator &reduction) {
  size_t number = &reduction - reductions.begin();
  int64_t offset = workspaceBytes(ArrayRef(reductions).take_front(number), shape);
  return function.workspace(offset, {shape.parts, shape.columns}, storedType(reduction.type));
}

PointEvaluator ColumnSkeleton::evaluatorOf(Value row, Scope *point) {
  SmallVector<Scope *> scopes{&column};
  if (point) {
    point->groups = 3;
    scopes.push_back(point);
  }
  PointEvaluator evaluator(context, scopes);
  evaluator.coordinates = {row, position};
  return evaluator;
}

void ColumnSkeleton::emitSums() {
  Value thread = function.threadId(), block = function.blockId(), columns = context.extent(context.domain.inner());
  Value part = math.rem(block, shape.parts), rowThread = math.div(thread, kWarp);
  Value place = math.add(math.mul(math.div(block, shape.parts), kWarp), math.rem(thread, kWarp));
  Value isColumn = math.less(place, columns);
  position = math.min(place, arith::SubIOp::create(builder, loc, columns, math.constant(1)));
  Value begin = math.mul(part, shape.rowsOfPart);
  Value end = math.min(math.add(begin, shape.rowsOfPart), context.extent(context.domain.extents[0]));
  Values sums = combineThreads(
      emitRowLoop(math.add(begin, rowThread), arith::SelectOp::create(builder, loc, isColumn, end, math.constant(0))));
  Value isFirst = math.less(rowThread, math.constant(1));
  emitIf(builder, loc, arith::AndIOp::create(builder, loc, isFirst, isColumn), [&] {
    if (shape.parts == 1)
      return finishColumn(sums);
    for (auto [reduction, sum] : llvm::zip_equal(reductions, sums))
      storeElements(builder, loc, sum, partials(reduction), {part, position});
  });
}

ColumnSkeleton::Values ColumnSkeleton::emitRowLoop(Value begin, Value end) {
  Values initial;
  for (Accumulator &reduction : reductions)
    initial.push_back(reduction.neutral(builder, loc, 1));
  auto loop = scf::ForOp::create(builder, loc, begin, end, math.constant(kRowThreads), initial);
  AnchorScopes anchor({&column}, loop);
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(loop.getBody());
  Scope point;
  PointEvaluator evaluator = evaluatorOf(loop.getInductionVar(), &point);
  Values next;
  for (auto [reduction, sum] : llvm::zip_equal(reductions, loop.getRegionIterArgs()))
    next.push_back(reduction.combine(builder, loc, sum, evaluator.element(reduction.reduction, reduction.combiner)));
  evaluator.storeOutputs(pointOutputs);
  scf::YieldOp::create(builder, loc, next);
  return Values(loop.getResults());
}

/// What the threads of a column have summed; every thread gets the result.
ColumnSkeleton::Values ColumnSkeleton::combineThreads(Values sums) {
  Value thread = function.threadId(), rowThread = math.div(thread, kWarp), lane = math.rem(thread, kWarp);
  Values slots, totals;
  for (auto [reduction, sum] : llvm::zip_equal(reductions, sums)) {
    slots.push_back(function.shared({kRowThreads, kWarp}, storedType(reduction.type)));
    storeElements(builder, loc, sum, slots.back(), {rowThread, lane});
  }
  function.barrier();
  for (auto [reduction, slot] : llvm::zip_equal(reductions, slots)) {
    Values parts;
    for (int64_t row = 0; row < kRowThreads; ++row)
      parts.push_back(loadElements(builder, loc, slot, {math.constant(row), lane}, 1, reduction.type));
    totals.push_back(reduction.combineAll(builder, loc, parts));
  }
  return totals;
}

/// The second function: the parts of each column, in order.
void ColumnSkeleton::emitCombination() {
  position = function.globalThreadId();
  emitIf(builder, loc, math.less(position, context.extent(context.domain.inner())), [&] {
    Values totals;
    for (Accumulator &reduction : reductions) {
      Value buffer = partials(reduction), first = reduction.neutral(builder, loc, 1);
      auto loop =
          scf::ForOp::create(builder, loc, math.constant(0), math.constant(shape.parts), math.constant(1), first);
      OpBuilder::InsertionGuard guard(builder);
      builder.setInsertionPointToStart(loop.getBody());
      Value part = loadElements(builder, loc, buffer, {loop.getInductionVar(), position}, 1, reduction.type);
      scf::YieldOp::create(builder, loc, reduction.combine(builder, loc, loop.getRegionIterArg(0), part));
      totals.push_back(loop.getResult(0));
    }
    finishColumn(totals);
  });
}

/// From complete sums to what is stored.
void ColumnSkeleton::finishColumn(ArrayRef<Value> totals) {
  PointEvaluator evaluator = evaluatorOf(Value(), nullptr);
  for (auto [reduction, total] : llvm::zip_equal(reductions, totals)) {
    Value result = total;
    if (!reduction.startsNeutral())
      result = reduction.combine(builder, loc, evaluator.get(reduction.reduction.getDpsInits()[0], {1}), total);
    evaluator.remember(reduction.reduction.getResult(0), result);
  }
  evaluator.storeOutputs(columnOutputs);
}

/// Blocks of `columns` columns each, times `factor`.
Grid gridOf(const Extent &columns, int64_t columnsOfBlock, int64_t factor) {
  return columns.batch ? Grid{columns.factor, 0, columnsOfBlock, factor}
                       : Grid{0, columns.factor, columnsOfBlock, factor};
}

} // namespace

LogicalResult emitDeviceColumn(DeviceEmission &emission) {
  LoopDomain domain(emission.kernel, emission.analysis);
  ColumnShape shape(domain, emission.batch);
  SmallVector<Accumulator> reductions;
  for (linalg::GenericOp generic : emission.analysis.generics)
    if (generic.getNumReductionLoops() > 0)
      reductions.push_back(Accumulator(generic));
  int64_t bytes = shape.parts > 1 ? workspaceBytes(reductions, shape) : 0;
  DeviceFunction sums = emission.create("", {gridOf(domain.inner(), kWarp, shape.parts), kThreads, bytes});
  ColumnSkeleton(sums, shape).emitSums();
  sums.finish();
  if (shape.parts == 1)
    return success();
  DeviceFunction combination = emission.create("_combine", {gridOf(domain.inner(), kThreads, 1), kThreads, bytes});
  ColumnSkeleton(combination, shape).emitCombination();
  combination.finish();
  return success();
}

} // namespace sinter
