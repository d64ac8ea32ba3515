// Which processor is code made for?
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "sinter/Target/TargetMachine.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/MC/MCSubtargetInfo.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/Target/TargetMachine.h"
#include "llvm/Target/TargetOptions.h"
#include "llvm/TargetParser/Host.h"
#include "llvm/TargetParser/Triple.h"
#include <mutex>

namespace sinter {

template <typename... Args>
static llvm::Error fault(const char *format, Args... args) {
  return llvm::createStringError(std::errc::invalid_argument, format, args...);
}

void initializeTargets() {
  static std::once_flag once;
  std::call_once(once, [] {
    llvm::InitializeAllTargetInfos();
    llvm::InitializeAllTargets();
    llvm::InitializeAllTargetMCs();
    llvm::InitializeAllAsmPrinters();
    llvm::InitializeAllAsmParsers();
  });
}

static llvm::Triple tripleOf(const std::string &triple) {
  return llvm::Triple(llvm::Triple::normalize(triple.empty() ? llvm::sys::getProcessTriple() : triple));
}

static llvm::Expected<const llvm::Target *> lookupTarget(const llvm::Triple &triple) {
  initializeTargets();
  std::string reason;
  if (const llvm::Target *target = llvm::TargetRegistry::lookupTarget(triple, reason))
    return target;
  return fault("unknown target triple '%s'; expected one like x86_64-linux-gnu or aarch64-linux-gnu",
               triple.str().c_str());
}

/// "+avx2,-sse4a,..." for this machine, in a fixed order.
static std::string hostFeatures() {
  std::vector<std::string> features;
  for (const auto &feature : llvm::sys::getHostCPUFeatures())
    features.push_back((feature.getValue() ? "+" : "-") + feature.getKey().str());
  llvm::sort(features);
  return llvm::join(features, ",");
}

static bool sameArchitecture(const llvm::Triple &triple) {
  llvm::Triple host(llvm::sys::getProcessTriple());
  return triple.getArch() == host.getArch() && triple.getOS() == host.getOS();
}

llvm::Expected<std::unique_ptr<llvm::TargetMachine>> createTargetMachine(const TargetChoice &choice) {
  llvm::Triple triple = tripleOf(choice.triple);
  auto target = lookupTarget(triple);
  if (!target)
    return target.takeError();
  if (!triple.isArch64Bit())
    return fault("target '%s' has pointers of another width than 64 bits, which the artifact ABI demands",
                 triple.str().c_str());

  std::string cpu = choice.cpu, features;
  if (cpu.empty() || cpu == "native") {
    bool here = sameArchitecture(triple);
    if (!here && cpu == "native")
      return fault("--target-cpu native needs the triple of this machine, found '%s'", triple.str().c_str());
    cpu = here ? llvm::sys::getHostCPUName().str() : "generic";
    features = here ? hostFeatures() : "";
  }
  std::unique_ptr<llvm::MCSubtargetInfo> subtarget((*target)->createMCSubtargetInfo(triple, "", ""));
  if (!subtarget || !subtarget->isCPUStringValid(cpu))
    return fault("unknown processor '%s' for target '%s'; `sinterc --target-cpu help` lists the known ones",
                 cpu.c_str(), triple.str().c_str());

  llvm::TargetOptions options;
  options.FunctionSections = true;
  options.DataSections = true;
  auto level = static_cast<llvm::CodeGenOptLevel>(std::min(choice.optLevel, 3u));
  std::unique_ptr<llvm::TargetMachine> machine(
      (*target)->createTargetMachine(triple, cpu, features, options, llvm::Reloc::PIC_, std::nullopt, level));
  if (!machine)
    return fault("LLVM cannot make code for target '%s'", triple.str().c_str());
  return machine;
}

llvm::Expected<std::vector<std::string>> processorNames(const std::string &tripleName) {
  llvm::Triple triple = tripleOf(tripleName);
  auto target = lookupTarget(triple);
  if (!target)
    return target.takeError();
  std::unique_ptr<llvm::MCSubtargetInfo> subtarget((*target)->createMCSubtargetInfo(triple, "", ""));
  std::vector<std::string> names;
  for (const llvm::SubtargetSubTypeKV &processor : subtarget->getAllProcessorDescriptions())
    names.push_back(processor.Key);
  llvm::sort(names);
  return names;
}

VectorRegisters vectorRegistersOf(const llvm::TargetMachine &machine) {
  const llvm::MCSubtargetInfo *subtarget = machine.getMCSubtargetInfo();
  if (machine.getTargetTriple().isX86()) {
    if (subtarget->checkFeatures("+avx512f"))
      return {64, 32};
    return {subtarget->checkFeatures("+avx") ? 32u : 16u, 16};
  }
  return {16, 32};
}

bool isNative(const llvm::TargetMachine &machine) {
  if (!sameArchitecture(machine.getTargetTriple()))
    return false;
  // Every feature that the code may use must be one of this machine's.
  llvm::StringMap<bool> here = llvm::sys::getHostCPUFeatures();
  const llvm::MCSubtargetInfo *subtarget = machine.getMCSubtargetInfo();
  for (const char *feature : {"avx", "avx2", "fma", "avx512f", "avx512bw", "avx512vl", "avx512bf16"})
    if (machine.getTargetTriple().isX86() && subtarget->checkFeatures(std::string("+") + feature) &&
        !here.lookup(feature))
      return false;
  return true;
}

} // namespace sinter
