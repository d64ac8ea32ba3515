// What sinterc does with a model, one function per kind of run. Each returns success, or failure after its message.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef SINTER_TOOLS_SINTERC_ACTIONS_H
#define SINTER_TOOLS_SINTERC_ACTIONS_H

#include "Reports.h"

namespace sinterc {

/// Compiles and writes what `options.emit` asks for, and reports of what `log` and the phases have to tell.
llvm::LogicalResult runEmit(sinter::Compilation &compilation, const Options &options, sinter::RemarkLog &log,
                            mlir::TimingScope &timing);

/// Compiles to a shared library, loads it, and compares every step function with the reference interpreter.
llvm::LogicalResult runVerify(sinter::Compilation &compilation, const Options &options);

/// Compares the gradients of train_step with central differences.
llvm::LogicalResult runCheckGradients(sinter::Compilation &compilation, const Options &options);

/// Writes the schedules of all kernels.
llvm::LogicalResult runPrintSchedules(sinter::Compilation &compilation, const Options &options);

/// Measures schedules and writes a file of those that are faster than the planner's. 130 instead of 0 when it was
/// interrupted, with what had been found by then written.
int runTune(sinter::Compilation &compilation, const Options &options);

/// "sinterc: error: ...".
llvm::LogicalResult reportError(llvm::Error error);

/// The folder of `program_base.o` and `runtime_base.o`: ../lib/sinter as seen from sinterc itself.
std::string runtimeFolder();

} // namespace sinterc

#endif // SINTER_TOOLS_SINTERC_ACTIONS_H
