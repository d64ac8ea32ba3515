// Which loads and stores of vectors does LLVM make wrong code of?
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef SINTER_LIB_TARGET_VECTORACCESSES_H
#define SINTER_LIB_TARGET_VECTORACCESSES_H

namespace llvm {
class Module;
} // namespace llvm

namespace sinter {

/// Writes loads and stores of vectors in forms that LLVM's code generators get right.
void legalizeAccesses(llvm::Module &module);

} // namespace sinter

#endif // SINTER_LIB_TARGET_VECTORACCESSES_H
