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

/// Row-wise mean, repeated along the row.
static Expr rowMean(Expr x) {
  int64_t last = x.rank() - 1;
  return unreduce(mean(x, {last}), x.tensorType(), {last});
}

/// 1 / sqrt(mean(x^2) + epsilon) of each row, repeated along the row.
static Expr rowScale(Expr x, double epsilon) {
  int64_t last = x.rank() - 1;
  Expr power = mean(square(x), {last}) + epsilon;
  Expr inverse = power.with(power.getBuilder().createOrFold<RsqrtOp>(power.getLoc(), power.getType(), Value(power)));
  return unreduce(inverse, x.tensorType(), {last});
}

/// A vector over the last dimension, repeated over the rows.
static Expr overRows(Expr vector, RankedTensorType type) {
  return broadcast(vector, type, {type.getRank() - 1});
}

/// With z = (x - mean) r, r = 1 / sqrt(variance + epsilon) and h = g scale: dx = r (h - mean(h) - z mean(h z)).
static void layerNorm(LayerNormOp op, Vjp &v) {
  Expr g = v.g(), x = v.x();
  SmallVector<int64_t> rows = allDims(x.rank() - 1);
  Expr centered = x - rowMean(x);
  Expr r = rowScale(centered, op.getEpsilon().convertToDouble());
  Expr z = centered * r, h = g * overRows(v.x(1), x.tensorType());
  v.operand(0, r * (h - rowMean(h) - z * rowMean(h * z)));
  v.operand(1, sum(g * z, rows));
  v.operand(2, sum(g, rows));
}

/// With z = x r, r = 1 / sqrt(mean(x^2) + epsilon) and h = g scale: dx = r (h - z mean(h z)).
static void rmsNorm(RmsNormOp op, Vjp &v) {
  Expr g = v.g(), x = v.x();
  Expr r = rowScale(x, op.getEpsilon().convertToDouble());
  Expr z = x * r, h = g * overRows(v.x(1), x.tensorType());
  v.operand(0, r * (h - z * rowMean(h * z)));
  v.operand(1, sum(g * z, allDims(x.rank() - 1)));
}

void addCompositeRules(Rules &r) {
  r.add<SoftmaxOp>(softmax);
  r.add<LogSoftmaxOp>(logSoftmax);
  r.add<LayerNormOp>(layerNorm);
  r.add<RmsNormOp>(rmsNorm);
}

} // namespace sinter
