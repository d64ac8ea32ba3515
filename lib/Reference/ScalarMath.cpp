// What do the `math` ops of a map's region compute? <cmath> in double precision.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "EvaluationTable.h"

#include "mlir/Dialect/Math/IR/Math.h"

#include <cmath>

using namespace mlir;
using namespace sinter::reference;

template <typename OpTy>
static void addUnary(EvaluationTable &table, double (*function)(double)) {
  table.add<OpTy>([function](OpTy op, Frame &frame) { return mapReal(frame.get(op.getOperand()), function); });
}

template <typename OpTy>
static void addBinary(EvaluationTable &table, double (*function)(double, double)) {
  table.add<OpTy>(
      [function](OpTy op, Frame &frame) { return mapReal(frame.get(op.getLhs()), frame.get(op.getRhs()), function); });
}

template <typename OpTy>
static void addTest(EvaluationTable &table, bool (*function)(double)) {
  table.add<OpTy>([function](OpTy op, Frame &frame) {
    const Tensor &x = frame.get(op.getOperand());
    return predicate(x.shape(), [&](int64_t i) { return function(x.at(i)); });
  });
}

static void addExponentials(EvaluationTable &table) {
  addUnary<math::ExpOp>(table, [](double x) { return std::exp(x); });
  addUnary<math::Exp2Op>(table, [](double x) { return std::exp2(x); });
  addUnary<math::ExpM1Op>(table, [](double x) { return std::expm1(x); });
  addUnary<math::LogOp>(table, [](double x) { return std::log(x); });
  addUnary<math::Log1pOp>(table, [](double x) { return std::log1p(x); });
  addUnary<math::Log2Op>(table, [](double x) { return std::log2(x); });
  addUnary<math::Log10Op>(table, [](double x) { return std::log10(x); });
  addUnary<math::SqrtOp>(table, [](double x) { return std::sqrt(x); });
  addUnary<math::RsqrtOp>(table, [](double x) { return 1.0 / std::sqrt(x); });
  addUnary<math::CbrtOp>(table, [](double x) { return std::cbrt(x); });
  addUnary<math::ErfOp>(table, [](double x) { return std::erf(x); });
  addUnary<math::ErfcOp>(table, [](double x) { return std::erfc(x); });
  addBinary<math::PowFOp>(table, [](double a, double b) { return std::pow(a, b); });
}

static void addTrigonometry(EvaluationTable &table) {
  addUnary<math::SinOp>(table, [](double x) { return std::sin(x); });
  addUnary<math::CosOp>(table, [](double x) { return std::cos(x); });
  addUnary<math::TanOp>(table, [](double x) { return std::tan(x); });
  addUnary<math::AsinOp>(table, [](double x) { return std::asin(x); });
  addUnary<math::AcosOp>(table, [](double x) { return std::acos(x); });
  addUnary<math::AtanOp>(table, [](double x) { return std::atan(x); });
  addUnary<math::SinhOp>(table, [](double x) { return std::sinh(x); });
  addUnary<math::CoshOp>(table, [](double x) { return std::cosh(x); });
  addUnary<math::TanhOp>(table, [](double x) { return std::tanh(x); });
  addUnary<math::AsinhOp>(table, [](double x) { return std::asinh(x); });
  addUnary<math::AcoshOp>(table, [](double x) { return std::acosh(x); });
  addUnary<math::AtanhOp>(table, [](double x) { return std::atanh(x); });
  addBinary<math::Atan2Op>(table, [](double a, double b) { return std::atan2(a, b); });
}

static void addRounding(EvaluationTable &table) {
  addUnary<math::AbsFOp>(table, [](double x) { return std::fabs(x); });
  addUnary<math::FloorOp>(table, [](double x) { return std::floor(x); });
  addUnary<math::CeilOp>(table, [](double x) { return std::ceil(x); });
  addUnary<math::TruncOp>(table, [](double x) { return std::trunc(x); });
  addUnary<math::RoundOp>(table, [](double x) { return std::round(x); });
  addUnary<math::RoundEvenOp>(table, [](double x) { return std::nearbyint(x); });
  addBinary<math::CopySignOp>(table, [](double a, double b) { return std::copysign(a, b); });
  addTest<math::IsNaNOp>(table, [](double x) { return std::isnan(x); });
  addTest<math::IsInfOp>(table, [](double x) { return std::isinf(x); });
  addTest<math::IsFiniteOp>(table, [](double x) { return std::isfinite(x); });
}

void sinter::reference::addScalarMath(EvaluationTable &table) {
  addExponentials(table);
  addTrigonometry(table);
  addRounding(table);
  table.add<math::FmaOp>([](math::FmaOp op, Frame &frame) {
    const Tensor &a = frame.get(op.getA()), &b = frame.get(op.getB()), &c = frame.get(op.getC());
    Tensor result(a.kind(), a.shape());
    for (int64_t i = 0; i < a.size(); ++i)
      result.set(i, std::fma(a.at(i), b.at(i), c.at(i)));
    return result;
  });
  table.add<math::FPowIOp>([](math::FPowIOp op, Frame &frame) {
    const Tensor &x = frame.get(op.getLhs()), &n = frame.get(op.getRhs());
    Tensor result(x.kind(), x.shape());
    for (int64_t i = 0; i < x.size(); ++i)
      result.set(i, std::pow(x.at(i), n.at(i)));
    return result;
  });
  table.add<math::AbsIOp>([](math::AbsIOp op, Frame &frame) {
    const Tensor &x = frame.get(op.getOperand());
    return mapInteger(x.kind(), x, x, [](int64_t a, int64_t) {
      return a < 0 ? static_cast<int64_t>(0 - static_cast<uint64_t>(a)) : a;
    });
  });
}
