// How is a vector stored of which one lane is wanted?
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef SINTER_LIB_TARGET_SINGLESTORES_H
#define SINTER_LIB_TARGET_SINGLESTORES_H

namespace llvm {
class Module;
} // namespace llvm

namespace sinter {

/// Makes a store of one element of each masked store whose mask is known to have one lane.
void storeSingleLanes(llvm::Module &module);

} // namespace sinter

#endif // SINTER_LIB_TARGET_SINGLESTORES_H
