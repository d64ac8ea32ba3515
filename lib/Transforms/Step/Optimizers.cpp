// How does a parameter follow its gradient? The definitions are those of `torch.optim` (single-tensor forms).
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Optimizers.h"
#include "llvm/ADT/APFloat.h"
#include "llvm/ADT/STLExtras.h"

using namespace mlir;

namespace sinter {

/// A scalar, computed in f64, in the type of the tensor that it meets.
static Expr in(Expr scalar, Expr tensor) {
  return convert(scalar, tensor.elementType());
}

/// average + weight (x - average), as `torch.lerp`.
static Expr lerp(Expr average, Expr x, double weight) {
  return average + weight * (x - average);
}

Expr Optimizer::withWeightDecay(Expr gradient, Expr parameter) {
  double decay = option("weight_decay");
  return decay == 0.0 ? gradient : gradient + decay * parameter;
}

namespace {

/// b <- momentum b + (1 - dampening) g, b = g at step 1; p <- p - lr b, or p - lr (g + momentum b) with Nesterov.
struct Sgd : Optimizer {
  using Optimizer::Optimizer;
  Expr step;

  SmallVector<Moment> moments() override {
    return option("momentum") == 0.0 ? SmallVector<Moment>() : SmallVector<Moment>{{"momentum_buffer", 0.0}};
  }
  void prepare(Expr learningRate, Expr step) override {
    this->learningRate = learningRate;
    this->step = step;
  }
  ParameterState update(const ParameterState &before, Expr gradient) override {
    Expr p = before.parameter, g = withWeightDecay(gradient, p);
    double momentum = option("momentum");
    if (momentum == 0.0)
      return {p - in(learningRate, p) * g, {}};
    Expr b = nextBuffer(before.moments[0], g, momentum, option("dampening"));
    Expr direction = flag("nesterov") ? g + momentum * b : b;
    return {p - in(learningRate, p) * direction, {b}};
  }
  /// Without dampening a buffer that starts as zero does the right thing at step 1.
  Expr nextBuffer(Expr buffer, Expr g, double momentum, double dampening) {
    if (dampening == 0.0)
      return momentum * buffer + g;
    Expr share = select(step > 1.0, 1.0 - dampening, step.constant(1.0));
    return momentum * buffer + in(share, g) * g;
  }
};

/// m <- m + (1 - b1) (g - m), v <- b2 v + (1 - b2) g^2,
/// p <- p - lr / (1 - b1^t) m / (sqrt(v) / sqrt(1 - b2^t) + eps); with amsgrad v's running maximum takes its place.
/// Weight decay is added to g (Adam) or scales p by 1 - lr weight_decay first (AdamW).
struct Adam : Optimizer {
  using Optimizer::Optimizer;
  Expr stepSize, rootCorrection, decay; // lr / (1 - b1^t), 1 / sqrt(1 - b2^t), 1 - lr weight_decay

  SmallVector<Moment> moments() override {
    SmallVector<Moment> list{{"exp_avg", 0.0}, {"exp_avg_sq", 0.0, /*isSquare=*/true}};
    if (flag("amsgrad"))
      list.push_back({"max_exp_avg_sq", 0.0, /*isSquare=*/true});
    return list;
  }
  void prepare(Expr learningRate, Expr step) override {
    stepSize = learningRate / (1.0 - pow(step.constant(option("beta1")), step));
    rootCorrection = 1.0 / sqrt(1.0 - pow(step.constant(option("beta2")), step));
    if (options.getKind() == OptimizerKind::AdamW && option("weight_decay") != 0.0)
      decay = 1.0 - learningRate * option("weight_decay");
  }
  ParameterState update(const ParameterState &before, Expr gradient) override {
    bool decoupled = options.getKind() == OptimizerKind::AdamW;
    Expr p = before.parameter, g = decoupled ? gradient : withWeightDecay(gradient, p);
    if (decay)
      p = p * in(decay, p);
    double beta1 = option("beta1"), beta2 = option("beta2");
    Expr m = lerp(before.moments[0], g, 1.0 - beta1);
    Expr v = beta2 * before.moments[1] + (1.0 - beta2) * square(g);
    SmallVector<Expr> after{m, v};
    if (flag("amsgrad"))
      after.push_back(max(before.moments[2], v));
    Expr denominator = sqrt(after.back()) * in(rootCorrection, p) + option("epsilon");
    return {p - in(stepSize, p) * (m / denominator), after};
  }
};

/// v <- alpha v + (1 - alpha) g^2; a <- a + (1 - alpha) (g - a) when centered; d = g / (sqrt(v - a^2) + eps);
/// p <- p - lr d, or with momentum b <- momentum b + d, p <- p - lr b.
struct RmsProp : Optimizer {
  using Optimizer::Optimizer;

  SmallVector<Moment> moments() override {
    SmallVector<Moment> list{{"square_avg", 0.0, /*isSquare=*/true}};
    if (option("momentum") > 0.0)
      list.push_back({"momentum_buffer", 0.0});
    if (flag("centered"))
      list.push_back({"grad_avg", 0.0});
    return list;
  }
  ParameterState update(const ParameterState &before, Expr gradient) override {
    Expr p = before.parameter, g = withWeightDecay(gradient, p);
    double alpha = option("alpha"), momentum = option("momentum");
    Expr v = alpha * before.moments[0] + (1.0 - alpha) * square(g);
    Expr variance = v, mean;
    if (flag("centered")) {
      mean = lerp(before.moments.back(), g, 1.0 - alpha);
      variance = v - square(mean);
    }
    Expr direction = g / (sqrt(variance) + option("epsilon"));
    SmallVector<Expr> after{v};
    if (momentum > 0.0)
      after.push_back(direction = momentum * before.moments[1] + direction);
    if (mean)
      after.push_back(mean);
    return {p - in(learningRate, p) * direction, after};
  }
};

/// s <- s + g^2, p <- p - lr / (1 + (t - 1) learning_rate_decay) g / (sqrt(s) + eps).
struct Adagrad : Optimizer {
  using Optimizer::Optimizer;
  Expr rate;

  SmallVector<Moment> moments() override { return {{"sum", option("initial_accumulator"), /*isSquare=*/true}}; }
  void prepare(Expr learningRate, Expr step) override {
    double decay = option("learning_rate_decay");
    rate = decay == 0.0 ? learningRate : learningRate / (1.0 + decay * (step - 1.0));
  }
  ParameterState update(const ParameterState &before, Expr gradient) override {
    Expr p = before.parameter, g = withWeightDecay(gradient, p);
    Expr s = before.moments[0] + square(g);
    return {p - in(rate, p) * (g / (sqrt(s) + option("epsilon"))), {s}};
  }
};

} // namespace

std::unique_ptr<Optimizer> makeOptimizer(OptimizerOp options) {
  switch (options.getKind()) {
  case OptimizerKind::SGD:
    return std::make_unique<Sgd>(options);
  case OptimizerKind::Adam:
  case OptimizerKind::AdamW:
    return std::make_unique<Adam>(options);
  case OptimizerKind::RMSProp:
    return std::make_unique<RmsProp>(options);
  case OptimizerKind::Adagrad:
    return std::make_unique<Adagrad>(options);
  }
  llvm_unreachable("an optimizer");
}

Expr withoutSubnormals(const Moment &moment, Expr value) {
  auto type = cast<FloatType>(value.elementType());
  double smallest = llvm::APFloat::getSmallestNormalized(type.getFloatSemantics()).convertToDouble();
  return select((moment.isSquare ? value : abs(value)) < smallest, value.constant(0.0), value);
}

void clipGlobalNorm(MutableArrayRef<Expr> gradients, double limit) {
  Expr total;
  for (Expr gradient : gradients) {
    Expr squares = convert(sum(square(gradient)), gradient.getBuilder().getF64Type());
    total = total ? total + squares : squares;
  }
  Expr factor = min(limit / (sqrt(total) + 1e-6), 1.0);
  for (Expr &gradient : gradients)
    gradient = gradient * in(factor, gradient);
}

} // namespace sinter
