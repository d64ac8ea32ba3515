// Kernels with their operands, views, and what old values have become.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Emit.h"
#include "Locations.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "llvm/ADT/STLExtras.h"

using namespace mlir;
using namespace sinter;

static bool hasBatchExtent(Value tensor) {
  return !cast<RankedTensorType>(tensor.getType()).hasStaticShape();
}

KernelEmitter::KernelEmitter(const Graph &graph, const Order &order, OpBuilder &builder)
    : graph(graph), order(order), builder(builder) {
  for (BlockArgument argument : graph.getFunction().getArguments())
    if (!batchArgument && isa<RankedTensorType>(argument.getType()) && hasBatchExtent(argument))
      batchArgument = argument;
}

/// Read once, at the function's start.
Value KernelEmitter::batchExtent() {
  if (rows)
    return rows;
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(&graph.getFunction().getBody().front());
  ArrayRef<int64_t> shape = shapeOf(batchArgument);
  int64_t dim = llvm::find_if(shape, ShapedType::isDynamic) - shape.begin();
  return rows = tensor::DimOp::create(builder, graph.getFunction().getLoc(), batchArgument, dim);
}

Value KernelEmitter::destinationFor(Value output) {
  if (BlockArgument state = order.storageOf(output))
    return state;
  auto type = cast<RankedTensorType>(output.getType());
  SmallVector<Value> extents(type.getNumDynamicDims());
  for (Value &extent : extents)
    extent = batchExtent();
  return tensor::EmptyOp::create(builder, output.getLoc(), type, extents);
}

/// True if a loop of the kernel counts rows where none of its operands has the batch extent.
static bool needsBatchExtent(const Graph &graph, const KernelPlan &plan) {
  for (const Stage &stage : plan.stages)
    for (Value item : stage.values)
      if (hasBatchExtent(item))
        return true;
  return llvm::any_of(plan.computed, [&](unsigned node) {
    return graph[node]
        .generic()
        .getRegion()
        .walk([](Operation *op) {
          bool captures = llvm::any_of(op->getOperands(), [](Value v) { return v.getDefiningOp<tensor::DimOp>(); });
          return captures ? WalkResult::interrupt() : WalkResult::advance();
        })
        .wasInterrupted();
  });
}

KernelOp KernelEmitter::emitKernel(const KernelPlan &plan, const KernelLabel &label) {
  SmallVector<Value> inputs, outs;
  SmallVector<Value> oldInputs;
  for (Value output : plan.outputs)
    outs.push_back(destinationFor(output));
  for (Value load : plan.loads)
    if (!llvm::is_contained(outs, load)) {
      oldInputs.push_back(load);
      inputs.push_back(lookup(load));
    }
  bool extentAtHand = llvm::any_of(llvm::concat<Value>(inputs, outs), hasBatchExtent);
  if (!extentAtHand && needsBatchExtent(graph, plan))
    inputs.push_back(batchArgument);

  Location loc = locationOf(graph, plan);
  auto kernel = KernelOp::create(builder, loc, ValueRange(outs).getTypes(), builder.getStringAttr(label.name),
                                 label.sources.empty() ? ArrayAttr() : builder.getStrArrayAttr(label.sources),
                                 ScheduleAttr(), inputs, outs);
  Block &block = kernel.getBody().emplaceBlock();
  IRMapping tensors, destinations;
  for (Value input : inputs)
    block.addArgument(input.getType(), loc);
  for (auto [load, argument] : llvm::zip(oldInputs, block.getArguments()))
    tensors.map(load, argument);
  for (auto [output, out] : llvm::zip_equal(plan.outputs, outs)) {
    BlockArgument argument = block.addArgument(out.getType(), loc);
    destinations.map(output, argument);
    if (plan.loads.contains(out))
      tensors.map(out, argument);
  }
  emitBody(graph, plan, kernel, tensors, destinations);
  values.map(plan.outputs, kernel.getResults());
  return kernel;
}

void KernelEmitter::emitView(unsigned node) {
  auto view = cast<ReshapeOp>(graph[node].op);
  values.map(view.getResult(),
             ReshapeOp::create(builder, view.getLoc(), view.getType(), lookup(view.getInput())).getResult());
}
