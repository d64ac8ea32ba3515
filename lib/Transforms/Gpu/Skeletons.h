// The code of a kernel for a GPU: one skeleton per strategy, into which the kernel's own region is spliced.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef SINTER_LIB_TRANSFORMS_GPU_SKELETONS_H
#define SINTER_LIB_TRANSFORMS_GPU_SKELETONS_H

#include "DeviceFunction.h"

namespace sinter {

/// What a skeleton works on. It adds its functions to the module and lists them in the order of their launches.
struct DeviceEmission {
  mlir::OpBuilder &builder;
  mlir::gpu::GPUModuleOp module;
  KernelOp kernel;
  const KernelAnalysis &analysis;
  int64_t batch;
  /// Products of f32 may round their operands to tf32.
  bool tf32;
  /// Counterparts for sm_90a are wanted.
  bool hopper;
  /// Of the first function; a second one gets a suffix.
  std::string name;
  llvm::SmallVector<mlir::gpu::GPUFuncOp> functions;

  DeviceFunction create(llvm::StringRef suffix, const LaunchShape &shape) {
    DeviceFunction function(builder, module, kernel, name + suffix.str(), batch, shape);
    functions.push_back(function.fn);
    return function;
  }

  /// The counterpart of the last function in code for sm_90a.
  DeviceFunction createOnHopper(const LaunchShape &shape) {
    mlir::gpu::GPUFuncOp other = functions.back();
    DeviceFunction function = create("_sm_90a", shape);
    function.fn->setAttr(kOnlyHopperAttr, builder.getUnitAttr());
    other->setAttr(kOnHopperAttr, mlir::FlatSymbolRefAttr::get(function.fn.getNameAttr()));
    return function;
  }
};

/// They report errors on the kernel.
mlir::LogicalResult emitDeviceMap(DeviceEmission &emission);
mlir::LogicalResult emitDeviceRow(DeviceEmission &emission);
mlir::LogicalResult emitDeviceColumn(DeviceEmission &emission);
mlir::LogicalResult emitDeviceContraction(DeviceEmission &emission);
mlir::LogicalResult emitDeviceLoops(DeviceEmission &emission);

} // namespace sinter

#endif // SINTER_LIB_TRANSFORMS_GPU_SKELETONS_H
