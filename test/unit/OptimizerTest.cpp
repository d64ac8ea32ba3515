// Do the optimizer options that no recording covers follow their definitions? Clipping and dampening, from the
// gradients that the step keeps.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "GoldenModels.h"
#include "StepTrainer.h"

#include "sinter/Reference/RandomData.h"

#include <gtest/gtest.h>

#include <cmath>

using namespace sinter::reference;

namespace {

const std::vector<std::string> parameters = {"0.weight", "0.bias", "2.weight", "2.bias"};

std::string modelText(const std::string &optimizer) {
  Perceptron model;
  model.sizes = {4, 3, 2};
  model.optimizer = optimizer;
  return model.text();
}

/// Parameters of a fixed seed, so that no gradient is zero.
void start(StepTrainer &trainer) {
  for (size_t p = 0; p < parameters.size(); ++p) {
    Tensor value = *trainer.state(parameters[p]);
    fillRandom(value, /*seed=*/2, /*stream=*/p);
    ASSERT_TRUE(trainer.setState(parameters[p], value));
  }
}

std::vector<Tensor> read(const StepTrainer &trainer, const std::string &suffix = "") {
  std::vector<Tensor> tensors;
  for (const std::string &name : parameters)
    tensors.push_back(*trainer.state(name + suffix));
  return tensors;
}

double step(StepTrainer &trainer) {
  Tensor input(ElementKind::F64, {5, 4}), target(ElementKind::F64, {5, 2});
  fillRandom(input, /*seed=*/3, /*stream=*/0);
  fillRandom(target, /*seed=*/3, /*stream=*/1);
  return trainer.step({input}, {target});
}

/// Largest |after - (before - 0.1 factor direction)|.
double largestFault(const std::vector<Tensor> &before, const std::vector<Tensor> &after,
                    const std::vector<Tensor> &direction, double factor) {
  double fault = 0;
  for (size_t p = 0; p < before.size(); ++p)
    for (int64_t i = 0; i < before[p].size(); ++i)
      fault = std::fmax(fault, std::fabs(after[p].at(i) - (before[p].at(i) - 0.1 * factor * direction[p].at(i))));
  return fault;
}

double globalNorm(const std::vector<Tensor> &tensors) {
  double sum = 0;
  for (const Tensor &tensor : tensors)
    for (int64_t i = 0; i < tensor.size(); ++i)
      sum += tensor.at(i) * tensor.at(i);
  return std::sqrt(sum);
}

TEST(Optimizer, ClipsTheNormOverAllParameters) {
  for (double limit : {0.05, 1000.0}) { // below the norm of the gradients, and far above it
    StepTrainer trainer(modelText("sgd {learning_rate = 0.1, clip_global_norm = " + std::to_string(limit) + "}"), 5);
    ASSERT_TRUE(trainer.good());
    start(trainer);
    const std::vector<Tensor> before = read(trainer);
    ASSERT_TRUE(std::isfinite(step(trainer)));
    const std::vector<Tensor> gradients = read(trainer, ".grad");
    const double norm = globalNorm(gradients);
    ASSERT_GT(norm, 0.1);
    const double factor = std::fmin(1.0, limit / (norm + 1e-6)); // torch.nn.utils.clip_grad_norm_
    EXPECT_LE(largestFault(before, read(trainer), gradients, factor), 1e-14) << "limit " << limit;
  }
}

TEST(Optimizer, DampensTheMomentumFromTheSecondStepOn) {
  StepTrainer trainer(modelText("sgd {learning_rate = 0.1, momentum = 0.9, dampening = 0.25}"), 5);
  ASSERT_TRUE(trainer.good());
  start(trainer);
  std::vector<Tensor> before = read(trainer);
  ASSERT_TRUE(std::isfinite(step(trainer)));
  std::vector<Tensor> buffer = read(trainer, ".grad"); // torch.optim.SGD: the buffer starts as the gradient itself
  EXPECT_LE(largestFault(before, read(trainer), buffer, 1.0), 1e-14);

  before = read(trainer);
  ASSERT_TRUE(std::isfinite(step(trainer)));
  const std::vector<Tensor> gradients = read(trainer, ".grad");
  for (size_t p = 0; p < buffer.size(); ++p)
    for (int64_t i = 0; i < buffer[p].size(); ++i)
      buffer[p].set(i, 0.9 * buffer[p].at(i) + 0.75 * gradients[p].at(i));
  EXPECT_LE(largestFault(before, read(trainer), buffer, 1.0), 1e-14);
}

} // namespace
