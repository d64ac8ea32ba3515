// Passes that turn device functions into functions of the NVVM dialect.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef SINTER_CONVERSION_DEVICETONVVM_PASSES_TD
#define SINTER_CONVERSION_DEVICETONVVM_PASSES_TD

include "mlir/Pass/PassBase.td"

def ConvertDeviceToNVVMPass : Pass<"sinter-convert-device-to-nvvm", "::mlir::gpu::GPUModuleOp"> {
  let summary = "turns device functions into functions of the LLVM and NVVM dialects";
  let description = [{
    Precondition: functions of branches (`cf`), scalars (`arith`, `math`, `index`, `ub`), vectors of rank 1, memrefs of
    static shape and `gpu` ops, with math functions expanded.

    One dialect conversion. Memrefs become bare pointers. Indices have 32 bits where every tensor has fewer than 2^30
    elements, else 64: divisions of 64 bits are many instructions on a GPU. A math function that no instruction computes is
    an error that names the function and the kernel: there is no library to call on a device.

    Test: `test/Conversion/DeviceToNVVM/convert-device-to-nvvm.mlir`.
  }];
  let dependentDialects = ["::mlir::LLVM::LLVMDialect", "::mlir::NVVM::NVVMDialect"];
}

#endif // SINTER_CONVERSION_DEVICETONVVM_PASSES_TD
