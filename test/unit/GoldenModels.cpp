// How are the texts of the recorded models put together?
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "GoldenModels.h"

#include <map>

static std::string tensor(const std::vector<long> &shape, const std::string &element) {
  std::string text = "tensor<";
  for (long extent : shape)
    text += (extent < 0 ? "?" : std::to_string(extent)) + "x";
  return text + element + ">";
}

/// "relu", "gelu" + "tanh": an op and its options, for `sinter.<op> %x <options> : type`.
static std::string unary(const std::string &op, const std::string &result, const std::string &input,
                         const std::string &type) {
  const size_t space = op.find(' ');
  return result + " = sinter." + op.substr(0, space) + " " + input + (space == op.npos ? "" : op.substr(space)) +
         " : " + type + "\n";
}

static std::string lossText(const Perceptron &model) {
  const std::string y = tensor({-1, model.sizes.back()}, model.element), scalar = tensor({}, model.element);
  if (model.loss == "sum")
    return "sinter.loss @loss(%y: " + y + ") -> " + scalar + " {\n%l = sinter.reduce sum %y dims = [0, 1] : " + y +
           " -> " + scalar + "\nsinter.return %l : " + scalar + "\n}\n";
  const std::string t = model.hasIndexTarget() ? tensor({-1}, "i32") : y;
  const size_t space = model.loss.find(' ');
  return "sinter.loss @loss(%y: " + y + ", %t: " + t + ") -> " + scalar + " {\n%l = sinter." +
         model.loss.substr(0, space) + " %y, %t" + (space == model.loss.npos ? "" : model.loss.substr(space)) + " : (" +
         y + ", " + t + ") -> " + scalar + "\nsinter.return %l : " + scalar + "\n}\n";
}

std::string Perceptron::text() const {
  std::string parameters, body, value = "%x";
  const size_t layers = sizes.size() - 1;
  for (size_t i = 0; i < layers; ++i) {
    const std::string number = std::to_string(i), layer = std::to_string(2 * i);
    const std::string w = tensor({sizes[i + 1], sizes[i]}, element), b = tensor({sizes[i + 1]}, element);
    const std::string x = tensor({-1, sizes[i]}, element), y = tensor({-1, sizes[i + 1]}, element);
    parameters += "sinter.parameter @\"" + layer + ".weight\" : " + w + " = zeros\n";
    parameters += "sinter.parameter @\"" + layer + ".bias\" : " + b + " = zeros\n";
    body += "%w" + number + ", %b" + number + " = sinter.get @\"" + layer + ".weight\", @\"" + layer +
            ".bias\" : " + w + ", " + b + "\n";
    body += "%h" + number + " = sinter.linear " + value + ", %w" + number + ", %b" + number + " : (" + x + ", " + w +
            ", " + b + ") -> " + y + "\n";
    value = "%h" + number;
    const std::string &op = i + 1 < layers ? activation : lastActivation;
    if (op.empty())
      continue;
    body += unary(op, "%a" + number, value, y);
    value = "%a" + number;
  }
  const std::string y = tensor({-1, sizes.back()}, element);
  return parameters + "sinter.model @forward(%x: " + tensor({-1, sizes.front()}, element) + ") -> " + y + " {\n" +
         body + "sinter.return " + value + " : " + y + "\n}\n" + lossText(*this) + "sinter.optimizer " + optimizer +
         "\n";
}

static const std::map<std::string, std::string> optimizers = {
    {"sgd", "sgd {learning_rate = 0.05}"},
    {"momentum", "sgd {learning_rate = 0.05, momentum = 0.9, weight_decay = 1.0e-4}"},
    {"nesterov", "sgd {learning_rate = 0.05, momentum = 0.9, nesterov = true}"},
    {"adam", "adam {learning_rate = 1.0e-2}"},
    {"adamw", "adamw {learning_rate = 1.0e-2, weight_decay = 0.1}"},
    {"rmsprop", "rmsprop {learning_rate = 1.0e-2}"},
    {"adagrad", "adagrad {learning_rate = 1.0e-2}"}};

static const std::map<std::string, std::string> losses = {{"mse", "mse_loss"},
                                                          {"cross_entropy", "cross_entropy"},
                                                          {"label_smoothing", "cross_entropy label_smoothing = 0.1"},
                                                          {"huber", "huber_loss"},
                                                          {"l1", "l1_loss"},
                                                          {"bce_with_logits", "bce_with_logits"}};

Perceptron goldenModel(const std::string &recording) {
  const size_t underscore = recording.find('_');
  const std::string family = recording.substr(0, underscore), kind = recording.substr(underscore + 1);
  Perceptron model;
  model.sizes = {13, 17, 5};
  if (recording == "big_model") {
    model.sizes = {1000, 500, 100, 10};
    model.activation = "relu";
  } else if (family == "optimizer") {
    model.loss = "cross_entropy";
    model.optimizer = optimizers.at(kind);
  } else if (family == "loss") {
    model.loss = losses.at(kind);
  } else {
    model.activation = kind == "gelu_tanh" ? "gelu tanh" : kind;
  }
  return model;
}
