// How do the four functions of a training step come from the declarations?
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef SINTER_LIB_TRANSFORMS_STEP_STEPFUNCTIONS_H
#define SINTER_LIB_TRANSFORMS_STEP_STEPFUNCTIONS_H

#include "Declarations.h"
#include "Optimizers.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace sinter {

/// One tensor of the state block.
struct StateTensor {
  std::string name;
  StateRole role;
  mlir::RankedTensorType type;
  /// Of a tensor that is no parameter: the value that its elements start with.
  double initial = 0.0;
};

/// Parameters in their order, then the moments of each, then (if kept) the gradients.
llvm::SmallVector<StateTensor> layOutState(const Declarations &declarations, Optimizer &optimizer, bool keepGradients);

/// Each builds one function at `builder`'s place; null after a diagnostic.
mlir::func::FuncOp buildInit(mlir::OpBuilder &builder, const Declarations &declarations,
                             llvm::ArrayRef<StateTensor> state);
mlir::func::FuncOp buildTrainStep(mlir::OpBuilder &builder, const Declarations &declarations,
                                  llvm::ArrayRef<StateTensor> state, Optimizer &optimizer, bool keepGradients);
mlir::func::FuncOp buildEvalStep(mlir::OpBuilder &builder, const Declarations &declarations);
mlir::func::FuncOp buildPredict(mlir::OpBuilder &builder, const Declarations &declarations);

} // namespace sinter

#endif // SINTER_LIB_TRANSFORMS_STEP_STEPFUNCTIONS_H
