// How do kernel functions become functions of the LLVM dialect?
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "sinter/Conversion/SinterToLLVM/Passes.h"

#include "mlir/Conversion/ArithToLLVM/ArithToLLVM.h"
#include "mlir/Conversion/ControlFlowToLLVM/ControlFlowToLLVM.h"
#include "mlir/Conversion/FuncToLLVM/ConvertFuncToLLVM.h"
#include "mlir/Conversion/IndexToLLVM/IndexToLLVM.h"
#include "mlir/Conversion/LLVMCommon/ConversionTarget.h"
#include "mlir/Conversion/LLVMCommon/TypeConverter.h"
#include "mlir/Conversion/MathToLLVM/MathToLLVM.h"
#include "mlir/Conversion/MathToLibm/MathToLibm.h"
#include "mlir/Conversion/MemRefToLLVM/MemRefToLLVM.h"
#include "mlir/Conversion/UBToLLVM/UBToLLVM.h"
#include "mlir/Conversion/VectorToLLVM/ConvertVectorToLLVM.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/Vector/Transforms/LoweringPatterns.h"
#include "mlir/Dialect/Vector/Transforms/VectorTransforms.h"
#include "mlir/IR/Threading.h"
#include "mlir/Transforms/DialectConversion.h"
#include "llvm/ADT/StringSet.h"

using namespace mlir;

namespace sinter {

#define GEN_PASS_DEF_CONVERTKERNELSTOLLVMPASS
#include "sinter/Conversion/SinterToLLVM/Passes.h.inc"

static void populatePatterns(const LLVMTypeConverter &converter, RewritePatternSet &patterns) {
  arith::populateArithToLLVMConversionPatterns(converter, patterns);
  cf::populateControlFlowToLLVMConversionPatterns(converter, patterns);
  index::populateIndexToLLVMConversionPatterns(converter, patterns);
  ub::populateUBToLLVMConversionPatterns(converter, patterns);
  populateFinalizeMemRefToLLVMConversionPatterns(converter, patterns);
  populateFuncToLLVMConversionPatterns(converter, patterns);
  populateVectorToLLVMConversionPatterns(converter, patterns);
  vector::populateVectorMaskMaterializationPatterns(patterns, /*force32BitVectorIndices=*/false);
  vector::populateVectorMaskOpLoweringPatterns(patterns); // masks that turned out to be constant
  // An instruction or intrinsic where there is one, else libm.
  populateMathToLLVMConversionPatterns(converter, patterns, /*approximateLog1p=*/false, /*benefit=*/2);
  populateMathToLibmConversionPatterns(patterns, /*benefit=*/1);
}

/// A module around each kernel function, in its place: conversions replace functions and declare what they call, which
/// several threads may not do in one module.
static SmallVector<ModuleOp> isolateKernels(ModuleOp module) {
  SmallVector<ModuleOp> isolated;
  for (auto function : llvm::make_early_inc_range(module.getOps<func::FuncOp>())) {
    if (function.isExternal())
      continue;
    OpBuilder builder(function);
    isolated.push_back(ModuleOp::create(builder, function.getLoc()));
    function->moveBefore(isolated.back().getBody(), isolated.back().getBody()->end());
  }
  return isolated;
}

/// What the modules hold, in their place; what several of them declare, once.
static void unite(ModuleOp module, ArrayRef<ModuleOp> isolated) {
  llvm::StringSet<> names;
  for (auto symbol : module.getOps<SymbolOpInterface>())
    if (auto name = symbol.getNameAttr())
      names.insert(name);
  for (ModuleOp kernel : isolated) {
    for (auto function : llvm::make_early_inc_range(kernel.getOps<LLVM::LLVMFuncOp>()))
      if (names.insert(function.getSymName()).second || !function.isExternal())
        function->moveBefore(kernel);
    kernel.erase();
  }
}

namespace {
struct ConvertKernels : impl::ConvertKernelsToLLVMPassBase<ConvertKernels> {
  void runOnOperation() override {
    LowerToLLVMOptions options(&getContext());
    options.useBarePtrCallConv = true;
    LLVMTypeConverter converter(&getContext(), options);
    RewritePatternSet patterns(&getContext());
    populatePatterns(converter, patterns);
    const FrozenRewritePatternSet frozen(std::move(patterns));
    LLVMConversionTarget target(getContext());
    target.addLegalOp<ModuleOp, gpu::GPUModuleOp>();
    target.markOpRecursivelyLegal<gpu::GPUModuleOp>();
    auto convert = [&](ArrayRef<Operation *> ops) { return applyFullConversion(ops, target, frozen); };

    SmallVector<ModuleOp> kernels = isolateKernels(getOperation());
    SmallVector<Operation *> others;
    for (Operation &op : *getOperation().getBody())
      if (!isa<ModuleOp>(op))
        others.push_back(&op);
    LogicalResult converted = failableParallelForEach(&getContext(), kernels,
                                                      [&](ModuleOp kernel) { return convert(kernel.getOperation()); });
    unite(getOperation(), kernels);
    if (failed(converted) || failed(convert(others)))
      signalPassFailure();
  }
};
} // namespace

} // namespace sinter
