// Losses as core ops, d = y - t.
//
//   mse_loss         d^2
//   l1_loss          |d|
//   huber_loss       select(|d| <= delta, d^2 / 2, delta (|d| - delta / 2))
//   bce_with_logits  max(y, 0) - y t + log1p(exp(-|y|))
//   cross_entropy    -sum(p log_softmax(y)) per row, p = (1 - s) t + s / classes
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Decomposition.h"
#include "sinter/Transforms/Decompose/Passes.h"

using namespace mlir;
using namespace sinter;

/// Mean or sum of all elements.
template <typename LossOp>
static Expr total(LossOp op, Expr terms) {
  return op.getReduction() == Reduction::Mean ? mean(terms, allDims(terms.rank())) : sum(terms);
}

static Expr mseLoss(MseLossOp op, Decomposition<MseLossOp>::Wrap wrap) {
  return total(op, square(wrap(op.getOutput()) - wrap(op.getTarget())));
}

static Expr l1Loss(L1LossOp op, Decomposition<L1LossOp>::Wrap wrap) {
  return total(op, abs(wrap(op.getOutput()) - wrap(op.getTarget())));
}

static Expr huberLoss(HuberLossOp op, Decomposition<HuberLossOp>::Wrap wrap) {
  double delta = op.getDelta().convertToDouble();
  Expr d = wrap(op.getOutput()) - wrap(op.getTarget());
  Expr size = abs(d);
  Expr small = compare(CompareKind::LE, size, size.constant(delta));
  return total(op, select(small, 0.5 * square(d), delta * (size - 0.5 * delta)));
}

static Expr bceWithLogits(BceWithLogitsOp op, Decomposition<BceWithLogitsOp>::Wrap wrap) {
  Expr y = wrap(op.getOutput()), decay = exp(-abs(y));
  Expr log1p = decay.with(Log1pOp::create(y.getBuilder(), y.getLoc(), y.getType(), Value(decay)));
  return total(op, max(y, 0.0) - y * wrap(op.getTarget()) + log1p);
}

/// True at each row's class.
static Expr isClass(Expr labels, RankedTensorType type) {
  Expr classes = iota(labels.getBuilder(), labels.getLoc(), type.clone(labels.elementType()), 1);
  return equal(classes, broadcast(labels, classes.tensorType(), {0}));
}

/// The logarithm is chosen rather than multiplied by 0 and 1: exact, and one row statistic less when nothing is
/// smoothed.
static Expr crossEntropyOfIndices(Expr logProbability, Expr labels, double smoothing) {
  RankedTensorType type = logProbability.tensorType();
  Expr hit = sum(select(isClass(labels, type), logProbability, 0.0), {1});
  if (smoothing == 0.0)
    return -hit;
  return -((1.0 - smoothing) * hit + (smoothing / static_cast<double>(type.getDimSize(1))) * sum(logProbability, {1}));
}

static Expr crossEntropy(CrossEntropyOp op, Decomposition<CrossEntropyOp>::Wrap wrap) {
  Expr y = wrap(op.getOutput()), t = wrap(op.getTarget());
  double smoothing = op.getLabelSmoothing().convertToDouble();
  Expr logProbability = y.with(LogSoftmaxOp::create(y.getBuilder(), y.getLoc(), y.getType(), Value(y), 1));
  if (!isa<FloatType>(t.elementType()))
    return total(op, crossEntropyOfIndices(logProbability, t, smoothing));
  Expr p = (1.0 - smoothing) * t + smoothing / static_cast<double>(y.extent(1));
  return total(op, -sum(p * logProbability, {1}));
}

void sinter::populateDecomposeLossPatterns(RewritePatternSet &patterns) {
  addDecomposition<MseLossOp>(patterns, mseLoss);
  addDecomposition<L1LossOp>(patterns, l1Loss);
  addDecomposition<HuberLossOp>(patterns, huberLoss);
  addDecomposition<BceWithLogitsOp>(patterns, bceWithLogits);
  addDecomposition<CrossEntropyOp>(patterns, crossEntropy);
}
