// What does a GPU do for each step function?
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef SINTER_LIB_CONVERSION_SINTERTOLLVM_DEVICEPROGRAM_H
#define SINTER_LIB_CONVERSION_SINTERTOLLVM_DEVICEPROGRAM_H

#include "mlir/IR/BuiltinOps.h"
#include "sinter-rt/artifact.h"
#include "sinter/Conversion/SinterToLLVM/IoTables.h"

#include <vector>

namespace sinter {

/// The tables of `sinter_device_program`, with symbols for pointers.
struct DeviceProgram {
  struct Command {
    std::string kernel; ///< empty: a copy
    llvm::SmallVector<sinter_device_place> places;
    std::vector<sinter_device_map> maps;
    uint32_t threads = 0, usesWorkspace = 0, kernelRow = 0, sharedBytes = 0;
    int32_t architecture = 0;
    uint64_t perRow = 0, fixed = 0, divisor = 1, factor = 1;
  };
  struct Constant {
    std::string symbol; ///< of a `memref.global`
    uint64_t bytes;
  };
  struct Image {
    std::string architecture;
    int32_t capability, exact, kind;
  };
  /// Of train_step, eval_step and predict.
  llvm::SmallVector<llvm::SmallVector<Command>, 3> steps;
  llvm::SmallVector<Constant> constants;
  llvm::SmallVector<Image> images;
  uint64_t workspaceBytes = 0;
};

/// Reads the step functions of a module of phase `buffers`; no steps if it was not compiled for a GPU. `images` lists
/// the code to come, as "sm_90a:ptx". Fails with a diagnostic on a launch without device functions.
llvm::FailureOr<DeviceProgram> collectDeviceProgram(mlir::ModuleOp module, const IoTables &io,
                                                    llvm::ArrayRef<std::string> images);

} // namespace sinter

#endif // SINTER_LIB_CONVERSION_SINTERTOLLVM_DEVICEPROGRAM_H
