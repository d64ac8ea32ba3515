// One point of a kernel of strategy `loops`.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "LoopPoint.h"

#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;

namespace sinter {

LoopPoint::LoopPoint(KernelContext &context)
    : context(context), builder(context.builder), loc(context.loc), generic(context.analysis.generics.front()) {
  coordinates.resize(generic.getNumLoops());
  generic.getParallelDims(parallel);
  generic.getReductionDims(reductions);
  if (!reductions.empty())
    accumulator.emplace(generic);
}

LogicalResult LoopPoint::check() {
  for (Value tensor : context.yield()->getOperands())
    if (tensor.getDefiningOp() != generic && !isa<BlockArgument>(tensor))
      return context.emission.kernel.emitError("a kernel of strategy loops yields the results of its one generic");
  return success();
}

Value LoopPoint::extent(unsigned loop) {
  int64_t extent = context.analysis.domain[loop];
  return ShapedType::isDynamic(extent) ? context.emission.rows() : context.index(extent);
}

void LoopPoint::emit() {
  if (accumulator) {
    Value start = loadOperand(*generic.getDpsInitOperand(0));
    storeResult(0, emitReduction(0, start));
    return;
  }
  for (auto [number, value] : llvm::enumerate(emitRegion(nullptr)))
    storeResult(number, value);
}

Value LoopPoint::emitReduction(unsigned depth, Value accumulated) {
  if (depth == reductions.size()) {
    emitRegion(accumulator->combiner.op);
    return accumulator->combine(builder, loc, accumulated, values.lookup(accumulator->combiner.element));
  }
  auto loop =
      scf::ForOp::create(builder, loc, context.index(0), extent(reductions[depth]), context.index(1), accumulated);
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(loop.getBody());
  coordinates[reductions[depth]] = loop.getInductionVar();
  Value next = emitReduction(depth + 1, loop.getRegionIterArg(0));
  scf::YieldOp::create(builder, loc, next);
  return loop.getResult(0);
}

SmallVector<Value> LoopPoint::indices(OpOperand &operand) {
  AffineMap map = generic.getMatchingIndexingMap(&operand);
  SmallVector<Value> result;
  for (unsigned i = 0; i < map.getNumResults(); ++i) {
    if (auto dim = dyn_cast<AffineDimExpr>(map.getResult(i)))
      result.push_back(coordinates[dim.getPosition()]);
    else
      result.push_back(affine::AffineApplyOp::create(builder, loc, map.getSubMap(i), coordinates));
  }
  return result;
}

Value LoopPoint::loadTensor(Value tensor, ValueRange indices) {
  if (auto fill = tensor.getDefiningOp<linalg::FillOp>())
    return context.scalars().lookup(fill.getInputs()[0]);
  if (auto constant = tensor.getDefiningOp<arith::ConstantOp>()) {
    auto element = cast<TypedAttr>(cast<SplatElementsAttr>(constant.getValue()).getSplatValue<Attribute>());
    return arith::ConstantOp::create(builder, loc, element);
  }
  Type element = cast<RankedTensorType>(tensor.getType()).getElementType();
  return loadElements(builder, loc, context.emission.buffer(cast<BlockArgument>(tensor)), indices, 1, element);
}

Value LoopPoint::loadOperand(OpOperand &operand) {
  return loadTensor(operand.get(), indices(operand));
}

SmallVector<Value> LoopPoint::emitRegion(Operation *skip) {
  values = context.scalars();
  for (OpOperand &operand : generic->getOpOperands()) {
    BlockArgument argument = generic.getMatchingBlockArgument(&operand);
    bool accumulates = skip && operand.getOperandNumber() >= generic.getNumDpsInputs();
    if (!argument.use_empty() && !accumulates)
      values.map(argument, loadOperand(operand));
  }
  Block &region = generic.getRegion().front();
  auto indexOf = [&](unsigned loop) { return coordinates[loop]; };
  auto extract = [&](Value tensor, ValueRange at) { return loadTensor(tensor, at); };
  ScalarToVector(builder, loc, 1).clone(region, values, indexOf, extract, skip);
  if (skip)
    return {};
  return llvm::map_to_vector(region.getTerminator()->getOperands(), [&](Value v) { return values.lookupOrDefault(v); });
}

void LoopPoint::storeResult(unsigned number, Value value) {
  for (auto [index, tensor] : llvm::enumerate(context.yield()->getOperands()))
    if (tensor == generic.getResult(number))
      storeElements(builder, loc, value, context.emission.buffer(context.outArgument(index)),
                    indices(*generic.getDpsInitOperand(number)));
}

} // namespace sinter
