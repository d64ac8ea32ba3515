// Which inputs, targets and outputs does a model have?
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef SINTER_CONVERSION_SINTERTOLLVM_IOTABLES_H
#define SINTER_CONVERSION_SINTERTOLLVM_IOTABLES_H

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/BuiltinTypes.h"

namespace sinter {

struct IoEntry {
  std::string name;
  mlir::RankedTensorType type; ///< with `?` for the batch
};

/// The inputs, targets and outputs of a model: the union over its step functions, in order of first appearance in
/// train_step, eval_step, predict.
struct IoTables {
  llvm::SmallVector<IoEntry> inputs, targets, outputs;
  mlir::Type lossType;

  /// Index of the tensor `name` in the table of `role`, which must be there.
  int64_t indexOf(llvm::StringRef role, llvm::StringRef name) const;
};

/// Fails with a diagnostic if two steps disagree about a tensor's type.
llvm::FailureOr<IoTables> collectIo(mlir::ModuleOp module);

/// The name of the artifact of a module of phase `step` or later, as a C identifier.
std::string artifactPrefix(mlir::ModuleOp module);

} // namespace sinter

#endif // SINTER_CONVERSION_SINTERTOLLVM_IOTABLES_H
