// How is a recorded run followed step by step?
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Recordings.h"

#include "GoldenModels.h"
#include "StepTrainer.h"

#include "sinter/Reference/Npy.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <ostream>

using namespace sinter::reference;

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

static double norm(const Tensor &a, const Tensor *minus = nullptr) {
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

//===-- Recorded runs --------------------------------------------------------------------------------------------===//

std::vector<const char *> recordingNames() {
  return {"big_model",
          "optimizer_sgd",
          "optimizer_momentum",
          "optimizer_nesterov",
          "optimizer_adam",
          "optimizer_adamw",
          "optimizer_rmsprop",
          "optimizer_adagrad",
          "loss_mse",
          "loss_cross_entropy",
          "loss_label_smoothing",
          "loss_huber",
          "loss_l1",
          "loss_bce_with_logits",
          "activation_relu",
          "activation_sigmoid",
          "activation_tanh",
          "activation_gelu",
          "activation_gelu_tanh",
          "activation_silu",
          "activation_leaky_relu",
          "activation_elu",
          "activation_softplus"};
}

/// An array of a recording: floats are f32 there.
static Tensor readArray(const std::string &path, ElementKind kind) {
  llvm::Expected<Tensor> tensor = readNpy(path);
  if (!tensor) {
    ADD_FAILURE() << llvm::toString(tensor.takeError());
    return Tensor();
  }
  return tensor->isFloat() ? tensor->withKind(kind) : std::move(*tensor);
}

namespace {

/// One recorded run, with a trainer that is to follow it.
struct RecordedRun {
  const std::string &name;
  std::string folder;
  ElementKind kind;
  RecordingTolerance tolerance;
  std::vector<std::string> parameters;

  Tensor read(const std::string &file) const { return readArray(folder + file + ".npy", kind); }

  void start(Trainer &trainer) const {
    for (const std::string &key : parameters)
      ASSERT_TRUE(trainer.setState(key, read("param." + key + ".init"))) << key;
  }

  /// The loss of a step; four batches are used in turn.
  double step(Trainer &trainer, size_t number) const {
    const std::string batch = std::to_string((number - 1) % 4 + 1);
    Tensor target = read("target.step" + batch);
    for (int64_t i = 0; name == "loss_bce_with_logits" && i < target.size(); ++i)
      target.set(i, 1.0 / (1.0 + std::exp(-target.at(i))));
    return trainer.step({read("input.step" + batch)}, {target});
  }

  void expectGradients(const Trainer &trainer) const {
    for (const std::string &key : parameters) {
      const Tensor *gradient = trainer.state(key + ".grad");
      ASSERT_TRUE(gradient) << key;
      const Tensor recorded = read("grad." + key + ".step1");
      EXPECT_LE(norm(*gradient, &recorded), tolerance.gradient * norm(recorded)) << "gradient of " << key;
    }
  }

  void expectParameters(const Trainer &trainer) const {
    for (const std::string &key : parameters)
      if (llvm::sys::fs::exists(folder + "param." + key + ".final.npy"))
        EXPECT_LE(largestDifference(*trainer.state(key), read("param." + key + ".final")), tolerance.parameter)
            << "final " << key;
  }
};

} // namespace

void expectTrainsAsRecorded(const std::string &name, ElementKind kind, const MakeTrainer &make,
                            const RecordingTolerance &tolerance) {
  RecordedRun run{name, sharedFolder() + "/golden/" + name + "/", kind, tolerance, {}};
  if (!llvm::sys::fs::exists(run.folder + "manifest.json"))
    GTEST_SKIP() << "no recording in " << run.folder;
  llvm::json::Value manifest = readJson(run.folder + "manifest.json");
  ASSERT_TRUE(manifest.getAsObject());
  for (const auto &parameter : *manifest.getAsObject()->getObject("parameters"))
    run.parameters.push_back(parameter.first.str());
  const llvm::json::Array &losses = *manifest.getAsObject()->getArray("loss_float64");

  Perceptron model = goldenModel(name);
  model.element = sinter::reference::name(kind).str();
  std::unique_ptr<Trainer> trainer = make(model.text(), run.read("input.step1").shape()[0]);
  ASSERT_TRUE(trainer->good());
  run.start(*trainer);
  const size_t steps = std::min(tolerance.steps, losses.size());
  for (size_t step = 1; step <= steps; ++step) {
    const double loss = run.step(*trainer, step), expected = *losses[step - 1].getAsNumber();
    ASSERT_LE(std::fabs(loss / expected - 1.0), tolerance.loss)
        << "step " << step << ": expected " << expected << ", found " << loss;
    if (step == 1)
      run.expectGradients(*trainer);
  }
  if (steps == losses.size())
    run.expectParameters(*trainer);
}

//===-- PyTorch's own optimizer baselines ------------------------------------------------------------------------===//

void PrintTo(const OptimizerBaseline &baseline, std::ostream *out) {
  *out << baseline.optimizer;
}

std::vector<OptimizerBaseline> optimizerBaselines() {
  return {{"Adam", "adam {learning_rate = 1.0}"},
          {"Adam_with_weight_decay", "adam {learning_rate = 1.0, weight_decay = 1.0e-2}"},
          {"Adam_with_weight_decay_and_amsgrad", "adam {learning_rate = 1.0, weight_decay = 1.0e-6, amsgrad = true}"},
          {"AdamW", "adamw {learning_rate = 1.0}"},
          {"AdamW_without_weight_decay", "adamw {learning_rate = 1.0, weight_decay = 0.0}"},
          {"AdamW_with_amsgrad", "adamw {learning_rate = 1.0, amsgrad = true}"},
          {"Adagrad", "adagrad {learning_rate = 1.0}"},
          {"Adagrad_with_weight_decay", "adagrad {learning_rate = 1.0, weight_decay = 1.0e-2}"},
          {"Adagrad_with_weight_decay_and_lr_decay",
           "adagrad {learning_rate = 1.0, weight_decay = 1.0e-6, learning_rate_decay = 1.0e-3}"},
          {"RMSprop", "rmsprop {learning_rate = 0.1}"},
          {"RMSprop_with_weight_decay", "rmsprop {learning_rate = 0.1, weight_decay = 1.0e-2}"},
          {"RMSprop_with_weight_decay_and_centered",
           "rmsprop {learning_rate = 0.1, weight_decay = 1.0e-6, centered = true}"},
          {"RMSprop_with_weight_decay_and_centered_and_momentum",
           "rmsprop {learning_rate = 0.1, weight_decay = 1.0e-6, centered = true, momentum = 0.9}"},
          {"SGD", "sgd {learning_rate = 0.1}"},
          {"SGD_with_weight_decay", "sgd {learning_rate = 0.1, weight_decay = 1.0e-2}"},
          {"SGD_with_weight_decay_and_momentum", "sgd {learning_rate = 0.1, weight_decay = 1.0e-2, momentum = 0.9}"},
          {"SGD_with_weight_decay_and_nesterov_momentum",
           "sgd {learning_rate = 0.1, weight_decay = 1.0e-6, momentum = 0.9, nesterov = true}"}};
}

namespace {

/// Linear(2,3)-sigmoid-Linear(3,1)-sigmoid; the loss is the sum of the outputs.
struct BaselineModel {
  using Snapshot = std::vector<Tensor>; // in the order of `parameters`

  const std::vector<std::pair<std::string, std::vector<int64_t>>> parameters = {
      {"0.weight", {3, 2}}, {"0.bias", {3}}, {"2.weight", {1, 3}}, {"2.bias", {1}}};
  const Tensor input = Tensor(ElementKind::F64, {3, 2}, {0.1, 0.2, 0.3, 0.4, 0.5, 0.6});

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

  void start(Trainer &trainer, const Snapshot &values) const {
    for (size_t p = 0; p < parameters.size(); ++p)
      ASSERT_TRUE(trainer.setState(parameters[p].first, values[p]));
  }

  /// The suite states the initial values with four digits. All digits follow from p1, the snapshot after one step of
  /// plain gradient descent, p1 = p0 - 0.1 gradient(p0), by iterating p0 = p1 + 0.1 gradient(p0).
  Snapshot initialValues(const llvm::json::Object &expected, const llvm::json::Object &rounded) const {
    const Snapshot after = read(*(*expected.getArray("SGD"))[0].getAsArray());
    Snapshot values = after;
    StepTrainer trainer(modelText("sgd {learning_rate = 0.1}"), 3);
    for (int iteration = 0; iteration < 60; ++iteration) {
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

} // namespace

void expectFollowsBaseline(const OptimizerBaseline &baseline, const MakeTrainer &make, double tolerance) {
  const std::string path = sharedFolder() + "/suites/optimizers/pytorch_optim_baseline.json";
  if (!llvm::sys::fs::exists(path))
    GTEST_SKIP() << "no " << path;
  llvm::json::Value suite = readJson(path);
  ASSERT_TRUE(suite.getAsObject());
  const llvm::json::Object &all = *suite.getAsObject()->getObject("expected");
  const llvm::json::Array *expected = all.getArray(baseline.name);
  ASSERT_TRUE(expected) << baseline.name;
  const BaselineModel model;
  std::unique_ptr<Trainer> trainer = make(BaselineModel::modelText(baseline.optimizer), 3);
  ASSERT_TRUE(trainer->good());
  model.start(*trainer, model.initialValues(all, *suite.getAsObject()->getObject("init")));
  for (int64_t step = 0; step < 1001; ++step) {
    ASSERT_TRUE(std::isfinite(trainer->step({model.input}, {})));
    if (step % 100 != 0)
      continue;
    const BaselineModel::Snapshot snapshot = model.read(*(*expected)[step / 100].getAsArray());
    for (size_t p = 0; p < snapshot.size(); ++p)
      ASSERT_LE(largestDifference(*trainer->state(model.parameters[p].first), snapshot[p]), tolerance)
          << "step " << step << ", " << model.parameters[p].first;
  }
}
