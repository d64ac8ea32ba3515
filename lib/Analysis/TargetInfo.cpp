// What the compiler knows of the machine that it schedules for: widths, registers, caches.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "sinter/Analysis/TargetInfo.h"

#include "mlir/IR/BuiltinTypes.h"
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

} // namespace sinter
