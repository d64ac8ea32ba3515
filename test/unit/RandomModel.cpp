// How is a model made up? Layer by layer, by drawing from lists.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "RandomModel.h"

#include "sinter-rt/random.h"

#include <cstdio>
#include <initializer_list>

namespace {

class ModelWriter {
public:
  explicit ModelWriter(uint64_t seed) : random(sinter_random_make(seed, /*stream=*/0)) {}

  RandomModel write();
  RandomModel writeSequence();

private:
  bool chance(double probability) { return sinter_random_unit(&random) < probability; }
  template <typename T>
  T draw(std::initializer_list<T> choices) {
    return choices.begin()[sinter_random_below(&random, choices.size())];
  }
  int64_t width() {
    return draw<int64_t>({1, 2, 3, 5, 7, 8, 13, 16, 17, 23, 31, 32, 33, 47, 48, 49, 64, 65, 97, 127, 130});
  }

  std::string tensor(const std::string &shape) const { return "tensor<" + shape + element + ">"; }
  std::string tensor(int64_t rows, int64_t columns) const {
    return tensor(std::to_string(rows) + "x" + std::to_string(columns) + "x");
  }
  bool hasPlaces() const { return places > 0; }
  std::string activations() const {
    return tensor((hasPlaces() ? "?x" + std::to_string(places) + "x" : "?x") + std::to_string(extent) + "x");
  }
  std::string lastDim() const { return hasPlaces() ? " dim = 2" : " dim = 1"; }
  std::string vector() const { return tensor(std::to_string(extent) + "x"); }

  /// Reads a new parameter; its value's name.
  std::string parameter(const std::string &kind, const std::string &type, const std::string &initializer);
  void chooseElements();
  void layer(bool isLast);
  void linear(int64_t outputs, double chanceOfBias = 0.75);
  std::string round(const std::string &tensor, std::string &type);
  void normalize();
  void activate(const std::string &op);
  void apply(const std::string &op, const std::string &options);
  void define(const std::string &op, const std::string &types);
  void layerOfPlaces(bool isLast);
  void addPositions();
  void exchangePlaces();
  void attend();
  void add(const std::string &other);
  void flatten();
  RandomModel finish(const std::string &input);
  std::string loss();
  std::string optimizer();

  sinter_random random;
  std::string element, parameters, body, value = "%x";
  std::string rounded; ///< type of the operands of layers, if they are rounded
  int64_t extent = 1, values = 0;
  int64_t places = 0; ///< of a row; 0: it is one vector
};

std::string ModelWriter::parameter(const std::string &kind, const std::string &type, const std::string &initializer) {
  const std::string name = kind + std::to_string(values++);
  parameters += "sinter.parameter @" + name + " : " + type + " = " + initializer + "\n";
  body += "%" + name + " = sinter.get @" + name + " : " + type + "\n";
  return "%" + name;
}

void ModelWriter::linear(int64_t outputs, double chanceOfBias) {
  std::string input = activations(), matrix = tensor(outputs, extent);
  std::string w = parameter("w", matrix, draw({"kaiming_uniform", "xavier_normal", "normal(0.0, 0.5)"}));
  if (!rounded.empty()) {
    w = round(w, matrix);
    value = round(value, input);
  }
  extent = outputs;
  std::string operands = value + ", " + w, types = input + ", " + matrix;
  if (chance(chanceOfBias)) {
    operands += ", " + parameter("b", vector(), draw({"zeros", "uniform(-0.5, 0.5)"}));
    types += ", " + vector();
  }
  value = "%v" + std::to_string(values++);
  body += value + " = sinter.linear " + operands + " : (" + types + ") -> " + activations() + "\n";
}

/// A tensor of `type` with elements of the shorter type; `type` becomes the type of that.
std::string ModelWriter::round(const std::string &tensor, std::string &type) {
  const std::string result = "%v" + std::to_string(values++), before = type;
  type.replace(type.find(element + ">"), element.size(), rounded);
  body += result + " = sinter.convert " + tensor + " : " + before + " to " + type + "\n";
  return result;
}

/// `%v = sinter.op %value options : type`.
void ModelWriter::apply(const std::string &op, const std::string &options) {
  const std::string result = "%v" + std::to_string(values++);
  body += result + " = sinter." + op + " " + value + options + " : " + activations() + "\n";
  value = result;
}

/// Norms of few elements are signs, and their gradients all rounding: not those.
void ModelWriter::normalize() {
  if (extent < 5)
    return;
  const std::string scale = parameter("g", vector(), "ones"), input = value, type = activations();
  value = "%v" + std::to_string(values++);
  if (chance(0.5)) {
    const std::string shift = parameter("s", vector(), "zeros");
    value = "%v" + std::to_string(values++);
    body +=
        value + " = sinter.layer_norm " + input + ", " + scale + ", " + shift + " : " + type + ", " + vector() + "\n";
  } else {
    body +=
        value + " = sinter.rms_norm " + input + ", " + scale + " epsilon = 1.0e-3 : " + type + ", " + vector() + "\n";
  }
}

void ModelWriter::activate(const std::string &op) {
  const size_t space = op.find(' ');
  const bool isOfRows = op.find("softmax") != op.npos;
  apply(op.substr(0, space), isOfRows ? lastDim() : space == op.npos ? "" : op.substr(space));
}

void ModelWriter::layer(bool isLast) {
  linear(width());
  if (chance(0.25))
    normalize();
  if (isLast && chance(0.7))
    return;
  activate(draw({"relu", "relu", "tanh", "sigmoid", "silu", "gelu", "gelu tanh", "leaky_relu", "leaky_relu slope = 0.3",
                 "elu", "elu alpha = 0.7", "softplus", "softplus beta = 2.0 threshold = 3.0", "sin", "softmax",
                 "log_softmax"}));
  if (!isLast && chance(0.25))
    apply("dropout", chance(0.5) ? " rate = 0.1" : " rate = 0.5");
}

std::string ModelWriter::loss() {
  const std::string y = activations(), scalar = tensor("");
  const std::string op =
      hasPlaces() ? draw({"mse_loss", "l1_loss", "huber_loss delta = 0.3", "bce_with_logits"})
                  : draw({"mse_loss", "mse_loss", "l1_loss", "huber_loss", "huber_loss delta = 0.3", "bce_with_logits",
                          "cross_entropy", "cross_entropy", "cross_entropy label_smoothing = 0.1"});
  const bool isCrossEntropy = op.find("cross_entropy") == 0 && !hasPlaces();
  const std::string t = !isCrossEntropy || chance(0.3) ? y : chance(0.5) ? "tensor<?xi32>" : "tensor<?xi64>";
  const size_t space = std::min(op.find(' '), op.size());
  return "sinter.loss @loss(%y: " + y + ", %t: " + t + ") -> " + scalar + " {\n%l = sinter." + op.substr(0, space) +
         " %y, %t" + op.substr(space) + (chance(0.2) ? " sum" : "") + " : (" + y + ", " + t + ") -> " + scalar +
         "\nsinter.return %l : " + scalar + "\n}\n";
}

std::string ModelWriter::optimizer() {
  std::string text = draw({"sgd {learning_rate = 0.05", "sgd {learning_rate = 0.05, momentum = 0.9",
                           "sgd {learning_rate = 0.05, momentum = 0.9, nesterov = true, weight_decay = 1.0e-3",
                           "sgd {learning_rate = 0.05, momentum = 0.8, dampening = 0.3", "adam {learning_rate = 0.01",
                           "adam {learning_rate = 0.01, beta1 = 0.8, weight_decay = 1.0e-2, amsgrad = true",
                           "adamw {learning_rate = 0.01", "rmsprop {learning_rate = 0.01",
                           "rmsprop {learning_rate = 0.01, momentum = 0.5, centered = true",
                           "adagrad {learning_rate = 0.01, learning_rate_decay = 1.0e-2, initial_accumulator = 0.1"});
  if (chance(0.3))
    text += chance(0.5) ? ", clip_global_norm = 0.1" : ", clip_global_norm = 100.0";
  return "sinter.optimizer " + text + "}\n";
}

RandomModel ModelWriter::write() {
  chooseElements();
  extent = width();
  const std::string input = activations();
  for (int64_t layers = 1 + sinter_random_below(&random, 4), i = 1; i <= layers; ++i)
    layer(i == layers);
  return finish(input);
}

void ModelWriter::chooseElements() {
  element = chance(0.7) ? "f32" : "f64";
  if (element == "f32" && chance(0.3))
    rounded = draw({"bf16", "bf16", "f16"});
}

RandomModel ModelWriter::writeSequence() {
  chooseElements();
  extent = width(), places = draw<int64_t>({1, 2, 3, 5, 8, 13, 16, 33});
  const std::string input = activations();
  if (chance(0.3))
    addPositions();
  for (int64_t layers = 1 + sinter_random_below(&random, 3), i = 1; i <= layers; ++i)
    layerOfPlaces(i == layers);
  if (chance(0.5)) {
    flatten();
    layer(/*isLast=*/true);
  }
  return finish(input);
}

/// `%v = sinter.op : types`, where `op` has its operands.
void ModelWriter::define(const std::string &op, const std::string &types) {
  value = "%v" + std::to_string(values++);
  body += value + " = sinter." + op + " : " + types + "\n";
}

void ModelWriter::layerOfPlaces(bool isLast) {
  const std::string before = value, type = activations();
  switch (sinter_random_below(&random, 3)) {
  case 0:
    return layer(isLast);
  case 1:
    exchangePlaces();
    break;
  default:
    attend();
  }
  if (activations() == type && chance(0.5))
    add(before);
  if (chance(0.4))
    normalize();
}

void ModelWriter::add(const std::string &other) {
  define("add " + value + ", " + other, activations());
}

/// A vector for each place, the same in all rows.
void ModelWriter::addPositions() {
  const std::string before = value, type = tensor(places, extent), table = parameter("p", type, "normal(0.0, 0.5)");
  define("broadcast " + table + " dims = [1, 2]", type + " -> " + activations());
  add(before);
}

/// A layer along the places, for each component: between transpositions.
void ModelWriter::exchangePlaces() {
  std::string before = activations();
  std::swap(places, extent);
  define("transpose " + value + " [0, 2, 1]", before + " -> " + activations());
  layer(/*isLast=*/false);
  before = activations();
  std::swap(places, extent);
  define("transpose " + value + " [0, 2, 1]", before + " -> " + activations());
}

/// softmax(q k^T) v with one head, or with some between transpositions. Keys have no bias: its gradient would be 0, all
/// that is computed of it rounding.
void ModelWriter::attend() {
  const std::string input = value;
  const int64_t inputs = extent, heads = draw<int64_t>({1, 2, 3}), size = draw<int64_t>({1, 4, 7, 16});
  const std::string split = std::to_string(places) + "x" + std::to_string(heads) + "x" + std::to_string(size) + "x";
  const std::string perHead = std::to_string(heads) + "x" + std::to_string(places) + "x";
  const std::string ofHeads = tensor("?x" + perHead + std::to_string(size) + "x");
  const std::string scores = tensor("?x" + perHead + std::to_string(places) + "x");
  std::string projected[3];
  for (std::string &each : projected) {
    value = input, extent = inputs;
    linear(heads * size, &each == &projected[1] ? 0.0 : 0.75);
    const std::string joined = activations();
    define("reshape " + value, joined + " -> " + tensor("?x" + split));
    define("transpose " + value + " [0, 2, 1, 3]", tensor("?x" + split) + " -> " + ofHeads);
    each = value;
  }
  define("dot_general " + projected[0] + ", " + projected[1] + " batch = [0, 1] x [0, 1] contract = [3] x [3]",
         "(" + ofHeads + ", " + ofHeads + ") -> " + scores);
  define("softmax " + value + " dim = 3", scores);
  define("dot_general " + value + ", " + projected[2] + " batch = [0, 1] x [0, 1] contract = [3] x [2]",
         "(" + scores + ", " + ofHeads + ") -> " + ofHeads);
  define("transpose " + value + " [0, 2, 1, 3]", ofHeads + " -> " + tensor("?x" + split));
  define("reshape " + value, tensor("?x" + split) + " -> " + activations());
  linear(inputs);
}

/// One vector of all places.
void ModelWriter::flatten() {
  const std::string before = activations();
  extent *= places, places = 0;
  define("reshape " + value, before + " -> " + activations());
}

/// The model of `input` to what it computes now, with all that belongs to it.
RandomModel ModelWriter::finish(const std::string &input) {
  const std::string output = activations();
  const std::string model = "sinter.model @forward(%x: " + input + ") -> " + output + " {\n" + body + "sinter.return " +
                            value + " : " + output + "\n}\n";
  const std::string end = loss() + optimizer();
  return {parameters + model + end, draw<int64_t>({1, 2, 7, 16, 33})};
}

} // namespace

RandomModel randomModel(uint64_t seed) {
  return ModelWriter(seed).write();
}

RandomModel randomSequence(uint64_t seed) {
  return ModelWriter(seed).writeSequence();
}
