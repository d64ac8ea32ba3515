// Passes from kernels to code for a GPU.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef SINTER_TRANSFORMS_GPU_PASSES_TD
#define SINTER_TRANSFORMS_GPU_PASSES_TD

include "mlir/Pass/PassBase.td"

def EmitDeviceKernelsPass : Pass<"sinter-emit-device-kernels", "::mlir::ModuleOp"> {
  let summary = "writes every kernel for a GPU too";
  let description = [{
    Precondition: every `sinter.kernel` has a schedule, and the module has `sinter.batch` if a kernel has a `?`. Each
    distinct kernel (same body and types) becomes one device function of the module `@device`, or two that are launched
    one after the other (those of the function `init` do not: initial values are computed on the host); see DeviceKernel.h for their form. The kernel keeps its place and gets the attribute
    `sinter.device`, the names of its device functions, which its launch inherits. The strategy is that of the schedule;
    tiles follow from shapes alone.

    Example: test/Transforms/Gpu/emit-device-kernels.mlir
  }];
  let dependentDialects = [
    "::mlir::affine::AffineDialect", "::mlir::arith::ArithDialect", "::mlir::gpu::GPUDialect",
    "::mlir::math::MathDialect", "::mlir::memref::MemRefDialect", "::mlir::scf::SCFDialect",
    "::mlir::vector::VectorDialect",
  ];
}

#endif // SINTER_TRANSFORMS_GPU_PASSES_TD
