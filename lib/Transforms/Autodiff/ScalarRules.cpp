// What are the derivatives of the scalar ops that have no tensor twin? They occur in regions of `sinter.map` only.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Rules.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"

using namespace mlir;

namespace sinter {

static const double ln2 = 0.69314718055994531, ln10 = 2.3025850929940457, twoOverSqrtPi = 1.1283791670955126;

template <typename ScalarOp>
static Expr scalar(Expr x) {
  return x.with(ScalarOp::create(x.getBuilder(), x.getLoc(), Value(x)));
}

static void addExponentialRules(Rules &r) {
  r.unary<math::Exp2Op, math::Exp2Op>([](Expr g, Expr x, Expr y) { return g * (y * ln2); });
  r.unary<math::Log2Op, math::Log2Op>([](Expr g, Expr x, Expr y) { return g / (x * ln2); });
  r.unary<math::Log10Op, math::Log10Op>([](Expr g, Expr x, Expr y) { return g / (x * ln10); });
  r.unary<math::CbrtOp, math::CbrtOp>([](Expr g, Expr x, Expr y) { return g / (3.0 * (y * y)); });
  r.unary<math::ErfcOp, math::ErfcOp>([](Expr g, Expr x, Expr y) { return -(g * (exp(-(x * x)) * twoOverSqrtPi)); });
}

static void addTrigonometricRules(Rules &r) {
  r.unary<math::TanOp, math::TanOp>([](Expr g, Expr x, Expr y) { return g * (1.0 + y * y); });
  r.unary<math::AsinOp, math::AsinOp>([](Expr g, Expr x, Expr y) { return g / sqrt(1.0 - x * x); });
  r.unary<math::AcosOp, math::AcosOp>([](Expr g, Expr x, Expr y) { return -(g / sqrt(1.0 - x * x)); });
  r.unary<math::AtanOp, math::AtanOp>([](Expr g, Expr x, Expr y) { return g / (1.0 + x * x); });
  r.unary<math::SinhOp, math::SinhOp>([](Expr g, Expr x, Expr y) { return g * scalar<math::CoshOp>(x); });
  r.unary<math::CoshOp, math::CoshOp>([](Expr g, Expr x, Expr y) { return g * scalar<math::SinhOp>(x); });
  r.unary<math::AsinhOp, math::AsinhOp>([](Expr g, Expr x, Expr y) { return g / sqrt(x * x + 1.0); });
  r.unary<math::AcoshOp, math::AcoshOp>([](Expr g, Expr x, Expr y) { return g / sqrt(x * x - 1.0); });
  r.unary<math::AtanhOp, math::AtanhOp>([](Expr g, Expr x, Expr y) { return g / (1.0 - x * x); });
  r.binary<math::Atan2Op, math::Atan2Op>([](Expr g, Expr a, Expr b, Expr y) { return g * b / (a * a + b * b); },
                                         [](Expr g, Expr a, Expr b, Expr y) { return -(g * a / (a * a + b * b)); });
}

static Expr shareOfLarger(Expr g, Expr a, Expr b) {
  return select(a > b, g, select(equal(a, b), g * 0.5, 0.0));
}

/// a - b trunc(a / b).
static Expr remainderDivisor(Expr g, Expr a, Expr b) {
  return -(g * scalar<math::TruncOp>(a / b));
}

static void addArithmeticRules(Rules &r) {
  r.binary<arith::MaxNumFOp, arith::MaxNumFOp>([](Expr g, Expr a, Expr b, Expr y) { return shareOfLarger(g, a, b); },
                                               [](Expr g, Expr a, Expr b, Expr y) { return shareOfLarger(g, b, a); });
  r.binary<arith::MinNumFOp, arith::MinNumFOp>([](Expr g, Expr a, Expr b, Expr y) { return shareOfLarger(g, b, a); },
                                               [](Expr g, Expr a, Expr b, Expr y) { return shareOfLarger(g, a, b); });
  r.binary<arith::RemFOp, arith::RemFOp>([](Expr g, Expr a, Expr b, Expr y) { return g; },
                                         [](Expr g, Expr a, Expr b, Expr y) { return remainderDivisor(g, a, b); });
  r.add<math::CopySignOp>([](Vjp &v) { v.operand(0, v.g() * (sign(v.x(0)) * sign(v.y()))); });
  r.add<math::FmaOp>([](Vjp &v) { // a b + c
    v.operand(0, v.g() * v.x(1));
    v.operand(1, v.g() * v.x(0));
    v.operand(2, v.g());
  });
  r.add<math::FPowIOp>([](Vjp &v) { // x^n: n x^(n-1)
    OpBuilder &b = v.getBuilder();
    Value n = v.x(1);
    Value one = arith::ConstantOp::create(b, v.getLoc(), b.getIntegerAttr(n.getType(), 1));
    Value less = arith::SubIOp::create(b, v.getLoc(), n, one);
    Expr factor = v.wrap(arith::SIToFPOp::create(b, v.getLoc(), v.x().getType(), n));
    Expr power = v.wrap(math::FPowIOp::create(b, v.getLoc(), Value(v.x()), less));
    v.operand(0, v.g() * (factor * power));
  });
  r.add<math::ClampFOp>([](Vjp &v) { // x between low and high, both included; as torch.clamp
    Expr g = v.g(), x = v.x(0), low = v.x(1), high = v.x(2);
    v.operand(0, select(x < low, 0.0, select(x > high, 0.0, g)));
    v.operand(1, select(x < low, g, 0.0));
    v.operand(2, select(x > high, g, 0.0));
  });
  r.zero<math::CeilOp, math::RoundOp, math::RoundEvenOp, math::TruncOp>();
}

void addScalarRules(Rules &r) {
  addExponentialRules(r);
  addTrigonometricRules(r);
  addArithmeticRules(r);
}

} // namespace sinter
