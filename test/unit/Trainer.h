// What do the tests of whole training runs ask of a step, interpreted or compiled?
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef SINTER_TEST_UNIT_TRAINER_H
#define SINTER_TEST_UNIT_TRAINER_H

#include "sinter/Reference/Tensor.h"

#include <functional>
#include <memory>
#include <string>
#include <vector>

/// A training run of one model, whose gradients are kept as "<parameter>.grad".
class Trainer {
public:
  virtual ~Trainer() = default;

  /// False if the model was not built, after a message.
  virtual bool good() const = 0;
  /// A tensor of the state, or null. Valid until the next call of any function.
  virtual const sinter::reference::Tensor *state(const std::string &name) const = 0;
  /// Replaces a tensor of the state; false if there is none of that name, kind and shape.
  virtual bool setState(const std::string &name, const sinter::reference::Tensor &value) = 0;
  /// One train_step with the model's learning rate; returns the loss, NaN if the step fails.
  virtual double step(const std::vector<sinter::reference::Tensor> &inputs,
                      const std::vector<sinter::reference::Tensor> &targets) = 0;
};

/// Makes a trainer of a text and a batch.
using MakeTrainer = std::function<std::unique_ptr<Trainer>(const std::string &modelText, int64_t batch)>;

#endif // SINTER_TEST_UNIT_TRAINER_H
