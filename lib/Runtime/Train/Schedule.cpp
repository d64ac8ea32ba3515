// What is the learning rate of a step?
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Schedule.h"
#include "Csv.h"
#include "Error.h"

#include <algorithm>
#include <cmath>
#include <map>

namespace sinter::train {

namespace {
using Settings = std::map<std::string, double, std::less<>>;
}

static Settings parseSettings(const std::string &text, size_t at) {
  Settings settings;
  while (at < text.size()) {
    size_t end = std::min(text.find(',', at), text.size()), equals = text.find('=', at);
    double value;
    if (equals >= end || !parseNumber(std::string_view(text).substr(equals + 1, end - equals - 1), value))
      misuse("--schedule '{}': expected NAME=NUMBER, found '{}'", text, text.substr(at, end - at));
    settings[text.substr(at, equals - at)] = value;
    at = end + 1;
  }
  return settings;
}

// Takes a setting out; what is left at the end is unknown.
static bool take(Settings &settings, const char *name, double &value) {
  auto found = settings.find(name);
  if (found == settings.end())
    return false;
  value = found->second;
  settings.erase(found);
  return true;
}

static int64_t takeCount(Settings &settings, const char *name, const std::string &text) {
  double value;
  if (!take(settings, name, value))
    return 0;
  if (!(value >= 1 && value <= 1e15 && std::floor(value) == value))
    misuse("--schedule '{}': {} must be a whole number of at least 1, found {}", text, name, value);
  return static_cast<int64_t>(value);
}

Schedule Schedule::parse(const std::string &text) {
  static const std::map<std::string, std::pair<Kind, Kind>, std::less<>> kinds = {
      {"constant", {Kind::Constant, Kind::Constant}},       {"step", {Kind::Step, Kind::Constant}},
      {"exponential", {Kind::Exponential, Kind::Constant}}, {"linear", {Kind::Linear, Kind::Constant}},
      {"cosine", {Kind::Cosine, Kind::Constant}},           {"linear-warmup", {Kind::Warmup, Kind::Constant}},
      {"warmup-cosine", {Kind::Warmup, Kind::Cosine}},      {"warmup-linear", {Kind::Warmup, Kind::Linear}}};
  size_t colon = std::min(text.find(':'), text.size());
  auto found = kinds.find(text.substr(0, colon));
  if (found == kinds.end())
    misuse("--schedule '{}': expected constant, step, exponential, linear, cosine, linear-warmup, warmup-cosine or "
           "warmup-linear",
           text);
  Schedule schedule;
  schedule.kind = found->second.first;
  schedule.afterWarmup = found->second.second;
  Settings settings = parseSettings(text, colon + 1);
  bool decays = schedule.kind == Kind::Step || schedule.kind == Kind::Exponential;
  if (schedule.kind == Kind::Step)
    schedule.size = takeCount(settings, "size", text);
  if (schedule.kind == Kind::Step || schedule.kind == Kind::Warmup)
    schedule.steps = takeCount(settings, "steps", text);
  if (decays && (!take(settings, "gamma", schedule.gamma) || schedule.gamma <= 0))
    misuse("--schedule '{}': expected a positive gamma, as in {}", text,
           schedule.kind == Kind::Step ? "step:size=10,gamma=0.1" : "exponential:gamma=0.95");
  if (schedule.kind == Kind::Step && (schedule.size == 0) == (schedule.steps == 0))
    misuse("--schedule '{}': expected either size=EPOCHS or steps=STEPS, as in step:size=10,gamma=0.1", text);
  if (schedule.kind == Kind::Warmup && schedule.steps == 0)
    misuse("--schedule '{}': expected the steps of the warm-up, as in {}:steps=500", text, found->first);
  if (!decays && schedule.kind != Kind::Constant &&
      !(schedule.kind == Kind::Warmup && schedule.afterWarmup == Kind::Constant) &&
      take(settings, "min", schedule.minimum) && schedule.minimum < 0)
    misuse("--schedule '{}': min must not be negative, found {}", text, schedule.minimum);
  if (!settings.empty())
    misuse("--schedule '{}': unknown setting '{}'", text, settings.begin()->first);
  return schedule;
}

double Schedule::rate(double base, int64_t step, int64_t stepsPerEpoch, int64_t totalSteps) const {
  int64_t t = step - 1;
  Kind now = kind;
  if (kind == Kind::Warmup) {
    if (t < steps)
      return base * static_cast<double>(t + 1) / static_cast<double>(steps);
    now = afterWarmup;
    t -= steps;
    totalSteps = std::max<int64_t>(totalSteps - steps, 1);
  }
  double part = std::min(1.0, static_cast<double>(t) / static_cast<double>(totalSteps));
  switch (now) {
  case Kind::Step:
    return base * std::pow(gamma, static_cast<double>(t / (steps ? steps : size * stepsPerEpoch)));
  case Kind::Exponential:
    return base * std::pow(gamma, static_cast<double>(t / stepsPerEpoch));
  case Kind::Linear:
    return base + (minimum - base) * part;
  case Kind::Cosine:
    return minimum + (base - minimum) * (1 + std::cos(M_PI * part)) / 2;
  case Kind::Constant:
  case Kind::Warmup:
    break;
  }
  return base;
}

} // namespace sinter::train
