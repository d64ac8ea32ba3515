// How does a function run? Arguments are checked, ops run in order, each by its table entry, and its results are
// checked.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "EvaluationTable.h"

#include "mlir/IR/TypeUtilities.h"

using namespace mlir;
using namespace sinter::reference;

static SmallVector<int64_t> concreteShape(Type type, int64_t rows) {
  SmallVector<int64_t> shape;
  if (auto tensor = dyn_cast<RankedTensorType>(type))
    for (int64_t extent : tensor.getShape())
      shape.push_back(ShapedType::isDynamic(extent) ? rows : extent);
  return shape;
}

SmallVector<int64_t> Frame::shapeOf(Value value) const {
  return isa<RankedTensorType>(value.getType()) ? concreteShape(value.getType(), environment.rows) : scalarShape;
}

ElementKind Frame::kindOf(Value value) const {
  return elementKindOf(getElementTypeOrSelf(value.getType())).value_or(ElementKind::F64);
}

const EvaluationTable &EvaluationTable::get() {
  static const EvaluationTable table = [] {
    EvaluationTable all;
    addElementwise(all);
    addActivations(all);
    addScalarArithmetic(all);
    addScalarIntegers(all);
    addScalarMath(all);
    addDataMovement(all);
    addContractions(all);
    addNormalizations(all);
    addLosses(all);
    addRandom(all);
    addCalls(all);
    return all;
  }();
  return table;
}

/// A value of a type that the dialect does not have (an index, a memref) cannot be held.
static LogicalResult checkResultTypes(Operation *op) {
  for (Type type : op->getResultTypes())
    if (!elementKindOf(getElementTypeOrSelf(type)) || isa<BaseMemRefType, VectorType, UnrankedTensorType>(type))
      return op->emitOpError("the reference interpreter has no values of type ") << type;
  return success();
}

/// Every evaluator must keep its promise: a result of the stated kind and shape.
static LogicalResult checkResults(Operation *op, const Frame &frame) {
  for (OpResult result : op->getResults()) {
    const Tensor &value = frame.get(result);
    if (value.kind() != frame.kindOf(result) || value.shape() != ArrayRef(frame.shapeOf(result)))
      return op->emitOpError("result #") << result.getResultNumber() << " should be of type " << result.getType()
                                         << " with " << frame.environment.rows << " rows, found " << typeText(value);
  }
  return success();
}

LogicalResult sinter::reference::evaluateBlock(Block &block, Frame &frame, const DenseSet<Operation *> *needed) {
  for (Operation &op : block.without_terminator()) {
    if (needed && !needed->contains(&op))
      continue;
    const Evaluator *evaluator = EvaluationTable::get().find(op.getName().getStringRef());
    if (!evaluator)
      return op.emitOpError("the reference interpreter does not know this op");
    if (failed(checkResultTypes(&op)) || failed((*evaluator)(&op, frame)) || failed(checkResults(&op, frame)))
      return failure();
  }
  return success();
}

/// The ops of a block that the given values depend on.
static DenseSet<Operation *> backwardSlice(ValueRange values) {
  DenseSet<Operation *> needed;
  SmallVector<Value> pending(values.begin(), values.end());
  while (!pending.empty())
    if (Operation *op = pending.pop_back_val().getDefiningOp(); op && needed.insert(op).second)
      pending.append(op->operand_begin(), op->operand_end());
  return needed;
}

static LogicalResult checkArguments(FunctionOpInterface function, ArrayRef<Tensor> arguments,
                                    const Environment &environment) {
  if (environment.rows < 1)
    return emitError(function->getLoc(), "the number of rows must be at least 1, found ") << environment.rows;
  if (function.isExternal() || !function.getFunctionBody().hasOneBlock())
    return emitError(function->getLoc(), "'") << function.getName() << "' has no body of one block to evaluate";
  if (arguments.size() != function.getNumArguments())
    return emitError(function->getLoc(), "'") << function.getName() << "' takes " << function.getNumArguments()
                                              << " arguments, found " << arguments.size();
  for (auto [number, tensor] : llvm::enumerate(arguments)) {
    Type type = function.getArgumentTypes()[number];
    auto tensorType = dyn_cast<RankedTensorType>(type);
    std::optional<ElementKind> kind = tensorType ? elementKindOf(tensorType.getElementType()) : std::nullopt;
    if (!kind || *kind != tensor.kind() || ArrayRef(concreteShape(type, environment.rows)) != tensor.shape())
      return emitError(function->getLoc(), "argument #")
             << number << " of '" << function.getName() << "' is of type " << type << " (" << environment.rows
             << " rows), found " << typeText(tensor);
  }
  return success();
}

/// All values are held until the function ends.
static LogicalResult checkMemory(Block &block, const Frame &frame, const DenseSet<Operation *> &needed) {
  int64_t elements = 0;
  for (Operation &op : block)
    for (Value result : op.getResults())
      if (llvm::Error error =
              needed.contains(&op) ? countElements(frame.shapeOf(result), elements) : llvm::Error::success())
        return op.emitOpError(llvm::toString(std::move(error)));
  return success();
}

FailureOr<SmallVector<Tensor>> sinter::reference::evaluateAtDepth(FunctionOpInterface function,
                                                                  ArrayRef<Tensor> arguments,
                                                                  const Environment &environment,
                                                                  ArrayRef<unsigned> wanted, int depth) {
  if (failed(checkArguments(function, arguments, environment)))
    return failure();
  Block &body = function.getFunctionBody().front();
  SmallVector<Value> results;
  Operation *terminator = body.getTerminator();
  for (unsigned number : wanted)
    results.push_back(terminator->getOperand(number));
  if (wanted.empty())
    llvm::append_range(results, terminator->getOperands());

  Frame frame(environment, depth);
  for (auto [argument, tensor] : llvm::zip_equal(body.getArguments(), arguments))
    frame.set(argument, tensor);
  const DenseSet<Operation *> needed = backwardSlice(results);
  if (failed(checkMemory(body, frame, needed)) || failed(evaluateBlock(body, frame, &needed)))
    return failure();
  return llvm::map_to_vector(results, [&](Value value) { return frame.get(value); });
}

FailureOr<SmallVector<Tensor>> sinter::reference::evaluate(FunctionOpInterface function, ArrayRef<Tensor> arguments,
                                                           const Environment &environment, ArrayRef<unsigned> wanted) {
  return evaluateAtDepth(function, arguments, environment, wanted, 0);
}
