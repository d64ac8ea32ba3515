// What the compiler knows of the machine that it schedules for: widths, registers, caches.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "sinter/Analysis/TargetInfo.h"

#include "mlir/IR/BuiltinTypes.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringSwitch.h"

#include <algorithm>

using namespace mlir;

namespace sinter {

int64_t storedBytes(Type element) {
  if (element.isIndex())
    return 8;
  return std::max<int64_t>(1, element.getIntOrFloatBitWidth() / 8);
}

int64_t TargetInfo::lanes(Type element) const {
  return std::max<int64_t>(1, vectorBytes / storedBytes(element));
}

/// Cycles between multiply-adds for a line that is needed now and then.
static constexpr double kNearL3 = 0.7, kFarL3 = TargetInfo().l3LineCycles;

namespace {
struct Processor {
  llvm::StringLiteral name;
  int64_t fmaPorts, fmaLatency, l1KiB, l2KiB, l3KiB; ///< caches: data of a core, of a core, shared
  double l3LineCycles = kFarL3;
  double bf16Rate = 0;
};
} // namespace

/// A server's last-level cache as a virtual machine or a process of a few cores can count on it; a line comes sooner
/// from one for eight cores (Zen) than from one for a whole chip. Rates of bf16
/// (`vdpbf16ps`, vectors of 512 bits) were measured with a loop of twenty independent accumulators: as many
/// instructions per cycle as `vfmadd231ps` on Zen 5, with a latency of 6 cycles against 4, and a quarter as many on
/// Sapphire Rapids (its fast products are those of AMX). Zen 4 is said by its maker to do what Zen 5 does at half of
/// the width; the cores of Emerald and Granite Rapids are close to Sapphire Rapids'.
static constexpr Processor kProcessors[] = {
    {"haswell", 2, 5, 32, 256, 8192},
    {"broadwell", 2, 5, 32, 256, 8192},
    {"skylake", 2, 4, 32, 256, 8192},
    {"skylake-avx512", 2, 4, 32, 1024, 16384},
    {"cascadelake", 2, 4, 32, 1024, 16384},
    {"icelake-client", 1, 4, 48, 512, 8192},
    {"icelake-server", 2, 4, 48, 1280, 24576},
    {"alderlake", 2, 4, 48, 1280, 24576},
    {"sapphirerapids", 2, 4, 48, 2048, 32768, kFarL3, 0.5},
    {"emeraldrapids", 2, 4, 48, 2048, 32768, kFarL3, 0.5},
    {"graniterapids", 2, 4, 48, 2048, 32768, kFarL3, 0.5},
    {"znver1", 1, 5, 32, 512, 8192, kNearL3},
    {"znver2", 2, 5, 32, 512, 16384, kNearL3},
    {"znver3", 2, 4, 32, 512, 32768, kNearL3},
    {"znver4", 1, 4, 32, 1024, 32768, kNearL3, 2},
    {"znver5", 2, 4, 48, 1024, 32768, kNearL3, 2},
    {"neoverse-n1", 2, 4, 64, 1024, 32768},
    {"neoverse-n2", 2, 4, 64, 1024, 32768},
    {"neoverse-v1", 4, 4, 64, 1024, 32768},
    {"neoverse-v2", 4, 4, 64, 2048, 32768},
    {"cortex-a72", 2, 7, 32, 1024, 1024},
    {"cortex-a76", 2, 4, 64, 512, 2048},
    {"apple-m1", 4, 4, 128, 12288, 8192},
    {"apple-m2", 4, 4, 128, 16384, 8192},
};

void TargetInfo::refine(StringRef name) {
  const auto *known = llvm::find_if(kProcessors, [&](const Processor &p) { return p.name == name; });
  if (known == std::end(kProcessors))
    return;
  fmaPorts = known->fmaPorts, fmaLatency = known->fmaLatency;
  l1Bytes = known->l1KiB << 10, l2Bytes = known->l2KiB << 10, l3Bytes = known->l3KiB << 10;
  l3LineCycles = known->l3LineCycles, bf16Rate = known->bf16Rate;
}

std::optional<TargetInfo> TargetInfo::preset(StringRef name) {
  int64_t bytes = llvm::StringSwitch<int64_t>(name)
                      .Cases({"x86-64", "x86-64-v2"}, 16)
                      .Case("x86-64-v3", 32)
                      .Case("x86-64-v4", 64)
                      .Default(0);
  if (bytes == 0)
    return std::nullopt;
  TargetInfo target;
  target.vectorBytes = bytes;
  target.vectorRegisters = bytes == 64 ? 32 : 16;
  target.l2Bytes = bytes == 64 ? 1 << 20 : 512 << 10;
  return target;
}

std::optional<TargetInfo> TargetInfo::describe(StringRef preset, const Fields &fields) {
  std::optional<TargetInfo> target = TargetInfo::preset(preset);
  if (!target)
    return target;
  auto refine = [](auto &field, auto other) { field = other > 0 ? other : field; };
  refine(target->vectorBytes, fields.vectorBytes);
  refine(target->vectorRegisters, fields.vectorRegisters);
  refine(target->fmaPorts, fields.fmaPorts);
  refine(target->fmaLatency, fields.fmaLatency);
  refine(target->l1Bytes, fields.l1Bytes);
  refine(target->l2Bytes, fields.l2Bytes);
  refine(target->l3Bytes, fields.l3Bytes);
  refine(target->l3LineCycles, fields.l3LineCycles);
  refine(target->bf16Rate, fields.bf16Rate);
  return target;
}

std::string TargetInfo::unknownPreset(StringRef name) {
  return ("unknown CPU preset '" + name + "', expected x86-64, x86-64-v2, x86-64-v3 or x86-64-v4").str();
}

} // namespace sinter
