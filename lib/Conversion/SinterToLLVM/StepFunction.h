// How does a step function become a C function?
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef SINTER_LIB_CONVERSION_SINTERTOLLVM_STEPFUNCTION_H
#define SINTER_LIB_CONVERSION_SINTERTOLLVM_STEPFUNCTION_H

#include "ArtifactTables.h"

namespace sinter {

/// Adds `<prefix>_artifact_<step>` for `step`, and the task functions that its parallel launches need. `firstKernel` is
/// the row of the step's first launch in the kernel table. Fails with a diagnostic on an op that phase `buffers` does
/// not allow.
llvm::LogicalResult emitStepFunction(mlir::func::FuncOp step, llvm::StringRef prefix, const IoTables &io, int64_t batch,
                                     int64_t firstKernel);

/// Makes the kernel functions of `module` internal, and tells LLVM what the memory plan guarantees about their
/// arguments. To be called while the launches are still there.
void annotateKernels(mlir::ModuleOp module);

} // namespace sinter

#endif // SINTER_LIB_CONVERSION_SINTERTOLLVM_STEPFUNCTION_H
