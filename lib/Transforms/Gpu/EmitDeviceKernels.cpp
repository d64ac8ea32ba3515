// Kernels become device functions, one or two per distinct kernel.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "sinter/Transforms/Gpu/Passes.h"

#include "Skeletons.h"
#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/NVGPU/IR/NVGPUDialect.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "sinter/Transforms/Memory/Layout.h"
#include "sinter/Transforms/Tiling/Candidates.h"
#include "llvm/ADT/StringExtras.h"

using namespace mlir;

namespace sinter {
#define GEN_PASS_DEF_EMITDEVICEKERNELSPASS
#include "sinter/Transforms/Gpu/Passes.h.inc"

namespace {

LogicalResult emitSkeleton(Strategy strategy, DeviceEmission &emission) {
  switch (strategy) {
  case Strategy::Map:
    return emitDeviceMap(emission);
  case Strategy::Row:
    return emitDeviceRow(emission);
  case Strategy::Column:
    return emitDeviceColumn(emission);
  case Strategy::Contraction:
    return emitDeviceContraction(emission);
  case Strategy::Loops:
    return emitDeviceLoops(emission);
  }
  llvm_unreachable("all strategies are emitted");
}

/// A name that PTX, too, accepts.
std::string symbolName(StringRef name, size_t number) {
  std::string symbol;
  for (char c : name)
    symbol += llvm::isAlnum(c) || c == '_' ? c : '_';
  return "k_" + symbol + "_" + std::to_string(number);
}

struct EmitDeviceKernels : impl::EmitDeviceKernelsPassBase<EmitDeviceKernels> {
  using EmitDeviceKernelsPassBase::EmitDeviceKernelsPassBase;

  /// The first kernel of its kind, and the names of its functions.
  struct Emitted {
    KernelOp kernel;
    ArrayAttr functions;
  };

  void runOnOperation() override {
    SmallVector<Emitted> emitted;
    gpu::GPUModuleOp module = createModule();
    WalkResult result = getOperation().walk([&](KernelOp kernel) {
      // Initial values are computed on the host, so that they are the same for all devices.
      if (kernel->getParentOfType<func::FuncOp>().getName() == "init")
        return WalkResult::advance();
      auto known = llvm::find_if(emitted, [&](Emitted &e) { return haveSameBody(e.kernel, kernel); });
      if (known == emitted.end()) {
        FailureOr<ArrayAttr> functions = emit(kernel, module, emitted.size());
        if (failed(functions))
          return WalkResult::interrupt();
        emitted.push_back({kernel, *functions});
        known = std::prev(emitted.end());
      }
      kernel->setAttr(kDeviceAttr, known->functions);
      return WalkResult::advance();
    });
    if (result.wasInterrupted())
      signalPassFailure();
  }

  gpu::GPUModuleOp createModule() {
    OpBuilder builder(&getContext());
    builder.setInsertionPointToEnd(getOperation().getBody());
    return gpu::GPUModuleOp::create(builder, getOperation().getLoc(), kDeviceModule);
  }

  FailureOr<ArrayAttr> emit(KernelOp kernel, gpu::GPUModuleOp module, size_t number) {
    auto batchAttr = getOperation()->getAttrOfType<IntegerAttr>(kBatchAttr);
    for (Type type : kernel.getBody().getArgumentTypes())
      if (!batchAttr && !cast<RankedTensorType>(type).hasStaticShape())
        return kernel.emitError() << "operand of type " << type << " needs the module attribute '" << kBatchAttr << "'",
               failure();
    int64_t batch = batchAttr ? batchAttr.getInt() : 1;
    KernelAnalysis analysis = analyzeKernel(kernel, batch);
    if (!analysis.strategy)
      return kernel.emitError() << "kernel \"" << kernel.getName() << "\" fits no skeleton: " << analysis.reason,
             failure();
    if (!kernel.getScheduleAttr())
      return kernel.emitError() << "kernel \"" << kernel.getName() << "\" has no schedule", failure();
    OpBuilder builder(&getContext());
    DeviceEmission emission{
        builder, module, kernel, analysis, batch, tf32, hopper, symbolName(kernel.getName(), number), {}};
    if (failed(emitSkeleton(*analysis.strategy, emission)))
      return failure();
    llvm::erase_if(emission.functions, [](gpu::GPUFuncOp fn) { return fn->hasAttr(kOnlyHopperAttr); });
    auto names = llvm::map_to_vector(emission.functions, [](gpu::GPUFuncOp fn) -> Attribute {
      return SymbolRefAttr::get(fn->getParentOfType<gpu::GPUModuleOp>().getNameAttr(),
                                FlatSymbolRefAttr::get(fn.getNameAttr()));
    });
    return builder.getArrayAttr(names);
  }
};

} // namespace
} // namespace sinter
