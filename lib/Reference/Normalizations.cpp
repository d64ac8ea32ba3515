// What do softmax and the normalizations compute? One row (one line along the dimension) after the other.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "EvaluationTable.h"

#include "sinter/Dialect/IR/SinterDialect.h"

#include <cmath>
#include <limits>

using namespace mlir;
using namespace sinter;
using namespace sinter::reference;

/// Applies `transform` to every line of elements along `dim`, in place.
template <typename Transform>
static void forEachLine(Tensor &tensor, int64_t dim, Transform transform) {
  int64_t stride = 1; // between neighbours of a line
  for (int64_t inner = dim + 1; inner < tensor.rank(); ++inner)
    stride *= tensor.shape()[inner];
  const int64_t extent = tensor.shape()[dim];
  std::vector<double> line(extent);
  for (int64_t start = 0; start < tensor.size(); ++start) {
    if ((start / stride) % extent != 0)
      continue; // not the first element of a line
    for (int64_t i = 0; i < extent; ++i)
      line[i] = tensor.at(start + i * stride);
    transform(line);
    for (int64_t i = 0; i < extent; ++i)
      tensor.set(start + i * stride, line[i]);
  }
}

static double largest(const std::vector<double> &line) {
  double result = -std::numeric_limits<double>::infinity();
  for (double x : line)
    result = std::isnan(result) || x < result ? result : x;
  return result;
}

static void softmax(std::vector<double> &line) {
  const double maximum = largest(line);
  double sum = 0;
  for (double &x : line)
    sum += x = std::exp(x - maximum);
  for (double &x : line)
    x /= sum;
}

static void logSoftmax(std::vector<double> &line) {
  const double maximum = largest(line);
  double sum = 0;
  for (double x : line)
    sum += std::exp(x - maximum);
  for (double &x : line)
    x = x - maximum - std::log(sum);
}

static double mean(const std::vector<double> &line) {
  double sum = 0;
  for (double x : line)
    sum += x;
  return sum / static_cast<double>(line.size());
}

static Tensor evaluateLayerNorm(LayerNormOp op, Frame &frame) {
  const Tensor &scale = frame.get(op.getScale()), &shift = frame.get(op.getShift());
  const double epsilon = op.getEpsilon().convertToDouble();
  Tensor result = frame.get(op.getInput());
  forEachLine(result, result.rank() - 1, [&](std::vector<double> &line) {
    const double center = mean(line);
    std::vector<double> squares;
    for (double x : line)
      squares.push_back((x - center) * (x - center));
    const double deviation = std::sqrt(mean(squares) + epsilon);
    for (size_t i = 0; i < line.size(); ++i)
      line[i] = (line[i] - center) / deviation * scale.at(i) + shift.at(i);
  });
  return result;
}

static Tensor evaluateRmsNorm(RmsNormOp op, Frame &frame) {
  const Tensor &scale = frame.get(op.getScale());
  const double epsilon = op.getEpsilon().convertToDouble();
  Tensor result = frame.get(op.getInput());
  forEachLine(result, result.rank() - 1, [&](std::vector<double> &line) {
    std::vector<double> squares;
    for (double x : line)
      squares.push_back(x * x);
    const double size = std::sqrt(mean(squares) + epsilon);
    for (size_t i = 0; i < line.size(); ++i)
      line[i] = line[i] / size * scale.at(i);
  });
  return result;
}

void sinter::reference::addNormalizations(EvaluationTable &table) {
  table.add<SoftmaxOp>([](SoftmaxOp op, Frame &frame) {
    Tensor result = frame.get(op.getInput());
    forEachLine(result, op.getDim(), softmax);
    return result;
  });
  table.add<LogSoftmaxOp>([](LogSoftmaxOp op, Frame &frame) {
    Tensor result = frame.get(op.getInput());
    forEachLine(result, op.getDim(), logSoftmax);
    return result;
  });
  table.add<LayerNormOp>(evaluateLayerNorm);
  table.add<RmsNormOp>(evaluateRmsNorm);
}
