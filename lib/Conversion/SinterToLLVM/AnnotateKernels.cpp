// What may LLVM assume about the arguments of a kernel?
//
// The memory plan keeps the destinations of a launch apart from all its other operands, so every pointer is `noalias`.
// Tensors of the two blocks and constants are aligned to 64 bytes; a caller's buffers only to their elements.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "StepFunction.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "sinter/Transforms/Memory/Layout.h"
#include "llvm/ADT/MapVector.h"

using namespace mlir;

namespace sinter {

static int64_t alignmentOf(Value memref) {
  while (auto cast = memref.getDefiningOp<memref::ReinterpretCastOp>())
    memref = cast.getSource();
  if (memref.getDefiningOp<memref::ViewOp>() || memref.getDefiningOp<memref::GetGlobalOp>())
    return kBlockAlignment;
  return elementBytes(cast<MemRefType>(memref.getType()).getElementType());
}

static void annotate(func::FuncOp kernel, ArrayRef<int64_t> alignments) {
  MLIRContext *context = kernel.getContext();
  Builder builder(context);
  kernel->setAttr("llvm.linkage", LLVM::LinkageAttr::get(context, LLVM::Linkage::Internal));
  kernel->setAttr("passthrough", builder.getStrArrayAttr({"noinline", "nounwind"}));
  for (auto [i, alignment] : llvm::enumerate(alignments)) {
    kernel.setArgAttr(i, "llvm.noalias", builder.getUnitAttr());
    kernel.setArgAttr(i, "llvm.align", builder.getI64IntegerAttr(alignment));
  }
}

void annotateKernels(ModuleOp module) {
  SymbolTable symbols(module);
  llvm::MapVector<Operation *, SmallVector<int64_t>> alignments;
  module.walk([&](LaunchOp launch) {
    SmallVector<int64_t> &known = alignments[symbols.lookup(launch.getKernel())];
    known.resize(launch.getInputs().size() + launch.getOuts().size(), kBlockAlignment);
    for (auto [i, operand] : llvm::enumerate(
             llvm::concat<const Value>(SmallVector<Value>(launch.getInputs()), SmallVector<Value>(launch.getOuts()))))
      known[i] = std::min(known[i], alignmentOf(operand));
  });
  for (auto &[kernel, known] : alignments)
    annotate(cast<func::FuncOp>(kernel), known);
}

} // namespace sinter
