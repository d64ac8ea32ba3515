// How does an object file become a shared library or a program?
//
// By a linker that is already on the machine: the first of `ld.lld-22`, `ld.lld`, `ld` found on PATH (Debian packages
// `lld-22`, or `binutils`, which `gcc` brings). No compiler driver, start files or development packages are needed: all
// that is linked beside the model is one relocatable object of the runtime, kept beside sinterc, and the C library
// of this machine.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef SINTER_TARGET_LINK_H
#define SINTER_TARGET_LINK_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include <string>

namespace sinter {

enum class LinkKind { SharedLibrary, Program };

struct LinkJob {
  LinkKind kind;
  llvm::ArrayRef<llvm::SmallVector<char, 0>> objects; ///< of the model
  std::string output;                                 ///< written beside and renamed
  std::string baseFolder;                             ///< where `program_base.o` and `runtime_base.o` lie
  std::string exportedPrefix; ///< symbols of a shared library that start so are exported, beside sinter_*
};

/// Path of the linker, or an error that says which package brings one.
llvm::Expected<std::string> findLinker();

llvm::Error link(const LinkJob &job);

} // namespace sinter

#endif // SINTER_TARGET_LINK_H
