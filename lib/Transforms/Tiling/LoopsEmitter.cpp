// Kernels that fit no better skeleton: one generic as plain loops over scalars (gathers, odd reductions), or a
// transposition, in squares of vectors.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Parallel loops in order, then the reduction loops; work items are runs of iterations of the outermost parallel loop.

#include "Transposition.h"

#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;

namespace sinter {
namespace {

class LoopsEmitter {
public:
  LoopsEmitter(OpBuilder &builder, KernelEmission &emission)
      : context(builder, emission), builder(builder), loc(context.loc), generic(context.analysis.generics.front()),
        coordinates(generic.getNumLoops()) {
    generic.getParallelDims(parallel);
    generic.getReductionDims(reductions);
    if (!reductions.empty())
      accumulator.emplace(generic);
  }

  LogicalResult emit();

private:
  void emitParallel(unsigned depth);
  void emitPoint();
  Value emitReduction(unsigned depth, Value accumulated);
  SmallVector<Value> emitRegion(Operation *skip);
  Value loadOperand(OpOperand &operand);
  Value loadTensor(Value tensor, ValueRange indices);
  void storeResult(unsigned number, Value value);
  SmallVector<Value> indices(OpOperand &operand);
  Value dimExtent(unsigned loop);
  LogicalResult check();

  KernelContext context;
  OpBuilder &builder;
  Location loc;
  linalg::GenericOp generic;
  SmallVector<Value> coordinates;
  SmallVector<unsigned> parallel, reductions;
  std::optional<Accumulator> accumulator;
  /// Values that the region names, so that an element needed before the combiner is found again.
  IRMapping values;
};

/// Results are written where they are computed, so each must be a yielded value of the kernel.
LogicalResult LoopsEmitter::check() {
  for (Value tensor : context.yield()->getOperands())
    if (tensor.getDefiningOp() != generic && !isa<BlockArgument>(tensor))
      return context.emission.kernel.emitError("a kernel of strategy loops yields the results of its one generic");
  return success();
}

Value LoopsEmitter::dimExtent(unsigned loop) {
  int64_t extent = context.analysis.domain[loop];
  return ShapedType::isDynamic(extent) ? context.emission.rows() : context.index(extent);
}

LogicalResult LoopsEmitter::emit() {
  if (failed(check()))
    return failure();
  OpBuilder::InsertionGuard guard(builder);
  int64_t perItem = context.emission.schedule.getTile()[0];
  Extent total;
  if (!parallel.empty()) {
    int64_t extent = context.analysis.domain[parallel[0]];
    total = ShapedType::isDynamic(extent) ? Extent{1, true} : Extent{extent, false};
  }
  auto [begin, end] = context.itemRange(total, perItem);
  if (context.lanes > 1) {
    emitSquares(context, *matchTransposition(context.analysis, context.lanes), begin, end);
    return success();
  }
  auto loop = scf::ForOp::create(builder, loc, begin, end, context.index(1));
  builder.setInsertionPointToStart(loop.getBody());
  if (!parallel.empty())
    coordinates[parallel[0]] = loop.getInductionVar();
  emitParallel(1);
  return success();
}

void LoopsEmitter::emitParallel(unsigned depth) {
  if (depth >= parallel.size())
    return emitPoint();
  OpBuilder::InsertionGuard guard(builder);
  auto loop = scf::ForOp::create(builder, loc, context.index(0), dimExtent(parallel[depth]), context.index(1));
  builder.setInsertionPointToStart(loop.getBody());
  coordinates[parallel[depth]] = loop.getInductionVar();
  emitParallel(depth + 1);
}

void LoopsEmitter::emitPoint() {
  if (accumulator) {
    Value start = loadOperand(*generic.getDpsInitOperand(0));
    storeResult(0, emitReduction(0, start));
    return;
  }
  for (auto [number, value] : llvm::enumerate(emitRegion(nullptr)))
    storeResult(number, value);
}

Value LoopsEmitter::emitReduction(unsigned depth, Value accumulated) {
  if (depth == reductions.size()) {
    emitRegion(accumulator->combiner.op);
    return accumulator->combine(builder, loc, accumulated, values.lookup(accumulator->combiner.element));
  }
  auto loop =
      scf::ForOp::create(builder, loc, context.index(0), dimExtent(reductions[depth]), context.index(1), accumulated);
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(loop.getBody());
  coordinates[reductions[depth]] = loop.getInductionVar();
  Value next = emitReduction(depth + 1, loop.getRegionIterArg(0));
  scf::YieldOp::create(builder, loc, next);
  return loop.getResult(0);
}

SmallVector<Value> LoopsEmitter::indices(OpOperand &operand) {
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

Value LoopsEmitter::loadTensor(Value tensor, ValueRange indices) {
  if (auto fill = tensor.getDefiningOp<linalg::FillOp>())
    return context.scalars().lookup(fill.getInputs()[0]);
  if (auto constant = tensor.getDefiningOp<arith::ConstantOp>()) {
    auto element = cast<TypedAttr>(cast<SplatElementsAttr>(constant.getValue()).getSplatValue<Attribute>());
    return arith::ConstantOp::create(builder, loc, element);
  }
  Type element = cast<RankedTensorType>(tensor.getType()).getElementType();
  return loadElements(builder, loc, context.emission.buffer(cast<BlockArgument>(tensor)), indices, 1, element);
}

Value LoopsEmitter::loadOperand(OpOperand &operand) {
  return loadTensor(operand.get(), indices(operand));
}

SmallVector<Value> LoopsEmitter::emitRegion(Operation *skip) {
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

void LoopsEmitter::storeResult(unsigned number, Value value) {
  for (auto [index, tensor] : llvm::enumerate(context.yield()->getOperands()))
    if (tensor == generic.getResult(number))
      storeElements(builder, loc, value, context.emission.buffer(context.outArgument(index)),
                    indices(*generic.getDpsInitOperand(number)));
}

} // namespace

LogicalResult emitLoops(OpBuilder &builder, KernelEmission &emission) {
  return LoopsEmitter(builder, emission).emit();
}

} // namespace sinter
