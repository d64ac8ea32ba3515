// How do lines of ops become a model?
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "OpModel.h"

#include <algorithm>
#include <vector>

namespace {

std::string replaceAll(std::string text, const std::string &from, const std::string &to) {
  for (size_t at = 0; (at = text.find(from, at)) != text.npos; at += to.size())
    text.replace(at, from.size(), to);
  return text;
}

std::vector<std::string> split(const std::string &text) {
  std::vector<std::string> parts;
  for (size_t begin = 0; begin < text.size();) {
    const size_t end = std::min(text.find("; ", begin), text.size());
    parts.push_back(text.substr(begin, end - begin));
    begin = end + 2;
  }
  return parts;
}

struct Type {
  explicit Type(const std::string &text) : shape(text) {
    const size_t x = text.rfind('x');
    element = x == text.npos ? text : text.substr(x + 1);
    shape = x == text.npos ? "" : text.substr(0, x + 1);
  }
  std::string text() const { return "tensor<" + shape + element + ">"; }
  Type with(const std::string &other) const { return Type(shape + other); }
  bool isFloat() const { return element[0] == 'f'; }
  bool hasBatch() const { return shape[0] == '?'; }
  int rank() const { return static_cast<int>(std::count(shape.begin(), shape.end(), 'x')); }
  std::string allDims() const {
    std::string dims;
    for (int d = 0; d < rank(); ++d)
      dims += (d ? ", " : "") + std::to_string(d);
    return "[" + dims + "]";
  }

  std::string shape, element; // "?x5x", "f32"
};

struct Builder {
  std::string element, parameters, arguments, body;

  std::string scalar(const std::string &name, double value) {
    body += name + " = sinter.constant dense<" + std::to_string(value) + "> : tensor<" + element + "> -> tensor<" +
            element + ">\n";
    return name;
  }

  std::string broadcast(const std::string &name, const std::string &scalar, const Type &type) {
    body +=
        name + " = sinter.broadcast " + scalar + " dims = [] : tensor<" + type.element + "> -> " + type.text() + "\n";
    return name;
  }

  std::string binary(const std::string &name, const char *op, const std::string &lhs, const std::string &rhs,
                     const Type &type) {
    body += name + " = sinter." + op + " " + lhs + ", " + rhs + " : " + type.text() + "\n";
    return name;
  }

  /// An operand as a float, and what it is made of.
  std::string source(const std::string &name, const Type &type) {
    if (type.hasBatch()) {
      arguments += (arguments.empty() ? "%" : ", %") + name + ": " + type.text();
      return "%" + name;
    }
    parameters += "sinter.parameter @" + name + " : " + type.text() + " = ones\n";
    body += "%" + name + " = sinter.get @" + name + " : " + type.text() + "\n";
    return "%" + name;
  }

  /// Integers of a float operand.
  void convert(const std::string &name, const std::string &from, const Type &type) {
    const Type real = type.with(element);
    const bool isBit = type.element == "i1";
    broadcast(name + "_k", scalar(name + "_c", isBit ? 0.0 : 50.0), real);
    if (isBit) {
      body += name + " = sinter.compare gt, " + from + ", " + name + "_k : " + real.text() + "\n";
      return;
    }
    binary(name + "_m", "mul", from, name + "_k", real);
    body += name + " = sinter.convert " + name + "_m : " + real.text() + " to " + type.text() + "\n";
  }
};

} // namespace

std::string opModel(const OpCase &op, const std::string &element) {
  auto instantiate = [&](const std::string &text) { return replaceAll(text, "$T", element); };
  Builder builder;
  builder.element = element;
  builder.parameters = "sinter.parameter @shift : tensor<" + element + "> = zeros\n";
  builder.body = "%shift = sinter.get @shift : tensor<" + element + ">\n";
  char letter = 'a';
  for (std::string text : split(instantiate(op.operands))) {
    const bool isDirect = text[0] == '=';
    const Type type(text.substr(isDirect)), real = isDirect ? type : type.with(element);
    const std::string name(1, letter++), from = builder.source(name, real);
    if (isDirect || !type.isFloat()) {
      for (const char *variant : {"_raw", "_moved"}) {
        if (isDirect)
          builder.binary("%" + name + variant, "max", from, from, type);
        else
          builder.convert("%" + name + variant, from, type);
      }
      continue;
    }
    const std::string moved = "%" + name + "_moved";
    builder.body += "%" + name + "_raw = sinter.convert " + from + " : " + type.text() + " to " + type.text() + "\n";
    builder.binary(moved, "add", from, builder.broadcast(moved + "_p", "%shift", type), type);
  }

  const Type result(instantiate(op.result));
  for (const char *variant : {"_raw", "_moved"}) {
    std::string body = instantiate(op.body);
    for (size_t at = 0; (at = body.find('$', at)) != body.npos;) {
      const size_t end = body.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789", at + 1);
      body.insert(std::min(end, body.size()), variant);
      body[at] = '%';
    }
    builder.body += body + "\n";
  }
  Builder loss;
  loss.element = element;
  for (const char *variant : {"_raw", "_moved"}) {
    const std::string r = std::string("%r") + variant;
    const Type real = result.with(element);
    loss.body += r + "_f = sinter.convert " + r + " : " + result.text() + " to " + real.text() + "\n";
    loss.binary(r + "_s", "mul", r + "_f", r + "_f", real);
    loss.body += r + "_l = sinter.reduce sum " + r + "_s dims = " + result.with(element).allDims() + " : " +
                 real.text() + " -> tensor<" + element + ">\n";
  }
  const std::string type = result.text(), scalar = "tensor<" + element + ">";
  return builder.parameters + "sinter.model @forward(" + builder.arguments + ") -> (" + type + ", " + type + ") {\n" +
         builder.body + "sinter.return %r_raw, %r_moved : " + type + ", " + type +
         "\n}\nsinter.loss @loss(%r_raw: " + type + ", %r_moved: " + type + ") -> " + scalar + " {\n" + loss.body +
         "%both = sinter.add %r_raw_l, %r_moved_l : " + scalar + "\n%shift = sinter.get @shift : " + scalar +
         "\n%square = sinter.mul %shift, %shift : " + scalar + "\n%l = sinter.add %both, %square : " + scalar +
         "\nsinter.return %l : " + scalar + "\n}\nsinter.optimizer sgd {learning_rate = 0.01, momentum = 0.9}\n";
}
