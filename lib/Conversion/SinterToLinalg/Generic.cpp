// Building blocks of the lowering: extents, empty tensors, elementwise generics.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Generic.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Interfaces/FunctionInterfaces.h"
#include "sinter/Transforms/Decompose/Source.h"

using namespace mlir;

Value sinter::batchExtent(OpBuilder &builder, Operation *op) {
  auto function = op->getParentOfType<FunctionOpInterface>();
  for (BlockArgument argument : function.getArguments()) {
    auto type = dyn_cast<RankedTensorType>(argument.getType());
    if (!type || type.hasStaticShape())
      continue;
    int64_t dim = llvm::find_if(type.getShape(), ShapedType::isDynamic) - type.getShape().begin();
    return tensor::DimOp::create(builder, op->getLoc(), argument, dim);
  }
  op->emitOpError("has the batch extent '?', but no argument of '")
      << function.getName() << "' has one to read it from";
  return {};
}

Value sinter::emptyTensor(OpBuilder &builder, Operation *op, RankedTensorType type) {
  SmallVector<Value> extents;
  for (int64_t i = 0, count = type.getNumDynamicDims(); i < count; ++i) {
    Value extent = batchExtent(builder, op);
    if (!extent)
      return {};
    extents.push_back(extent);
  }
  return tensor::EmptyOp::create(builder, op->getLoc(), type, extents);
}

LogicalResult sinter::replaceWithElementwise(RewriterBase &rewriter, Operation *op, ValueRange inputs,
                                             ArrayRef<AffineMap> maps, ScalarBody body) {
  int64_t rank = cast<RankedTensorType>(op->getResult(0).getType()).getRank();
  AffineMap identity = rewriter.getMultiDimIdentityMap(rank);
  SmallVector<AffineMap> allMaps(maps);
  allMaps.resize(inputs.size(), identity);
  SmallVector<Value> outs;
  for (Type type : op->getResultTypes()) {
    Value out = emptyTensor(rewriter, op, cast<RankedTensorType>(type));
    if (!out)
      return failure();
    outs.push_back(out);
    allMaps.push_back(identity);
  }
  SmallVector<utils::IteratorType> loops(rank, utils::IteratorType::parallel);
  auto generic = linalg::GenericOp::create(rewriter, sourceLoc(op), op->getResultTypes(), inputs, outs, allMaps, loops,
                                           [&](OpBuilder &builder, Location loc, ValueRange arguments) {
                                             linalg::YieldOp::create(
                                                 builder, loc, body(builder, loc, arguments.take_front(inputs.size())));
                                           });
  rewriter.replaceOp(op, generic.getResults());
  return success();
}

AffineMap sinter::selectDims(MLIRContext *context, int64_t rank, ArrayRef<int64_t> dims) {
  SmallVector<AffineExpr> results;
  for (int64_t dim : dims)
    results.push_back(getAffineDimExpr(dim, context));
  return AffineMap::get(rank, 0, results, context);
}

Value sinter::scalarConstant(OpBuilder &builder, Location loc, Type type, double number) {
  if (auto floatType = dyn_cast<FloatType>(type))
    return arith::ConstantOp::create(builder, loc, FloatAttr::get(floatType, number));
  return arith::ConstantOp::create(builder, loc, IntegerAttr::get(type, static_cast<int64_t>(number)));
}
