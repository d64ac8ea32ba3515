// What is the learning rate of a step? A function of the step's number alone, so that resuming needs no state.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef SINTER_LIB_RUNTIME_TRAIN_SCHEDULE_H
#define SINTER_LIB_RUNTIME_TRAIN_SCHEDULE_H

#include <cstdint>
#include <string>

namespace sinter::train {

/// With t = step - 1, base the rate of --lr, n the steps per epoch, T all steps of the run:
///   constant                          base
///   step:size=S,gamma=G               base * G^floor(t / (S n)); `steps=K` in place of `size=S`: base * G^floor(t / K)
///   exponential:gamma=G               base * G^floor(t / n)
///   linear[:min=M]                    base + (M - base) * t / T
///   cosine[:min=M]                    M + (base - M) * (1 + cos(pi t / T)) / 2
///   linear-warmup:steps=W             base * min(1, (t + 1) / W)
///   warmup-cosine:steps=W[,min=M]     linear-warmup while t < W, then cosine over the other T - W steps
///   warmup-linear:steps=W[,min=M]     linear-warmup while t < W, then linear over the other T - W steps
class Schedule {
public:
  /// Throws an Error that lists what there is when `text` is none of the above.
  static Schedule parse(const std::string &text);

  /// `step` counts from 1; all steps of the run and those of an epoch are at least 1.
  double rate(double base, int64_t step, int64_t stepsPerEpoch, int64_t totalSteps) const;

private:
  enum class Kind { Constant, Step, Exponential, Linear, Cosine, Warmup };
  Kind kind = Kind::Constant;
  Kind afterWarmup = Kind::Constant;
  double gamma = 1, minimum = 0;
  int64_t size = 0, steps = 0;
};

} // namespace sinter::train

#endif // SINTER_LIB_RUNTIME_TRAIN_SCHEDULE_H
