// Column kernels: sums and maxima over the rows, for a block of columns at a time (gradients of biases and scales).
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A work item is a block of columns, so no sum is split among items. Two orders of loops:
//
//   narrow  for vector of columns: for row             accumulators in registers
//   wide    for some rows: for vector of columns       accumulators in memory
//
// Narrow deals the rows out to a few accumulators (row i to accumulator i modulo their number), which a fixed tree
// combines. Wide combines some rows by a fixed tree, then with the accumulator: it reads along the rows, for many
// columns, where each row is a page of its own.
//
// `tile` is [columns per item, rows at a time], 0 rows: narrow.

#include "VectorLoop.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;

namespace sinter {
namespace {

class ColumnEmitter {
public:
  ColumnEmitter(OpBuilder &builder, KernelEmission &emission)
      : context(builder, emission), builder(builder), loc(context.loc), tile(emission.schedule.getTile()[0]),
        rowsAtOnce(emission.schedule.getTile()[1]) {
    for (linalg::GenericOp generic : context.analysis.generics)
      if (generic.getNumReductionLoops() > 0)
        reductions.push_back(Accumulator(generic));
    for (auto [index, tensor] : llvm::enumerate(context.yield()->getOperands())) {
      bool whole = context.analysis.dimsOf(tensor).size() == context.analysis.rank();
      if (tensor != context.outArgument(index))
        (whole ? pointOutputs : columnOutputs).push_back(index);
    }
  }

  void emit() {
    const Extent &columns = context.domain.inner();
    if (!columns.isStatic())
      return emitDynamic(context.extent(columns));
    if (rowsAtOnce > 0)
      allocateBuffers();
    forEachBlock(columns.factor, [&](Value first, int64_t width) {
      rowsAtOnce > 0 ? emitWideBlock(first, width) : emitNarrowBlock(first, width);
    });
  }

private:
  using Values = SmallVector<Value>;

  /// One vector of columns in work.
  struct Column {
    Value position, mask;
    Scope scope;
  };

  /// One row of those that are combined at a time.
  struct Row {
    Values coordinates;
    Scope scope;
  };

  void forEachBlock(int64_t columns, llvm::function_ref<void(Value first, int64_t width)> body);
  void emitNarrowBlock(Value first, int64_t width);
  void emitDynamic(Value columns);
  void emitBlock(MutableArrayRef<Column> block);
  Values emitRowLoop(MutableArrayRef<Column> block, Value begin, Value end, int64_t rows, Values accumulators);
  void emitPoint(Column &column, Value row, MutableArrayRef<Value> accumulators);
  void finish(MutableArrayRef<Column> block, ArrayRef<Value> accumulators, int64_t rows);
  void allocateBuffers();
  void emitWideBlock(Value first, int64_t width);
  void emitRowsOfBlock(Value first, int64_t width, Value row, int64_t rows);
  void emitVectorOfRows(MutableArrayRef<Row> rows, Value first, Value position, Value mask);
  void finishColumn(PointEvaluator &evaluator, ArrayRef<Value> totals);
  scf::ForOp beginLoop(Value begin, Value end, int64_t step, ValueRange carried = {});
  PointEvaluator evaluatorOf(Column &column, Values coordinates, Scope *point);
  unsigned groupsOfRows() const { return (1u << (context.domain.rank() - 1)) - 1; }
  unsigned groupOfColumns() const { return 1u << (context.domain.rank() - 1); }

  KernelContext context;
  OpBuilder &builder;
  Location loc;
  int64_t tile, rowsAtOnce;
  SmallVector<Accumulator> reductions;
  Values buffers; ///< of a wide block: an accumulator for each column, per reduction
  SmallVector<unsigned> pointOutputs, columnOutputs;
};

scf::ForOp ColumnEmitter::beginLoop(Value begin, Value end, int64_t step, ValueRange carried) {
  auto loop = scf::ForOp::create(builder, loc, begin, end, context.index(step), carried);
  builder.setInsertionPointToStart(loop.getBody());
  return loop;
}

/// Whole blocks in a loop, then the last block with its own width.
void ColumnEmitter::forEachBlock(int64_t columns, llvm::function_ref<void(Value, int64_t)> body) {
  int64_t whole = columns / tile * tile;
  auto emitBlocks = [&](Value from, Value to, int64_t width) {
    OpBuilder::InsertionGuard guard(builder);
    auto loop = beginLoop(from, to, tile);
    AnchorScopes anchor({&context.entry}, loop);
    body(loop.getInductionVar(), width);
  };
  auto [begin, end] = context.itemRange(context.domain.inner(), tile);
  if (whole > 0)
    emitBlocks(begin, arith::MinSIOp::create(builder, loc, end, context.index(whole)), tile);
  if (whole < columns)
    emitBlocks(arith::MaxSIOp::create(builder, loc, begin, context.index(whole)), end, columns - whole);
}

void ColumnEmitter::emitNarrowBlock(Value first, int64_t width) {
  int64_t lanes = context.lanes;
  SmallVector<Column> block((width + lanes - 1) / lanes);
  for (auto [number, column] : llvm::enumerate(block)) {
    column.position = arith::AddIOp::create(builder, loc, first, context.index(number * lanes));
    int64_t left = width - number * lanes;
    column.mask = left < lanes ? constantMask(builder, loc, lanes, left) : Value();
  }
  emitBlock(block);
}

/// As many columns as the call has rows (after a transpose): one masked vector at a time.
void ColumnEmitter::emitDynamic(Value columns) {
  auto [begin, end] = context.itemRange(context.domain.inner(), tile);
  OpBuilder::InsertionGuard guard(builder);
  auto loop = beginLoop(begin, end, context.lanes);
  AnchorScopes anchor({&context.entry}, loop);
  SmallVector<Column> block(1);
  block[0].position = loop.getInductionVar();
  if (context.lanes > 1) {
    Value left = arith::SubIOp::create(builder, loc, end, block[0].position);
    auto type = VectorType::get({context.lanes}, builder.getI1Type());
    block[0].mask = vector::CreateMaskOp::create(builder, loc, type, left);
  }
  emitBlock(block);
}

void ColumnEmitter::emitBlock(MutableArrayRef<Column> block) {
  // Enough independent sums to hide the latency of an addition, but no more than half of the registers of AVX2.
  int64_t rows = std::max<int64_t>(2, 4 / block.size());
  if (rows * block.size() * reductions.size() > 8)
    rows = 1;
  Values accumulators;
  for (int64_t copy = 0; copy < rows; ++copy)
    for (size_t column = 0; column < block.size(); ++column)
      for (Accumulator &reduction : reductions)
        accumulators.push_back(reduction.neutral(builder, loc, context.lanes));
  for (Column &column : block)
    column.scope.groups = groupOfColumns();

  Value end = context.extent(context.domain.outer()), size = context.index(rows), zero = context.index(0);
  Value whole = arith::MulIOp::create(builder, loc, arith::DivSIOp::create(builder, loc, end, size), size);
  accumulators = emitRowLoop(block, zero, whole, rows, accumulators);
  size_t width = block.size() * reductions.size();
  Values first(ArrayRef(accumulators).take_front(width));
  llvm::copy(emitRowLoop(block, whole, end, 1, first), accumulators.begin());
  finish(block, accumulators, rows);
}

ColumnEmitter::Values ColumnEmitter::emitRowLoop(MutableArrayRef<Column> block, Value begin, Value end, int64_t rows,
                                                 Values accumulators) {
  OpBuilder::InsertionGuard guard(builder);
  auto loop = beginLoop(begin, end, rows, accumulators);
  AnchorScopes anchor(llvm::map_to_vector(block, [](Column &column) { return &column.scope; }), loop);
  Values next(loop.getRegionIterArgs());
  for (int64_t copy = 0; copy < rows; ++copy) {
    Value row = arith::AddIOp::create(builder, loc, loop.getInductionVar(), context.index(copy));
    for (auto [number, column] : llvm::enumerate(block)) {
      size_t at = (copy * block.size() + number) * reductions.size();
      emitPoint(column, row, MutableArrayRef(next).slice(at, reductions.size()));
    }
  }
  scf::YieldOp::create(builder, loc, next);
  return Values(loop.getResults());
}

/// Of a point if there is a scope for it, else of what is known of the column, without coordinates of a row.
PointEvaluator ColumnEmitter::evaluatorOf(Column &column, Values coordinates, Scope *point) {
  SmallVector<Scope *> scopes{&context.entry, &column.scope};
  if (point) {
    point->groups = groupsOfRows() | groupOfColumns();
    scopes.push_back(point);
  }
  coordinates.resize(context.domain.rank() - 1);
  PointEvaluator evaluator(context, scopes);
  evaluator.coordinates = coordinates;
  evaluator.coordinates.push_back(column.position);
  evaluator.mask = column.mask;
  return evaluator;
}

void ColumnEmitter::emitPoint(Column &column, Value row, MutableArrayRef<Value> accumulators) {
  Scope point;
  PointEvaluator evaluator = evaluatorOf(column, context.outerCoordinates(row), &point);
  for (auto [reduction, value] : llvm::zip_equal(reductions, accumulators))
    value = reduction.combine(builder, loc, value, evaluator.element(reduction.reduction, reduction.combiner));
  evaluator.storeOutputs(pointOutputs);
}

void ColumnEmitter::finish(MutableArrayRef<Column> block, ArrayRef<Value> accumulators, int64_t rows) {
  for (auto [number, column] : llvm::enumerate(block)) {
    PointEvaluator evaluator = evaluatorOf(column, {}, nullptr);
    Values totals;
    for (auto [index, reduction] : llvm::enumerate(reductions)) {
      Values parts;
      for (int64_t copy = 0; copy < rows; ++copy)
        parts.push_back(accumulators[(copy * block.size() + number) * reductions.size() + index]);
      totals.push_back(reduction.combineAll(builder, loc, parts));
    }
    finishColumn(evaluator, totals);
  }
}

/// From complete sums of a vector of columns to what is stored.
void ColumnEmitter::finishColumn(PointEvaluator &evaluator, ArrayRef<Value> totals) {
  for (auto [reduction, total] : llvm::zip_equal(reductions, totals)) {
    Value result = total;
    if (!reduction.startsNeutral()) {
      Value start = evaluator.get(reduction.reduction.getDpsInits()[0], {context.analysis.rank() - 1});
      start = ScalarToVector(builder, loc, context.lanes).broadcast(start);
      result = reduction.combine(builder, loc, start, total);
    }
    evaluator.remember(reduction.reduction.getResult(0), result);
  }
  evaluator.storeOutputs(columnOutputs);
}

//===-- Wide blocks ----------------------------------------------------------------------------------------------===//

void ColumnEmitter::allocateBuffers() {
  int64_t padded = llvm::alignTo(tile, context.lanes);
  for (Accumulator &reduction : reductions) {
    Type stored = reduction.type.isInteger(1) ? Type(builder.getI8Type()) : reduction.type;
    buffers.push_back(
        memref::AllocaOp::create(builder, loc, MemRefType::get({padded}, stored), builder.getI64IntegerAttr(64)));
  }
}

void ColumnEmitter::emitWideBlock(Value first, int64_t width) {
  int64_t lanes = context.lanes;
  {
    OpBuilder::InsertionGuard guard(builder);
    auto loop = beginLoop(context.index(0), context.index(width), lanes);
    for (auto [reduction, buffer] : llvm::zip_equal(reductions, buffers))
      storeElements(builder, loc, reduction.neutral(builder, loc, lanes), buffer, loop.getInductionVar());
  }
  Value end = context.extent(context.domain.outer()), size = context.index(rowsAtOnce);
  Value whole = arith::MulIOp::create(builder, loc, arith::DivSIOp::create(builder, loc, end, size), size);
  auto emitRows = [&](Value from, Value to, int64_t rows) {
    OpBuilder::InsertionGuard guard(builder);
    auto loop = beginLoop(from, to, rows);
    emitRowsOfBlock(first, width, loop.getInductionVar(), rows);
  };
  emitRows(context.index(0), whole, rowsAtOnce);
  if (rowsAtOnce > 1)
    emitRows(whole, end, 1);
  VectorLoop(context, {}, 1)
      .run(
          width, 0, [] { return Values(); },
          [&](Value position, Value mask, ArrayRef<Value>) {
            Column column;
            column.position = arith::AddIOp::create(builder, loc, first, position), column.mask = mask;
            column.scope.groups = groupOfColumns();
            PointEvaluator evaluator = evaluatorOf(column, {}, nullptr);
            Values totals;
            for (auto [reduction, buffer] : llvm::zip_equal(reductions, buffers))
              totals.push_back(loadElements(builder, loc, buffer, position, lanes, reduction.type));
            finishColumn(evaluator, totals);
            return Values();
          });
}

/// Combines `rows` rows from `row` on with the accumulators of a block.
void ColumnEmitter::emitRowsOfBlock(Value first, int64_t width, Value row, int64_t rows) {
  SmallVector<Row> block(rows);
  SmallVector<Scope *> enclosing;
  for (auto [number, own] : llvm::enumerate(block)) {
    own.coordinates = context.outerCoordinates(arith::AddIOp::create(builder, loc, row, context.index(number)));
    own.scope.groups = groupsOfRows();
    enclosing.push_back(&own.scope);
  }
  VectorLoop(context, enclosing, 1)
      .run(
          width, 0, [] { return Values(); },
          [&](Value position, Value mask, ArrayRef<Value>) {
            emitVectorOfRows(block, first, position, mask);
            return Values();
          });
}

void ColumnEmitter::emitVectorOfRows(MutableArrayRef<Row> rows, Value first, Value position, Value mask) {
  Scope column;
  column.groups = groupOfColumns();
  SmallVector<Values> parts(reductions.size());
  Value at = arith::AddIOp::create(builder, loc, first, position);
  for (Row &row : rows) {
    Scope point;
    point.groups = groupsOfRows() | groupOfColumns();
    PointEvaluator evaluator(context, {&context.entry, &row.scope, &column, &point});
    evaluator.coordinates = row.coordinates;
    evaluator.coordinates.push_back(at);
    evaluator.mask = mask;
    for (auto [reduction, elements] : llvm::zip_equal(reductions, parts))
      elements.push_back(evaluator.element(reduction.reduction, reduction.combiner));
    evaluator.storeOutputs(pointOutputs);
  }
  for (auto [reduction, buffer, elements] : llvm::zip_equal(reductions, buffers, parts)) {
    Value before = loadElements(builder, loc, buffer, position, context.lanes, reduction.type);
    Value sum = reduction.combine(builder, loc, before, reduction.combineAll(builder, loc, elements));
    storeElements(builder, loc, sum, buffer, position);
  }
}

} // namespace

LogicalResult emitColumn(OpBuilder &builder, KernelEmission &emission) {
  ColumnEmitter(builder, emission).emit();
  return success();
}

} // namespace sinter
