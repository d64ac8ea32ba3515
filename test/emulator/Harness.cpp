// How are kernels around a few lines of PTX made and run? See Harness.h.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Harness.h"

#include <cmath>
#include <cstdlib>
#include <fstream>
#include <sstream>

namespace sinter::emulator::test {

std::string kernelText(const std::string &parameters, const std::string &body, const std::string &before) {
  return ".version 8.0\n.target sm_90a\n.address_size 64\n" + before + "\n.visible .entry k(" + parameters + ")\n{\n" +
         body + "\n}\n";
}

static std::string registerType(unsigned bits) {
  return bits == 1 ? ".pred" : ".b" + std::to_string(bits);
}

/// Operands come from memory as 64-bit words, 8 to a row; the result is the last of the row.
static std::string evaluationText(const Operation &operation) {
  std::string body =
      ".reg .b64 %at, %wide, %row; .reg .b32 %thread, %block, %size; .reg .pred %never;\n"
      "ld.param.b64 %at, [data];\nmov.u32 %thread, %tid.x;\nmov.u32 %block, %ctaid.x;\n"
      "mad.lo.u32 %thread, %block, 32, %thread;\nmul.wide.u32 %row, %thread, 64;\nadd.u64 %at, %at, %row;\n";
  for (size_t i = 0; i < operation.inputBits.size(); ++i) {
    unsigned bits = operation.inputBits[i];
    std::string name = "%a" + std::to_string(i), address = "[%at+" + std::to_string(8 * i) + "]";
    body += ".reg " + registerType(bits) + " " + name + ";\n";
    if (bits == 1)
      body += "ld.global.b64 %wide, " + address + ";\nsetp.ne.b64 " + name + ", %wide, 0;\n";
    else
      body += "ld.global.b" + std::to_string(bits) + " " + name + ", " + address + ";\n";
  }
  unsigned bits = operation.resultBits;
  body += ".reg " + registerType(bits) + " %d;\n" + operation.body + "\n";
  if (bits == 1)
    body += "selp.b64 %wide, 1, 0, %d;\nst.global.b64 [%at+56], %wide;\n";
  else
    body +=
        "mov.b64 %wide, 0;\nst.global.b64 [%at+56], %wide;\nst.global.b" + std::to_string(bits) + " [%at+56], %d;\n";
  return kernelText(".param .b64 data", body + "ret;");
}

std::vector<uint64_t> evaluate(const Operation &operation, const std::vector<std::vector<uint64_t>> &inputs) {
  DeviceMemory memory;
  size_t blocks = (inputs.size() + 31) / 32;
  Buffer<uint64_t> data(memory, std::vector<uint64_t>(blocks * 32 * 8));
  for (size_t row = 0; row < blocks * 32; ++row) {
    const auto &values = inputs[row < inputs.size() ? row : 0];
    for (size_t i = 0; i < values.size(); ++i)
      data[row * 8 + i] = values[i];
  }
  auto module = Module::load(evaluationText(operation), memory);
  Launch launch;
  launch.grid.x = static_cast<uint32_t>(blocks);
  launch.block.x = 32;
  run(*module, "k", launch, Arguments().add(data.data()).bytes, memory, {});
  std::vector<uint64_t> results;
  for (size_t row = 0; row < inputs.size(); ++row)
    results.push_back(data[row * 8 + 7]);
  record({operation, inputs, results});
  return results;
}

/// The largest error that PTX states of an instruction. Negative: it is stated in units of the last place.
static double statedError(const std::string &body, double operand, double exact) {
  const double pi = std::acos(-1.0), magnitude = std::fabs(operand);
  auto has = [&](const char *name) { return body.find(name) != std::string::npos; };
  if (has("lg2."))
    return magnitude > 0.5 && magnitude < 2 ? 0x1p-22 : 0x1p-22 * std::fabs(exact);
  if (has("sin.") || has("cos."))
    return magnitude <= 2 * pi ? std::exp2(-20.5) : magnitude <= 100 * pi ? std::exp2(-14.7) : 2;
  if (has("tanh."))
    return 0x1p-11 * std::fabs(exact);
  return -1;
}

bool agree(const Operation &operation, const std::vector<uint64_t> &operands, uint64_t found, uint64_t expected) {
  if (found == expected)
    return true;
  if (operation.resultBits != 32 || operation.body.find(".approx") == std::string::npos)
    return false;
  auto number = [](uint64_t word) { return bits<float>(static_cast<uint32_t>(word)); };
  const float value = number(found), exact = number(expected);
  if (!std::isfinite(value) || !std::isfinite(exact))
    return false;
  const double room = statedError(operation.body, number(operands[0]), exact);
  if (room < 0) // ex2, rcp, rsqrt, sqrt, div
    return std::signbit(value) == std::signbit(exact) && std::llabs(int64_t(found) - int64_t(expected)) <= 2;
  return std::fabs(double(value) - exact) <= room + std::ldexp(std::fabs(exact), -24); // `exact` has been rounded
}

std::string errorOf(const std::string &text, const Launch &launch, const std::vector<uint8_t> &arguments,
                    DeviceMemory &memory, const Options &options) {
  try {
    auto module = Module::load(text, memory);
    run(*module, module->kernelNames().front(), launch, arguments, memory, options);
  } catch (const Error &error) {
    return error.what();
  }
  return "";
}

std::string loadError(const std::string &text) {
  DeviceMemory memory;
  try {
    Module::load(text, memory);
  } catch (const Error &error) {
    return error.what();
  }
  return "";
}

std::string readInput(const std::string &name) {
  const char *folder = getenv("SINTER_TEST_INPUTS");
  std::ifstream file(std::string(folder ? folder : SINTER_EMULATOR_INPUTS) + "/" + name);
  std::stringstream text;
  text << file.rdbuf();
  if (text.str().empty())
    throw std::runtime_error("cannot read " + name);
  return text.str();
}

} // namespace sinter::emulator::test
