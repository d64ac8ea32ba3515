// How does a test run a few lines of PTX on chosen values?
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef SINTER_TEST_EMULATOR_HARNESS_H
#define SINTER_TEST_EMULATOR_HARNESS_H

#include <sinter/Emulator/Ptx.h>

#include <cstring>
#include <string>
#include <vector>

namespace sinter::emulator::test {

template <class To, class From>
To bits(From from) {
  static_assert(sizeof(To) == sizeof(From));
  To to;
  memcpy(&to, &from, sizeof to);
  return to;
}

/// A module with one kernel `k` of the given body, for sm_90a.
std::string kernelText(const std::string &parameters, const std::string &body, const std::string &before = "");

/// Arguments of a kernel, at their natural alignment.
class Arguments {
public:
  template <class T>
  Arguments &add(const T &value, size_t align = sizeof(T)) {
    bytes.resize((bytes.size() + align - 1) / align * align);
    size_t at = bytes.size();
    bytes.resize(at + sizeof value);
    memcpy(bytes.data() + at, &value, sizeof value);
    return *this;
  }
  std::vector<uint8_t> bytes;
};

/// Device memory of a test.
template <class T>
class Buffer {
public:
  Buffer(DeviceMemory &memory, std::vector<T> initial) : values(std::move(initial)), memory(memory) {
    memory.add(values.data(), values.size() * sizeof(T));
  }
  ~Buffer() { memory.remove(values.data()); }
  Buffer(const Buffer &) = delete;
  T *data() { return values.data(); }
  T &operator[](size_t i) { return values[i]; }
  std::vector<T> values;

private:
  DeviceMemory &memory;
};

/// Runs the statements of `body` for every row of `inputs` (any number of rows, each with up to three operands of
/// `bits` bits in %a0, %a1, %a2) and gives what they leave in %d. Register widths are given in bits; 1: predicates, as
/// 0 and 1.
struct Operation {
  std::string body; ///< e.g. "add.s32 %d, %a0, %a1;"
  unsigned resultBits = 32;
  std::vector<unsigned> inputBits; ///< of %a0, %a1, ...
};
std::vector<uint64_t> evaluate(const Operation &operation, const std::vector<std::vector<uint64_t>> &inputs);

/// Whether an operation may give `found` for operands whose exact result, rounded once, is `expected`: `.approx` of f32
/// within the largest errors that the PTX manual states (docs/emulator.md lists them), all others not at all.
bool agree(const Operation &operation, const std::vector<uint64_t> &operands, uint64_t found, uint64_t expected);

/// What `evaluate` found, for comparison elsewhere (Recording.cpp).
struct Recorded {
  Operation operation;
  std::vector<std::vector<uint64_t>> inputs;
  std::vector<uint64_t> results;
};
/// Appends to the file that the environment variable SINTER_RECORD names, if it does.
void record(const Recorded &recorded);
/// All that a file holds, one entry for each operation. Throws std::runtime_error with file and line where it is not in
/// the form of Recording.cpp.
std::vector<Recorded> readRecords(const std::string &path);

/// The message of the Error that loading or running throws; empty when none is thrown.
std::string errorOf(const std::string &text, const Launch &launch, const std::vector<uint8_t> &arguments,
                    DeviceMemory &memory, const Options &options = {});
/// Of loading alone.
std::string loadError(const std::string &text);

/// A file in test/emulator/Inputs, or in the folder that the environment variable SINTER_TEST_INPUTS names.
std::string readInput(const std::string &name);

} // namespace sinter::emulator::test

#endif // SINTER_TEST_EMULATOR_HARNESS_H
