// What does a C program include to use a compiled model?
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef SINTER_TARGET_CHEADER_H
#define SINTER_TARGET_CHEADER_H

#include "mlir/IR/BuiltinOps.h"
#include <string>

namespace sinter {

/// The text of `<model>.h` for a module of phase `buffers`: sizes, the table of parameters as a comment, the artifact,
/// and typed inline functions over the runtime's. Compiles alone, as C11 and as C++.
mlir::FailureOr<std::string> makeCHeader(mlir::ModuleOp module, llvm::StringRef compilerVersion);

} // namespace sinter

#endif // SINTER_TARGET_CHEADER_H
