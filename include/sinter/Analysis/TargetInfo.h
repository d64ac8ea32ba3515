// What the compiler knows of the machine that it schedules for: widths, registers, caches.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef SINTER_ANALYSIS_TARGETINFO_H
#define SINTER_ANALYSIS_TARGETINFO_H

#include "mlir/IR/Types.h"
#include "llvm/ADT/StringRef.h"

#include <cstdint>
#include <optional>
#include <string>

namespace sinter {

/// A CPU as the planners see it. The default is x86-64-v3 (AVX2 and FMA). Schedules, and with them results down to the
/// last bit, depend on these numbers only, never on the machine that compiles.
struct TargetInfo {
  int64_t vectorBytes = 32;     ///< width of a vector register
  int64_t vectorRegisters = 16; ///< architectural vector registers
  int64_t fmaPorts = 2;         ///< fused multiply-adds started per cycle
  int64_t fmaLatency = 4;       ///< cycles
  /// Products of bf16 that are added up in f32, two by two, per product of f32; 0: no instruction does so.
  double bf16Rate = 0;
  int64_t l1Bytes = 32 << 10;       ///< data, of one core
  int64_t l2Bytes = 512 << 10;      ///< of one core
  int64_t l3Bytes = 16 << 20;       ///< shared
  double l3LineCycles = 3;          ///< between multiply-adds, for a line from there that is needed now and then
  double gigahertz = 3.0;           ///< only for estimates of time
  double gigabytesPerSecond = 40.0; ///< of one core, from L3 or memory; only for estimates of time

  /// Lanes of one vector register for elements of this type (i1 counts as one byte, index as eight); at least 1.
  int64_t lanes(mlir::Type element) const;

  /// Fields that replace those of a preset; 0: they do not.
  struct Fields {
    int64_t vectorBytes = 0, vectorRegisters = 0, fmaPorts = 0, fmaLatency = 0, l1Bytes = 0, l2Bytes = 0, l3Bytes = 0;
    double l3LineCycles = 0;
    double bf16Rate = 0;
  };
  /// A preset with other fields; nothing for a name that is none.
  static std::optional<TargetInfo> describe(llvm::StringRef preset, const Fields &fields);
  /// What to say then.
  static std::string unknownPreset(llvm::StringRef name);

  /// "x86-64", "x86-64-v2", "x86-64-v3", "x86-64-v4"; nothing for other names. The driver describes `native` and
  /// named CPUs field by field.
  static std::optional<TargetInfo> preset(llvm::StringRef name);

  /// Fills in caches and units of a processor that LLVM knows by this name ("znver3", "apple-m1"), as its maker or
  /// uops.info documents them; leaves unknown ones as they are.
  void refine(llvm::StringRef processor);
};

/// Bytes that one element takes in memory: i1 takes a whole byte.
int64_t storedBytes(mlir::Type element);

} // namespace sinter

#endif // SINTER_ANALYSIS_TARGETINFO_H
