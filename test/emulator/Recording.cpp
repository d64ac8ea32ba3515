// Results of instructions as a text: recorded on a GPU, compared on the emulator.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//   # NVIDIA H200                            a remark
//   op 32 32 32 : add.f32 %d, %a0, %a1;      bits of the result, then of the operands
//   op 32 32 32 : sub.f32 %d, %a0, %a1;      another operation on the same operands
//   3f800000 40000000 = 40400000 bf800000    operands, and the result of each, in hexadecimal digits
//
// `record` writes operations one by one; tools/gpu-check/compact.py makes one of those that share their operands.

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

/// Operands, and a result of every operation from `first` on.
static void readRow(std::istream &line, std::vector<Recorded> &all, size_t first) {
  std::vector<uint64_t> inputs(all[first].operation.inputBits.size()), results(all.size() - first);
  line >> std::hex;
  for (uint64_t &input : inputs)
    line >> input;
  char equals = 0;
  line >> equals;
  for (uint64_t &result : results)
    line >> result;
  if (!line || equals != '=' || !(line >> std::ws).eof())
    throw std::runtime_error("expected " + std::to_string(inputs.size()) + " operands, '=' and " +
                             std::to_string(results.size()) + " results");
  for (size_t i = 0; i < results.size(); ++i) {
    all[first + i].inputs.push_back(inputs);
    all[first + i].results.push_back(results[i]);
  }
}

/// Adds an operation. Those of lines that follow each other share the rows below them, the first of them is `first`.
static void addOperation(Operation operation, std::vector<Recorded> &all, size_t &first) {
  if (all.empty() || !all.back().inputs.empty())
    first = all.size();
  else if (operation.inputBits != all[first].operation.inputBits)
    throw std::runtime_error("expected operands like those of the line before");
  all.push_back({std::move(operation), {}, {}});
}

std::vector<Recorded> readRecords(const std::string &path) {
  std::vector<Recorded> all;
  size_t first = 0;
  std::ifstream file(path);
  std::string text;
  for (int number = 1; std::getline(file, text); ++number)
    try {
      std::istringstream line(text);
      if (text[0] == '#')
        continue;
      if (text.rfind("op ", 0) == 0) {
        line.ignore(3);
        addOperation(readOperation(line), all, first);
      } else if (all.empty()) {
        throw std::runtime_error("expected a line that begins with 'op'");
      } else {
        readRow(line, all, first);
      }
    } catch (const std::runtime_error &error) {
      throw std::runtime_error(path + ":" + std::to_string(number) + ": " + error.what() + ", found '" + text + "'");
    }
  return all;
}

} // namespace sinter::emulator::test
