// When do the operands and attributes of an op not fit? What ODS and type inference cannot say; numbers as in the .td.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "sinter/Dialect/IR/SinterDialect.h"

using namespace mlir;
using namespace sinter;

//===-- Elementwise ----------------------------------------------------------------------------------------------===//

LogicalResult MapOp::verify() {
  if (getInputs().empty() || getOutputs().empty()) // C1
    return emitOpError("needs at least one input and one result");
  ArrayRef<int64_t> shape = cast<RankedTensorType>(getInputs().front().getType()).getShape();
  auto hasOtherShape = [&](Type type) { return cast<RankedTensorType>(type).getShape() != shape; };
  for (Type type :
       llvm::concat<const Type>(llvm::to_vector(getInputs().getTypes()), llvm::to_vector(getOutputs().getTypes())))
    if (hasOtherShape(type))
      return emitOpError("inputs and results differ in shape: ") << getInputs().front().getType() << " and " << type;
  Block &body = getBody().front();
  auto elementOf = [](Type type) { return cast<RankedTensorType>(type).getElementType(); };
  if (!llvm::equal(body.getArgumentTypes(), llvm::map_range(getInputs().getTypes(), elementOf))) // C2
    return emitOpError("block arguments (") << body.getArgumentTypes() << ") are not the inputs' element types";
  auto yield = dyn_cast<YieldOp>(body.back());
  if (!yield || !llvm::equal(yield.getOperandTypes(), llvm::map_range(getOutputs().getTypes(), elementOf)))
    return emitOpError("the region must yield the element types of the results");
  for (Operation &op : body.without_terminator()) { // C3
    if (!isa<arith::ArithDialect, math::MathDialect>(op.getDialect()))
      return op.emitOpError("is not allowed in a sinter.map: its region holds arith and math ops only");
    if (auto half = llvm::find_if(op.getResultTypes(), isHalf); half != op.result_type_end())
      return op.emitOpError("computes ")
             << *half << " in a sinter.map, expected another type: use sinter.convert to round to it";
  }
  return success();
}

LogicalResult ConvertOp::verify() {
  Type from = getElementTypeOrSelf(getInput().getType()), to = getElementTypeOrSelf(getType());
  bool fits = from == to || ((!isHalf(from) || to.isF32()) && (!isHalf(to) || from.isF32())); // C1
  if (!fits)
    return emitOpError() << (isHalf(from) ? from : to) << " is converted from and to f32 only, found " << from << " to "
                         << to;
  return success();
}

LogicalResult SoftplusOp::verify() {
  if (!(getBeta().convertToDouble() > 0))
    return emitOpError("beta must be positive, found ") << getBeta().convertToDouble();
  return success();
}

LogicalResult DropoutOp::verify() {
  double rate = getRate().convertToDouble();
  if (!(rate >= 0 && rate < 1)) // C1
    return emitOpError("rate must be in [0, 1), found ") << rate;
  if (!getSeed() != !getStep()) // C2
    return emitOpError("needs both seed and step, or neither");
  return success();
}

//===-- Core -----------------------------------------------------------------------------------------------------===//

LogicalResult ConstantOp::verify() {
  auto value = dyn_cast<RankedTensorType>(getValue().getType());
  RankedTensorType result = getType();
  SmallVector<int64_t> shape(result.getShape());
  bool dynamic = llvm::is_contained(shape, ShapedType::kDynamic);
  std::replace(shape.begin(), shape.end(), ShapedType::kDynamic, int64_t(1));
  auto expected = RankedTensorType::get(shape, result.getElementType());
  if (!value || value != expected || (dynamic && !getValue().isSplat())) // C1
    return emitOpError("value of type ") << getValue().getType() << " does not fit the result " << result
                                         << ": expected a " << (dynamic ? "splat of " : "") << expected;
  return success();
}

LogicalResult BroadcastOp::verify() {
  RankedTensorType input = getInput().getType(), result = getType();
  ArrayRef<int64_t> dims = getDims();
  bool increasing = llvm::is_sorted(dims, [](int64_t a, int64_t b) { return a < b; }) &&
                    std::adjacent_find(dims.begin(), dims.end()) == dims.end();
  if (static_cast<int64_t>(dims.size()) != input.getRank() || !increasing ||
      llvm::any_of(dims, [&](int64_t d) { return d < 0 || d >= result.getRank(); })) // C1
    return emitOpError("dims [") << dims << "] do not place " << input << " in " << result;
  for (auto [i, d] : llvm::enumerate(dims))
    if (input.getDimSize(i) != result.getDimSize(d)) // C2
      return emitOpError("extent ") << i << " of " << input << " is not extent " << d << " of " << result;
  if (input.getElementType() != result.getElementType()) // C3
    return emitOpError("element types differ: ") << input << " and " << result;
  return success();
}

LogicalResult ReshapeOp::verify() {
  RankedTensorType input = getInput().getType(), result = getType();
  auto dynamicInFrontOnly = [](RankedTensorType type) {
    return type.hasStaticShape() || (type.getNumDynamicDims() == 1 && type.isDynamicDim(0));
  };
  auto elementsPerRow = [](RankedTensorType type) {
    int64_t count = 1;
    for (int64_t extent : type.getShape())
      count *= ShapedType::isDynamic(extent) ? 1 : extent;
    return count;
  };
  if (input.getElementType() != result.getElementType() || elementsPerRow(input) != elementsPerRow(result)) // C1
    return emitOpError("numbers of elements differ: ") << input << " and " << result;
  if (input.hasStaticShape() != result.hasStaticShape() || !dynamicInFrontOnly(input) || !dynamicInFrontOnly(result))
    return emitOpError("the batch extent must lead both shapes: ") << input << " and " << result; // C2
  return success();
}

LogicalResult IotaOp::verify() {
  int64_t dim = getDim();
  if (dim < 0 || dim >= getType().getRank()) // C1
    return emitOpError("dim ") << dim << " is not a dimension of " << getType();
  return success();
}

LogicalResult ValueAndGradOp::verifySymbolUses(SymbolTableCollection &symbols) {
  auto callee = symbols.lookupNearestSymbolFrom<FunctionOpInterface>(*this, getCalleeAttr());
  if (!callee) // C1
    return emitOpError("names ") << getCalleeAttr() << ", which is not a function of the module";
  if (!llvm::equal(getOperandTypes(), callee.getArgumentTypes()))
    return emitOpError("passes (") << getOperandTypes() << "), but " << getCalleeAttr() << " takes ("
                                   << callee.getArgumentTypes() << ")";
  SmallVector<Type> expected(callee.getResultTypes());
  auto scalar = expected.empty() ? RankedTensorType() : dyn_cast<RankedTensorType>(expected.front());
  if (!scalar || scalar.getRank() != 0 || !isa<Float32Type, Float64Type>(scalar.getElementType())) // C2
    return emitOpError("needs ") << getCalleeAttr() << " to return a float scalar first, found ("
                                 << callee.getResultTypes() << ")";
  int64_t previous = -1;
  for (int64_t index : getWrt()) {
    bool names = index > previous && index < static_cast<int64_t>(getNumOperands());
    if (!names || !isa<FloatType>(cast<RankedTensorType>(getOperand(index).getType()).getElementType())) // C3
      return emitOpError("wrt [") << getWrt() << "] does not name increasing float arguments";
    if (isHalf(getElementTypeOrSelf(getOperand(index).getType())))
      return emitOpError("wrt [") << getWrt() << "] expected f32 or f64 arguments, found "
                                  << getOperand(index).getType() << ": convert inside of " << getCalleeAttr();
    expected.push_back(getOperand(index).getType());
    previous = index;
  }
  if (!llvm::equal(getResultTypes(), expected))
    return emitOpError("has results (") << getResultTypes() << "), expected (" << TypeRange(expected) << ")";
  return success();
}

//===-- Composites -----------------------------------------------------------------------------------------------===//

template <typename OpT>
static LogicalResult verifySoftmaxDim(OpT op) {
  int64_t dim = op.getDim();
  if (dim < 0 || dim >= op.getType().getRank() || op.getType().isDynamicDim(dim)) // C1
    return op.emitOpError("dim ") << dim << " is not a static dimension of " << op.getType();
  return success();
}

LogicalResult SoftmaxOp::verify() {
  return verifySoftmaxDim(*this);
}
LogicalResult LogSoftmaxOp::verify() {
  return verifySoftmaxDim(*this);
}

template <typename OpT>
static LogicalResult verifyNorm(OpT op) {
  RankedTensorType input = op.getInput().getType();
  if (input.getRank() < 1 ||
      op.getScale().getType() != RankedTensorType::get({input.getShape().back()}, input.getElementType())) // C1
    return op.emitOpError("expected a scale with the last extent of ")
           << input << ", found " << op.getScale().getType();
  if (!(op.getEpsilon().convertToDouble() > 0)) // C2
    return op.emitOpError("epsilon must be positive, found ") << op.getEpsilon().convertToDouble();
  return success();
}

LogicalResult LayerNormOp::verify() {
  return verifyNorm(*this);
}
LogicalResult RmsNormOp::verify() {
  return verifyNorm(*this);
}

//===-- Kernels --------------------------------------------------------------------------------------------------===//

LogicalResult KernelOp::verify() {
  Block &body = getBody().front();
  if (!llvm::equal(body.getArgumentTypes(), getOperandTypes())) // C1
    return emitOpError("block arguments (")
           << body.getArgumentTypes() << ") are not the operands' types (" << getOperandTypes() << ")";
  auto yield = dyn_cast<YieldOp>(body.back());
  if (!yield || !llvm::equal(yield.getOperandTypes(), getOuts().getTypes()) ||
      !llvm::equal(getResultTypes(), getOuts().getTypes()))
    return emitOpError("results and yielded values must have the types of outs (") << getOuts().getTypes() << ")";
  return success();
}

LogicalResult LaunchOp::verify() {
  bool onTensors = llvm::all_of(llvm::concat<Value>(getInputs(), getOuts()),
                                [](Value value) { return isa<RankedTensorType>(value.getType()); });
  bool onMemrefs = llvm::all_of(llvm::concat<Value>(getInputs(), getOuts()),
                                [](Value value) { return isa<MemRefType>(value.getType()); });
  if (getTogether()) { // C3
    Operation *before = getOperation()->getPrevNode();
    while (before && !isa<LaunchOp>(before))
      before = before->getPrevNode();
    if (!before)
      return emitOpError("is `together` with the launch before it, and there is none");
    if (llvm::is_contained(before->getUsers(), getOperation()))
      return emitOpError("is `together` with the launch before it, and uses its results");
  }
  if (onTensors && !getRows() && llvm::equal(getResultTypes(), getOuts().getTypes())) // C2
    return success();
  if (onMemrefs && getRows() && getNumResults() == 0)
    return success();
  return emitOpError("must be on tensors, with one result per outs, or on memrefs, with rows and without results");
}

LogicalResult LaunchOp::verifySymbolUses(SymbolTableCollection &symbols) {
  auto kernel = symbols.lookupNearestSymbolFrom<FunctionOpInterface>(*this, getKernelAttr());
  size_t expected = getInputs().size() + getOuts().size() + 3;
  if (!kernel || kernel.getNumArguments() != expected) // C1
    return emitOpError("names ") << getKernelAttr() << ", expected a function of the module with " << expected
                                 << " arguments";
  return success();
}
