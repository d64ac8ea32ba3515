// What follows a product on a GPU: the elementwise ops on its result, and the stores.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "ContractionSkeleton.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;

namespace sinter {

void ContractionSkeleton::emitSlab(Value slab, int64_t lines, llvm::function_ref<Value(Value)> rowOf) {
  auto loop =
      scf::ForOp::create(builder, loc, thread, math.constant(lines * right.width), math.constant(function.threads));
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(loop.getBody());
  Value line = math.div(loop.getInductionVar(), right.width), column = math.rem(loop.getInductionVar(), right.width);
  Value m = math.add(left.start, rowOf(line)), n = math.add(right.start, column);
  Value inside = arith::AndIOp::create(builder, loc, math.less(m, extentOf(p.m)), math.less(n, extentOf(p.n)));
  emitIf(builder, loc, inside, [&] {
    Value sum = memref::LoadOp::create(builder, loc, slab, ValueRange{line, column});
    emitElement(m, n, sum);
  });
}

/// All results are computed before any is stored: a destination may be an operand.
void ContractionSkeleton::emitElement(Value m, Value n, Value sum) {
  current.clear();
  current[p.op->getResult(0)] = sum;
  for (linalg::GenericOp generic : p.epilogue) {
    IRMapping values = context.scalars();
    for (OpOperand &operand : generic->getOpOperands()) {
      BlockArgument argument = generic.getMatchingBlockArgument(&operand);
      if (!argument.use_empty())
        values.map(argument, epilogueOperand(operand, m, n));
    }
    Block &body = generic.getRegion().front();
    ScalarToVector(builder, loc, 1).clone(body, values, [&](unsigned dim) { return indexOf(dim, m, n); });
    for (auto [result, value] : llvm::zip_equal(generic.getResults(), body.getTerminator()->getOperands()))
      current[result] = values.lookupOrDefault(value);
  }
  storeResult(p.op->getResult(0), sum, m, n);
  for (linalg::GenericOp generic : p.epilogue)
    for (Value result : generic.getResults())
      storeResult(result, current[result], m, n);
}

Value ContractionSkeleton::resultOffset(Value argument, AffineMap map, Value m, Value n) {
  linalg::GenericOp product = p.op;
  AffineMap resultMap = product.getIndexingMapsArray().back();
  auto strides = loopStrides(argument.getType(), map.compose(resultMap), product.getNumLoops(), p.batch);
  return math.add(outerOffset(strides, /*withK=*/false),
                  math.add(math.mul(m, strideAlong(strides, p.m)), math.mul(n, strideAlong(strides, p.n))));
}

Value ContractionSkeleton::epilogueOperand(OpOperand &operand, Value m, Value n) {
  Value tensor = operand.get();
  if (Value value = current.lookup(tensor))
    return value;
  if (!isa<ShapedType>(tensor.getType()))
    return context.scalars().lookup(tensor);
  auto generic = cast<linalg::GenericOp>(operand.getOwner());
  Value offset = resultOffset(tensor, generic.getMatchingIndexingMap(&operand), m, n);
  return loadElements(builder, loc, flat(tensor), offset, 1, getElementTypeOrSelf(tensor.getType()));
}

Value ContractionSkeleton::indexOf(unsigned resultDim, Value m, Value n) {
  unsigned loop = p.loopOfResultDim(resultDim);
  auto is = [&](const ContractionDim &dim) { return llvm::is_contained(dim.loops, loop); };
  if (is(p.m))
    return m;
  if (is(p.n))
    return n;
  for (auto [dim, index] : llvm::zip_equal(p.outer, outerIndex))
    if (is(dim))
      return index;
  return math.constant(0);
}

void ContractionSkeleton::storeResult(Value tensor, Value value, Value m, Value n) {
  for (auto [index, yielded] : llvm::enumerate(context.yield()->getOperands())) {
    if (yielded != tensor)
      continue;
    BlockArgument out = context.outArgument(index);
    AffineMap identity = builder.getMultiDimIdentityMap(cast<ShapedType>(out.getType()).getRank());
    storeElements(builder, loc, value, flat(out), resultOffset(out, identity, m, n));
  }
}

} // namespace sinter
