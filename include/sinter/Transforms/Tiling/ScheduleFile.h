// How are schedules kept outside of the model? As a text of one line per kernel:
//
//   sinter-schedules 1
//   # comments and empty lines are skipped
//   train_step/linear#0 = #sinter.schedule<contraction, tile = [6, 2, 21, 1, 1, 1000, 1, 1, 0, 0], vector = 8,
//   parallel = true>
//
// A kernel is named by its step function, its name, and its number (from 0) among the kernels of that name in that
// function. Kernels that are not in the file get the planner's schedule.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef SINTER_TRANSFORMS_TILING_SCHEDULEFILE_H
#define SINTER_TRANSFORMS_TILING_SCHEDULEFILE_H

#include "mlir/IR/BuiltinOps.h"
#include "sinter/Dialect/IR/SinterDialect.h"
#include "llvm/Support/raw_ostream.h"

#include <string>
#include <vector>

namespace sinter {

constexpr int64_t kScheduleFileVersion = 1;

/// A kernel, and what a file calls it.
struct NamedKernel {
  std::string name;
  KernelOp kernel;
};
/// All kernels of a module, in its order.
std::vector<NamedKernel> nameKernels(mlir::ModuleOp module);

/// The first line of a file, and one for a kernel.
void printScheduleFileVersion(llvm::raw_ostream &out);
void printSchedule(llvm::StringRef name, ScheduleAttr schedule, llvm::raw_ostream &out);

/// Writes the schedules of all kernels of a module, in its order.
void printSchedules(mlir::ModuleOp module, llvm::raw_ostream &out);

/// Gives the kernels that `text` names their schedules, and reports each as a remark, category `schedule`. Fails, with
/// a diagnostic at the line of `file`, on another version, on a line that is none, and on a kernel that is not there or
/// named twice.
mlir::LogicalResult applySchedules(mlir::ModuleOp module, llvm::StringRef text, llvm::StringRef file);

} // namespace sinter

#endif // SINTER_TRANSFORMS_TILING_SCHEDULEFILE_H
