// The graph of a step function before fusion, and what is said of its arguments and results.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef SINTER_LIB_REPORT_STEPGRAPH_H
#define SINTER_LIB_REPORT_STEPGRAPH_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/Support/JSON.h"

namespace sinter {

/// [{"id", "op", "location", "types", "operands", "arguments"}]; numbers the ops (Locations.h).
llvm::json::Array readOps(mlir::func::FuncOp function);

/// [{"name", "role", "type"}].
llvm::json::Array readArguments(mlir::func::FuncOp function);

/// The same, with "op": the number of the op that makes it, or null.
llvm::json::Array readResults(mlir::func::FuncOp function);

/// "tensor<?x10xf32>".
std::string typeText(mlir::Type type);

/// The text of a `sinter.name` or `sinter.role`, or nothing.
llvm::StringRef textOf(mlir::DictionaryAttr attributes, llvm::StringRef name);

} // namespace sinter

#endif // SINTER_LIB_REPORT_STEPGRAPH_H
