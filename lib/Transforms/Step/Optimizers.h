// How does a parameter follow its gradient?
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef SINTER_LIB_TRANSFORMS_STEP_OPTIMIZERS_H
#define SINTER_LIB_TRANSFORMS_STEP_OPTIMIZERS_H

#include "sinter/Transforms/Autodiff/Expr.h"

#include <memory>

namespace sinter {

/// A tensor of a parameter's shape that the optimizer keeps from step to step.
struct Moment {
  llvm::StringRef name; // as PyTorch calls it; in the state it is "<parameter>.<name>"
  double initial;
  bool isSquare = false; // never negative
};

/// What an update changes: a parameter and its moments, in the order of `Optimizer::moments`.
struct ParameterState {
  Expr parameter;
  llvm::SmallVector<Expr> moments;
};

/// One update rule, with its options.
class Optimizer {
public:
  explicit Optimizer(OptimizerOp options) : options(options) {}
  virtual ~Optimizer() = default;

  virtual llvm::SmallVector<Moment> moments() = 0;
  /// Builds what is the same for every parameter, from tensors of rank 0: learning rate (f64) and step (f64, from 1).
  virtual void prepare(Expr learningRate, Expr step) { this->learningRate = learningRate; }
  /// Builds the values after the step.
  virtual ParameterState update(const ParameterState &before, Expr gradient) = 0;

protected:
  double option(llvm::StringRef name) { return options.getOption(name); }
  bool flag(llvm::StringRef name) { return options.getFlag(name); }
  /// gradient + weight_decay parameter.
  Expr withWeightDecay(Expr gradient, Expr parameter);

  OptimizerOp options;
  Expr learningRate;
};

std::unique_ptr<Optimizer> makeOptimizer(OptimizerOp options);

/// The value of a moment with 0 in place of what is smaller than the smallest normal number. Where gradients stay away
/// (units that are dead, inputs that are always 0) moments decay to subnormal numbers and never to 0, as rounding holds
/// them there; a processor takes some hundred cycles for each operation on one.
Expr withoutSubnormals(const Moment &moment, Expr value);

/// The gradients scaled by min(1, limit / (norm + 1e-6)), norm = sqrt(sum of all their squares), as
/// `torch.nn.utils.clip_grad_norm_`.
void clipGlobalNorm(llvm::MutableArrayRef<Expr> gradients, double limit);

} // namespace sinter

#endif // SINTER_LIB_TRANSFORMS_STEP_OPTIMIZERS_H
