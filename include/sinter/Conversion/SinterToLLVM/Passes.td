// Passes that turn step functions into the C functions and tables of an artifact.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef SINTER_CONVERSION_SINTERTOLLVM_PASSES_TD
#define SINTER_CONVERSION_SINTERTOLLVM_PASSES_TD

include "mlir/Pass/PassBase.td"

def ConvertStepsToLLVMPass : Pass<"sinter-convert-steps-to-llvm", "::mlir::ModuleOp"> {
  let summary = "turns step functions into C functions and describes the artifact";
  let description = [{
    Precondition: phase `buffers`.

    Each step function becomes `<model>_artifact_<step>`, an `llvm.func` with the signature of `sinter_step_fn`
    (include/sinter-rt/artifact.h): it checks its arguments (1: wrong `struct_size`, 2: rows out of range), then runs the
    launches in order. A parallel launch hands a task function and a context on the stack to the caller's
    `parallel_for`; without one, or with fewer than two items, the kernel is called directly.

    The constant `<model>_artifact` holds the tables of the ABI: tensors of the state, inputs, targets, outputs,
    kernels, and the numbers a runtime needs. With `program`, `sinter_program_artifact` is another name for it.

    Of a module with device functions (`sinter-emit-device-kernels`) the artifact also lists what a GPU does for each
    step. The device code named by `device-images` is declared, `<model>_device_image_<number>`, and left to be defined.

    Kernel functions stay `func.func`, now internal and with `llvm.noalias` and `llvm.align` on their memref arguments.
    Every `sinter` op and attribute is gone.

    Test: `test/Conversion/SinterToLLVM/convert-steps-to-llvm.mlir`.
  }];
  let options = [
    Option<"targetTriple", "target-triple", "std::string", "\"\"", "recorded in the artifact">,
    Option<"targetCpu", "target-cpu", "std::string", "\"\"", "recorded in the artifact">,
    Option<"sourceDigest", "source-digest", "std::string", "\"\"", "recorded in the artifact">,
    Option<"compilerVersion", "compiler-version", "std::string", "\"sinter\"", "recorded in the artifact">,
    Option<"program", "program", "bool", "false", "also define sinter_program_artifact">,
    ListOption<"deviceImages", "device-images", "std::string", "code for GPUs that will be embedded: sm_90a:ptx, ...">
  ];
  let dependentDialects = ["::mlir::LLVM::LLVMDialect", "::mlir::func::FuncDialect"];
}

def ConvertKernelsToLLVMPass : Pass<"sinter-convert-kernels-to-llvm", "::mlir::ModuleOp"> {
  let summary = "turns kernel functions into functions of the LLVM dialect";
  let description = [{
    Precondition: functions of branches (`cf`), scalars (`arith`, `math`, `index`, `ub`), vectors of rank 1 and memrefs of
    static shape, beside what `sinter-convert-steps-to-llvm` has made.

    One dialect conversion for all of these dialects, where MLIR's own passes take one each: most of the time of such a
    pass goes into walking the module. Memrefs become bare pointers; math functions that are no LLVM intrinsics become calls
    of libm. Only the LLVM dialect is left.

    Test: `test/Conversion/SinterToLLVM/convert-kernels-to-llvm.mlir`.
  }];
  let dependentDialects = ["::mlir::LLVM::LLVMDialect"];
}

#endif // SINTER_CONVERSION_SINTERTOLLVM_PASSES_TD
