// What do the activations compute? PyTorch's definitions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "EvaluationTable.h"

#include "sinter/Dialect/IR/SinterDialect.h"

#include <cmath>

using namespace mlir;
using namespace sinter;
using namespace sinter::reference;

static double geluErf(double x) {
  return 0.5 * x * (1.0 + std::erf(x / std::sqrt(2.0)));
}

static double geluTanh(double x) {
  const double pi = std::acos(-1.0);
  return 0.5 * x * (1.0 + std::tanh(std::sqrt(2.0 / pi) * (x + 0.044715 * x * x * x)));
}

static Tensor evaluateSoftplus(SoftplusOp op, Frame &frame) {
  const double beta = op.getBeta().convertToDouble(), threshold = op.getThreshold().convertToDouble();
  return mapReal(frame.get(op.getInput()),
                 [=](double x) { return beta * x > threshold ? x : std::log1p(std::exp(beta * x)) / beta; });
}

void sinter::reference::addActivations(EvaluationTable &table) {
  table.add<ReluOp>([](ReluOp op, Frame &frame) {
    return mapReal(frame.get(op.getInput()), [](double x) { return std::isnan(x) ? x : x > 0 ? x : 0.0; });
  });
  table.add<SiluOp>([](SiluOp op, Frame &frame) {
    return mapReal(frame.get(op.getInput()), [](double x) { return x / (1.0 + std::exp(-x)); });
  });
  table.add<LeakyReluOp>([](LeakyReluOp op, Frame &frame) {
    const double slope = op.getSlope().convertToDouble();
    return mapReal(frame.get(op.getInput()), [=](double x) { return x > 0 ? x : slope * x; });
  });
  table.add<EluOp>([](EluOp op, Frame &frame) {
    const double alpha = op.getAlpha().convertToDouble();
    return mapReal(frame.get(op.getInput()), [=](double x) { return x > 0 ? x : alpha * std::expm1(x); });
  });
  table.add<SoftplusOp>(evaluateSoftplus);
  table.add<GeluOp>([](GeluOp op, Frame &frame) {
    return mapReal(frame.get(op.getInput()), op.getForm() == GeluForm::Erf ? geluErf : geluTanh);
  });
}
