// Row kernels: passes over the last dim, separated by reductions over it (softmax, norms, losses).
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Each row is one unit: its sums have a fixed tree (slots of vectors, then lanes), set by the extent of the row.
// Several rows are interleaved if asked for; short rows stay in registers from the first pass to the last.
//
// Sums of columns are begun here as well where their elements are at hand: a work item adds up its rows in one row of
// the output, which stays in a near cache meanwhile, and a column kernel adds up what the items have left.

#include "RowStages.h"
#include "VectorLoop.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;

namespace sinter {

/// Buffers on the stack of one kernel function.
static constexpr int64_t kStackBytes = 64 << 10;
/// Vectors of all interleaved rows that a kernel may hold in registers between passes.
static constexpr int64_t kHeldVectors = 8;

/// Rows of at least so many vectors are asked for ahead; into the first-level cache if it holds them beside those in
/// work.
static constexpr int64_t kPrefetchedVectors = 16, kFirstLevelBytes = 32 << 10;

namespace {

class RowEmitter {
public:
  RowEmitter(OpBuilder &builder, KernelEmission &emission)
      : context(builder, emission), builder(builder), loc(context.loc), tile(emission.schedule.getTile()),
        inner(context.domain.inner()), vectors((inner.factor + context.lanes - 1) / context.lanes),
        held(inner.isStatic() && vectors <= 4 && vectors * tile[1] <= kHeldVectors),
        plan(context, kStackBytes / tile[1], /*keep=*/!held) {}

  void emit();

private:
  using Values = VectorLoop::Values;

  /// A row in work: its coordinates, its scalars, and (if held) the values of its vectors.
  struct Row {
    SmallVector<Value> coordinates;
    Scope scope;
    SmallVector<Scope> points;
    SmallVector<Value> buffers;
  };

  void emitItems();
  void emitRange(Value begin, Value end);
  void clearPartialSums();
  void addToPartialSums(ArrayRef<Values> elements, Value position, Value mask);
  void emitLoop(Value begin, Value end, int64_t interleaved);
  void emitRows(MutableArrayRef<Row> rows);
  SmallVector<Values> emitPass(unsigned stage, MutableArrayRef<Row> rows);
  void prefetchNextRow(unsigned stage, const Row &row, Value position);
  void emitPoint(unsigned stage, Row &row, Scope &point, Value position, Value mask, MutableArrayRef<Value> slot,
                 MutableArrayRef<Values> columns);
  void finishReductions(unsigned stage, MutableArrayRef<Row> rows, ArrayRef<Values> slots);
  Values initialSlot(unsigned stage, size_t rows);
  PointEvaluator evaluatorOf(Row &row, Scope *point);
  void allocateBuffers();

  KernelContext context;
  OpBuilder &builder;
  Location loc;
  ArrayRef<int64_t> tile;
  Extent inner;
  int64_t vectors;
  bool held;
  RowStages plan;
  /// [interleaved row][kept tensor]; null for tensors kept in an output.
  SmallVector<SmallVector<Value>> buffers;
  /// The work item in which columns are added up.
  Value item;
};

void RowEmitter::allocateBuffers() {
  int64_t lanes = context.lanes, extent = inner.largest(context.emission.batch);
  int64_t padded = (extent + lanes - 1) / lanes * lanes;
  for (int64_t row = 0; row < tile[1]; ++row) {
    SmallVector<Value> &own = buffers.emplace_back();
    for (RowStages::Kept &kept : plan.kept) {
      Type element = cast<RankedTensorType>(kept.tensor.getType()).getElementType();
      auto type = MemRefType::get({padded}, element.isInteger(1) ? builder.getI8Type() : element);
      own.push_back(kept.output ? Value()
                                : memref::AllocaOp::create(builder, loc, type, builder.getI64IntegerAttr(64)));
    }
  }
}

void RowEmitter::emit() {
  allocateBuffers();
  if (!plan.partialSums.empty())
    return emitItems();
  auto [begin, end] = context.itemRange(context.domain.outer(), tile[0]);
  emitRange(begin, end);
}

/// Item by item, as each has sums of its own. Items without rows (of a batch that is not full) leave zeros.
void RowEmitter::emitItems() {
  auto loop = scf::ForOp::create(builder, loc, context.emission.lo(), context.emission.hi(), context.index(1));
  AnchorScopes anchor({&context.entry}, loop);
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(loop.getBody());
  item = loop.getInductionVar();
  clearPartialSums();
  Value size = context.index(tile[0]), begin = arith::MulIOp::create(builder, loc, item, size);
  Value end = arith::AddIOp::create(builder, loc, begin, size), rows = context.extent(context.domain.outer());
  begin = arith::MinSIOp::create(builder, loc, begin, rows);
  emitRange(begin, arith::MinSIOp::create(builder, loc, end, rows));
}

void RowEmitter::clearPartialSums() {
  auto body = [&](Value position, Value mask, ArrayRef<Value>) {
    for (RowStages::PartialSum &sum : plan.partialSums)
      storeElements(builder, loc, sum.accumulator.neutral(builder, loc, context.lanes),
                    context.emission.buffer(context.outArgument(sum.output)), {item, position}, mask);
    return Values();
  };
  VectorLoop(context, {}, 1).run(inner.factor, 0, [] { return Values(); }, body);
}

/// The rows' `elements` at a place, [sum][row], are combined first: sums are loaded and stored once for all rows.
void RowEmitter::addToPartialSums(ArrayRef<Values> elements, Value position, Value mask) {
  for (auto [sum, own] : llvm::zip_equal(plan.partialSums, elements)) {
    const Accumulator &accumulator = sum.accumulator;
    Value buffer = context.emission.buffer(context.outArgument(sum.output));
    Value before = loadElements(builder, loc, buffer, {item, position}, context.lanes, accumulator.type, mask);
    Value total = accumulator.combine(builder, loc, before, accumulator.combineAll(builder, loc, own));
    storeElements(builder, loc, total, buffer, {item, position}, mask);
  }
}

void RowEmitter::emitRange(Value begin, Value end) {
  int64_t interleaved = tile[1];
  if (interleaved == 1)
    return emitLoop(begin, end, 1);
  Value size = context.index(interleaved);
  Value count = arith::SubIOp::create(builder, loc, end, begin);
  Value whole = arith::MulIOp::create(builder, loc, arith::DivSIOp::create(builder, loc, count, size), size);
  Value middle = arith::AddIOp::create(builder, loc, begin, whole);
  emitLoop(begin, middle, interleaved);
  Extent outer = context.domain.outer();
  if (outer.factor % interleaved != 0 || tile[0] % interleaved != 0)
    emitLoop(middle, end, 1);
}

void RowEmitter::emitLoop(Value begin, Value end, int64_t interleaved) {
  auto loop = scf::ForOp::create(builder, loc, begin, end, context.index(interleaved));
  AnchorScopes anchor({&context.entry}, loop);
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(loop.getBody());
  SmallVector<Row> rows(interleaved);
  for (auto [number, row] : llvm::enumerate(rows)) {
    Value at = loop.getInductionVar();
    if (number > 0)
      at = arith::AddIOp::create(builder, loc, at, context.index(number));
    row.coordinates = context.outerCoordinates(at);
    row.scope.groups = (1u << row.coordinates.size()) - 1;
    row.points.resize(held ? vectors : 0);
    row.buffers = buffers[number];
  }
  emitRows(rows);
}

/// Values of the row are computed in its own scope if `point` is null.
PointEvaluator RowEmitter::evaluatorOf(Row &row, Scope *point) {
  SmallVector<Scope *> scopes;
  // A kernel that is one single row has nothing that is known before it.
  if (!row.coordinates.empty())
    scopes.push_back(&context.entry);
  scopes.push_back(&row.scope);
  if (point) {
    point->groups = (1u << context.domain.rank()) - 1;
    scopes.push_back(point);
  }
  PointEvaluator evaluator(context, scopes);
  evaluator.coordinates = row.coordinates;
  return evaluator;
}

void RowEmitter::emitRows(MutableArrayRef<Row> rows) {
  for (unsigned stage = 0; stage < plan.stages.size(); ++stage) {
    SmallVector<Values> slots = emitPass(stage, rows);
    finishReductions(stage, rows, slots);
  }
  for (Row &row : rows) {
    evaluatorOf(row, nullptr).storeOutputs(plan.rowOutputs);
  }
}

/// Accumulators of one slot: for every reduction, one per row.
RowEmitter::Values RowEmitter::initialSlot(unsigned stage, size_t rows) {
  Values slot;
  for (Accumulator &accumulator : plan.stages[stage].reductions)
    slot.append(rows, accumulator.neutral(builder, loc, context.lanes));
  return slot;
}

SmallVector<VectorLoop::Values> RowEmitter::emitPass(unsigned stage, MutableArrayRef<Row> rows) {
  size_t width = plan.stages[stage].reductions.size(), carried = width * rows.size();
  auto body = [&](Value position, Value mask, ArrayRef<Value> slot, int64_t number) {
    Values next(slot);
    SmallVector<Values> columns(stage == plan.partialStage ? plan.partialSums.size() : 0);
    for (auto [r, row] : llvm::enumerate(rows)) {
      Values own;
      for (size_t i = 0; i < width; ++i)
        own.push_back(slot[i * rows.size() + r]);
      Scope fresh;
      emitPoint(stage, row, held ? row.points[number] : fresh, position, mask, own, columns);
      for (size_t i = 0; i < width; ++i)
        next[i * rows.size() + r] = own[i];
    }
    if (!columns.empty())
      addToPartialSums(columns, position, mask);
    return next;
  };
  if (held) {
    SmallVector<Values> slots(vectors, Values(carried));
    for (int64_t number = 0; number < vectors; ++number) {
      int64_t left = inner.factor - number * context.lanes;
      Value mask = left < context.lanes ? constantMask(builder, loc, context.lanes, left) : Value();
      slots[number] = body(context.index(number * context.lanes), mask, slots[number], number);
    }
    return slots;
  }
  auto initial = [&] { return initialSlot(stage, rows.size()); };
  auto inLoop = [&](Value position, Value mask, ArrayRef<Value> slot) { return body(position, mask, slot, 0); };
  // What a pass needs of a row goes in front of its loops.
  auto scopes = llvm::map_to_vector(rows, [](Row &row) { return &row.scope; });
  VectorLoop loop(context, scopes, tile[2]);
  if (inner.isStatic())
    return loop.run(inner.factor, carried, initial, inLoop);
  return loop.run(context.index(0), context.extent(inner), inner.factor, initial, inLoop);
}

/// The same place in the row that comes after those in work: it arrives while these are computed with. Only where rows
/// lie behind each other, in a pass that does not itself wait for memory.
void RowEmitter::prefetchNextRow(unsigned stage, const Row &row, Value position) {
  if (stage != 1 || vectors < kPrefetchedVectors || !inner.isStatic())
    return;
  KernelOp kernel = context.emission.kernel;
  Value later = arith::AddIOp::create(builder, loc, position, context.index(tile[1] * inner.factor));
  SmallVector<BlockArgument> read;
  int64_t bytes = 0;
  for (BlockArgument argument : kernel.getBody().getArguments().take_front(kernel.getInputs().size())) {
    auto type = cast<RankedTensorType>(argument.getType());
    if (type.getRank() != int64_t(row.coordinates.size()) + 1 || type.getShape().back() != inner.factor)
      continue;
    read.push_back(argument);
    bytes += inner.factor * storedBytes(type.getElementType());
  }
  SmallVector<Value> at(row.coordinates);
  at.push_back(later);
  constexpr uint32_t firstLevel = 3, secondLevel = 2;
  for (BlockArgument argument : read)
    memref::PrefetchOp::create(builder, loc, context.emission.buffer(argument), at, /*isWrite=*/false,
                               /*localityHint=*/2 * tile[1] * bytes <= kFirstLevelBytes ? firstLevel : secondLevel,
                               /*isDataCache=*/true);
}

void RowEmitter::emitPoint(unsigned stage, Row &row, Scope &point, Value position, Value mask,
                           MutableArrayRef<Value> slot, MutableArrayRef<Values> columns) {
  prefetchNextRow(stage, row, position);
  PointEvaluator evaluator = evaluatorOf(row, &point);
  evaluator.coordinates.push_back(position);
  evaluator.mask = mask;
  for (auto [kept, buffer] : llvm::zip_equal(plan.kept, row.buffers)) {
    if (kept.stage >= stage)
      continue;
    Type element = cast<RankedTensorType>(kept.tensor.getType()).getElementType();
    evaluator.remember(kept.tensor, kept.output ? evaluator.loadOutput(*kept.output)
                                                : loadElements(builder, loc, buffer, position, context.lanes, element));
  }
  for (auto [accumulator, value] : llvm::zip_equal(plan.stages[stage].reductions, slot)) {
    Value element = evaluator.element(accumulator.reduction, accumulator.combiner);
    Value previous = value ? value : mask ? accumulator.neutral(builder, loc, context.lanes) : Value();
    Value next = value ? accumulator.combine(builder, loc, value, element) : element;
    value = mask ? arith::SelectOp::create(builder, loc, mask, next, previous).getResult() : next;
  }
  if (!columns.empty())
    for (auto [sum, elements] : llvm::zip_equal(plan.partialSums, columns))
      elements.push_back(evaluator.element(sum.accumulator.reduction, sum.accumulator.combiner));
  SmallVector<Value> outputs;
  for (unsigned index : plan.stages[stage].outputs)
    outputs.push_back(evaluator.get(context.yield()->getOperand(index)));
  for (auto [kept, buffer] : llvm::zip_equal(plan.kept, row.buffers)) {
    if (kept.stage != stage || (kept.output && !kept.borrows))
      continue;
    Value value = ScalarToVector(builder, loc, context.lanes).broadcast(evaluator.get(kept.tensor));
    if (kept.output)
      evaluator.store(*kept.output, value);
    else
      storeElements(builder, loc, value, buffer, position);
  }
  for (auto [index, value] : llvm::zip_equal(plan.stages[stage].outputs, outputs))
    evaluator.store(index, value);
}

void RowEmitter::finishReductions(unsigned stage, MutableArrayRef<Row> rows, ArrayRef<Values> slots) {
  for (auto [number, accumulator] : llvm::enumerate(plan.stages[stage].reductions)) {
    for (auto [r, row] : llvm::enumerate(rows)) {
      SmallVector<Value> parts;
      for (const Values &slot : slots)
        parts.push_back(slot[number * rows.size() + r]);
      Value total = accumulator.acrossLanes(builder, loc, accumulator.combineAll(builder, loc, parts));
      PointEvaluator evaluator = evaluatorOf(row, nullptr);
      if (!accumulator.startsNeutral()) {
        Value start = evaluator.get(accumulator.reduction.getDpsInits()[0],
                                    context.analysis.dimsOf(accumulator.reduction.getResult(0)));
        total = accumulator.combine(builder, loc, start, total);
      }
      evaluator.remember(accumulator.reduction.getResult(0), total);
    }
  }
}

} // namespace

LogicalResult emitRow(OpBuilder &builder, KernelEmission &emission) {
  RowEmitter(builder, emission).emit();
  return success();
}

} // namespace sinter
