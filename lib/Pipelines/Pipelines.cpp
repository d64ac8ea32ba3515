// Which passes lead from one phase to the next?
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "sinter/Pipelines/Pipelines.h"

#include "mlir/Conversion/AffineToStandard/AffineToStandard.h"
#include "mlir/Conversion/NVVMToLLVM/NVVMToLLVM.h"
#include "mlir/Conversion/ReconcileUnrealizedCasts/ReconcileUnrealizedCasts.h"
#include "mlir/Conversion/SCFToControlFlow/SCFToControlFlow.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/MemRef/Transforms/Passes.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Transforms/Passes.h"
#include "sinter/Conversion/DeviceToNVVM/Passes.h"
#include "sinter/Conversion/SinterToLLVM/Passes.h"
#include "sinter/Conversion/SinterToLinalg/Passes.h"
#include "sinter/Pipelines/Passes.h"
#include "sinter/Target/TargetMachine.h"
#include "sinter/Transforms/Autodiff/Autodiff.h"
#include "sinter/Transforms/Decompose/Passes.h"
#include "sinter/Transforms/ExpandMath/Passes.h"
#include "sinter/Transforms/Fusion/Passes.h"
#include "sinter/Transforms/Gpu/Passes.h"
#include "sinter/Transforms/Memory/Passes.h"
#include "sinter/Transforms/Tiling/Passes.h"
#include "llvm/MC/MCSubtargetInfo.h"
#include "llvm/Target/TargetMachine.h"

using namespace mlir;

namespace sinter {

static void expect(OpPassManager &manager, Phase phase) {
  manager.addPass(createVerifyPhasePass({phaseName(phase).str()}));
}

static void simplify(OpPassManager &manager) {
  manager.addPass(createCanonicalizerPass());
  manager.addPass(createCSEPass());
}

void buildModelPhase(OpPassManager &manager, const ModelOptions &options) {
  expect(manager, Phase::Model);
  simplify(manager);
}

void buildStepPhase(OpPassManager &manager, const StepOptions &options) {
  expect(manager, Phase::Model);
  buildStepPipeline(manager, options);
}

static PlanSchedulesPassOptions scheduling(const KernelsOptions &kernels) {
  PlanSchedulesPassOptions options;
  options.cpu = kernels.cpu;
  if (const std::optional<TargetInfo> &target = kernels.target) {
    options.vectorBytes = target->vectorBytes;
    options.vectorRegisters = target->vectorRegisters;
    options.fmaPorts = target->fmaPorts;
    options.fmaLatency = target->fmaLatency;
    options.l1Bytes = target->l1Bytes;
    options.l2Bytes = target->l2Bytes;
    options.l3Bytes = target->l3Bytes;
    options.l3LineCycles = target->l3LineCycles;
    options.bf16Rate = target->bf16Rate;
  }
  return options;
}

void buildKernelsPhase(OpPassManager &manager, const KernelsOptions &options) {
  expect(manager, Phase::Step);
  OpPassManager &functions = manager.nest<func::FuncOp>();
  functions.addPass(createDecomposePass());
  simplify(functions);
  functions.addPass(createConvertSinterToLinalgPass());
  simplify(functions);
  if (options.device && options.hopper)
    manager.addPass(createPackDeviceOperandsPass({options.tf32}));
  // No CSE behind this one: two `tensor.empty` are two destinations.
  PlanSchedulesPassOptions schedules = scheduling(options);
  TargetInfo assumed = TargetInfo::preset(schedules.cpu).value_or(TargetInfo());
  int64_t cacheBytes = schedules.l3Bytes > 0 ? schedules.l3Bytes : assumed.l3Bytes;
  manager.addPass(createFuseKernelsPass({options.cheapCost, cacheBytes, llvm::to_vector(options.unfused), schedules.cpu,
                                         schedules.vectorBytes, schedules.vectorRegisters, schedules.fmaPorts,
                                         schedules.fmaLatency, schedules.l1Bytes, schedules.l2Bytes,
                                         schedules.l3LineCycles, schedules.bf16Rate, options.device}));
  if (!options.schedules.empty())
    manager.addPass(createApplySchedulesPass({options.schedules}));
  manager.addPass(createPlanSchedulesPass(schedules));
}

void buildTilesPhase(OpPassManager &manager, const TilesOptions &options) {
  expect(manager, Phase::Kernels);
  if (options.device)
    manager.addPass(createEmitDeviceKernelsPass({options.tf32, options.hopper}));
  manager.addPass(createEmitKernelsPass());
  if (options.groupLaunches)
    manager.addPass(createGroupLaunchesPass({options.device}));
}

void buildBuffersPhase(OpPassManager &manager, const BuffersOptions &options) {
  expect(manager, Phase::Tiles);
  manager.addPass(createPlanMemoryPass());
  simplify(manager.nest<func::FuncOp>());
}

/// Loops and vectors of kernel functions to the LLVM dialect.
static void lowerKernels(OpPassManager &manager) {
  OpPassManager &functions = manager.nest<func::FuncOp>();
  functions.addPass(createLowerAffinePass());
  functions.addPass(createSCFToControlFlowPass());
  functions.addPass(memref::createExpandStridedMetadataPass());
  functions.addPass(createLowerAffinePass());
  simplify(functions);
  manager.addPass(createConvertKernelsToLLVMPass());
  OpPassManager &converted = manager.nest<LLVM::LLVMFuncOp>();
  converted.addPass(createReconcileUnrealizedCastsPass());
  simplify(converted);
}

/// Device functions to the LLVM and NVVM dialects.
static void lowerDeviceKernels(OpPassManager &manager) {
  OpPassManager &device = manager.nest<gpu::GPUModuleOp>();
  ExpandMathPassOptions math;
  math.libm = false;
  device.addPass(createExpandMathPass(math));
  simplify(device);
  device.addPass(createLowerAffinePass());
  device.addPass(createSCFToControlFlowPass());
  device.addPass(memref::createExpandStridedMetadataPass());
  device.addPass(createLowerAffinePass());
  simplify(device);
  device.addPass(createConvertDeviceToNVVMPass());
  device.addPass(createConvertNVVMToLLVMPass());
  device.addPass(createReconcileUnrealizedCastsPass());
  simplify(device);
}

void buildLLVMPhase(OpPassManager &manager, const LLVMOptions &options) {
  expect(manager, Phase::Buffers);
  OpPassManager &functions = manager.nest<func::FuncOp>();
  ExpandMathPassOptions math;
  math.fma = options.fma;
  math.avx512 = options.avx512;
  math.f16 = options.f16;
  math.bf16Pairs = options.bf16Pairs;
  functions.addPass(createExpandMathPass(math));
  simplify(functions);
  manager.addPass(createMergeDeviceLaunchesPass());
  if (options.fusePhases) {
    auto isForHopper = [](StringRef image) { return image.starts_with("sm_90a:"); };
    manager.addPass(createFuseDevicePhasesPass(
        {llvm::any_of(options.deviceImages, isForHopper), !llvm::all_of(options.deviceImages, isForHopper)}));
  }
  manager.addPass(
      createConvertStepsToLLVMPass({options.targetTriple, options.targetCpu, options.sourceDigest,
                                    options.compilerVersion, options.program, llvm::to_vector(options.deviceImages)}));
  lowerDeviceKernels(manager);
  lowerKernels(manager);
  expect(manager, Phase::LLVM);
}

void buildPhase(OpPassManager &manager, Phase phase, const PhaseOptions &options) {
  switch (phase) {
  case Phase::Model:
    return buildModelPhase(manager, options.model);
  case Phase::Step:
    return buildStepPhase(manager, options.step);
  case Phase::Kernels:
    return buildKernelsPhase(manager, options.kernels);
  case Phase::Tiles:
    return buildTilesPhase(manager, options.tiles);
  case Phase::Buffers:
    return buildBuffersPhase(manager, options.buffers);
  case Phase::LLVM:
    return buildLLVMPhase(manager, options.llvm);
  case Phase::Object:
    return;
  }
}

TargetInfo describeTarget(const llvm::TargetMachine &machine) {
  VectorRegisters registers = vectorRegistersOf(machine);
  TargetInfo target;
  target.vectorBytes = registers.bytes;
  target.vectorRegisters = registers.count;
  target.l2Bytes = registers.bytes == 64 ? 1 << 20 : 512 << 10;
  target.refine(machine.getTargetCPU());
  if (!multipliesBF16Pairs(machine)) // a virtual machine may hide it
    target.bf16Rate = 0;
  return target;
}

bool hasAvx512(const llvm::TargetMachine &machine) {
  return machine.getTargetTriple().isX86() && machine.getMCSubtargetInfo()->checkFeatures("+avx512f");
}

bool convertsF16(const llvm::TargetMachine &machine) {
  return !machine.getTargetTriple().isX86() || machine.getMCSubtargetInfo()->checkFeatures("+f16c");
}

bool multipliesBF16Pairs(const llvm::TargetMachine &machine) {
  return machine.getTargetTriple().isX86() && machine.getMCSubtargetInfo()->checkFeatures("+avx512bf16,+avx512vl");
}

bool hasFma(const llvm::TargetMachine &machine) {
  return !machine.getTargetTriple().isX86() || machine.getMCSubtargetInfo()->checkFeatures("+fma");
}

} // namespace sinter
