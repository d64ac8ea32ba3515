// What are the derivatives of elementwise ops? g is the cotangent of y = op(x); each line gives the cotangent of x.
// One line serves a tensor op and the scalar op that does the same inside the region of a `sinter.map`.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Rules.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"

using namespace mlir;

namespace sinter {

static const double twoOverSqrtPi = 1.1283791670955126;

static void addUnaryRules(Rules &r) {
  r.unary<NegateOp, arith::NegFOp>([](Expr g, Expr x, Expr y) { return -g; });
  r.unary<AbsOp, math::AbsFOp>([](Expr g, Expr x, Expr y) { return g * sign(x); }); // 0 at 0
  r.unary<ExpOp, math::ExpOp>([](Expr g, Expr x, Expr y) { return g * y; });
  r.unary<Expm1Op, math::ExpM1Op>([](Expr g, Expr x, Expr y) { return g * (y + 1.0); });
  r.unary<LogOp, math::LogOp>([](Expr g, Expr x, Expr y) { return g / x; });
  r.unary<Log1pOp, math::Log1pOp>([](Expr g, Expr x, Expr y) { return g / (x + 1.0); });
  r.unary<SqrtOp, math::SqrtOp>([](Expr g, Expr x, Expr y) { return g * 0.5 / y; });
  r.unary<RsqrtOp, math::RsqrtOp>([](Expr g, Expr x, Expr y) { return g * -0.5 * (y * square(y)); });
  r.unary<SinOp, math::SinOp>([](Expr g, Expr x, Expr y) { return g * cos(x); });
  r.unary<CosOp, math::CosOp>([](Expr g, Expr x, Expr y) { return -(g * sin(x)); });
  r.unary<TanhOp, math::TanhOp>([](Expr g, Expr x, Expr y) { return g * (1.0 - square(y)); });
  r.unary<ErfOp, math::ErfOp>([](Expr g, Expr x, Expr y) { return g * (exp(-square(x)) * twoOverSqrtPi); });
  r.unary<SigmoidOp, SigmoidOp>([](Expr g, Expr x, Expr y) { return g * (y * (1.0 - y)); });
  r.unary<SquareOp, SquareOp>([](Expr g, Expr x, Expr y) { return g * (x * 2.0); });
  r.zero<SignOp, FloorOp, math::FloorOp>();
}

/// Where a > b all of g goes to a; where they are equal both get half (as `torch.maximum`).
static Expr shareOfLarger(Expr g, Expr a, Expr b) {
  return select(a > b, g, select(equal(a, b), g * 0.5, 0.0));
}

/// d(a^b)/da = b a^(b-1), 0 where b = 0.
static Expr powBase(Expr g, Expr a, Expr b) {
  return select(equal(b, b.constant(0.0)), 0.0, g * (b * pow(a, b - 1.0)));
}

/// d(a^b)/db = a^b log a, 0 where a = 0 and b >= 0.
static Expr powExponent(Expr g, Expr a, Expr b, Expr y) {
  Expr slope = g * (y * log(a));
  return select(equal(a, a.constant(0.0)), select(b >= 0.0, 0.0, slope), slope);
}

static void addBinaryRules(Rules &r) {
  r.binary<AddOp, arith::AddFOp>([](Expr g, Expr a, Expr b, Expr y) { return g; },
                                 [](Expr g, Expr a, Expr b, Expr y) { return g; });
  r.binary<SubOp, arith::SubFOp>([](Expr g, Expr a, Expr b, Expr y) { return g; },
                                 [](Expr g, Expr a, Expr b, Expr y) { return -g; });
  r.binary<MulOp, arith::MulFOp>([](Expr g, Expr a, Expr b, Expr y) { return g * b; },
                                 [](Expr g, Expr a, Expr b, Expr y) { return g * a; });
  r.binary<DivOp, arith::DivFOp>([](Expr g, Expr a, Expr b, Expr y) { return g / b; },
                                 [](Expr g, Expr a, Expr b, Expr y) { return -(g / b * y); });
  r.binary<MaxOp, arith::MaximumFOp>([](Expr g, Expr a, Expr b, Expr y) { return shareOfLarger(g, a, b); },
                                     [](Expr g, Expr a, Expr b, Expr y) { return shareOfLarger(g, b, a); });
  r.binary<MinOp, arith::MinimumFOp>([](Expr g, Expr a, Expr b, Expr y) { return shareOfLarger(g, b, a); },
                                     [](Expr g, Expr a, Expr b, Expr y) { return shareOfLarger(g, a, b); });
  r.binary<PowOp, math::PowFOp>([](Expr g, Expr a, Expr b, Expr y) { return powBase(g, a, b); },
                                [](Expr g, Expr a, Expr b, Expr y) { return powExponent(g, a, b, y); });
}

/// Operands: condition, value if true, value if false.
static void select(Vjp &v) {
  v.operand(1, select(v.x(0), v.g(), 0.0));
  v.operand(2, select(v.x(0), 0.0, v.g()));
}

/// Rounding counts as the identity.
static void convert(Vjp &v) {
  v.operand(0, convert(v.g(), computeType(v.x().elementType())));
}

void addElementwiseRules(Rules &r) {
  addUnaryRules(r);
  addBinaryRules(r);
  r.add<SelectOp>(static_cast<void (*)(Vjp &)>(select));
  r.add<arith::SelectOp>(static_cast<void (*)(Vjp &)>(select));
  r.add<ConvertOp>(static_cast<void (*)(Vjp &)>(convert));
  r.add<arith::ExtFOp>(static_cast<void (*)(Vjp &)>(convert));
  r.add<arith::TruncFOp>(static_cast<void (*)(Vjp &)>(convert));
}

} // namespace sinter
