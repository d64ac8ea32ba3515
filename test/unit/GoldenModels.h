// Which models do the recorded PyTorch runs train? Their texts, by the name of the recording.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef SINTER_TEST_UNIT_GOLDENMODELS_H
#define SINTER_TEST_UNIT_GOLDENMODELS_H

#include <string>
#include <vector>

/// A multilayer perceptron with parameters "0.weight", "0.bias", "2.weight", ... as in PyTorch's nn.Sequential.
struct Perceptron {
  std::vector<long> sizes;
  std::string activation = "tanh"; // with its options
  std::string loss = "mse_loss";   // with its options; "sum" for the sum of the outputs, without a target
  std::string optimizer = "adam {learning_rate = 0.001}";
  std::string element = "f64";
  std::string lastActivation = ""; // none

  bool hasIndexTarget() const { return loss.rfind("cross_entropy", 0) == 0; }
  std::string text() const;
};

/// The model of a recording "optimizer_adam", "loss_huber", "activation_relu", "big_model".
Perceptron goldenModel(const std::string &recording);

#endif // SINTER_TEST_UNIT_GOLDENMODELS_H
