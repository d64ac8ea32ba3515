// Does a module keep the promises of its phase?
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "sinter/Pipelines/Passes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "sinter/Dialect/IR/SinterDialect.h"
#include "sinter/Pipelines/Phases.h"
#include "sinter/Transforms/Memory/Layout.h"

using namespace mlir;

namespace sinter {

#define GEN_PASS_DEF_VERIFYPHASEPASS
#include "sinter/Pipelines/Passes.h.inc"

namespace {

InFlightDiagnostic breaks(Operation *op, Phase phase) {
  return op->emitOpError() << "does not belong into phase `" << phaseName(phase) << "`: ";
}

//===-- What all phases from `step` on have ----------------------------------------------------------------------===//

LogicalResult verifyBatch(ModuleOp module, Phase phase) {
  auto batch = module->getAttrOfType<IntegerAttr>(kBatchAttr);
  if (!batch || batch.getInt() < 1)
    return emitError(module.getLoc()) << "phase `" << phaseName(phase)
                                      << "` expects the module attribute `sinter.batch`, a positive integer";
  return success();
}

/// f16 and bf16 stay inside of steps: the ABI has no use for them yet.
LogicalResult verifyElements(func::FuncOp function, TypeRange types, StringRef what) {
  for (auto [i, type] : llvm::enumerate(types))
    if (isHalf(getElementTypeOrSelf(type)))
      return function.emitError() << what << " " << i
                                  << " of a step function expected elements of f32, f64 or an integer type, found "
                                  << type;
  return success();
}

LogicalResult verifyRoles(func::FuncOp function) {
  for (unsigned i = 0, e = function.getNumArguments(); i != e; ++i)
    if (!function.getArgAttrOfType<StringAttr>(i, kRoleAttr))
      return function.emitError() << "argument " << i << " of a step function has no `sinter.role`";
  for (unsigned i = 0, e = function.getNumResults(); i != e; ++i)
    if (!function.getResultAttrOfType<StringAttr>(i, kRoleAttr))
      return function.emitError() << "result " << i << " of a step function has no `sinter.role`";
  if (failed(verifyElements(function, function.getArgumentTypes(), "argument")))
    return failure();
  return verifyElements(function, function.getResultTypes(), "result");
}

/// The step functions of the module, each of one block and with roles everywhere.
FailureOr<SmallVector<func::FuncOp>> stepFunctions(ModuleOp module, Phase phase) {
  SmallVector<func::FuncOp> functions;
  for (auto function : module.getOps<func::FuncOp>())
    if (isStepFunction(function))
      functions.push_back(function);
  if (functions.empty())
    return emitError(module.getLoc()) << "phase `" << phaseName(phase)
                                      << "` expects step functions (init, train_step, eval_step, predict), found none";
  for (func::FuncOp function : functions) {
    if (failed(verifyRoles(function)))
      return failure();
    if (!function.getBody().hasOneBlock())
      return function.emitError("a step function has one block, found ") << function.getBody().getBlocks().size();
  }
  return functions;
}

//===-- One phase each -------------------------------------------------------------------------------------------===//

LogicalResult verifyModel(ModuleOp module) {
  WalkResult result = module.walk([](Operation *op) {
    if (!isa<StateOp, KernelOp, LaunchOp>(op))
      return WalkResult::advance();
    breaks(op, Phase::Model) << "it appears when a training step is built";
    return WalkResult::interrupt();
  });
  return success(!result.wasInterrupted());
}

LogicalResult verifyStep(func::FuncOp function) {
  for (Operation &op : function.getBody().front()) {
    if (isa<ValueAndGradOp, GetOp, KernelOp, LaunchOp>(op))
      return breaks(&op, Phase::Step) << "step functions have explicit state and no gradients left to expand";
    if (!isa<SinterDialect>(op.getDialect()) && !isa<func::ReturnOp>(op))
      return breaks(&op, Phase::Step) << "step functions are made of sinter ops";
  }
  return success();
}

bool isViewOrConstant(Operation &op) {
  return isa<ReshapeOp, tensor::EmptyOp, tensor::DimOp, arith::ConstantOp, func::ReturnOp>(op);
}

LogicalResult verifyKernels(func::FuncOp function) {
  for (Operation &op : function.getBody().front()) {
    auto kernel = dyn_cast<KernelOp>(op);
    if (!kernel && !isViewOrConstant(op))
      return breaks(&op, Phase::Kernels) << "expected kernels, reshapes and constants";
    if (kernel && !kernel.getScheduleAttr())
      return kernel.emitOpError("has no schedule");
  }
  return success();
}

LogicalResult verifyTiles(func::FuncOp function) {
  auto module = function->getParentOfType<ModuleOp>();
  for (Operation &op : function.getBody().front()) {
    auto launch = dyn_cast<LaunchOp>(op);
    if (!launch && !isViewOrConstant(op))
      return breaks(&op, Phase::Tiles) << "expected launches, reshapes and constants";
    auto kernel = launch ? module.lookupSymbol<func::FuncOp>(launch.getKernel()) : func::FuncOp();
    if (launch && (!kernel || kernel.isExternal()))
      return launch.emitOpError("launches @") << launch.getKernel() << ", which is not a func.func with a body";
  }
  return success();
}

LogicalResult verifyBuffers(func::FuncOp function) {
  for (Operation &op : function.getBody().front()) {
    if (!isa<LaunchOp, memref::ViewOp, memref::ReinterpretCastOp, memref::GetGlobalOp, memref::CopyOp,
             arith::ConstantIndexOp, func::ReturnOp>(op))
      return breaks(&op, Phase::Buffers) << "expected launches and copies on views of the two blocks";
    if (auto launch = dyn_cast<LaunchOp>(op); launch && launch.getNumResults() != 0)
      return breaks(&op, Phase::Buffers) << "it is still on tensors";
  }
  return success();
}

LogicalResult verifyBlockSizes(ModuleOp module) {
  for (StringRef name : {StringRef(kStateBytesAttr), StringRef(kScratchBytesAttr)})
    if (!module->getAttrOfType<IntegerAttr>(name))
      return emitError(module.getLoc()) << "phase `buffers` expects the module attribute `" << name << "`";
  return success();
}

LogicalResult verifyLLVM(ModuleOp module) {
  WalkResult result = module.walk<WalkOrder::PreOrder>([](Operation *op) {
    bool isDevice = op->getParentOfType<gpu::GPUModuleOp>() && isa<NVVM::NVVMDialect>(op->getDialect());
    if (isa<ModuleOp, gpu::GPUModuleOp>(op) || isa<LLVM::LLVMDialect>(op->getDialect()) || isDevice)
      return WalkResult::advance();
    breaks(op, Phase::LLVM) << "only the LLVM dialect is left there";
    return WalkResult::interrupt();
  });
  return success(!result.wasInterrupted());
}

LogicalResult verifySteps(ModuleOp module, Phase phase, function_ref<LogicalResult(func::FuncOp)> verify) {
  if (failed(verifyBatch(module, phase)))
    return failure();
  FailureOr<SmallVector<func::FuncOp>> functions = stepFunctions(module, phase);
  if (failed(functions))
    return failure();
  for (func::FuncOp function : *functions)
    if (failed(verify(function)))
      return failure();
  return success();
}

} // namespace

LogicalResult verifyPhase(ModuleOp module, Phase phase) {
  switch (phase) {
  case Phase::Model:
    return verifyModel(module);
  case Phase::Step:
    return verifySteps(module, phase, verifyStep);
  case Phase::Kernels:
    return verifySteps(module, phase, verifyKernels);
  case Phase::Tiles:
    return verifySteps(module, phase, verifyTiles);
  case Phase::Buffers:
    return success(succeeded(verifyBlockSizes(module)) && succeeded(verifySteps(module, phase, verifyBuffers)));
  case Phase::LLVM:
    return verifyLLVM(module);
  case Phase::Object:
    break;
  }
  return emitError(module.getLoc()) << "phase `object` is machine code, no form of a module";
}

namespace {
struct VerifyPhase : impl::VerifyPhasePassBase<VerifyPhase> {
  using VerifyPhasePassBase::VerifyPhasePassBase;

  void runOnOperation() override {
    std::optional<Phase> wanted = parsePhase(phase);
    if (!wanted) {
      emitError(getOperation().getLoc()) << "unknown phase '" << phase
                                         << "', expected model, step, kernels, tiles, buffers or llvm";
      return signalPassFailure();
    }
    if (failed(verifyPhase(getOperation(), *wanted)))
      return signalPassFailure();
    markAllAnalysesPreserved();
  }
};
} // namespace

} // namespace sinter
