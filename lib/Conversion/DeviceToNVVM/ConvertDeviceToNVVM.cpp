// How do device functions become functions of the LLVM and NVVM dialects?
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Extremes.h"
#include "sinter/Conversion/DeviceToNVVM/Passes.h"

#include "mlir/Conversion/ArithToLLVM/ArithToLLVM.h"
#include "mlir/Conversion/ControlFlowToLLVM/ControlFlowToLLVM.h"
#include "mlir/Conversion/GPUCommon/GPUCommonPass.h"
#include "mlir/Conversion/GPUToNVVM/GPUToNVVMPass.h"
#include "mlir/Conversion/IndexToLLVM/IndexToLLVM.h"
#include "mlir/Conversion/LLVMCommon/ConversionTarget.h"
#include "mlir/Conversion/LLVMCommon/TypeConverter.h"
#include "mlir/Conversion/MathToLLVM/MathToLLVM.h"
#include "mlir/Conversion/MemRefToLLVM/MemRefToLLVM.h"
#include "mlir/Conversion/NVGPUToNVVM/NVGPUToNVVM.h"
#include "mlir/Conversion/UBToLLVM/UBToLLVM.h"
#include "mlir/Conversion/VectorToLLVM/ConvertVectorToLLVM.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/NVGPU/IR/NVGPUDialect.h"
#include "mlir/Transforms/DialectConversion.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"
#include "sinter/Transforms/Gpu/DeviceKernel.h"

using namespace mlir;

namespace sinter {

#define GEN_PASS_DEF_CONVERTDEVICETONVVMPASS
#include "sinter/Conversion/DeviceToNVVM/Passes.h.inc"

/// Address spaces of PTX.
static constexpr unsigned kGlobalSpace = 1, kSharedSpace = 3, kLocalSpace = 5;

static void mapAddressSpaces(TypeConverter &converter) {
  populateGpuMemorySpaceAttributeConversions(converter, [](gpu::AddressSpace space) -> unsigned {
    switch (space) {
    case gpu::AddressSpace::Global:
      return kGlobalSpace;
    case gpu::AddressSpace::Workgroup:
      return kSharedSpace;
    case gpu::AddressSpace::Private:
      return kLocalSpace;
    }
    llvm_unreachable("all address spaces are mapped");
  });
}

static void populatePatterns(const LLVMTypeConverter &converter, RewritePatternSet &patterns) {
  arith::populateArithToLLVMConversionPatterns(converter, patterns);
  cf::populateControlFlowToLLVMConversionPatterns(converter, patterns);
  index::populateIndexToLLVMConversionPatterns(converter, patterns);
  ub::populateUBToLLVMConversionPatterns(converter, patterns);
  populateFinalizeMemRefToLLVMConversionPatterns(converter, patterns);
  populateVectorToLLVMConversionPatterns(converter, patterns);
  populateGpuToNVVMConversionPatterns(converter, patterns);
  populateNVGPUToNVVMConversionPatterns(converter, patterns);
}

/// Math ops that one or a few instructions compute.
static bool hasInstruction(Operation *op) {
  return isa<math::AbsFOp, math::AbsIOp, math::CeilOp, math::CopySignOp, math::CtPopOp, math::CountLeadingZerosOp,
             math::FloorOp, math::FmaOp, math::RoundEvenOp, math::SqrtOp, math::TruncOp>(op);
}

/// GPUToNVVM refuses what it would have a library compute.
static void allowInstructions(ConversionTarget &target) {
  target.addLegalOp<LLVM::CopySignOp, LLVM::FAbsOp, LLVM::FCeilOp, LLVM::FFloorOp, LLVM::FMAOp, LLVM::FTruncOp,
                    LLVM::RoundEvenOp, LLVM::SqrtOp>();
}

namespace {
struct ConvertDeviceToNVVM : impl::ConvertDeviceToNVVMPassBase<ConvertDeviceToNVVM> {
  void runOnOperation() override {
    if (failed(refuseLibraryCalls()) || failed(useExtremes()))
      return signalPassFailure();
    LowerToLLVMOptions options(&getContext());
    options.useBarePtrCallConv = true;
    options.overrideIndexBitwidth(largestTensor() < int64_t(1) << 30 ? 32 : 64);
    LLVMTypeConverter converter(&getContext(), options);
    mapAddressSpaces(converter);
    // Copies are waited for by number.
    converter.addConversion(
        [](nvgpu::DeviceAsyncTokenType type) -> Type { return IntegerType::get(type.getContext(), 32); });
    if (failed(convertMath(converter)))
      return signalPassFailure();
    RewritePatternSet patterns(&getContext());
    populatePatterns(converter, patterns);
    LLVMConversionTarget target(getContext());
    configureGpuToNVVMConversionLegality(target);
    target.addIllegalDialect<nvgpu::NVGPUDialect>();
    target.addLegalDialect<NVVM::NVVMDialect, LLVM::LLVMDialect>();
    allowInstructions(target);
    target.addLegalOp<gpu::GPUModuleOp>();
    if (failed(applyPartialConversion(getOperation(), target, std::move(patterns))))
      return signalPassFailure();
    for (auto fn : getOperation().getOps<LLVM::LLVMFuncOp>())
      describeLaunch(fn);
    // Memory whose size the launch says is defined elsewhere.
    for (auto global : getOperation().getOps<LLVM::GlobalOp>())
      if (auto type = dyn_cast<LLVM::LLVMArrayType>(global.getType()); type && type.getNumElements() == 0)
        global.setLinkage(LLVM::Linkage::External);
  }

  /// What the assembler has to know of a launch.
  static void describeLaunch(LLVM::LLVMFuncOp fn) {
    Builder builder(fn.getContext());
    if (auto maps = fn->getAttrOfType<ArrayAttr>(kMapsAttr))
      for (unsigned i = fn.getNumArguments() - maps.size(); i < fn.getNumArguments(); ++i) {
        constexpr int64_t bytes = 128, alignment = 64;
        fn.setArgAttr(i, LLVM::LLVMDialect::getByValAttrName(),
                      TypeAttr::get(LLVM::LLVMArrayType::get(builder.getI8Type(), bytes)));
        fn.setArgAttr(i, LLVM::LLVMDialect::getAlignAttrName(), builder.getI64IntegerAttr(alignment));
        fn.setArgAttr(i, NVVM::NVVMDialect::getGridConstantAttrName(), builder.getUnitAttr());
      }
    if (Attribute residents = fn->getAttr(kResidentsAttr))
      fn->setAttr(NVVM::NVVMDialect::getMinctasmAttrName(), residents);
    if (auto blocks = fn->getAttrOfType<IntegerAttr>(kClusterAttr))
      fn->setAttr(NVVM::NVVMDialect::getClusterDimAttrName(),
                  builder.getDenseI32ArrayAttr({int32_t(blocks.getInt()), 1, 1}));
  }

  /// To LLVM's intrinsics, before the patterns of GPUToNVVM see them: those call NVIDIA's library even for a
  /// multiply-add.
  LogicalResult convertMath(const LLVMTypeConverter &converter) {
    RewritePatternSet patterns(&getContext());
    populateMathToLLVMConversionPatterns(converter, patterns, /*approximateLog1p=*/false);
    ConversionTarget target(getContext());
    target.addIllegalDialect<math::MathDialect>();
    target.addLegalDialect<LLVM::LLVMDialect>();
    return applyPartialConversion(getOperation(), target, std::move(patterns));
  }

  LogicalResult useExtremes() {
    RewritePatternSet patterns(&getContext());
    populateExtremePatterns(patterns);
    return applyPatternsGreedily(getOperation(), std::move(patterns));
  }

  LogicalResult refuseLibraryCalls() {
    WalkResult result = getOperation().walk([](Operation *op) {
      if (!isa<math::MathDialect>(op->getDialect()) || hasInstruction(op))
        return WalkResult::advance();
      auto fn = op->getParentOfType<gpu::GPUFuncOp>();
      emitError(op->getLoc()) << "kernel @" << fn.getName() << " needs '" << op->getName() << "' of "
                              << op->getResult(0).getType()
                              << ", which GPUs have no instruction for, and no expansion is known";
      return WalkResult::interrupt();
    });
    return failure(result.wasInterrupted());
  }

  int64_t largestTensor() {
    int64_t largest = 0;
    for (auto fn : getOperation().getOps<gpu::GPUFuncOp>())
      for (Type type : fn.getArgumentTypes())
        if (auto memref = dyn_cast<MemRefType>(type))
          largest = std::max(largest, memref.getNumElements());
    return largest;
  }
};
} // namespace

} // namespace sinter
