// Do the step functions train exactly as PyTorch does? Recorded runs (float64) against the reference interpreter.
// The recordings are not part of the repository: $SINTER_SHARED, or shared/ beside the checkout, holds them.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "GoldenModels.h"
#include "StepTrainer.h"

#include "sinter/Reference/Npy.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/MemoryBuffer.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>

using namespace sinter::reference;

namespace {

std::string sharedFolder() {
  for (const char *name : {"SINTER_SHARED", "SINTER_SHARED_DEFAULT"})
    if (const char *folder = std::getenv(name); folder && *folder)
      return folder;
  return "../shared";
}

llvm::json::Value readJson(const std::string &path) {
  auto file = llvm::MemoryBuffer::getFile(path);
  if (!file)
    return nullptr;
  llvm::Expected<llvm::json::Value> value = llvm::json::parse((*file)->getBuffer());
  if (value)
    return std::move(*value);
  llvm::consumeError(value.takeError());
  return nullptr;
}

/// An array of f32 or i32; f32 becomes f64, as the models are.
Tensor readArray(const std::string &path) {
  llvm::Expected<Tensor> tensor = readNpy(path);
  if (!tensor) {
    ADD_FAILURE() << llvm::toString(tensor.takeError());
    return Tensor();
  }
  return tensor->isFloat() ? tensor->withKind(ElementKind::F64) : std::move(*tensor);
}

double norm(const Tensor &a, const Tensor *minus = nullptr) {
  double sum = 0;
  for (int64_t i = 0; i < a.size(); ++i)
    sum += std::pow(a.at(i) - (minus ? minus->at(i) : 0.0), 2);
  return std::sqrt(sum);
}

double largestDifference(const Tensor &a, const Tensor &b) {
  double largest = 0;
  for (int64_t i = 0; i < a.size(); ++i)
    largest = std::fmax(largest, std::fabs(a.at(i) - b.at(i)));
  return largest;
}

class Golden : public testing::TestWithParam<const char *> {};

TEST_P(Golden, TrainsAsRecorded) {
  const std::string name = GetParam(), folder = sharedFolder() + "/golden/" + name + "/";
  if (!llvm::sys::fs::exists(folder + "manifest.json"))
    GTEST_SKIP() << "no recording in " << folder;
  llvm::json::Value manifest = readJson(folder + "manifest.json");
  ASSERT_TRUE(manifest.getAsObject());
  const llvm::json::Object &parameters = *manifest.getAsObject()->getObject("parameters");
  const llvm::json::Array &losses = *manifest.getAsObject()->getArray("loss_float64");

  const Tensor firstInput = readArray(folder + "input.step1.npy");
  StepTrainer trainer(goldenModel(name).text(), firstInput.shape()[0]);
  ASSERT_TRUE(trainer.good());
  for (const auto &parameter : parameters) {
    const std::string key = parameter.first.str();
    ASSERT_TRUE(trainer.setState(key, readArray(folder + "param." + key + ".init.npy"))) << key;
  }
  // The big one is slow here; that it goes on like this is tested on compiled code.
  const size_t steps = name == "big_model" ? 3 : losses.size();
  for (size_t step = 1; step <= steps; ++step) {
    const std::string batch = std::to_string((step - 1) % 4 + 1);
    Tensor target = readArray(folder + "target.step" + batch + ".npy");
    for (int64_t i = 0; name == "loss_bce_with_logits" && i < target.size(); ++i)
      target.set(i, 1.0 / (1.0 + std::exp(-target.at(i))));
    const double loss = trainer.step({readArray(folder + "input.step" + batch + ".npy")}, {target});
    const double expected = *losses[step - 1].getAsNumber();
    ASSERT_LE(std::fabs(loss / expected - 1.0), 1e-10)
        << "step " << step << ": expected " << expected << ", found " << loss;
    for (const auto &parameter : parameters) {
      const std::string key = parameter.first.str();
      const Tensor *gradient = trainer.state(key + ".grad");
      ASSERT_TRUE(gradient) << key;
      if (step > 1)
        continue;
      const Tensor recorded = readArray(folder + "grad." + key + ".step1.npy");
      EXPECT_LE(norm(*gradient, &recorded), 1e-6 * norm(recorded)) << "gradient of " << key;
    }
  }
  for (const auto &parameter : parameters) {
    const std::string key = parameter.first.str(), path = folder + "param." + key + ".final.npy";
    if (steps == losses.size() && llvm::sys::fs::exists(path))
      EXPECT_LE(largestDifference(*trainer.state(key), readArray(path)), 1e-6) << "final " << key;
  }
}

INSTANTIATE_TEST_SUITE_P(Recordings, Golden,
                         testing::Values("big_model", "optimizer_sgd", "optimizer_momentum", "optimizer_nesterov",
                                         "optimizer_adam", "optimizer_adamw", "optimizer_rmsprop", "optimizer_adagrad",
                                         "loss_mse", "loss_cross_entropy", "loss_label_smoothing", "loss_huber",
                                         "loss_l1", "loss_bce_with_logits", "activation_relu", "activation_sigmoid",
                                         "activation_tanh", "activation_gelu", "activation_gelu_tanh",
                                         "activation_silu", "activation_leaky_relu", "activation_elu",
                                         "activation_softplus"),
                         [](const auto &info) { return std::string(info.param); });

//===-- PyTorch's own optimizer baselines ------------------------------------------------------------------------===//

struct Baseline {
  const char *name;
  const char *optimizer;
};

void PrintTo(const Baseline &baseline, std::ostream *out) {
  *out << baseline.optimizer;
}

class OptimizerBaseline : public testing::TestWithParam<Baseline> {
protected:
  using Snapshot = std::vector<Tensor>; // in the order of `parameters`

  const std::vector<std::pair<std::string, std::vector<int64_t>>> parameters = {
      {"0.weight", {3, 2}}, {"0.bias", {3}}, {"2.weight", {1, 3}}, {"2.bias", {1}}};
  const Tensor input = Tensor(ElementKind::F64, {3, 2}, {0.1, 0.2, 0.3, 0.4, 0.5, 0.6});

  /// Linear(2,3)-sigmoid-Linear(3,1)-sigmoid; the loss is the sum of the outputs.
  static std::string modelText(const char *optimizer) {
    Perceptron model;
    model.sizes = {2, 3, 1};
    model.activation = model.lastActivation = "sigmoid";
    model.loss = "sum";
    model.optimizer = optimizer;
    return model.text();
  }

  Snapshot read(const llvm::json::Array &values) const {
    Snapshot snapshot;
    for (size_t p = 0; p < parameters.size(); ++p) {
      std::vector<double> elements;
      for (const llvm::json::Value &value : *values[p].getAsArray())
        elements.push_back(*value.getAsNumber());
      snapshot.push_back(Tensor(ElementKind::F64, parameters[p].second, elements));
    }
    return snapshot;
  }

  void start(StepTrainer &trainer, const Snapshot &values) const {
    for (size_t p = 0; p < parameters.size(); ++p)
      ASSERT_TRUE(trainer.setState(parameters[p].first, values[p]));
  }

  /// The suite states the initial values with four digits. All digits follow from p1, the snapshot after one step of
  /// plain gradient descent, p1 = p0 - 0.1 gradient(p0), by iterating p0 = p1 + 0.1 gradient(p0).
  Snapshot initialValues(const llvm::json::Object &expected, const llvm::json::Object &rounded) const {
    const Snapshot after = read(*(*expected.getArray("SGD"))[0].getAsArray());
    Snapshot values = after;
    for (int iteration = 0; iteration < 60; ++iteration) {
      StepTrainer trainer(modelText("sgd {learning_rate = 0.1}"), 3);
      start(trainer, values);
      trainer.step({input}, {});
      for (size_t p = 0; p < parameters.size(); ++p)
        for (int64_t i = 0; i < values[p].size(); ++i)
          values[p].set(i, after[p].at(i) + 0.1 * trainer.state(parameters[p].first + ".grad")->at(i));
    }
    for (size_t p = 0; p < parameters.size(); ++p)
      for (int64_t i = 0; i < values[p].size(); ++i)
        EXPECT_NEAR(values[p].at(i), *(*rounded.getArray(parameters[p].first))[i].getAsNumber(), 5.1e-5);
    return values;
  }
};

TEST_P(OptimizerBaseline, FollowsPyTorch) {
  const std::string path = sharedFolder() + "/suites/optimizers/pytorch_optim_baseline.json";
  if (!llvm::sys::fs::exists(path))
    GTEST_SKIP() << "no " << path;
  llvm::json::Value suite = readJson(path);
  ASSERT_TRUE(suite.getAsObject());
  const llvm::json::Object &all = *suite.getAsObject()->getObject("expected");
  const llvm::json::Array *expected = all.getArray(GetParam().name);
  ASSERT_TRUE(expected) << GetParam().name;
  StepTrainer trainer(modelText(GetParam().optimizer), 3);
  ASSERT_TRUE(trainer.good());
  start(trainer, initialValues(all, *suite.getAsObject()->getObject("init")));
  for (int64_t step = 0; step < 1001; ++step) {
    ASSERT_TRUE(std::isfinite(trainer.step({input}, {})));
    if (step % 100 != 0)
      continue;
    const Snapshot snapshot = read(*(*expected)[step / 100].getAsArray());
    for (size_t p = 0; p < parameters.size(); ++p)
      ASSERT_LE(largestDifference(*trainer.state(parameters[p].first), snapshot[p]), 1e-8)
          << "step " << step << ", " << parameters[p].first;
  }
}

INSTANTIATE_TEST_SUITE_P(
    PyTorch, OptimizerBaseline,
    testing::Values(Baseline{"Adam", "adam {learning_rate = 1.0}"},
                    Baseline{"Adam_with_weight_decay", "adam {learning_rate = 1.0, weight_decay = 1.0e-2}"},
                    Baseline{"Adam_with_weight_decay_and_amsgrad",
                             "adam {learning_rate = 1.0, weight_decay = 1.0e-6, amsgrad = true}"},
                    Baseline{"AdamW", "adamw {learning_rate = 1.0}"},
                    Baseline{"AdamW_without_weight_decay", "adamw {learning_rate = 1.0, weight_decay = 0.0}"},
                    Baseline{"AdamW_with_amsgrad", "adamw {learning_rate = 1.0, amsgrad = true}"},
                    Baseline{"Adagrad", "adagrad {learning_rate = 1.0}"},
                    Baseline{"Adagrad_with_weight_decay", "adagrad {learning_rate = 1.0, weight_decay = 1.0e-2}"},
                    Baseline{"Adagrad_with_weight_decay_and_lr_decay",
                             "adagrad {learning_rate = 1.0, weight_decay = 1.0e-6, learning_rate_decay = 1.0e-3}"},
                    Baseline{"RMSprop", "rmsprop {learning_rate = 0.1}"},
                    Baseline{"RMSprop_with_weight_decay", "rmsprop {learning_rate = 0.1, weight_decay = 1.0e-2}"},
                    Baseline{"RMSprop_with_weight_decay_and_centered",
                             "rmsprop {learning_rate = 0.1, weight_decay = 1.0e-6, centered = true}"},
                    Baseline{"RMSprop_with_weight_decay_and_centered_and_momentum",
                             "rmsprop {learning_rate = 0.1, weight_decay = 1.0e-6, centered = true, momentum = 0.9}"},
                    Baseline{"SGD", "sgd {learning_rate = 0.1}"},
                    Baseline{"SGD_with_weight_decay", "sgd {learning_rate = 0.1, weight_decay = 1.0e-2}"},
                    Baseline{"SGD_with_weight_decay_and_momentum",
                             "sgd {learning_rate = 0.1, weight_decay = 1.0e-2, momentum = 0.9}"},
                    Baseline{"SGD_with_weight_decay_and_nesterov_momentum",
                             "sgd {learning_rate = 0.1, weight_decay = 1.0e-6, momentum = 0.9, nesterov = true}"}),
    [](const auto &info) { return std::string(info.param.name); });

} // namespace
