// Where do the vector constants of a loop live that has more of them than registers?
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef SINTER_LIB_TARGET_CONSTANTTABLES_H
#define SINTER_LIB_TARGET_CONSTANTTABLES_H

namespace llvm {
class Module;
class TargetMachine;
} // namespace llvm

namespace sinter {

/// Moves the constants of loops that have too many for the registers into tables. The last change before code
/// generation: what follows must not look through it.
void keepConstantsInMemory(llvm::Module &module, const llvm::TargetMachine &machine);

} // namespace sinter

#endif // SINTER_LIB_TARGET_CONSTANTTABLES_H
