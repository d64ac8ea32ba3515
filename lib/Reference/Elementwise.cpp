// What do the named elementwise ops compute? One line of <cmath> each.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "EvaluationTable.h"

#include "sinter/Dialect/IR/SinterDialect.h"

#include <cmath>
#include <limits>

using namespace mlir;
using namespace sinter;
using namespace sinter::reference;

template <typename OpTy>
static void addUnary(EvaluationTable &table, double (*function)(double)) {
  table.add<OpTy>([function](OpTy op, Frame &frame) { return mapReal(frame.get(op.getInput()), function); });
}

/// A binary op with one meaning on floats and one on integers.
template <typename OpTy>
static void addBinary(EvaluationTable &table, double (*real)(double, double), int64_t (*integer)(int64_t, int64_t)) {
  table.add<OpTy>([=](OpTy op, Frame &frame) {
    const Tensor &lhs = frame.get(op.getLhs()), &rhs = frame.get(op.getRhs());
    return lhs.isFloat() ? mapReal(lhs, rhs, real) : mapInteger(lhs.kind(), lhs, rhs, integer);
  });
}

static double signOf(double x) {
  return std::isnan(x) ? x : x > 0 ? 1.0 : x < 0 ? -1.0 : 0.0;
}

static double larger(double a, double b) {
  return std::isnan(a) ? a : std::isnan(b) ? b : a > b ? a : b;
}
static double smaller(double a, double b) {
  return std::isnan(a) ? a : std::isnan(b) ? b : a < b ? a : b;
}

static int64_t wrappingAdd(int64_t a, int64_t b) {
  return static_cast<int64_t>(uint64_t(a) + uint64_t(b));
}
static int64_t wrappingSub(int64_t a, int64_t b) {
  return static_cast<int64_t>(uint64_t(a) - uint64_t(b));
}
static int64_t wrappingMul(int64_t a, int64_t b) {
  return static_cast<int64_t>(uint64_t(a) * uint64_t(b));
}

static void addUnaryOps(EvaluationTable &table) {
  addUnary<NegateOp>(table, [](double x) { return -x; });
  addUnary<AbsOp>(table, [](double x) { return std::fabs(x); });
  addUnary<SignOp>(table, signOf);
  addUnary<FloorOp>(table, [](double x) { return std::floor(x); });
  addUnary<ExpOp>(table, [](double x) { return std::exp(x); });
  addUnary<Expm1Op>(table, [](double x) { return std::expm1(x); });
  addUnary<LogOp>(table, [](double x) { return std::log(x); });
  addUnary<Log1pOp>(table, [](double x) { return std::log1p(x); });
  addUnary<SqrtOp>(table, [](double x) { return std::sqrt(x); });
  addUnary<RsqrtOp>(table, [](double x) { return 1.0 / std::sqrt(x); });
  addUnary<SinOp>(table, [](double x) { return std::sin(x); });
  addUnary<CosOp>(table, [](double x) { return std::cos(x); });
  addUnary<TanhOp>(table, [](double x) { return std::tanh(x); });
  addUnary<ErfOp>(table, [](double x) { return std::erf(x); });
  addUnary<SigmoidOp>(table, [](double x) { return 1.0 / (1.0 + std::exp(-x)); });
  addUnary<SquareOp>(table, [](double x) { return x * x; });
}

static void addBinaryOps(EvaluationTable &table) {
  addBinary<AddOp>(table, [](double a, double b) { return a + b; }, wrappingAdd);
  addBinary<SubOp>(table, [](double a, double b) { return a - b; }, wrappingSub);
  addBinary<MulOp>(table, [](double a, double b) { return a * b; }, wrappingMul);
  addBinary<MaxOp>(table, larger, [](int64_t a, int64_t b) { return a > b ? a : b; });
  addBinary<MinOp>(table, smaller, [](int64_t a, int64_t b) { return a < b ? a : b; });
}

/// Signed division, rounded to zero. A zero divisor is an error; the one overflow wraps.
static LogicalResult evaluateDivision(DivOp op, Frame &frame) {
  const Tensor &lhs = frame.get(op.getLhs()), &rhs = frame.get(op.getRhs());
  if (lhs.isFloat()) {
    frame.set(op.getResult(), mapReal(lhs, rhs, [](double a, double b) { return a / b; }));
    return success();
  }
  for (int64_t i = 0; i < rhs.size(); ++i)
    if (rhs.integerAt(i) == 0)
      return op.emitOpError("division of integers by zero at element ") << i;
  frame.set(op.getResult(),
            mapInteger(lhs.kind(), lhs, rhs, [](int64_t a, int64_t b) { return b == -1 ? wrappingSub(0, a) : a / b; }));
  return success();
}

static Tensor evaluatePower(PowOp op, Frame &frame) {
  return mapReal(frame.get(op.getLhs()), frame.get(op.getRhs()), [](double a, double b) { return std::pow(a, b); });
}

//===-- Comparison, choice, conversion ---------------------------------------------------------------------------===//

template <typename T>
static bool holds(CompareKind kind, T a, T b) {
  switch (kind) {
  case CompareKind::EQ:
    return a == b;
  case CompareKind::NE:
    return a != b;
  case CompareKind::LT:
    return a < b;
  case CompareKind::LE:
    return a <= b;
  case CompareKind::GT:
    return a > b;
  case CompareKind::GE:
    return a >= b;
  }
  return false;
}

static Tensor evaluateCompare(CompareOp op, Frame &frame) {
  const Tensor &lhs = frame.get(op.getLhs()), &rhs = frame.get(op.getRhs());
  return predicate(lhs.shape(), [&](int64_t i) {
    return lhs.isFloat() ? holds(op.getKind(), lhs.at(i), rhs.at(i))
                         : holds(op.getKind(), lhs.integerAt(i), rhs.integerAt(i));
  });
}

static Tensor evaluateSelect(SelectOp op, Frame &frame) {
  const Tensor &chosen = frame.get(op.getPredicate());
  const Tensor &onTrue = frame.get(op.getOnTrue()), &onFalse = frame.get(op.getOnFalse());
  Tensor result(onTrue.kind(), onTrue.shape());
  for (int64_t i = 0; i < result.size(); ++i)
    result.copy(i, chosen.integerAt(i) ? onTrue : onFalse, i);
  return result;
}

static Tensor evaluateConvert(ConvertOp op, Frame &frame) {
  Tensor result = convertElements(frame.get(op.getInput()), frame.kindOf(op.getResult()));
  if (!isHalf(result.kind()) || !frame.environment.rounds)
    return result;
  return mapReal(result, [&](double value) { return rounded(result.kind(), value); });
}

int64_t sinter::reference::truncateToInteger(double value) {
  if (std::isnan(value))
    return 0;
  if (value >= 0x1p63)
    return std::numeric_limits<int64_t>::max();
  if (value < -0x1p63)
    return std::numeric_limits<int64_t>::min();
  return static_cast<int64_t>(value);
}

Tensor sinter::reference::convertElements(const Tensor &input, ElementKind kind) {
  Tensor result(kind, input.shape());
  for (int64_t i = 0; i < input.size(); ++i) {
    if (result.isFloat())
      result.set(i, input.at(i));
    else if (kind == ElementKind::I1)
      result.setInteger(i, input.at(i) != 0.0);
    else
      result.setInteger(i, input.isFloat() ? truncateToInteger(input.at(i)) : input.integerAt(i));
  }
  return result;
}

/// The region runs once, on whole tensors (see Frame::scalarShape).
static LogicalResult evaluateMap(MapOp op, Frame &frame) {
  Block &body = op.getBody().front();
  Frame inner(frame.environment, frame.depth, frame.get(op.getInputs().front()).shape());
  for (auto [argument, input] : llvm::zip_equal(body.getArguments(), op.getInputs()))
    inner.set(argument, frame.get(input));
  if (failed(evaluateBlock(body, inner)))
    return failure();
  for (auto [result, yielded] : llvm::zip_equal(op.getOutputs(), body.getTerminator()->getOperands()))
    frame.set(result, inner.get(yielded));
  return success();
}

void sinter::reference::addElementwise(EvaluationTable &table) {
  addUnaryOps(table);
  addBinaryOps(table);
  table.addChecked<DivOp>(evaluateDivision);
  table.add<PowOp>(evaluatePower);
  table.add<CompareOp>(evaluateCompare);
  table.add<SelectOp>(evaluateSelect);
  table.add<ConvertOp>(evaluateConvert);
  table.addChecked<MapOp>(evaluateMap);
}
