// One point of a kernel of strategy `loops`: its reduction loops, its region, its stores.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef SINTER_LIB_TRANSFORMS_TILING_LOOPPOINT_H
#define SINTER_LIB_TRANSFORMS_TILING_LOOPPOINT_H

#include "PointEvaluator.h"

namespace sinter {

/// The one generic of such a kernel, scalar by scalar. Whoever emits the parallel loops sets the coordinates.
class LoopPoint {
public:
  explicit LoopPoint(KernelContext &context);

  /// Results are written where they are computed, so each must be a yielded value of the kernel.
  mlir::LogicalResult check();
  /// Reduces, computes and stores at the point of `coordinates`.
  void emit();
  /// Iterations of a loop of the generic.
  mlir::Value extent(unsigned loop);

  /// Of the generic, outermost first.
  llvm::SmallVector<unsigned> parallel, reductions;
  /// By loop of the generic; those of the parallel loops are to be set.
  llvm::SmallVector<mlir::Value> coordinates;

private:
  mlir::Value emitReduction(unsigned depth, mlir::Value accumulated);
  llvm::SmallVector<mlir::Value> emitRegion(mlir::Operation *skip);
  mlir::Value loadOperand(mlir::OpOperand &operand);
  mlir::Value loadTensor(mlir::Value tensor, mlir::ValueRange indices);
  void storeResult(unsigned number, mlir::Value value);
  llvm::SmallVector<mlir::Value> indices(mlir::OpOperand &operand);

  KernelContext &context;
  mlir::OpBuilder &builder;
  mlir::Location loc;
  mlir::linalg::GenericOp generic;
  std::optional<Accumulator> accumulator;
  /// Values that the region names, so that an element needed before the combiner is found again.
  mlir::IRMapping values;
};

} // namespace sinter

#endif // SINTER_LIB_TRANSFORMS_TILING_LOOPPOINT_H
