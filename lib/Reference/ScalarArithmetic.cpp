// What do the `arith` ops of a map's region compute on floats, and how do they convert?
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "EvaluationTable.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

#include <cmath>

using namespace mlir;
using namespace sinter::reference;

template <typename OpTy>
static void addReal(EvaluationTable &table, double (*function)(double, double)) {
  table.add<OpTy>(
      [function](OpTy op, Frame &frame) { return mapReal(frame.get(op.getLhs()), frame.get(op.getRhs()), function); });
}

static double larger(double a, double b) {
  return std::isnan(a) ? a : std::isnan(b) ? b : a > b ? a : b;
}
static double smaller(double a, double b) {
  return std::isnan(a) ? a : std::isnan(b) ? b : a < b ? a : b;
}

static void addRealBinaries(EvaluationTable &table) {
  addReal<arith::AddFOp>(table, [](double a, double b) { return a + b; });
  addReal<arith::SubFOp>(table, [](double a, double b) { return a - b; });
  addReal<arith::MulFOp>(table, [](double a, double b) { return a * b; });
  addReal<arith::DivFOp>(table, [](double a, double b) { return a / b; });
  addReal<arith::RemFOp>(table, [](double a, double b) { return std::fmod(a, b); });
  addReal<arith::MaximumFOp>(table, larger);
  addReal<arith::MinimumFOp>(table, smaller);
  addReal<arith::MaxNumFOp>(table, [](double a, double b) { return std::fmax(a, b); });
  addReal<arith::MinNumFOp>(table, [](double a, double b) { return std::fmin(a, b); });
  table.add<arith::NegFOp>(
      [](arith::NegFOp op, Frame &frame) { return mapReal(frame.get(op.getOperand()), [](double x) { return -x; }); });
}

//===-- Comparison and choice ------------------------------------------------------------------------------------===//

static bool holds(arith::CmpFPredicate predicate, double a, double b) {
  using P = arith::CmpFPredicate;
  const bool unordered = std::isnan(a) || std::isnan(b);
  switch (predicate) {
  case P::AlwaysFalse:
    return false;
  case P::AlwaysTrue:
    return true;
  case P::ORD:
    return !unordered;
  case P::UNO:
    return unordered;
  case P::OEQ:
    return a == b;
  case P::OGT:
    return a > b;
  case P::OGE:
    return a >= b;
  case P::OLT:
    return a < b;
  case P::OLE:
    return a <= b;
  case P::ONE:
    return !unordered && a != b;
  case P::UEQ:
    return unordered || a == b;
  case P::UGT:
    return unordered || a > b;
  case P::UGE:
    return unordered || a >= b;
  case P::ULT:
    return unordered || a < b;
  case P::ULE:
    return unordered || a <= b;
  case P::UNE:
    return unordered || a != b;
  }
  return false;
}

static Tensor evaluateCompare(arith::CmpFOp op, Frame &frame) {
  const Tensor &lhs = frame.get(op.getLhs()), &rhs = frame.get(op.getRhs());
  return predicate(lhs.shape(), [&](int64_t i) { return holds(op.getPredicate(), lhs.at(i), rhs.at(i)); });
}

static Tensor evaluateSelect(arith::SelectOp op, Frame &frame) {
  const Tensor &condition = frame.get(op.getCondition());
  const Tensor &onTrue = frame.get(op.getTrueValue()), &onFalse = frame.get(op.getFalseValue());
  Tensor result(onTrue.kind(), onTrue.shape());
  for (int64_t i = 0; i < result.size(); ++i)
    result.copy(i, condition.integerAt(i % condition.size()) ? onTrue : onFalse, i);
  return result;
}

//===-- Constants and conversions --------------------------------------------------------------------------------===//

static LogicalResult evaluateConstant(arith::ConstantOp op, Frame &frame) {
  Tensor result = frame.zeros(op.getResult());
  if (isa<ShapedType>(op.getType())) {
    FailureOr<Tensor> value = literal(op.getValue(), result.kind(), result.shape());
    if (failed(value))
      return op.emitOpError("the literal is not a dense one of the result's type");
    result = std::move(*value);
  } else {
    for (int64_t i = 0; i < result.size(); ++i) {
      if (auto real = dyn_cast<FloatAttr>(op.getValue()))
        result.set(i, real.getValueAsDouble());
      else
        result.setInteger(i, cast<IntegerAttr>(op.getValue()).getValue().getSExtValue());
    }
  }
  frame.set(op.getResult(), std::move(result));
  return success();
}

/// The signed integer read as an unsigned one of its width.
static uint64_t unsignedAt(const Tensor &tensor, int64_t i) {
  const uint64_t bits = static_cast<uint64_t>(tensor.integerAt(i));
  switch (tensor.kind()) {
  case ElementKind::I1:
    return bits & 1;
  case ElementKind::I8:
    return bits & 0xFF;
  case ElementKind::I32:
    return bits & 0xFFFFFFFF;
  default:
    return bits;
  }
}

/// As a signed number; `arith` reads an i1 of 1 as -1.
static int64_t signedAt(const Tensor &tensor, int64_t i) {
  return tensor.kind() == ElementKind::I1 ? -tensor.integerAt(i) : tensor.integerAt(i);
}

template <typename OpTy, typename Store>
static void addConversion(EvaluationTable &table, Store store) {
  table.add<OpTy>([store](OpTy op, Frame &frame) {
    Tensor result = frame.zeros(op.getResult());
    for (int64_t i = 0; i < result.size(); ++i)
      store(result, i, frame.get(op.getOperand()));
    return result;
  });
}

static void addConversions(EvaluationTable &table) {
  // Between f32 and f64 nothing changes: every value is a double.
  auto sameReal = [](Tensor &to, int64_t i, const Tensor &from) { to.set(i, from.at(i)); };
  addConversion<arith::ExtFOp>(table, sameReal);
  addConversion<arith::TruncFOp>(table, sameReal);
  addConversion<arith::SIToFPOp>(
      table, [](Tensor &to, int64_t i, const Tensor &from) { to.set(i, static_cast<double>(signedAt(from, i))); });
  addConversion<arith::UIToFPOp>(
      table, [](Tensor &to, int64_t i, const Tensor &from) { to.set(i, static_cast<double>(unsignedAt(from, i))); });
  addConversion<arith::FPToSIOp>(
      table, [](Tensor &to, int64_t i, const Tensor &from) { to.setInteger(i, truncateToInteger(from.at(i))); });
  addConversion<arith::FPToUIOp>(
      table, [](Tensor &to, int64_t i, const Tensor &from) { to.setInteger(i, truncateToInteger(from.at(i))); });
  addConversion<arith::ExtSIOp>(table,
                                [](Tensor &to, int64_t i, const Tensor &from) { to.setInteger(i, signedAt(from, i)); });
  addConversion<arith::ExtUIOp>(table, [](Tensor &to, int64_t i, const Tensor &from) {
    to.setInteger(i, static_cast<int64_t>(unsignedAt(from, i)));
  });
  addConversion<arith::TruncIOp>(
      table, [](Tensor &to, int64_t i, const Tensor &from) { to.setInteger(i, from.integerAt(i)); });
}

void sinter::reference::addScalarArithmetic(EvaluationTable &table) {
  addRealBinaries(table);
  addConversions(table);
  table.add<arith::CmpFOp>(evaluateCompare);
  table.add<arith::SelectOp>(evaluateSelect);
  table.addChecked<arith::ConstantOp>(evaluateConstant);
}
