// What do the losses compute? PyTorch's definitions, summed in row-major order, divided by the count for `mean`.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "EvaluationTable.h"

#include "sinter/Dialect/IR/SinterDialect.h"

#include <algorithm>
#include <cmath>

using namespace mlir;
using namespace sinter;
using namespace sinter::reference;

static Tensor reduced(ElementKind kind, double sum, int64_t count, Reduction reduction) {
  return Tensor::scalar(kind, reduction == Reduction::Mean ? sum / static_cast<double>(count) : sum);
}

/// Sums `term(y, t)` over all elements.
template <typename OpTy, typename Term>
static Tensor pairedLoss(OpTy op, Frame &frame, Term term) {
  const Tensor &output = frame.get(op.getOutput()), &target = frame.get(op.getTarget());
  double sum = 0;
  for (int64_t i = 0; i < output.size(); ++i)
    sum += term(output.at(i), target.at(i));
  return reduced(output.kind(), sum, output.size(), op.getReduction());
}

static double bceTerm(double y, double t) {
  return std::max(y, 0.0) - y * t + std::log1p(std::exp(-std::fabs(y)));
}

static double huberTerm(double d, double delta) {
  return std::fabs(d) <= delta ? 0.5 * d * d : delta * (std::fabs(d) - 0.5 * delta);
}

//===-- Cross-entropy --------------------------------------------------------------------------------------------===//

/// Target probabilities [rows, classes] from class indices [rows].
static FailureOr<Tensor> oneHot(CrossEntropyOp op, const Tensor &labels, ArrayRef<int64_t> shape) {
  Tensor result(ElementKind::F64, shape);
  const int64_t classes = shape[1];
  for (int64_t row = 0; row < labels.size(); ++row) {
    const int64_t label = labels.integerAt(row);
    if (label < 0 || label >= classes)
      return op.emitOpError("class label of row ") << row << " should be in [0, " << classes << "), found " << label;
    result.set(row * classes + label, 1.0);
  }
  return result;
}

/// -sum over classes of t log_softmax(y) of one row.
static double crossEntropyOfRow(const Tensor &output, const Tensor &target, int64_t row, double smoothing) {
  const int64_t classes = output.shape()[1];
  double maximum = output.at(row * classes);
  for (int64_t c = 1; c < classes; ++c)
    maximum = std::max(maximum, output.at(row * classes + c));
  double sum = 0;
  for (int64_t c = 0; c < classes; ++c)
    sum += std::exp(output.at(row * classes + c) - maximum);
  double loss = 0;
  for (int64_t c = 0; c < classes; ++c) {
    const double probability =
        (1.0 - smoothing) * target.at(row * classes + c) + smoothing / static_cast<double>(classes);
    if (probability != 0.0)
      loss -= probability * (output.at(row * classes + c) - maximum - std::log(sum));
  }
  return loss;
}

static LogicalResult evaluateCrossEntropy(CrossEntropyOp op, Frame &frame) {
  const Tensor &output = frame.get(op.getOutput()), &given = frame.get(op.getTarget());
  FailureOr<Tensor> target = given.isFloat() ? FailureOr<Tensor>(given) : oneHot(op, given, output.shape());
  if (failed(target))
    return failure();
  const int64_t rows = output.shape()[0];
  double sum = 0;
  for (int64_t row = 0; row < rows; ++row)
    sum += crossEntropyOfRow(output, *target, row, op.getLabelSmoothing().convertToDouble());
  frame.set(op.getResult(), reduced(output.kind(), sum, rows, op.getReduction()));
  return success();
}

void sinter::reference::addLosses(EvaluationTable &table) {
  table.add<MseLossOp>([](MseLossOp op, Frame &frame) {
    return pairedLoss(op, frame, [](double y, double t) { return (y - t) * (y - t); });
  });
  table.add<L1LossOp>([](L1LossOp op, Frame &frame) {
    return pairedLoss(op, frame, [](double y, double t) { return std::fabs(y - t); });
  });
  table.add<BceWithLogitsOp>([](BceWithLogitsOp op, Frame &frame) { return pairedLoss(op, frame, bceTerm); });
  table.add<HuberLossOp>([](HuberLossOp op, Frame &frame) {
    const double delta = op.getDelta().convertToDouble();
    return pairedLoss(op, frame, [=](double y, double t) { return huberTerm(y - t, delta); });
  });
  table.addChecked<CrossEntropyOp>(evaluateCrossEntropy);
}
