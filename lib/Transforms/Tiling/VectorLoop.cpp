// A loop over the last group of the domain, vectors at a time.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "VectorLoop.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;

namespace sinter {

using Values = VectorLoop::Values;

/// A loop of `vectors` vectors per iteration, one per slot.
void VectorLoop::loop(Value begin, Value end, int64_t vectors, SmallVector<Values> &slots, Body body) {
  OpBuilder &builder = context.builder;
  Values flat;
  for (const Values &slot : ArrayRef(slots).take_front(vectors))
    flat.append(slot);
  auto loop = scf::ForOp::create(builder, context.loc, begin, end, context.index(vectors * context.lanes), flat);
  AnchorScopes anchor(enclosing, loop);
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(loop.getBody());
  size_t width = flat.size() / vectors;
  Values next;
  for (int64_t u = 0; u < vectors; ++u) {
    Value position = loop.getInductionVar();
    if (u > 0)
      position = arith::AddIOp::create(builder, context.loc, position, context.index(u * context.lanes));
    Values arguments(loop.getRegionIterArgs().slice(u * width, width));
    next.append(body(position, Value(), arguments));
  }
  if (!flat.empty())
    scf::YieldOp::create(builder, context.loc, next);
  for (int64_t u = 0; u < vectors; ++u)
    slots[u] = Values(loop.getResults().slice(u * width, width));
}

SmallVector<Values> VectorLoop::run(int64_t extent, unsigned carried, llvm::function_ref<Values()> initial, Body body) {
  int64_t lanes = context.lanes, step = unroll * lanes, main = extent / step * step;
  SmallVector<Values> slots(unroll, Values(carried));
  if (main > 0) {
    llvm::for_each(slots, [&](Values &slot) { slot = initial(); });
    loop(context.index(0), context.index(main), unroll, slots, body);
  }
  if (extent == 0)
    slots[0] = initial();
  for (int64_t at = main, number = 0; at < extent; at += lanes, ++number) {
    bool partial = at + lanes > extent;
    Value mask = partial ? constantMask(context.builder, context.loc, lanes, extent - at) : Value();
    Values &slot = slots[number % unroll];
    slot = body(context.index(at), mask, slot);
  }
  return slots;
}

void VectorLoop::maskedTail(Value begin, Value end, Values &slot, Body body) {
  OpBuilder &builder = context.builder;
  Value any = arith::CmpIOp::create(builder, context.loc, arith::CmpIPredicate::slt, begin, end);
  bool carries = !slot.empty();
  auto branch = scf::IfOp::create(builder, context.loc, ValueRange(slot).getTypes(), any, /*withElseRegion=*/carries);
  AnchorScopes anchor(enclosing, branch);
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(branch.thenBlock());
  Value left = arith::SubIOp::create(builder, context.loc, end, begin);
  auto type = VectorType::get({context.lanes}, builder.getI1Type());
  Value mask = vector::CreateMaskOp::create(builder, context.loc, type, left);
  Values next = body(begin, mask, slot);
  if (!carries)
    return;
  scf::YieldOp::create(builder, context.loc, next);
  builder.setInsertionPointToStart(branch.elseBlock());
  scf::YieldOp::create(builder, context.loc, slot);
  slot = Values(branch.getResults());
}

SmallVector<Values> VectorLoop::run(Value begin, Value end, int64_t multiple, llvm::function_ref<Values()> initial,
                                    Body body) {
  OpBuilder &builder = context.builder;
  Location loc = context.loc;
  int64_t lanes = context.lanes;
  SmallVector<Values> slots(unroll);
  llvm::for_each(slots, [&](Values &slot) { slot = initial(); });
  Value count = arith::SubIOp::create(builder, loc, end, begin);
  auto roundedDown = [&](int64_t step) -> Value {
    if (multiple % step == 0)
      return end;
    Value size = context.index(step);
    Value steps = arith::DivSIOp::create(builder, loc, count, size);
    return arith::AddIOp::create(builder, loc, begin, arith::MulIOp::create(builder, loc, steps, size));
  };
  Value main = roundedDown(unroll * lanes), whole = unroll == 1 ? main : roundedDown(lanes);
  loop(begin, main, unroll, slots, body);
  if (main != whole)
    loop(main, whole, 1, slots, body);
  if (whole != end)
    maskedTail(whole, end, slots[0], body);
  return slots;
}

} // namespace sinter
