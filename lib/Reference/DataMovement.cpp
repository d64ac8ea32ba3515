// Where does each element of a result come from? Literals, broadcast, transpose, reshape, slice, pad, concatenate,
// iota.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "EvaluationTable.h"

#include "mlir/IR/BuiltinAttributes.h"
#include "sinter/Dialect/IR/SinterDialect.h"

using namespace mlir;
using namespace sinter;
using namespace sinter::reference;

using Index = ArrayRef<int64_t>;

/// result[index] = input[source(index)].
template <typename Source>
static Tensor gather(const Tensor &input, ArrayRef<int64_t> shape, Source source) {
  Tensor result(input.kind(), shape);
  SmallVector<int64_t> from(input.rank());
  forEachIndex(shape, [&](Index index, int64_t position) {
    source(index, MutableArrayRef<int64_t>(from));
    result.copy(position, input, positionOf(input.shape(), from));
  });
  return result;
}

static Tensor evaluateBroadcast(BroadcastOp op, Frame &frame) {
  return gather(frame.get(op.getInput()), frame.shapeOf(op.getResult()),
                [&](Index index, MutableArrayRef<int64_t> from) {
                  for (auto [dim, resultDim] : llvm::enumerate(op.getDims()))
                    from[dim] = index[resultDim];
                });
}

static Tensor evaluateTranspose(TransposeOp op, Frame &frame) {
  return gather(frame.get(op.getInput()), frame.shapeOf(op.getResult()),
                [&](Index index, MutableArrayRef<int64_t> from) {
                  for (auto [resultDim, dim] : llvm::enumerate(op.getPermutation()))
                    from[dim] = index[resultDim];
                });
}

static Tensor evaluateSlice(SliceOp op, Frame &frame) {
  return gather(frame.get(op.getInput()), frame.shapeOf(op.getResult()),
                [&](Index index, MutableArrayRef<int64_t> from) {
                  for (auto [dim, start, stride] : llvm::enumerate(op.getStarts(), op.getStrides()))
                    from[dim] = start + index[dim] * stride;
                });
}

static LogicalResult evaluateReshape(ReshapeOp op, Frame &frame) {
  const Tensor &input = frame.get(op.getInput());
  const SmallVector<int64_t> shape = frame.shapeOf(op.getResult());
  if (sizeOf(shape) != input.size())
    return op.emitOpError("cannot reshape ") << input.size() << " elements into " << shapeText(shape);
  frame.set(op.getResult(), input.reshaped(shape));
  return success();
}

static Tensor evaluatePad(PadOp op, Frame &frame) {
  const Tensor &input = frame.get(op.getInput());
  Tensor result = frame.zeros(op.getResult());
  const double value = op.getValue().convertToDouble();
  for (int64_t i = 0; i < result.size(); ++i) {
    if (result.isFloat())
      result.set(i, value);
    else
      result.setInteger(i, truncateToInteger(value));
  }
  SmallVector<int64_t> to(input.rank());
  forEachIndex(input.shape(), [&](Index index, int64_t position) {
    for (int64_t dim = 0; dim < input.rank(); ++dim)
      to[dim] = op.getLow()[dim] + index[dim] * (op.getInterior()[dim] + 1);
    result.copy(positionOf(result.shape(), to), input, position);
  });
  return result;
}

static Tensor evaluateConcatenate(ConcatenateOp op, Frame &frame) {
  Tensor result = frame.zeros(op.getResult());
  int64_t before = 0; // extents of the inputs already placed
  for (Value operand : op.getInputs()) {
    const Tensor &input = frame.get(operand);
    forEachIndex(input.shape(), [&](Index index, int64_t position) {
      SmallVector<int64_t> to(index);
      to[op.getDim()] += before;
      result.copy(positionOf(result.shape(), to), input, position);
    });
    before += input.shape()[op.getDim()];
  }
  return result;
}

static Tensor evaluateIota(IotaOp op, Frame &frame) {
  Tensor result = frame.zeros(op.getResult());
  forEachIndex(result.shape(), [&](Index index, int64_t position) {
    if (result.isFloat())
      result.set(position, static_cast<double>(index[op.getDim()]));
    else
      result.setInteger(position, index[op.getDim()]);
  });
  return result;
}

//===-- Literals -------------------------------------------------------------------------------------------------===//

FailureOr<Tensor> sinter::reference::literal(Attribute value, ElementKind kind, ArrayRef<int64_t> shape) {
  Tensor result(kind, shape);
  auto elements = dyn_cast<DenseElementsAttr>(value);
  if (!elements || (!elements.isSplat() && elements.getNumElements() != result.size()))
    return failure();
  const bool isFloatLiteral = isa<FloatType>(elements.getElementType());
  if (isFloatLiteral != result.isFloat())
    return failure();
  const bool splat = elements.isSplat();
  if (isFloatLiteral) {
    auto values = elements.getValues<APFloat>();
    for (int64_t i = 0; i < result.size(); ++i)
      result.set(i, values[splat ? 0 : i].convertToDouble());
  } else {
    auto values = elements.getValues<APInt>();
    for (int64_t i = 0; i < result.size(); ++i)
      result.setInteger(i, values[splat ? 0 : i].getSExtValue());
  }
  return result;
}

static LogicalResult evaluateConstant(ConstantOp op, Frame &frame) {
  FailureOr<Tensor> value = literal(op.getValue(), frame.kindOf(op.getResult()), frame.shapeOf(op.getResult()));
  if (failed(value))
    return op.emitOpError("the literal is not a dense one of the result's type");
  frame.set(op.getResult(), std::move(*value));
  return success();
}

static Tensor evaluateBatchSize(BatchSizeOp op, Frame &frame) {
  return Tensor::scalar(frame.kindOf(op.getResult()), static_cast<double>(frame.environment.rows));
}

void sinter::reference::addDataMovement(EvaluationTable &table) {
  table.addChecked<ConstantOp>(evaluateConstant);
  table.add<BatchSizeOp>(evaluateBatchSize);
  table.add<BroadcastOp>(evaluateBroadcast);
  table.add<TransposeOp>(evaluateTranspose);
  table.addChecked<ReshapeOp>(evaluateReshape);
  table.add<SliceOp>(evaluateSlice);
  table.add<PadOp>(evaluatePad);
  table.add<ConcatenateOp>(evaluateConcatenate);
  table.add<IotaOp>(evaluateIota);
}
