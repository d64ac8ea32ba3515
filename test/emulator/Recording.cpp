// Results of instructions as a text: recorded on a GPU, compared on the emulator.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//   op 32 32 32 : add.f32 %d, %a0, %a1;      bits of the result, then of the operands
//   3f800000 40000000 = 40400000             operands and result of a thread, in hexadecimal digits

#include "Harness.h"

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <stdexcept>

namespace sinter::emulator::test {

void record(const Recorded &recorded) {
  const char *path = getenv("SINTER_RECORD");
  if (!path)
    return;
  std::ofstream file(path, std::ios::app);
  file << "op " << recorded.operation.resultBits;
  for (unsigned bits : recorded.operation.inputBits)
    file << ' ' << bits;
  std::string body = recorded.operation.body;
  for (char &c : body)
    c = c == '\n' ? ' ' : c;
  file << " : " << body << '\n' << std::hex;
  for (size_t row = 0; row < recorded.inputs.size(); ++row) {
    for (size_t i = 0; i < recorded.operation.inputBits.size(); ++i)
      file << recorded.inputs[row][i] << ' ';
    file << "= " << recorded.results[row] << '\n';
  }
  file << std::dec;
}

static Operation readOperation(std::istream &line) {
  Operation operation;
  line >> operation.resultBits;
  for (unsigned bits = 0; line >> bits;)
    operation.inputBits.push_back(bits);
  line.clear();
  char colon = 0;
  line >> colon >> std::ws;
  std::getline(line, operation.body);
  if (colon != ':' || operation.body.empty())
    throw std::runtime_error("expected 'op BITS... : INSTRUCTIONS'");
  return operation;
}

static void readRow(std::istream &line, Recorded &recorded) {
  std::vector<uint64_t> inputs(recorded.operation.inputBits.size());
  for (uint64_t &input : inputs)
    line >> std::hex >> input;
  char equals = 0;
  uint64_t result = 0;
  line >> equals >> std::hex >> result;
  if (!line || equals != '=')
    throw std::runtime_error("expected " + std::to_string(inputs.size()) + " operands, '=' and a result");
  recorded.inputs.push_back(inputs);
  recorded.results.push_back(result);
}

std::vector<Recorded> readRecords(const std::string &path) {
  std::vector<Recorded> all;
  std::ifstream file(path);
  std::string text;
  for (int number = 1; std::getline(file, text); ++number)
    try {
      std::istringstream line(text);
      if (text.rfind("op ", 0) == 0) {
        line.ignore(3);
        all.push_back({readOperation(line), {}, {}});
      } else if (all.empty()) {
        throw std::runtime_error("expected a line that begins with 'op'");
      } else {
        readRow(line, all.back());
      }
    } catch (const std::runtime_error &error) {
      throw std::runtime_error(path + ":" + std::to_string(number) + ": " + error.what() + ", found '" + text + "'");
    }
  return all;
}

} // namespace sinter::emulator::test
