// What are the derivatives of activations? Where the result tells as much as the input, rules use the result, so that
// the input need not be kept for the backward pass.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Rules.h"

using namespace mlir;

namespace sinter {

static void leakyRelu(LeakyReluOp op, Vjp &v) {
  double slope = op.getSlope().convertToDouble();
  Expr sameSign = slope >= 0.0 ? v.y() : v.x(); // y > 0 exactly where x > 0
  v.operand(0, select(sameSign > 0.0, v.g(), v.g() * slope));
}

/// d/dx alpha (e^x - 1) = alpha e^x = y + alpha, below 0.
static void elu(EluOp op, Vjp &v) {
  double alpha = op.getAlpha().convertToDouble();
  Expr sameSign = alpha >= 0.0 ? v.y() : v.x();
  v.operand(0, select(sameSign > 0.0, v.g(), v.g() * (v.y() + alpha)));
}

static void softplus(SoftplusOp op, Vjp &v) {
  Expr z = v.x() * op.getBeta().convertToDouble();
  v.operand(0, select(z > op.getThreshold().convertToDouble(), v.g(), v.g() * sigmoid(z)));
}

/// y = x Phi(x): y' = Phi(x) + x phi(x), with the normal distribution's Phi and phi.
static Expr geluErf(Expr x) {
  const double sqrtHalf = 0.70710678118654752, oneOverSqrtTwoPi = 0.39894228040143268;
  return 0.5 * (1.0 + erf(x * sqrtHalf)) + x * (exp(square(x) * -0.5) * oneOverSqrtTwoPi);
}

/// y = x (1 + t) / 2, t = tanh(k (x + c x^3)): y' = (1 + t) / 2 + x (1 - t^2) k (1 + 3 c x^2) / 2.
static Expr geluTanh(Expr x) {
  const double k = 0.79788456080286536, c = 0.044715;
  Expr t = tanh(k * (x * (1.0 + c * square(x))));
  return 0.5 * (1.0 + t) + 0.5 * (x * ((1.0 - square(t)) * (k * (1.0 + (3.0 * c) * square(x)))));
}

static void gelu(GeluOp op, Vjp &v) {
  v.operand(0, v.g() * (op.getForm() == GeluForm::Erf ? geluErf(v.x()) : geluTanh(v.x())));
}

/// The same key and stream give the same mask.
static void dropout(DropoutOp op, Vjp &v) {
  Value masked = DropoutOp::create(v.getBuilder(), v.getLoc(), v.x().getType(), v.g(), op.getSeed(), op.getStep(),
                                   op.getRateAttr(), op.getStreamAttr());
  v.operand(0, v.wrap(masked));
}

void addActivationRules(Rules &r) {
  r.unary<ReluOp, ReluOp>([](Expr g, Expr x, Expr y) { return select(y > 0.0, g, 0.0); }); // 0 at 0
  r.unary<SiluOp, SiluOp>([](Expr g, Expr x, Expr y) {
    Expr s = sigmoid(x);
    return g * (s * (1.0 + x * (1.0 - s)));
  });
  r.add<LeakyReluOp>(leakyRelu);
  r.add<EluOp>(elu);
  r.add<SoftplusOp>(softplus);
  r.add<GeluOp>(gelu);
  r.add<DropoutOp>(dropout);
}

} // namespace sinter
