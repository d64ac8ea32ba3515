// What are the derivatives of losses, with respect to outputs y and, for float targets, targets t?
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Rules.h"

using namespace mlir;

namespace sinter {

/// The loss's cotangent per element (or row) of the sum: g, divided by the number of terms when the loss is a mean.
template <typename LossOp>
static Expr perTerm(LossOp op, Vjp &v, ArrayRef<int64_t> termDims) {
  if (op.getReduction() == Reduction::Sum)
    return v.g();
  return v.g() / count(v.getBuilder(), v.getLoc(), v.x().tensorType(), termDims);
}

/// Losses that are a function of d = y - t: y gets `slope`(d), t the opposite.
template <typename LossOp, typename Slope>
static void differenceLoss(LossOp op, Vjp &v, Slope slope) {
  Expr dy = perTerm(op, v, allDims(v.x().rank())) * slope(v.x(0) - v.x(1));
  v.operand(0, dy);
  v.operand(1, -dy);
}

static void mseLoss(MseLossOp op, Vjp &v) {
  Expr twice = 2.0 * perTerm(op, v, allDims(v.x().rank()));
  v.operand(0, twice * (v.x(0) - v.x(1)));
  v.operand(1, twice * (v.x(1) - v.x(0)));
}

static void l1Loss(L1LossOp op, Vjp &v) {
  differenceLoss(op, v, [](Expr d) { return sign(d); });
}

static void huberLoss(HuberLossOp op, Vjp &v) {
  double delta = op.getDelta().convertToDouble();
  differenceLoss(op, v, [delta](Expr d) { return min(max(d, -delta), delta); });
}

/// dy = sigmoid(y) - t, dt = -y.
static void bceWithLogits(BceWithLogitsOp op, Vjp &v) {
  Expr g = perTerm(op, v, allDims(v.x().rank()));
  v.operand(0, g * (sigmoid(v.x(0)) - v.x(1)));
  v.operand(1, -(g * v.x(0)));
}

/// Class indices as rows of probabilities: 1 at the class, else 0.
static Expr oneHot(Expr labels, RankedTensorType type) {
  Expr classes = iota(labels.getBuilder(), labels.getLoc(), type.clone(labels.elementType()), 1);
  return convert(equal(classes, broadcast(labels, classes.tensorType(), {0})), type.getElementType());
}

/// With p = (1 - s) t + s / c: dy = softmax(y) sum(p) - p (sum(p) = 1 for class indices), dt = -(1 - s) log_softmax(y).
static void crossEntropy(CrossEntropyOp op, Vjp &v) {
  Expr y = v.x(0), t = v.x(1);
  RankedTensorType type = y.tensorType();
  double s = op.getLabelSmoothing().convertToDouble();
  bool indices = !isa<FloatType>(t.elementType());
  Expr g = perTerm(op, v, {0});
  OpBuilder &b = v.getBuilder();

  Expr p = (1.0 - s) * (indices ? oneHot(t, type) : t) + s / static_cast<double>(type.getDimSize(1));
  Expr softmax = v.wrap(SoftmaxOp::create(b, v.getLoc(), type, y, 1));
  v.operand(0, g * ((indices ? softmax : softmax * unreduce(sum(p, {1}), type, {1})) - p));
  if (!indices)
    v.operand(1, (s - 1.0) * g * v.wrap(LogSoftmaxOp::create(b, v.getLoc(), type, y, 1)));
}

void addLossRules(Rules &r) {
  r.add<MseLossOp>(mseLoss);
  r.add<L1LossOp>(l1Loss);
  r.add<HuberLossOp>(huberLoss);
  r.add<BceWithLogitsOp>(bceWithLogits);
  r.add<CrossEntropyOp>(crossEntropy);
}

} // namespace sinter
