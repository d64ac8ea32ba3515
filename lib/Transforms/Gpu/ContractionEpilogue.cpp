// What follows a product on a GPU: the elementwise ops on its result, and the stores.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "ContractionSkeleton.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "sinter/Transforms/Memory/Layout.h"

using namespace mlir;

namespace sinter {

/// Of a kernel argument that the epilogue reads or writes, per loop of the product.
SmallVector<int64_t> ContractionSkeleton::epilogueStrides(Value argument, AffineMap map) {
  linalg::GenericOp product = p.op;
  return loopStrides(argument.getType(), map.compose(product.getIndexingMapsArray().back()), product.getNumLoops(),
                     p.batch);
}

/// 16 bytes of neighbours along n at a time, if they lie so in all that is read and written; else one.
int64_t ContractionSkeleton::epilogueLanes(int64_t columns) {
  const int64_t lanes = kAccessBytes / elementBytes(element);
  auto fits = [&](Value argument, AffineMap map) {
    SmallVector<int64_t> strides = epilogueStrides(argument, map);
    auto isAligned = [&](const ContractionDim &dim) { return strideAlong(strides, dim) % lanes == 0; };
    return strideAlong(strides, p.n) == 0 ||
           (strideAlong(strides, p.n) == 1 && isAligned(p.m) && llvm::all_of(p.outer, isAligned));
  };
  bool all = (p.n.dynamic ? p.n.perRow : p.n.extent) % lanes == 0 && columns % lanes == 0;
  for (linalg::GenericOp generic : p.epilogue)
    for (OpOperand &operand : generic->getOpOperands())
      if (isa<BlockArgument>(operand.get()) && isa<ShapedType>(operand.get().getType()) &&
          !generic.getMatchingBlockArgument(&operand).use_empty())
        all &= fits(operand.get(), generic.getMatchingIndexingMap(&operand));
  for (unsigned index = 0, e = context.yield()->getNumOperands(); index != e; ++index) {
    BlockArgument out = context.outArgument(index);
    all &= fits(out, builder.getMultiDimIdentityMap(cast<ShapedType>(out.getType()).getRank()));
  }
  return all ? lanes : 1;
}

void ContractionSkeleton::emitSlab(Value slab, const Part &part, llvm::function_ref<Value(Value)> rowOf) {
  emitRows(part, rowOf, [&](Value line, Value column, int64_t lanes) {
    return loadElements(builder, loc, slab, ValueRange{line, column}, lanes, element);
  });
}

void ContractionSkeleton::emitRows(const Part &part, llvm::function_ref<Value(Value)> rowOf, SumsAt sumsAt) {
  lanes = epilogueLanes(part.columns);
  int64_t perLine = part.columns / lanes;
  auto loop =
      scf::ForOp::create(builder, loc, part.thread, math.constant(part.lines * perLine), math.constant(part.threads));
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(loop.getBody());
  Value line = math.div(loop.getInductionVar(), perLine);
  Value column = math.mul(math.rem(loop.getInductionVar(), perLine), lanes);
  Value m = math.add(left.start, rowOf(line)), n = math.add(math.add(right.start, part.firstColumn), column);
  Value inside = arith::AndIOp::create(builder, loc, math.less(m, extentOf(p.m)), math.less(n, extentOf(p.n)));
  emitIf(builder, loc, inside, [&] { emitElements(m, n, sumsAt(line, column, lanes)); });
}

/// `lanes` neighbours from (m, n) on. All results are computed before any is stored: a destination may be an operand.
void ContractionSkeleton::emitElements(Value m, Value n, Value sum) {
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
    ScalarToVector(builder, loc, lanes).clone(body, values, [&](unsigned dim) { return indexOf(dim, m, n); });
    for (auto [result, value] : llvm::zip_equal(generic.getResults(), body.getTerminator()->getOperands()))
      current[result] = values.lookupOrDefault(value);
  }
  storeResult(p.op->getResult(0), sum, m, n);
  for (linalg::GenericOp generic : p.epilogue)
    for (Value result : generic.getResults())
      storeResult(result, current[result], m, n);
}

Value ContractionSkeleton::resultOffset(Value argument, AffineMap map, Value m, Value n) {
  SmallVector<int64_t> strides = epilogueStrides(argument, map);
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
  AffineMap map = generic.getMatchingIndexingMap(&operand);
  bool isSame = strideAlong(epilogueStrides(tensor, map), p.n) == 0;
  return loadElements(builder, loc, flat(tensor), resultOffset(tensor, map, m, n), isSame ? 1 : lanes,
                      getElementTypeOrSelf(tensor.getType()));
}

Value ContractionSkeleton::indexOf(unsigned resultDim, Value m, Value n) {
  unsigned loop = p.loopOfResultDim(resultDim);
  auto is = [&](const ContractionDim &dim) { return llvm::is_contained(dim.loops, loop); };
  if (is(p.m))
    return m;
  if (is(p.n))
    return lanes == 1 ? n : neighbours(n);
  for (auto [dim, index] : llvm::zip_equal(p.outer, outerIndex))
    if (is(dim))
      return index;
  return math.constant(0);
}

/// The numbers from `first` on, one for each lane.
Value ContractionSkeleton::neighbours(Value first) {
  auto type = VectorType::get({lanes}, builder.getIndexType());
  SmallVector<Attribute> numbers;
  for (int64_t lane = 0; lane < lanes; ++lane)
    numbers.push_back(builder.getIndexAttr(lane));
  Value steps = arith::ConstantOp::create(builder, loc, DenseElementsAttr::get(type, numbers));
  return arith::AddIOp::create(builder, loc, ScalarToVector(builder, loc, lanes).broadcast(first), steps);
}

void ContractionSkeleton::storeResult(Value tensor, Value value, Value m, Value n) {
  for (auto [index, yielded] : llvm::enumerate(context.yield()->getOperands())) {
    if (yielded != tensor)
      continue;
    BlockArgument out = context.outArgument(index);
    AffineMap identity = builder.getMultiDimIdentityMap(cast<ShapedType>(out.getType()).getRank());
    storeElements(builder, loc, ScalarToVector(builder, loc, lanes).broadcast(value), flat(out),
                  resultOffset(out, identity, m, n));
  }
}

} // namespace sinter
