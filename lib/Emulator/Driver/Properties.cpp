// What does the environment ask the stand-in device to be?
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Driver.h"

#include <cstdlib>
#include <cstring>

namespace sinter::emulator::driver {

static bool number(const char *text, uint64_t &value) {
  char *end = nullptr;
  value = strtoull(text, &end, 10);
  if (end == text)
    return false;
  unsigned shift = *end == 'K' ? 10 : *end == 'M' ? 20 : *end == 'G' ? 30 : 0;
  value <<= shift;
  return end[shift ? 1 : 0] == '\0';
}

namespace {
class Environment {
public:
  void read(const char *name, uint64_t &value) {
    if (const char *text = getenv(name))
      if (!number(text, value))
        complain(name, "a number, perhaps with K, M or G", text);
  }
  void read(const char *name, int &value) {
    uint64_t wide = static_cast<uint64_t>(value);
    read(name, wide);
    value = static_cast<int>(wide);
  }
  void capability(int &major, int &minor) {
    const char *text = getenv("SINTER_EMULATOR_CAPABILITY");
    char rest;
    if (text && sscanf(text, "%d.%d%c", &major, &minor, &rest) != 2)
      complain("SINTER_EMULATOR_CAPABILITY", "major.minor", text);
  }
  void async(AsyncMode &mode) {
    const char *text = getenv("SINTER_EMULATOR_ASYNC");
    if (!text)
      return;
    if (!strcmp(text, "eager"))
      mode = AsyncMode::Eager;
    else if (!strcmp(text, "lazy"))
      mode = AsyncMode::Lazy;
    else if (!strcmp(text, "random"))
      mode = AsyncMode::Random;
    else
      complain("SINTER_EMULATOR_ASYNC", "eager, lazy or random", text);
  }
  std::string problem;

private:
  void complain(const char *name, const char *expected, const char *found) {
    problem = std::string(name) + ": expected " + expected + ", found '" + found + "'";
  }
};
} // namespace

Properties propertiesFromEnvironment(std::string &problem) {
  Properties properties;
  Environment environment;
  environment.read("SINTER_EMULATOR_DEVICES", properties.devices);
  environment.capability(properties.major, properties.minor);
  environment.read("SINTER_EMULATOR_MULTIPROCESSORS", properties.multiprocessors);
  environment.read("SINTER_EMULATOR_DRIVER_VERSION", properties.version);
  uint64_t memory = properties.memoryBytes, checks = 1, threads = 0;
  environment.read("SINTER_EMULATOR_MEMORY", memory);
  properties.memoryBytes = memory;
  environment.read("SINTER_EMULATOR_SEED", properties.options.seed);
  environment.async(properties.options.async);
  environment.read("SINTER_EMULATOR_CHECKS", checks);
  Options &options = properties.options;
  options.checkShared = options.checkGlobal = options.checkRegisters = checks != 0;
  environment.read("SINTER_EMULATOR_THREADS", threads);
  options.hostThreads = static_cast<unsigned>(threads);
  problem = environment.problem;
  return properties;
}

} // namespace sinter::emulator::driver
