// Which processor is code made for?
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef SINTER_TARGET_TARGETMACHINE_H
#define SINTER_TARGET_TARGETMACHINE_H

#include "llvm/Support/Error.h"
#include <memory>
#include <string>
#include <vector>

namespace llvm {
class TargetMachine;
} // namespace llvm

namespace sinter {

struct TargetChoice {
  std::string triple;    ///< empty: the triple of this machine
  std::string cpu;       ///< empty or "native": this machine's processor; a generic one for a foreign triple
  unsigned optLevel = 3; ///< 0 to 3
};

/// Makes every back end of this LLVM available. Cheap after the first call.
void initializeTargets();

/// Fails with a sentence on an unknown triple or processor, or one whose pointers do not have 64 bits.
llvm::Expected<std::unique_ptr<llvm::TargetMachine>> createTargetMachine(const TargetChoice &choice);

/// Every processor that LLVM knows for the triple (empty: this machine's), sorted.
llvm::Expected<std::vector<std::string>> processorNames(const std::string &triple);

/// Bytes of the widest vector register that code for `machine` should use (64 for AVX-512, 32 for AVX, 16 otherwise),
/// and the number of such registers.
struct VectorRegisters {
  unsigned bytes;
  unsigned count;
};
VectorRegisters vectorRegistersOf(const llvm::TargetMachine &machine);

/// True if code for `machine` runs here.
bool isNative(const llvm::TargetMachine &machine);

} // namespace sinter

#endif // SINTER_TARGET_TARGETMACHINE_H
