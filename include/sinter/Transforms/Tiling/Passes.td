// Passes from kernels to code over tiles.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef SINTER_TRANSFORMS_TILING_PASSES_TD
#define SINTER_TRANSFORMS_TILING_PASSES_TD

include "mlir/Pass/PassBase.td"

def PlanSchedulesPass : Pass<"sinter-plan-schedules", "::mlir::ModuleOp"> {
  let summary = "chooses a schedule for every kernel";
  let description = [{
    Precondition: phase `kernels`. Attaches `#sinter.schedule` to every `sinter.kernel` that has none; a schedule that
    is there already is kept. The strategy follows from the body (see KernelAnalysis.h), tile sizes from shapes and the
    description of the target: never from the machine that compiles or the number of threads. A kernel is `parallel` if
    one core is estimated to need more than 20 microseconds for it. Each choice is reported as a remark, category
    `schedule`. It is an error if a kernel fits no strategy.

    Example: test/Transforms/Tiling/sinter-plan-schedules.mlir
  }];
  let options = [
    Option<"cpu", "cpu", "std::string", "\"x86-64-v3\"", "preset that the other options refine: x86-64, x86-64-v2, -v3, -v4">,
    Option<"vectorBytes", "vector-bytes", "int64_t", "0", "width of a vector register in bytes (0: the preset's)">,
    Option<"vectorRegisters", "vector-registers", "int64_t", "0", "number of vector registers (0: the preset's)">,
    Option<"fmaPorts", "fma-ports", "int64_t", "0", "fused multiply-adds per cycle (0: the preset's)">,
    Option<"fmaLatency", "fma-latency", "int64_t", "0", "cycles of a fused multiply-add (0: the preset's)">,
    Option<"l1Bytes", "l1-bytes", "int64_t", "0", "first-level data cache of a core (0: the preset's)">,
    Option<"l2Bytes", "l2-bytes", "int64_t", "0", "second-level cache of a core (0: the preset's)">,
    Option<"l3Bytes", "l3-bytes", "int64_t", "0", "last-level cache (0: the preset's)">,
    Option<"l3LineCycles", "l3-line-cycles", "double", "0", "cycles that a line from there costs a product (0: the preset's)">,
    Option<"bf16Rate", "bf16-rate", "double", "0", "products of pairs of bf16 per product of f32 (0: the preset's, which have none)">,
  ];
}

def ApplySchedulesPass : Pass<"sinter-apply-schedules", "::mlir::ModuleOp"> {
  let summary = "gives kernels the schedules that a file has for them";
  let description = [{
    Precondition: kernels. Attaches the `#sinter.schedule` of each line of the file (see ScheduleFile.h for the format) to
    the kernel that the line names; the planner leaves such kernels alone. Each is reported as a remark, category
    `schedule`. It is an error if a line names no kernel. That a schedule suits its kernel is checked by
    `sinter-emit-kernels`.

    Example: test/Transforms/Tiling/sinter-apply-schedules.mlir
  }];
  let options = [Option<"file", "file", "std::string", "\"\"", "path of the schedules">];
}

def EmitKernelsPass : Pass<"sinter-emit-kernels", "::mlir::ModuleOp"> {
  let summary = "turns kernels into functions over work items and their launches";
  let description = [{
    Precondition: every `sinter.kernel` has a schedule, and the module has `sinter.batch` if a kernel has a `?`.
    Every distinct kernel (same body, types and schedule) becomes a private function of memrefs that does work items
    [lo, hi); see Emitters.h. Kernels are replaced by `sinter.launch`. No `sinter.kernel` is left.

    Example: test/Transforms/Tiling/sinter-emit-kernels.mlir
  }];
  let dependentDialects = [
    "::mlir::affine::AffineDialect", "::mlir::arith::ArithDialect", "::mlir::func::FuncDialect",
    "::mlir::math::MathDialect", "::mlir::memref::MemRefDialect", "::mlir::scf::SCFDialect",
    "::mlir::vector::VectorDialect", "::mlir::x86vector::X86VectorDialect",
  ];
}

def GroupLaunchesPass : Pass<"sinter-group-launches", "::mlir::ModuleOp"> {
  let summary = "lets launches that do not depend on each other run in one parallel loop";
  let description = [{
    Precondition: phase `tiles`. Launches that follow each other, where none reads or writes what another one writes,
    become one group if one of them at least is worth sharing among threads: all but the first are marked `together`.
    Threads then meet once for all of them, and short launches fill what long ones leave. Each is reported as a remark
    `together`, category `schedule`. Nothing else changes. With `device` other groups are marked for GPUs, with the
    attribute `sinter.device_together`: there a launch costs more than what small kernels do.

    Example: test/Transforms/Tiling/sinter-group-launches.mlir
  }];
  let options = [Option<"device", "device", "bool", "false", "also mark groups for GPUs">];
}

#endif // SINTER_TRANSFORMS_TILING_PASSES_TD
