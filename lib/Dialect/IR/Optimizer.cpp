// Which options does an update rule take, and what are their defaults? One table answers.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "sinter/Dialect/IR/SinterDialect.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/raw_ostream.h"

#include <cmath>

using namespace mlir;
using namespace sinter;

namespace {
enum class Interval { Any, NotNegative, BelowOne, Flag, PowerOfTwo };
struct Option {
  OptimizerKind kind;
  StringRef name;
  double value;
  Interval range;
};
} // namespace

// PyTorch's defaults (torch.optim).
static const Option options[] = {
    {OptimizerKind::SGD, "learning_rate", 1e-3, Interval::NotNegative},
    {OptimizerKind::SGD, "momentum", 0, Interval::BelowOne},
    {OptimizerKind::SGD, "dampening", 0, Interval::Any},
    {OptimizerKind::SGD, "nesterov", 0, Interval::Flag},
    {OptimizerKind::SGD, "weight_decay", 0, Interval::NotNegative},
    {OptimizerKind::Adam, "learning_rate", 1e-3, Interval::NotNegative},
    {OptimizerKind::Adam, "beta1", 0.9, Interval::BelowOne},
    {OptimizerKind::Adam, "beta2", 0.999, Interval::BelowOne},
    {OptimizerKind::Adam, "epsilon", 1e-8, Interval::NotNegative},
    {OptimizerKind::Adam, "weight_decay", 0, Interval::NotNegative},
    {OptimizerKind::Adam, "amsgrad", 0, Interval::Flag},
    {OptimizerKind::AdamW, "learning_rate", 1e-3, Interval::NotNegative},
    {OptimizerKind::AdamW, "beta1", 0.9, Interval::BelowOne},
    {OptimizerKind::AdamW, "beta2", 0.999, Interval::BelowOne},
    {OptimizerKind::AdamW, "epsilon", 1e-8, Interval::NotNegative},
    {OptimizerKind::AdamW, "weight_decay", 1e-2, Interval::NotNegative},
    {OptimizerKind::AdamW, "amsgrad", 0, Interval::Flag},
    {OptimizerKind::RMSProp, "learning_rate", 1e-2, Interval::NotNegative},
    {OptimizerKind::RMSProp, "alpha", 0.99, Interval::BelowOne},
    {OptimizerKind::RMSProp, "epsilon", 1e-8, Interval::NotNegative},
    {OptimizerKind::RMSProp, "momentum", 0, Interval::BelowOne},
    {OptimizerKind::RMSProp, "centered", 0, Interval::Flag},
    {OptimizerKind::RMSProp, "weight_decay", 0, Interval::NotNegative},
    {OptimizerKind::Adagrad, "learning_rate", 1e-2, Interval::NotNegative},
    {OptimizerKind::Adagrad, "learning_rate_decay", 0, Interval::NotNegative},
    {OptimizerKind::Adagrad, "epsilon", 1e-10, Interval::NotNegative},
    {OptimizerKind::Adagrad, "initial_accumulator", 0, Interval::NotNegative},
    {OptimizerKind::Adagrad, "weight_decay", 0, Interval::NotNegative},
};

/// Of every rule; shown where they are not the default.
static const Option commonOptions[] = {{OptimizerKind::SGD, "clip_global_norm", 0, Interval::NotNegative},
                                       {OptimizerKind::SGD, "loss_scale", 1, Interval::PowerOfTwo}};

static const Option *findOption(OptimizerKind kind, StringRef name) {
  for (const Option &option : commonOptions)
    if (option.name == name)
      return &option;
  for (const Option &option : options)
    if (option.kind == kind && option.name == name)
      return &option;
  return nullptr;
}

static std::string namesOf(OptimizerKind kind) {
  std::string names;
  for (const Option &option : options)
    if (option.kind == kind)
      names += (option.name + ", ").str();
  return names + llvm::join(llvm::map_range(commonOptions, [](const Option &option) { return option.name; }), ", ");
}

/// The number or boolean that `attr` holds.
static std::optional<double> numberOf(Attribute attr) {
  if (auto value = dyn_cast<FloatAttr>(attr))
    return value.getValueAsDouble();
  if (auto value = dyn_cast<BoolAttr>(attr))
    return value.getValue() ? 1.0 : 0.0;
  if (auto value = dyn_cast<IntegerAttr>(attr))
    return static_cast<double>(value.getInt());
  return std::nullopt;
}

static bool inRange(double value, Interval range) {
  switch (range) {
  case Interval::Any:
    return true;
  case Interval::NotNegative:
    return value >= 0;
  case Interval::BelowOne:
    return value >= 0 && value < 1;
  case Interval::Flag:
    return value == 0 || value == 1;
  case Interval::PowerOfTwo: // also as f32, and its reciprocal
    return value > 0 && std::abs(std::log2(value)) <= 126 && std::exp2(std::floor(std::log2(value))) == value;
  }
  llvm_unreachable("all ranges are listed");
}

static StringRef describeRange(Interval range) {
  switch (range) {
  case Interval::Any:
    return "a number";
  case Interval::NotNegative:
    return "a number that is not negative";
  case Interval::BelowOne:
    return "a number in [0, 1)";
  case Interval::Flag:
    return "true or false";
  case Interval::PowerOfTwo:
    return "a power of two";
  }
  llvm_unreachable("all ranges are listed");
}

LogicalResult OptimizerOp::verify() {
  for (NamedAttribute given : (*this)->getDiscardableAttrs()) {
    if (given.getName().getValue().contains('.'))
      continue;
    const Option *option = findOption(getKind(), given.getName());
    if (!option) // C1
      return emitOpError("'") << stringifyOptimizerKind(getKind()) << "' has no option '" << given.getName().getValue()
                              << "', expected one of " << namesOf(getKind());
    std::optional<double> value = numberOf(given.getValue());
    bool fits =
        value && inRange(*value, option->range) && (option->range != Interval::Flag || isa<BoolAttr>(given.getValue()));
    if (!fits) // C1, C2
      return emitOpError("option '") << option->name << "' expects " << describeRange(option->range) << ", found "
                                     << given.getValue();
  }
  if (getKind() == OptimizerKind::SGD && getFlag("nesterov") &&
      (getOption("momentum") == 0 || getOption("dampening") != 0)) // C3
    return emitOpError("nesterov needs momentum > 0 and dampening = 0, found momentum = ")
           << getOption("momentum") << " and dampening = " << getOption("dampening");
  return success();
}

double OptimizerOp::getOption(StringRef name) {
  const Option *option = findOption(getKind(), name);
  assert(option && "the rule has no such option");
  if (Attribute given = (*this)->getDiscardableAttr(name))
    return numberOf(given).value_or(option->value);
  return option->value;
}

std::string OptimizerOp::describe() {
  std::string text = stringifyOptimizerKind(getKind()).str() + " {";
  StringRef separator;
  auto append = [&](const Option &option) {
    llvm::raw_string_ostream stream(text);
    stream << separator << option.name << " = ";
    if (option.range == Interval::Flag)
      stream << (getFlag(option.name) ? "true" : "false");
    else
      stream << llvm::format("%.9g", getOption(option.name));
    separator = ", ";
  };
  for (const Option &option : options)
    if (option.kind == getKind())
      append(option);
  for (const Option &option : commonOptions)
    if (getOption(option.name) != option.value)
      append(option);
  return text + "}";
}
