// Sums of columns over the rows that a block works on; see RowPartialSums.h.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "RowPartialSums.h"

#include "Reduction.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;

namespace sinter {

RowPartialSums::RowPartialSums(DeviceFunction &function, KernelContext &context, const DeviceRowShape &shape,
                               ArrayRef<RowStages::PartialSum> sums)
    : function(function), context(context), builder(context.builder), loc(context.loc), shape(shape), sums(sums),
      math(builder, loc) {}

Value RowPartialSums::buffer(const RowStages::PartialSum &sum) {
  return context.emission.buffer(context.outArgument(sum.output));
}

Value RowPartialSums::isAccess(Value access, int64_t largest) {
  return largest < shape.accesses ? Value() : math.less(access, math.constant(shape.accesses));
}

SmallVector<Value> RowPartialSums::initial() {
  assert((shape.held || shape.rowsAtOnce() == 1) && "sums in memory belong to one thread each");
  thread = function.threadId();
  part = function.blockId();
  SmallVector<Value> carried;
  if (shape.held) {
    for (const RowStages::PartialSum &sum : sums)
      carried.append(shape.accessesOfThread(), sum.accumulator.neutral(builder, loc, shape.lanes));
    return carried;
  }
  auto loop = scf::ForOp::create(builder, loc, thread, math.constant(shape.accesses), math.constant(shape.group));
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(loop.getBody());
  for (const RowStages::PartialSum &sum : sums)
    storeElements(builder, loc, sum.accumulator.neutral(builder, loc, shape.lanes), buffer(sum),
                  {part, columnOf(loop.getInductionVar())});
  return carried;
}

void RowPartialSums::add(PointEvaluator &evaluator, int64_t number, Value exists, MutableArrayRef<Value> carried) {
  for (auto [index, sum] : llvm::enumerate(sums)) {
    const Accumulator &accumulator = sum.accumulator;
    Value element = evaluator.element(accumulator.reduction, accumulator.combiner);
    if (!shape.held) {
      addInMemory(sum, element, evaluator.coordinates.back());
      continue;
    }
    if (exists)
      element = arith::SelectOp::create(builder, loc, exists, element, accumulator.neutral(builder, loc, shape.lanes));
    Value &total = carried[index * shape.accessesOfThread() + number];
    total = accumulator.combine(builder, loc, total, element);
  }
}

void RowPartialSums::addInMemory(const RowStages::PartialSum &sum, Value element, Value position) {
  const Accumulator &accumulator = sum.accumulator;
  Value before = loadElements(builder, loc, buffer(sum), {part, position}, shape.lanes, accumulator.type);
  storeElements(builder, loc, accumulator.combine(builder, loc, before, element), buffer(sum), {part, position});
}

/// A buffer in shared memory serves the sums of its type one after the other.
void RowPartialSums::store(ArrayRef<Value> carried) {
  if (!shape.held)
    return;
  llvm::SmallMapVector<Type, Value, 2> slots;
  for (auto [index, sum] : llvm::enumerate(sums)) {
    ArrayRef<Value> own = carried.slice(index * shape.accessesOfThread(), shape.accessesOfThread());
    if (shape.rowsAtOnce() == 1) {
      storeOwn(own, thread, buffer(sum), part);
      continue;
    }
    Value &shared = slots[sum.accumulator.type];
    if (shared)
      function.barrier();
    else
      shared = function.shared({shape.rowsAtOnce(), shape.accesses * shape.lanes}, sum.accumulator.type);
    storeOwn(own, math.rem(thread, shape.group), shared, math.div(thread, shape.group));
    function.barrier();
    storeCombined(sum, shared);
  }
}

void RowPartialSums::storeOwn(ArrayRef<Value> own, Value lane, Value buffer, Value row) {
  for (auto [number, value] : llvm::enumerate(own)) {
    int64_t first = number * shape.group;
    Value access = math.add(lane, first);
    emitIf(builder, loc, isAccess(access, first + shape.group - 1),
           [&, value = value] { storeElements(builder, loc, value, buffer, {row, columnOf(access)}); });
  }
}

/// All threads take the columns in turn.
void RowPartialSums::storeCombined(const RowStages::PartialSum &sum, Value slots) {
  const Accumulator &accumulator = sum.accumulator;
  for (int64_t first = 0; first < shape.accesses; first += shape.threads) {
    Value access = math.add(thread, first);
    emitIf(builder, loc, isAccess(access, first + shape.threads - 1), [&] {
      SmallVector<Value> parts;
      for (int64_t row = 0; row < shape.rowsAtOnce(); ++row)
        parts.push_back(
            loadElements(builder, loc, slots, {math.constant(row), columnOf(access)}, shape.lanes, accumulator.type));
      storeElements(builder, loc, accumulator.combineAll(builder, loc, parts), buffer(sum), {part, columnOf(access)});
    });
  }
}

} // namespace sinter
