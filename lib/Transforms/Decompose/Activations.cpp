// Activations as core ops.
//
//   relu        max(x, 0)
//   leaky_relu  select(x > 0, x, slope x)
//   elu         select(x > 0, x, alpha expm1(x))
//   silu        x sigmoid(x)
//   softplus    select(z > threshold, x, (max(z, 0) + log1p(exp(-|z|))) / beta), z = beta x
//   gelu        x (1 + erf(x / sqrt(2))) / 2;  tanh form: x sigmoid(2 u), u = sqrt(2/pi) (x + 0.044715 x^3)
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Decomposition.h"
#include "sinter/Transforms/Decompose/Passes.h"

using namespace mlir;
using namespace sinter;

template <typename OpT>
using Wrap = typename Decomposition<OpT>::Wrap;

static Expr relu(ReluOp op, Wrap<ReluOp> wrap) {
  return max(wrap(op.getInput()), 0.0);
}

static Expr leakyRelu(LeakyReluOp op, Wrap<LeakyReluOp> wrap) {
  Expr x = wrap(op.getInput());
  return select(x > 0.0, x, x * op.getSlope().convertToDouble());
}

/// expm1 overflows only where the other side is chosen.
static Expr elu(EluOp op, Wrap<EluOp> wrap) {
  Expr x = wrap(op.getInput());
  Expr expm1 = x.with(Expm1Op::create(x.getBuilder(), x.getLoc(), x.getType(), Value(x)));
  return select(x > 0.0, x, expm1 * op.getAlpha().convertToDouble());
}

static Expr silu(SiluOp op, Wrap<SiluOp> wrap) {
  Expr x = wrap(op.getInput());
  return x * sigmoid(x);
}

static Expr softplus(SoftplusOp op, Wrap<SoftplusOp> wrap) {
  Expr x = wrap(op.getInput());
  double beta = op.getBeta().convertToDouble();
  Expr z = x * beta, decay = exp(-abs(z));
  Expr log1p = decay.with(Log1pOp::create(x.getBuilder(), x.getLoc(), x.getType(), Value(decay)));
  return select(z > op.getThreshold().convertToDouble(), x, (max(z, 0.0) + log1p) * (1.0 / beta));
}

/// (1 + tanh(u)) / 2 = sigmoid(2 u), which keeps its digits where tanh(u) is near -1.
static Expr gelu(GeluOp op, Wrap<GeluOp> wrap) {
  Expr x = wrap(op.getInput());
  if (op.getForm() == GeluForm::Erf)
    return x * (0.5 * (1.0 + erf(x * 0.70710678118654752)));
  const double twiceSqrt2OverPi = 1.5957691216057308, c = 0.044715;
  return x * sigmoid((x * (1.0 + c * square(x))) * twiceSqrt2OverPi);
}

void sinter::populateDecomposeActivationPatterns(RewritePatternSet &patterns) {
  addDecomposition<ReluOp>(patterns, relu);
  addDecomposition<LeakyReluOp>(patterns, leakyRelu);
  addDecomposition<EluOp>(patterns, elu);
  addDecomposition<SiluOp>(patterns, silu);
  addDecomposition<SoftplusOp>(patterns, softplus);
  addDecomposition<GeluOp>(patterns, gelu);
}
