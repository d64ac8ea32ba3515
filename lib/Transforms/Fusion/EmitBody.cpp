// One linalg.generic for each stage of a kernel. The arithmetic of a value that is inlined is cloned into the loop that
// reads it, once for each index at which it is read there.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Emit.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/Dominance.h"
#include "mlir/Transforms/CSE.h"
#include "mlir/Transforms/RegionUtils.h"
#include "llvm/ADT/STLExtras.h"

using namespace mlir;
using namespace sinter;
using linalg::GenericOp;

namespace {
/// What a body shares between its stages.
struct Body {
  const Graph &graph;
  const KernelPlan &plan;
  Block &block;
  OpBuilder &builder;
  Location loc;
  const IRMapping &destinations;
  /// Tensors of the body: inputs, then items as they are computed.
  IRMapping tensors;
  Value rows;

  /// The number of rows of this call, from an argument of the body that has the batch extent.
  Value batchExtent() {
    if (rows)
      return rows;
    for (BlockArgument argument : block.getArguments()) {
      auto type = cast<RankedTensorType>(argument.getType());
      for (int64_t dim = 0; dim < type.getRank(); ++dim)
        if (type.isDynamicDim(dim)) {
          OpBuilder::InsertionGuard guard(builder);
          builder.setInsertionPointToStart(&block);
          return rows = tensor::DimOp::create(builder, loc, argument, dim);
        }
    }
    llvm_unreachable("a kernel that needs the batch extent has an input with it");
  }

  /// Where an item is written: the output's destination, else a temporary.
  Value destination(Value item) {
    if (plan.isOutput(item))
      return destinations.lookup(item);
    auto type = cast<RankedTensorType>(item.getType());
    SmallVector<Value> extents(type.getNumDynamicDims());
    for (Value &extent : extents)
      extent = batchExtent();
    return tensor::EmptyOp::create(builder, loc, type, extents);
  }
};

/// The loop of one stage while it is written.
class StageWriter {
public:
  StageWriter(Body &body, const Stage &stage) : body(body), stage(stage), scalars(body.builder.getContext()) {}

  void write() {
    GenericOp first = generic(stage.values.front());
    unsigned loops = first.getNumLoops();
    region = new Block();
    scalars.setInsertionPointToEnd(region);
    AffineMap identity = AffineMap::getMultiDimIdentityMap(loops, scalars.getContext());
    for (Value item : stage.values)
      outs.push_back(initial(item));
    for (Value item : stage.values)
      outArguments.push_back(region->addArgument(getElementTypeOrSelf(item.getType()), body.loc));
    SmallVector<Value> results;
    for (Value item : stage.values)
      results.push_back(stage.elementwise ? inlined(item, identity) : combined(first, identity));
    linalg::YieldOp::create(scalars, body.loc, results);
    create(first, loops);
  }

private:
  GenericOp generic(Value item) { return cast<GenericOp>(item.getDefiningOp()); }

  /// The value before the first element: a fill for what is accumulated.
  Value initial(Value item) {
    Value destination = body.destination(item);
    GenericOp op = generic(item);
    auto fill = op.getDpsInits()[cast<OpResult>(item).getResultNumber()].getDefiningOp<linalg::FillOp>();
    if (!fill)
      return destination;
    OpBuilder &builder = body.builder;
    Value number = builder.clone(*fill.getInputs().front().getDefiningOp())->getResult(0);
    return linalg::FillOp::create(builder, body.loc, number, destination).getResult(0);
  }

  /// The scalar of `value` at index `at` of the stage's loops.
  Value scalarAt(Value value, AffineMap at) {
    bool sameStage = stage.elementwise && llvm::is_contained(stage.values, value);
    return sameStage || body.plan.isInlined(value) ? inlined(value, at) : loaded(body.tensors.lookup(value), at);
  }

  Value loaded(Value tensor, AffineMap at) {
    for (auto [i, input] : llvm::enumerate(inputs))
      if (input == tensor && inputMaps[i] == at)
        return region->getArgument(i);
    inputs.push_back(tensor);
    inputMaps.push_back(at);
    return region->insertArgument(inputs.size() - 1, getElementTypeOrSelf(tensor.getType()), body.loc);
  }

  Value inlined(Value value, AffineMap at) {
    auto known = computed.find({value, at});
    if (known != computed.end())
      return known->second;
    GenericOp op = generic(value);
    IRMapping mapping;
    for (OpOperand *input : op.getDpsInputOperands())
      mapping.map(op.getMatchingBlockArgument(input),
                  scalarAt(input->get(), op.getMatchingIndexingMap(input).compose(at)));
    SmallVector<Value> results = cloneScalars(op, mapping, at);
    for (auto [result, scalar] : llvm::zip_equal(op.getResults(), results))
      computed[{result, at}] = scalar;
    return computed[{value, at}];
  }

  /// The result of an accumulating or gathering loop.
  Value combined(GenericOp op, AffineMap identity) {
    IRMapping mapping;
    for (OpOperand *input : op.getDpsInputOperands())
      mapping.map(op.getMatchingBlockArgument(input), scalarAt(input->get(), op.getMatchingIndexingMap(input)));
    mapping.map(op.getRegionOutputArgs(), outArguments);
    return cloneScalars(op, mapping, identity).front();
  }

  SmallVector<Value> cloneScalars(GenericOp op, IRMapping &mapping, AffineMap at) {
    for (Operation &scalar : op.getBody()->without_terminator()) {
      if (auto index = dyn_cast<linalg::IndexOp>(scalar)) {
        int64_t loop = cast<AffineDimExpr>(at.getResult(index.getDim())).getPosition();
        mapping.map(index.getResult(), linalg::IndexOp::create(scalars, body.loc, loop).getResult());
        continue;
      }
      llvm::SetVector<Value> used(scalar.operand_begin(), scalar.operand_end());
      getUsedValuesDefinedAbove(scalar.getRegions(), used);
      for (Value operand : used)
        if (!mapping.contains(operand))
          mapping.map(operand, captured(operand));
      scalars.clone(scalar, mapping);
    }
    SmallVector<Value> results;
    for (Value yielded : op.getBody()->getTerminator()->getOperands()) {
      if (!mapping.contains(yielded))
        mapping.map(yielded, captured(yielded));
      results.push_back(mapping.lookup(yielded));
    }
    return results;
  }

  /// What a loop's body uses from outside: constants, the batch extent, tensors it gathers from.
  Value captured(Value value) {
    if (isa<RankedTensorType>(value.getType()))
      return body.tensors.lookup(value);
    if (value.getDefiningOp<tensor::DimOp>())
      return body.batchExtent();
    return scalars.clone(*value.getDefiningOp())->getResult(cast<OpResult>(value).getResultNumber());
  }

  void create(GenericOp first, unsigned loops) {
    SmallVector<AffineMap> maps(inputMaps);
    SmallVector<utils::IteratorType> iterators(loops, utils::IteratorType::parallel);
    if (!stage.elementwise)
      iterators = first.getIteratorTypesArray();
    for (Value item : stage.values)
      maps.push_back(
          first.getIndexingMapMatchingResult(cast<OpResult>(stage.elementwise ? stage.values.front() : item)));
    auto op = GenericOp::create(body.builder, body.loc, ValueRange(outs).getTypes(), inputs, outs, maps, iterators);
    op.getRegion().getBlocks().clear();
    op.getRegion().push_back(region);
    for (auto [item, result] : llvm::zip_equal(stage.values, op.getResults()))
      body.tensors.map(item, result);
    shareScalars(op);
  }

  /// Common subexpressions of the loop's body only: destinations that look alike are different memory.
  static void shareScalars(GenericOp op) {
    IRRewriter rewriter(op.getContext());
    DominanceInfo dominance(op);
    eliminateCommonSubExpressions(rewriter, dominance, op);
  }

  Body &body;
  const Stage &stage;
  OpBuilder scalars;
  Block *region = nullptr;
  SmallVector<Value> inputs, outs, outArguments;
  SmallVector<AffineMap> inputMaps;
  llvm::DenseMap<std::pair<Value, AffineMap>, Value> computed; // never iterated over
};
} // namespace

void sinter::emitBody(const Graph &graph, const KernelPlan &plan, KernelOp kernel, const IRMapping &inputs,
                      const IRMapping &destinations) {
  Block &block = kernel.getBody().front();
  OpBuilder builder(kernel.getContext());
  builder.setInsertionPointToEnd(&block);
  Body body{graph, plan, block, builder, kernel.getLoc(), destinations, inputs, {}};
  for (const Stage &stage : plan.stages)
    StageWriter(body, stage).write();
  SmallVector<Value> results;
  for (Value output : plan.outputs)
    results.push_back(body.tensors.lookup(output));
  YieldOp::create(builder, kernel.getLoc(), results);
}
