// How do the step functions and declarations of a module become an artifact?
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "DeviceProgram.h"
#include "StepFunction.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "sinter/Transforms/Memory/Layout.h"

using namespace mlir;

namespace sinter {

#define GEN_PASS_DEF_CONVERTSTEPSTOLLVMPASS
#include "sinter/Conversion/SinterToLLVM/Passes.h.inc"

std::string cIdentifier(StringRef name) {
  std::string result;
  for (char c : name)
    result += llvm::isAlnum(c) ? c : '_';
  return result.empty() || llvm::isDigit(result[0]) ? "_" + result : result;
}

std::string artifactPrefix(ModuleOp module) {
  auto name = module->getAttrOfType<StringAttr>("sinter.model_name");
  return cIdentifier(name ? name.getValue() : "model");
}

namespace {

struct ConvertSteps : impl::ConvertStepsToLLVMPassBase<ConvertSteps> {
  using ConvertStepsToLLVMPassBase::ConvertStepsToLLVMPassBase;

  void runOnOperation() override {
    ModuleOp module = getOperation();
    auto batch = module->getAttrOfType<IntegerAttr>(kBatchAttr);
    if (!batch || !module->hasAttr(kStateBytesAttr)) {
      module.emitError("expected a module of phase `buffers`, with `sinter.batch` and `sinter.state_bytes`");
      return signalPassFailure();
    }
    std::string prefix = artifactPrefix(module);
    FailureOr<IoTables> io = collectIo(module);
    if (failed(io))
      return signalPassFailure();
    SmallVector<KernelEntry> kernels = collectKernels(module);
    FailureOr<DeviceProgram> device = collectDeviceProgram(module, *io, llvm::to_vector(deviceImages));
    if (failed(device))
      return signalPassFailure();

    annotateKernels(module);
    for (StringRef stepName : kStepNames) {
      auto step = module.lookupSymbol<func::FuncOp>(stepName);
      auto first = llvm::find_if(kernels, [&](const KernelEntry &kernel) { return kernel.step == stepName; });
      if (step && failed(emitStepFunction(step, prefix, *io, batch.getInt(), first - kernels.begin())))
        return signalPassFailure();
    }
    emitArtifact(module, prefix, *io, kernels, *device, options());
    eraseSinter(module);
  }

private:
  ConvertStepsToLLVMPassOptions options() {
    return {targetTriple, targetCpu, sourceDigest, compilerVersion, program, llvm::to_vector(deviceImages)};
  }

  static void eraseSinter(ModuleOp module) {
    for (StringRef step : kStepNames)
      if (auto function = module.lookupSymbol<func::FuncOp>(step))
        function.erase();
    SymbolTableCollection tables;
    SymbolUserMap users(tables, module);
    for (Operation &op : llvm::make_early_inc_range(*module.getBody())) {
      // Kernels that no step launches any more cannot be reached.
      auto function = dyn_cast<func::FuncOp>(op);
      bool unused = function && function.isPrivate() && users.useEmpty(function);
      if (isa<SinterDialect>(op.getDialect()) || isa<memref::GlobalOp>(op) || unused)
        op.erase();
      else
        eraseSinterAttributes(&op);
    }
    eraseSinterAttributes(module);
  }

  static void eraseSinterAttributes(Operation *op) {
    for (NamedAttribute attribute : llvm::to_vector(op->getDiscardableAttrs()))
      if (attribute.getName().strref().starts_with("sinter."))
        op->removeDiscardableAttr(attribute.getName());
  }
};

} // namespace
} // namespace sinter
