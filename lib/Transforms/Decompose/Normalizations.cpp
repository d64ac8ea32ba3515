// Softmax and the normalizations as core ops.
//
//   softmax      e (1 / sum(e)),           e = exp(x - max(x))
//   log_softmax  (x - max(x)) - log(sum(e))
//   layer_norm   c r scale + shift,         c = x - mean(x), r = rsqrt(mean(c^2) + epsilon)
//   rms_norm     x r scale,                 r = rsqrt(mean(x^2) + epsilon)
//
// The derivative rules name the same row statistics, so that CSE finds them.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Decomposition.h"
#include "sinter/Transforms/Decompose/Passes.h"

using namespace mlir;
using namespace sinter;

/// x minus its maximum along `dim`.
static Expr shifted(Expr x, int64_t dim) {
  return x - unreduce(reduce(ReduceKind::Max, x, {dim}), x.tensorType(), {dim});
}

static Expr softmax(SoftmaxOp op, Decomposition<SoftmaxOp>::Wrap wrap) {
  Expr x = wrap(op.getInput());
  int64_t dim = op.getDim();
  Expr e = exp(shifted(x, dim));
  return e * unreduce(1.0 / sum(e, {dim}), x.tensorType(), {dim});
}

static Expr logSoftmax(LogSoftmaxOp op, Decomposition<LogSoftmaxOp>::Wrap wrap) {
  Expr x = wrap(op.getInput());
  int64_t dim = op.getDim();
  Expr d = shifted(x, dim);
  return d - unreduce(log(sum(exp(d), {dim})), x.tensorType(), {dim});
}

static Expr rowMean(Expr x) {
  int64_t last = x.rank() - 1;
  return unreduce(mean(x, {last}), x.tensorType(), {last});
}

/// 1 / sqrt(mean(x^2) + epsilon) of each row, repeated along the row.
static Expr rowScale(Expr x, double epsilon) {
  int64_t last = x.rank() - 1;
  Expr power = mean(square(x), {last}) + epsilon;
  Expr inverse = power.with(RsqrtOp::create(power.getBuilder(), power.getLoc(), power.getType(), Value(power)));
  return unreduce(inverse, x.tensorType(), {last});
}

static Expr overRows(Expr vector, Expr x) {
  return broadcast(vector, x.tensorType(), {x.rank() - 1});
}

static Expr layerNorm(LayerNormOp op, Decomposition<LayerNormOp>::Wrap wrap) {
  Expr x = wrap(op.getInput());
  Expr centered = x - rowMean(x);
  Expr normal = centered * rowScale(centered, op.getEpsilon().convertToDouble());
  return normal * overRows(wrap(op.getScale()), x) + overRows(wrap(op.getShift()), x);
}

static Expr rmsNorm(RmsNormOp op, Decomposition<RmsNormOp>::Wrap wrap) {
  Expr x = wrap(op.getInput());
  return x * rowScale(x, op.getEpsilon().convertToDouble()) * overRows(wrap(op.getScale()), x);
}

void sinter::populateDecomposeNormalizationPatterns(RewritePatternSet &patterns) {
  addDecomposition<SoftmaxOp>(patterns, softmax);
  addDecomposition<LogSoftmaxOp>(patterns, logSoftmax);
  addDecomposition<LayerNormOp>(patterns, layerNorm);
  addDecomposition<RmsNormOp>(patterns, rmsNorm);
}
