// The code of a kernel, one emitter and one planner per strategy.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A kernel function does work items [lo, hi) of its kernel on memrefs:
//
//   func.func private @softmax_0(%in: memref<64x10xf32>, %out: memref<64x10xf32>, %rows: index, %lo: index, %hi: index)
//
// `?` became the batch, so every stride is a constant; loops over the batch stop at %rows. i1 tensors are memrefs of i8
// holding 0 or 1. Which elements belong to a work item depends on shapes only, items write disjoint elements, and no
// reduction is split among items (partial sums of columns are a result of their own, whose rows belong to one item
// each): results do not depend on how items are spread over threads.

#ifndef SINTER_TRANSFORMS_TILING_EMITTERS_H
#define SINTER_TRANSFORMS_TILING_EMITTERS_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/AffineMap.h"
#include "mlir/IR/Builders.h"
#include "sinter/Analysis/KernelAnalysis.h"
#include "sinter/Analysis/TargetInfo.h"
#include "sinter/Dialect/IR/SinterDialect.h"

namespace sinter {

/// What an emitter works on.
struct KernelEmission {
  KernelOp kernel;
  /// Its body is one block: memrefs of the inputs, memrefs of the outs, rows, lo, hi (functions of a device: no lo and
  /// hi). No terminator yet; the caller adds the return after the emitter has filled the block.
  mlir::FunctionOpInterface fn;
  int64_t batch;
  ScheduleAttr schedule;

  mlir::Block &entry() { return fn.getFunctionBody().front(); }
  /// The memref of a block argument of the kernel's body.
  mlir::Value buffer(mlir::BlockArgument tensor) { return entry().getArgument(tensor.getArgNumber()); }
  mlir::Value rows() { return entry().getArgument(kernel.getBody().getNumArguments()); }
  mlir::Value lo() { return entry().getArgument(kernel.getBody().getNumArguments() + 1); }
  mlir::Value hi() { return entry().getArgument(kernel.getBody().getNumArguments() + 2); }
};

/// The memref of the largest shape of a tensor; i1 is stored in bytes.
mlir::MemRefType bufferTypeOf(mlir::Type type, int64_t batch);

/// Emitters build at the end of the function's entry block; they report errors on the kernel.
mlir::LogicalResult emitMap(mlir::OpBuilder &builder, KernelEmission &emission);
mlir::LogicalResult emitRow(mlir::OpBuilder &builder, KernelEmission &emission);
mlir::LogicalResult emitColumn(mlir::OpBuilder &builder, KernelEmission &emission);
mlir::LogicalResult emitLoops(mlir::OpBuilder &builder, KernelEmission &emission);
mlir::LogicalResult emitContraction(mlir::OpBuilder &builder, KernelEmission &emission);

/// Planners choose the schedule of a kernel that `analysis` says fits their strategy.
ScheduleAttr planMap(KernelOp kernel, const KernelAnalysis &analysis, int64_t batch, const TargetInfo &target);
ScheduleAttr planRow(KernelOp kernel, const KernelAnalysis &analysis, int64_t batch, const TargetInfo &target);
ScheduleAttr planColumn(KernelOp kernel, const KernelAnalysis &analysis, int64_t batch, const TargetInfo &target);
ScheduleAttr planLoops(KernelOp kernel, const KernelAnalysis &analysis, int64_t batch, const TargetInfo &target);
/// A schedule, and for how many cycles one core is predicted to need.
struct PlannedSchedule {
  ScheduleAttr schedule;
  double cycles = 0;
};
PlannedSchedule planContraction(KernelOp kernel, int64_t batch, const TargetInfo &target);
/// The schedule for the calling thread alone: of a product, loops that were cut into work items only are whole again.
ScheduleAttr unshared(KernelOp kernel, ScheduleAttr schedule, int64_t batch, const TargetInfo &target);

/// Number of work items as a map of the number of rows, `(rows) -> (items)`. Fails (without a diagnostic) if the
/// schedule does not suit the kernel.
mlir::FailureOr<mlir::AffineMap> mapItems(KernelOp kernel, const KernelAnalysis &analysis, ScheduleAttr schedule,
                                          int64_t batch);
mlir::FailureOr<mlir::AffineMap> rowItems(KernelOp kernel, const KernelAnalysis &analysis, ScheduleAttr schedule,
                                          int64_t batch);
mlir::FailureOr<mlir::AffineMap> columnItems(KernelOp kernel, const KernelAnalysis &analysis, ScheduleAttr schedule,
                                             int64_t batch);
mlir::FailureOr<mlir::AffineMap> loopsItems(KernelOp kernel, const KernelAnalysis &analysis, ScheduleAttr schedule,
                                            int64_t batch);
mlir::FailureOr<mlir::AffineMap> contractionItems(KernelOp kernel, const KernelAnalysis &analysis,
                                                  ScheduleAttr schedule, int64_t batch);
/// The one of these that is for the schedule's strategy, which must be that of the analysis.
mlir::FailureOr<mlir::AffineMap> countItems(KernelOp kernel, const KernelAnalysis &analysis, ScheduleAttr schedule,
                                            int64_t batch);

} // namespace sinter

#endif // SINTER_TRANSFORMS_TILING_EMITTERS_H
