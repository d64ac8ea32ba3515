// What does the artifact say about itself?
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef SINTER_LIB_CONVERSION_SINTERTOLLVM_ARTIFACTTABLES_H
#define SINTER_LIB_CONVERSION_SINTERTOLLVM_ARTIFACTTABLES_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "sinter/Conversion/SinterToLLVM/IoTables.h"
#include "sinter/Conversion/SinterToLLVM/Passes.h"
#include "sinter/Dialect/IR/SinterDialect.h"

namespace sinter {

struct DeviceProgram;

/// The order in which the ABI names the step functions.
constexpr llvm::StringLiteral kStepNames[] = {"init", "train_step", "eval_step", "predict"};

/// A row of the kernel table.
struct KernelEntry {
  std::string name, step, schedule;
  uint64_t flops, bytes;
};
/// A row for every launch, step by step, in the order of the launches.
llvm::SmallVector<KernelEntry> collectKernels(mlir::ModuleOp module);

/// Appends the constant `<prefix>_artifact` and all it points to. The step functions are llvm.funcs of the module named
/// `<prefix>_artifact_<step>`.
void emitArtifact(mlir::ModuleOp module, llvm::StringRef prefix, const IoTables &io,
                  llvm::ArrayRef<KernelEntry> kernels, const DeviceProgram &device,
                  const ConvertStepsToLLVMPassOptions &options);

} // namespace sinter

#endif // SINTER_LIB_CONVERSION_SINTERTOLLVM_ARTIFACTTABLES_H
