// What are the derivatives of softmax and the normalizations?
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Rules.h"
#include "llvm/ADT/STLExtras.h"

using namespace mlir;

namespace sinter {

/// y (g - sum(g y)).
static void softmax(SoftmaxOp op, Vjp &v) {
  int64_t dim = op.getDim();
  Expr g = v.g(), y = v.y();
  v.operand(0, y * (g - unreduce(sum(g * y, {dim}), y.tensorType(), {dim})));
}

/// g - e^y sum(g).
static void logSoftmax(LogSoftmaxOp op, Vjp &v) {
  int64_t dim = op.getDim();
  Expr g = v.g(), y = v.y();
  v.operand(0, g - exp(y) * unreduce(sum(g, {dim}), y.tensorType(), {dim}));
}

/// Of each row.
static Expr meanOfRows(Expr x) {
  return mean(x, {x.rank() - 1});
}

/// 1 / sqrt(mean(x^2) + epsilon) of each row.
static Expr scaleOfRows(Expr x, double epsilon) {
  Expr power = meanOfRows(square(x)) + epsilon;
  return power.with(power.getBuilder().createOrFold<RsqrtOp>(power.getLoc(), power.getType(), Value(power)));
}

/// A number for each row, repeated along the row.
static Expr alongRows(Expr rows, RankedTensorType type) {
  return unreduce(rows, type, {type.getRank() - 1});
}

/// A vector over the last dimension, repeated over the rows.
static Expr overRows(Expr vector, RankedTensorType type) {
  return broadcast(vector, type, {type.getRank() - 1});
}

/// With c = x - mean, r = 1 / sqrt(mean(c^2) + epsilon), z = c r and h = g scale: dx = r (h - mean(h) - z mean(h z)).
/// z mean(h z) is written c r^2 mean(h c), so that this mean does not wait for r: one pass less over each row.
static void layerNorm(LayerNormOp op, Vjp &v) {
  Expr g = v.g(), x = v.x();
  RankedTensorType type = x.tensorType();
  SmallVector<int64_t> rows = allDims(x.rank() - 1);
  Expr c = x - alongRows(meanOfRows(x), type), h = g * overRows(v.x(1), type);
  Expr scale = scaleOfRows(c, op.getEpsilon().convertToDouble()), r = alongRows(scale, type);
  Expr q = alongRows(scale * scale * meanOfRows(h * c), type);
  v.operand(0, r * (h - alongRows(meanOfRows(h), type) - c * q));
  v.operand(1, sum(g * (c * r), rows));
  v.operand(2, sum(g, rows));
}

/// With r = 1 / sqrt(mean(x^2) + epsilon), z = x r and h = g scale: dx = r (h - z mean(h z)), written as above.
static void rmsNorm(RmsNormOp op, Vjp &v) {
  Expr g = v.g(), x = v.x();
  RankedTensorType type = x.tensorType();
  Expr scale = scaleOfRows(x, op.getEpsilon().convertToDouble()), r = alongRows(scale, type);
  Expr h = g * overRows(v.x(1), type), q = alongRows(scale * scale * meanOfRows(h * x), type);
  v.operand(0, r * (h - x * q));
  v.operand(1, sum(g * (x * r), allDims(x.rank() - 1)));
}

void addCompositeRules(Rules &r) {
  r.add<SoftmaxOp>(softmax);
  r.add<LogSoftmaxOp>(logSoftmax);
  r.add<LayerNormOp>(layerNorm);
  r.add<RmsNormOp>(rmsNorm);
}

} // namespace sinter
