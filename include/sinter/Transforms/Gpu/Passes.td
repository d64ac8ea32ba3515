// Passes from kernels to code for a GPU.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef SINTER_TRANSFORMS_GPU_PASSES_TD
#define SINTER_TRANSFORMS_GPU_PASSES_TD

include "mlir/Pass/PassBase.td"

def PackDeviceOperandsPass : Pass<"sinter-pack-device-operands", "::mlir::ModuleOp"> {
  let summary = "copies operands of large products to where Hopper's copy engine can read them";
  let description = [{
    Precondition: functions of `linalg.generic` and `linalg.fill` on tensors, before kernels are made; there will be code for
    sm_90a. A product that would use `wgmma` but for its operands' layouts gets packed copies of them, if that is predicted
    to be quicker: the summed dims come last, and if their rows have no multiple of 16 bytes, they are padded by zeros in
    both operands. An operand that several products want in the same layout is packed once.

    Remark (category `fusion`): `packed` for each such product.

    Example: test/Transforms/Gpu/pack-device-operands.mlir
  }];
  let options = [
    Option<"tf32", "tf32", "bool", "false", "products of f32 may round their operands to tf32">,
  ];
  let dependentDialects = ["::mlir::arith::ArithDialect", "::mlir::linalg::LinalgDialect", "::mlir::tensor::TensorDialect"];
}

def EmitDeviceKernelsPass : Pass<"sinter-emit-device-kernels", "::mlir::ModuleOp"> {
  let summary = "writes every kernel for a GPU too";
  let description = [{
    Precondition: every `sinter.kernel` has a schedule, and the module has `sinter.batch` if a kernel has a `?`. Each
    distinct kernel (same body and types) becomes one device function of the module `@device`, or two that are launched
    one after the other (those of the function `init` do not: initial values are computed on the host); see DeviceKernel.h for their form. The kernel keeps its place and gets the attribute
    `sinter.device`, the names of its device functions, which its launch inherits. The strategy is that of the schedule;
    tiles follow from shapes alone. Products of f16 and bf16 use matrix instructions; with `tf32` those of f32 do, too,
    with operands rounded to 10 bits of fraction. With `hopper`, large products have a second function for sm_90a
    (`sinter.on_sm_90a`), with that architecture's own matrix instructions and copies; so have kernels of long rows, each
    of which belongs to a cluster of blocks (`sinter.cluster`), where that is predicted to be quicker.

    Remark (category `schedule`): `clusters` for each kernel whose rows could belong to clusters.

    Example: test/Transforms/Gpu/emit-device-kernels.mlir
  }];
  let options = [
    Option<"tf32", "tf32", "bool", "false", "products of f32 may round their operands to tf32">,
    Option<"hopper", "hopper", "bool", "false", "functions have counterparts for sm_90a where it has better instructions">,
  ];
  let dependentDialects = [
    "::mlir::affine::AffineDialect", "::mlir::arith::ArithDialect", "::mlir::gpu::GPUDialect",
    "::mlir::LLVM::LLVMDialect", "::mlir::math::MathDialect", "::mlir::memref::MemRefDialect", "::mlir::nvgpu::NVGPUDialect",
    "::mlir::NVVM::NVVMDialect", "::mlir::scf::SCFDialect", "::mlir::vector::VectorDialect",
  ];
}

def MergeDeviceLaunchesPass : Pass<"sinter-merge-device-launches", "::mlir::ModuleOp"> {
  let summary = "makes launches that run together one on a GPU";
  let description = [{
    Precondition: steps are on memrefs. Launches that are `together`, with no copy in between, whose work is one device
    function each with the same number of threads, get one function in common, whose blocks are divided among them; of
    those with shared memory and of those without, each. The arguments are those of all, in order, and the number of
    rows; a launch says by `sinter.device_part` which are its own. Device functions that nothing launches any more are
    removed.

    Example: test/Transforms/Gpu/merge-device-launches.mlir
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect", "::mlir::gpu::GPUDialect", "::mlir::memref::MemRefDialect",
                           "::mlir::scf::SCFDialect"];
}

def FuseDevicePhasesPass : Pass<"sinter-fuse-device-phases", "::mlir::ModuleOp"> {
  let summary = "makes small launches that depend on each other one on a GPU";
  let description = [{
    Precondition: steps are on memrefs. Runs of launches that are predicted to be quicker that way get one function in
    common, which does what they do in phases, with a barrier of all its blocks between: one block, or with `hopper`, in
    code for sm_90a, a cluster of up to eight (`sinter.cluster`). The arguments are those of all, in order, the number of
    rows, and the workspace if one of them has it. The launches say by `sinter.phases_sm_90a` (code for sm_90a) and
    `sinter.phases` (all other code) that they are phases of it, and keep their own functions for code where they are none.
    Device functions that nothing launches any more are removed; those that only one of both kinds of code has are
    marked.

    Example: test/Transforms/Gpu/fuse-device-phases.mlir
  }];
  let options = [
    Option<"hopper", "hopper", "bool", "false", "there will be code for sm_90a">,
    Option<"others", "others", "bool", "true", "there will be code for other architectures">,
  ];
  let dependentDialects = ["::mlir::arith::ArithDialect", "::mlir::gpu::GPUDialect", "::mlir::memref::MemRefDialect",
                           "::mlir::NVVM::NVVMDialect", "::mlir::scf::SCFDialect"];
}

#endif // SINTER_TRANSFORMS_GPU_PASSES_TD
