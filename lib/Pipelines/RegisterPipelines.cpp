// How does sinter-opt run one phase, and which dialects does a context need for all of them?
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "sinter/Pipelines/Pipelines.h"

#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/Extensions/InlinerExtension.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/UB/IR/UBOps.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/Dialect/X86Vector/X86VectorDialect.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Pass/PassOptions.h"
#include "mlir/Pass/PassRegistry.h"
#include "sinter/Dialect/IR/SinterDialect.h"
#include "sinter/Transforms/Autodiff/Autodiff.h"

using namespace mlir;

namespace sinter {

void registerPhaseDialects(DialectRegistry &registry) {
  registry.insert<SinterDialect, affine::AffineDialect, arith::ArithDialect, func::FuncDialect, gpu::GPUDialect,
                  LLVM::LLVMDialect, NVVM::NVVMDialect, linalg::LinalgDialect, math::MathDialect, memref::MemRefDialect,
                  scf::SCFDialect, tensor::TensorDialect, ub::UBDialect, vector::VectorDialect,
                  x86vector::X86VectorDialect>();
  func::registerInlinerExtension(registry);
  registerAutodiffRules(registry);
}

namespace {

struct StepArguments : PassPipelineOptions<StepArguments> {
  Option<int64_t> batch{*this, "batch", llvm::cl::desc("largest number of rows of a call"), llvm::cl::init(0)};
  Option<bool> keepGradients{*this, "keep-gradients", llvm::cl::desc("keep gradients in the state")};
};

struct KernelsArguments : PassPipelineOptions<KernelsArguments> {
  Option<std::string> cpu{*this, "cpu", llvm::cl::desc("x86-64, x86-64-v2, -v3 or -v4"), llvm::cl::init("x86-64-v3")};
  Option<int64_t> cheapCost{*this, "cheap-cost", llvm::cl::desc("largest cost of what is computed again"),
                            llvm::cl::init(8)};
  ListOption<std::string> unfused{*this, "unfused", llvm::cl::desc("kinds of fusion to leave out")};
  Option<bool> device{*this, "device", llvm::cl::desc("kernels are for a GPU too")};
  Option<bool> tf32{*this, "tf32", llvm::cl::desc("products of f32 there may round their operands to tf32")};
  Option<bool> hopper{*this, "hopper", llvm::cl::desc("there will be code for sm_90a")};
  Option<std::string> schedules{*this, "schedules", llvm::cl::desc("file of schedules for some kernels")};
};

struct TilesArguments : PassPipelineOptions<TilesArguments> {
  Option<bool> groupLaunches{*this, "group-launches", llvm::cl::desc("independent launches share a parallel loop"),
                             llvm::cl::init(true)};
  Option<bool> device{*this, "device", llvm::cl::desc("also write each kernel for a GPU")};
  Option<bool> tf32{*this, "tf32", llvm::cl::desc("products of f32 there may round their operands to tf32")};
  Option<bool> hopper{*this, "hopper", llvm::cl::desc("device functions have counterparts for sm_90a")};
};

struct LLVMArguments : PassPipelineOptions<LLVMArguments> {
  Option<bool> program{*this, "program", llvm::cl::desc("also define sinter_program_artifact")};
  ListOption<std::string> deviceImages{*this, "device-images", llvm::cl::desc("code for GPUs: sm_90a:ptx, ...")};
  Option<bool> fusePhases{*this, "fuse-phases",
                          llvm::cl::desc("small launches that depend on each other are one on a GPU"),
                          llvm::cl::init(true)};
  Option<bool> fma{*this, "fma", llvm::cl::desc("the CPU has fused multiply-add"), llvm::cl::init(true)};
};

/// "To phase `step`: ...".
std::string summary(Phase phase) {
  return ("to phase `" + phaseName(phase) + "`: " + phaseDescription(phase)).str();
}

std::string flag(Phase phase) {
  return ("sinter-to-" + phaseName(phase)).str();
}

template <typename Build>
void registerPlain(Phase phase, Build build) {
  PassPipelineRegistration<>(flag(phase), summary(phase), [build](OpPassManager &manager) { build(manager, {}); });
}

} // namespace

void registerPhasePipelines() {
  registerPlain(Phase::Model, buildModelPhase);
  PassPipelineRegistration<StepArguments>(flag(Phase::Step), summary(Phase::Step),
                                          [](OpPassManager &manager, const StepArguments &arguments) {
                                            buildStepPhase(manager, {arguments.batch, arguments.keepGradients});
                                          });
  PassPipelineRegistration<KernelsArguments>(
      flag(Phase::Kernels), summary(Phase::Kernels), [](OpPassManager &manager, const KernelsArguments &arguments) {
        KernelsOptions options;
        options.cpu = arguments.cpu;
        options.cheapCost = arguments.cheapCost;
        options.unfused.assign(arguments.unfused.begin(), arguments.unfused.end());
        options.device = arguments.device;
        options.tf32 = arguments.tf32;
        options.hopper = arguments.hopper;
        options.schedules = arguments.schedules;
        buildKernelsPhase(manager, options);
      });
  PassPipelineRegistration<TilesArguments>(
      flag(Phase::Tiles), summary(Phase::Tiles), [](OpPassManager &manager, const TilesArguments &arguments) {
        buildTilesPhase(manager, {arguments.groupLaunches, arguments.device, arguments.tf32, arguments.hopper});
      });
  registerPlain(Phase::Buffers, buildBuffersPhase);
  PassPipelineRegistration<LLVMArguments>(
      flag(Phase::LLVM), summary(Phase::LLVM), [](OpPassManager &manager, const LLVMArguments &arguments) {
        LLVMOptions options;
        options.program = arguments.program;
        options.fma = arguments.fma;
        options.fusePhases = arguments.fusePhases;
        options.deviceImages.assign(arguments.deviceImages.begin(), arguments.deviceImages.end());
        buildLLVMPhase(manager, options);
      });
}

} // namespace sinter
