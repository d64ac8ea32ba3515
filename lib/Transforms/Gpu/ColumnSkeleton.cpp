// Column kernels on a GPU: sums and maxima over the rows, for each column (gradients of biases and scales).
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A thread reads 16 bytes of neighbouring columns of several rows before it adds them up: bytes under way are what
// keeps memory busy. Threads of a block lie side by side along columns, and the threads below each other share columns,
// whose sums they combine in shared memory:
//
//   columns   0..3     4..7     8..11   ...
//   row 0   thread 0 thread 1 thread 2  ...
//   row 1   thread 32 ...
//
// Where there are too few columns to fill a GPU, the rows are cut into parts, whose sums go to the workspace and are
// combined by a second function, which is the same with parts as rows. How many parts there are follows from the
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

constexpr int64_t kThreads = 256;
/// A warp of fewer threads side by side would read from more rows than it gains by.
constexpr int64_t kLeastAcross = 8;
/// What a thread reads before it adds up, in bytes and in rows.
constexpr int64_t kBytesUnderWay = 128, kRowsUnderWay = 8;
/// Work, in additions, that it does for those at most: code is repeated for each of them.
constexpr double kWeightUnderWay = 512;
/// Shared memory of a block that is always there.
constexpr int64_t kSharedBytes = 32 << 10;
/// Fewer rows are not worth a part of their own.
constexpr int64_t kRowsOfPart = 64;
/// Blocks that fill a large GPU, four to each of its multiprocessors.
constexpr int64_t kBlocks = 512;

/// How the threads of a block are spread over columns and rows.
struct ThreadShape {
  int64_t lanes;  ///< columns of a thread
  int64_t across; ///< threads side by side, a power of two
  int64_t unroll; ///< rows that a thread reads at once

  ThreadShape(int64_t columns, int64_t lanes, int64_t unroll)
      : lanes(lanes),
        across(std::clamp<int64_t>(llvm::PowerOf2Ceil(llvm::divideCeil(columns, lanes)), kLeastAcross, kWarp)),
        unroll(unroll) {}

  int64_t down() const { return kThreads / across; }
  int64_t columns() const { return across * lanes; }
};

SmallVector<Accumulator> reductionsOf(const KernelAnalysis &analysis) {
  SmallVector<Accumulator> reductions;
  for (linalg::GenericOp generic : analysis.generics)
    if (generic.getNumReductionLoops() > 0)
      reductions.push_back(Accumulator(generic));
  return reductions;
}

/// Columns of a thread: 16 bytes of the widest tensor of rows and columns, if all rows begin and end on those.
int64_t lanesOf(DeviceEmission &emission, const Extent &columns) {
  int64_t widest = 2, accumulators = 0;
  for (Type type : emission.kernel.getBody().getArgumentTypes())
    if (cast<RankedTensorType>(type).getRank() == emission.analysis.rank())
      widest = std::max(widest, elementBytes(getElementTypeOrSelf(type)));
  for (const Accumulator &reduction : reductionsOf(emission.analysis))
    accumulators += elementBytes(reduction.type);
  int64_t lanes = columns.isStatic() ? kAccessBytes / widest : 1;
  while (columns.factor % lanes != 0 || (lanes > 1 && accumulators * lanes * kThreads > kSharedBytes))
    lanes /= 2;
  return lanes;
}

/// Rows that a thread reads at once.
int64_t unrollOf(DeviceEmission &emission, int64_t lanes, double points) {
  int64_t bytes = 0;
  for (Value input : emission.kernel.getInputs())
    if (auto type = cast<RankedTensorType>(input.getType()); type.getRank() == emission.analysis.rank())
      bytes += elementBytes(type.getElementType()) * lanes;
  double weight = std::max(1.0, emission.analysis.weightedOps / points * lanes);
  double rows = std::min(kBytesUnderWay / std::max<double>(1, bytes), kWeightUnderWay / weight);
  return llvm::bit_floor<uint64_t>(std::clamp<int64_t>(rows, 1, kRowsUnderWay));
}

/// How the rows are cut.
struct ColumnShape {
  int64_t rows, columns;
  ThreadShape threads;
  int64_t rowsOfPart, parts;

  ColumnShape(DeviceEmission &emission, const LoopDomain &domain)
      : rows(domain.outer().largest(emission.batch)), columns(domain.inner().largest(emission.batch)),
        threads(threadsOf(emission, domain)) {
    int64_t wanted = std::max<int64_t>(1, kBlocks / llvm::divideCeil(columns, threads.columns()));
    wanted = std::clamp<int64_t>(rows / kRowsOfPart, 1, wanted);
    rowsOfPart = llvm::alignTo(llvm::divideCeil(rows, wanted), threads.down() * threads.unroll);
    parts = llvm::divideCeil(rows, rowsOfPart);
  }

  /// Of the function that combines the parts.
  ThreadShape combination() const {
    ThreadShape shape(columns, /*lanes=*/1, /*unroll=*/1);
    shape.unroll = std::clamp<int64_t>(parts / shape.down(), 1, kRowsUnderWay);
    return shape;
  }

private:
  ThreadShape threadsOf(DeviceEmission &emission, const LoopDomain &domain) const {
    int64_t lanes = lanesOf(emission, domain.inner());
    return {columns, lanes, unrollOf(emission, lanes, std::max(1.0, double(rows) * columns))};
  }
};

class ColumnSkeleton {
public:
  ColumnSkeleton(DeviceFunction &function, const ColumnShape &shape, const ThreadShape &threads)
      : function(function), context(function.builder, function.emission), single(function.builder, function.emission),
        builder(function.builder), loc(function.loc), math(builder, loc), shape(shape), threads(threads),
        reductions(reductionsOf(context.analysis)) {
    context.lanes = threads.lanes;
    single.lanes = 1;
    for (auto [index, tensor] : llvm::enumerate(context.yield()->getOperands())) {
      bool whole = context.analysis.dimsOf(tensor).size() == context.analysis.rank();
      if (tensor != context.outArgument(index))
        (whole ? pointOutputs : columnOutputs).push_back(index);
    }
  }

  void emitSums();
  void emitCombination();

private:
  using Values = SmallVector<Value>;
  /// Adds rows to the sums of a thread's columns.
  using AddRows = llvm::function_ref<Values(ArrayRef<Value> rows, Values sums)>;

  void placeThread(Value blockOfColumns);
  Values emitRows(Value begin, Value end, AddRows addRows);
  Values emitLoop(Value begin, Value end, int64_t unroll, Values sums, AddRows addRows);
  Values addPoints(ArrayRef<Value> rows, Values sums);
  Values addParts(ArrayRef<Value> parts, Values sums);
  Values add(ArrayRef<Values> elements, Values sums);
  void emitTotals(Values sums, llvm::function_ref<void(Value, ArrayRef<Value>)> finish);
  void finishColumn(Value column, ArrayRef<Value> totals);
  Value partials(const Accumulator &reduction);
  unsigned groupOfColumns() const { return 1u << (context.domain.rank() - 1); }

  DeviceFunction &function;
  KernelContext context, single; ///< of a thread's columns, of one column
  OpBuilder &builder;
  Location loc;
  IndexMath math;
  const ColumnShape &shape;
  const ThreadShape threads;
  SmallVector<Accumulator> reductions;
  SmallVector<unsigned> pointOutputs, columnOutputs;
  Value thread, firstColumn; ///< number in the block; of the block
  Value row, position;       ///< the thread's, in the block; its first column
  Value hasColumns;
  Scope columns; ///< what is computed once for all rows
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

/// Threads without columns know the last ones, and read none of them.
void ColumnSkeleton::placeThread(Value blockOfColumns) {
  thread = function.threadId();
  row = math.div(thread, threads.across);
  firstColumn = math.mul(blockOfColumns, threads.columns());
  Value own = math.add(firstColumn, math.mul(math.rem(thread, threads.across), threads.lanes));
  Value count = context.extent(context.domain.inner());
  hasColumns = math.less(own, count);
  position = math.min(own, arith::SubIOp::create(builder, loc, count, math.constant(threads.lanes)));
  columns.groups = groupOfColumns();
}

void ColumnSkeleton::emitSums() {
  Value block = function.blockId(), part = math.rem(block, shape.parts);
  placeThread(math.div(block, shape.parts));
  Value rows = context.extent(context.domain.outer());
  Value begin = math.min(math.mul(part, shape.rowsOfPart), rows),
        end = math.min(math.add(begin, shape.rowsOfPart), rows);
  Values sums = emitRows(begin, end, [&](ArrayRef<Value> rows, Values sums) { return addPoints(rows, sums); });
  emitTotals(sums, [&](Value column, ArrayRef<Value> totals) {
    if (shape.parts == 1)
      return finishColumn(column, totals);
    for (auto [reduction, total] : llvm::zip_equal(reductions, totals))
      storeElements(builder, loc, total, partials(reduction), {part, column});
  });
}

/// The second function: the parts of each column.
void ColumnSkeleton::emitCombination() {
  placeThread(function.blockId());
  Values sums = emitRows(math.constant(0), math.constant(shape.parts),
                         [&](ArrayRef<Value> parts, Values sums) { return addParts(parts, sums); });
  emitTotals(sums, [&](Value column, ArrayRef<Value> totals) { finishColumn(column, totals); });
}

/// Every `down`th row from the thread's own: `unroll` of them at once, then one by one what is left.
ColumnSkeleton::Values ColumnSkeleton::emitRows(Value begin, Value end, AddRows addRows) {
  Values sums;
  for (Accumulator &reduction : reductions)
    sums.push_back(reduction.neutral(builder, loc, threads.lanes));
  end = arith::SelectOp::create(builder, loc, hasColumns, end, begin);
  if (threads.unroll == 1)
    return emitLoop(math.add(begin, row), end, 1, sums, addRows);
  int64_t rowsAtOnce = threads.down() * threads.unroll;
  Value count = arith::SubIOp::create(builder, loc, end, begin);
  Value middle = math.add(begin, math.mul(math.div(count, rowsAtOnce), rowsAtOnce));
  sums = emitLoop(math.add(begin, row), middle, threads.unroll, sums, addRows);
  return emitLoop(math.add(middle, row), end, 1, sums, addRows);
}

ColumnSkeleton::Values ColumnSkeleton::emitLoop(Value begin, Value end, int64_t unroll, Values sums, AddRows addRows) {
  auto loop = scf::ForOp::create(builder, loc, begin, end, math.constant(threads.down() * unroll), sums);
  AnchorScopes anchor({&columns}, loop);
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(loop.getBody());
  Values rows;
  for (int64_t number = 0; number < unroll; ++number)
    rows.push_back(math.add(loop.getInductionVar(), number * threads.down()));
  Values next = addRows(rows, Values(loop.getRegionIterArgs()));
  if (!next.empty())
    scf::YieldOp::create(builder, loc, next);
  return Values(loop.getResults());
}

/// Everything is read before anything is added or stored, so that reads need not wait for each other.
ColumnSkeleton::Values ColumnSkeleton::addPoints(ArrayRef<Value> rows, Values sums) {
  SmallVector<Scope> points(rows.size());
  SmallVector<PointEvaluator> evaluators;
  SmallVector<Values> elements(reductions.size());
  for (auto [row, point] : llvm::zip_equal(rows, points)) {
    point.groups = 2 * groupOfColumns() - 1;
    PointEvaluator &evaluator = evaluators.emplace_back(context, ArrayRef<Scope *>{&columns, &point});
    evaluator.coordinates = context.outerCoordinates(row);
    evaluator.coordinates.push_back(position);
    for (auto [reduction, ofRows] : llvm::zip_equal(reductions, elements))
      ofRows.push_back(evaluator.element(reduction.reduction, reduction.combiner));
    for (unsigned index : pointOutputs)
      evaluator.get(context.yield()->getOperand(index));
  }
  for (PointEvaluator &evaluator : evaluators)
    evaluator.storeOutputs(pointOutputs);
  return add(elements, sums);
}

ColumnSkeleton::Values ColumnSkeleton::addParts(ArrayRef<Value> parts, Values sums) {
  SmallVector<Values> elements;
  for (Accumulator &reduction : reductions)
    elements.push_back(llvm::map_to_vector(parts, [&](Value part) {
      return loadElements(builder, loc, partials(reduction), {part, position}, 1, reduction.type);
    }));
  return add(elements, sums);
}

ColumnSkeleton::Values ColumnSkeleton::add(ArrayRef<Values> elements, Values sums) {
  for (auto [reduction, ofRows, sum] : llvm::zip_equal(reductions, elements, sums))
    for (Value element : ofRows)
      sum = reduction.combine(builder, loc, sum, element);
  return sums;
}

/// What the threads of a column have summed: one thread for each column combines that.
void ColumnSkeleton::emitTotals(Values sums, llvm::function_ref<void(Value, ArrayRef<Value>)> finish) {
  Value first = math.mul(math.rem(thread, threads.across), threads.lanes);
  Values slots;
  for (auto [reduction, sum] : llvm::zip_equal(reductions, sums)) {
    slots.push_back(function.shared({threads.down(), threads.columns()}, storedType(reduction.type)));
    storeElements(builder, loc, sum, slots.back(), {row, first});
  }
  function.barrier();
  Value column = math.add(firstColumn, thread), isOwn = math.less(thread, math.constant(threads.columns()));
  isOwn = math.both(isOwn, math.less(column, context.extent(context.domain.inner())));
  emitIf(builder, loc, isOwn, [&] {
    Values totals;
    for (auto [reduction, slot] : llvm::zip_equal(reductions, slots)) {
      Values parts;
      for (int64_t row = 0; row < threads.down(); ++row)
        parts.push_back(loadElements(builder, loc, slot, {math.constant(row), thread}, 1, reduction.type));
      totals.push_back(reduction.combineAll(builder, loc, parts));
    }
    finish(column, totals);
  });
}

/// From complete sums to what is stored.
void ColumnSkeleton::finishColumn(Value column, ArrayRef<Value> totals) {
  Scope scope;
  scope.groups = groupOfColumns();
  PointEvaluator evaluator(single, {&scope});
  evaluator.coordinates.resize(context.domain.rank() - 1);
  evaluator.coordinates.push_back(column);
  for (auto [reduction, total] : llvm::zip_equal(reductions, totals)) {
    Value result = total;
    Value start = reduction.reduction.getDpsInits()[0];
    if (!reduction.startsNeutral())
      result = reduction.combine(builder, loc, evaluator.get(start, {context.analysis.rank() - 1}), total);
    evaluator.remember(reduction.reduction.getResult(0), result);
  }
  evaluator.storeOutputs(columnOutputs);
}

LaunchShape launchOf(const Extent &columns, const ThreadShape &threads, int64_t parts, int64_t workspaceBytes) {
  Grid grid = columns.batch ? Grid{columns.factor, 0, threads.columns(), parts}
                            : Grid{0, columns.factor, threads.columns(), parts};
  return {grid, kThreads, workspaceBytes};
}

} // namespace

LogicalResult emitDeviceColumn(DeviceEmission &emission) {
  LoopDomain domain(emission.kernel, emission.analysis);
  ColumnShape shape(emission, domain);
  int64_t bytes = shape.parts > 1 ? workspaceBytes(reductionsOf(emission.analysis), shape) : 0;
  DeviceFunction sums = emission.create("", launchOf(domain.inner(), shape.threads, shape.parts, bytes));
  ColumnSkeleton(sums, shape, shape.threads).emitSums();
  alignVectors(sums.fn);
  sums.finish();
  if (shape.parts == 1)
    return success();
  ThreadShape threads = shape.combination();
  DeviceFunction combination = emission.create("_combine", launchOf(domain.inner(), threads, 1, bytes));
  ColumnSkeleton(combination, shape, threads).emitCombination();
  combination.finish();
  return success();
}

} // namespace sinter
