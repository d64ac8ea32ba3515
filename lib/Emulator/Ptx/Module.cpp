// What does a loaded module tell about itself, and which memory do kernels see? See sinter/Emulator/Ptx.h.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Decoder.h"
#include "Parser.h"

#include <cctype>
#include <cstdlib>
#include <mutex>

namespace sinter::emulator {

Module::Module(DeviceMemory &memory) : memory(memory) {}

std::shared_ptr<Module> Module::load(const std::string &text, DeviceMemory &memory) {
  std::shared_ptr<Module> module(new Module(memory));
  module->decoded = decode(parse(text), memory);
  return module;
}

Module::~Module() {
  if (!decoded)
    return;
  for (const auto &[name, placement] : decoded->variables)
    if (placement.space == Space::Global || placement.space == Space::Const)
      memory.remove(reinterpret_cast<void *>(placement.address));
}

std::vector<std::string> Module::kernelNames() const {
  std::vector<std::string> names;
  for (const syntax::Function &function : decoded->syntax.functions)
    if (function.isEntry && function.isDefined)
      names.push_back(function.name);
  return names;
}

const KernelInfo *Module::kernel(const std::string &name) const {
  auto found = decoded->kernels.find(name);
  return found == decoded->kernels.end() ? nullptr : &found->second;
}

std::pair<void *, size_t> Module::variable(const std::string &name) const {
  auto found = decoded->variables.find(name);
  if (found == decoded->variables.end() || found->second.space == Space::Shared)
    return {nullptr, 0};
  return {reinterpret_cast<void *>(found->second.address), found->second.size};
}

unsigned Module::architecture() const {
  const std::string &target = decoded->syntax.target;
  return target.compare(0, 3, "sm_") == 0 ? static_cast<unsigned>(atoi(target.c_str() + 3)) : 0;
}

bool Module::architectureSpecific() const {
  const std::string &target = decoded->syntax.target;
  return !target.empty() && isalpha(static_cast<unsigned char>(target.back()));
}

//===----------------------------------------------------------------------===//
// Memory
//===----------------------------------------------------------------------===//

static std::string hex(uint64_t value) {
  char text[24];
  snprintf(text, sizeof text, "0x%llx", static_cast<unsigned long long>(value));
  return text;
}

void DeviceMemory::add(const void *base, size_t bytes, Access access) {
  auto begin = reinterpret_cast<uint64_t>(base);
  std::unique_lock<std::shared_mutex> lock(mutex);
  auto above = ranges.lower_bound(begin);
  bool overlaps = above != ranges.end() && above->second.begin < begin + bytes;
  if (above != ranges.begin() && std::prev(above)->second.end > begin)
    overlaps = true;
  if (overlaps || !bytes)
    throw Error("device memory of " + std::to_string(bytes) + " bytes at " + hex(begin) +
                (bytes ? " overlaps memory that is known" : " is empty"));
  ranges[begin] = {begin, begin + bytes, access};
}

bool DeviceMemory::remove(const void *base) {
  std::unique_lock<std::shared_mutex> lock(mutex);
  return ranges.erase(reinterpret_cast<uint64_t>(base)) != 0;
}

DeviceMemory::Range DeviceMemory::find(uint64_t address) const {
  std::shared_lock<std::shared_mutex> lock(mutex);
  auto above = ranges.upper_bound(address);
  if (above == ranges.begin() || std::prev(above)->second.end <= address)
    return {};
  return std::prev(above)->second;
}

std::string DeviceMemory::describe(uint64_t address) const {
  std::shared_lock<std::shared_mutex> lock(mutex);
  auto above = ranges.upper_bound(address);
  if (above == ranges.begin())
    return "no device memory is allocated there";
  const Range &below = std::prev(above)->second;
  std::string size = std::to_string(below.end - below.begin) + " bytes from " + hex(below.begin) + " on";
  if (address < below.end)
    return "the allocation there has " + size;
  if (address - below.end > (uint64_t(1) << 30))
    return "no device memory is allocated near it (an address of the host?)";
  return "it lies " + std::to_string(address - below.end) + " bytes behind an allocation of " + size;
}

} // namespace sinter::emulator
