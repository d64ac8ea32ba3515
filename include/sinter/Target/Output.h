// How is a file written so that nothing half-written is ever seen?
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef SINTER_TARGET_OUTPUT_H
#define SINTER_TARGET_OUTPUT_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

namespace sinter {

/// Calls `write` with the name of a new file beside `path`, then renames it to `path`. On failure the new file is
/// removed and `path` is as before. `executable` adds permission to execute.
llvm::Error replaceFile(llvm::StringRef path, bool executable,
                        llvm::function_ref<llvm::Error(llvm::StringRef temporary)> write);

/// `replaceFile` with these contents.
llvm::Error writeFile(llvm::StringRef path, llvm::ArrayRef<char> contents);

} // namespace sinter

#endif // SINTER_TARGET_OUTPUT_H
