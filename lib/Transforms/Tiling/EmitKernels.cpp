// Kernels become functions over work items, one per distinct kernel, and launches of them.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "sinter/Transforms/Tiling/Passes.h"

#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/Dialect/X86Vector/X86VectorDialect.h"
#include "sinter/Transforms/Tiling/Candidates.h"
#include "sinter/Transforms/Tiling/Emitters.h"
#include "llvm/ADT/StringExtras.h"

#include <cmath>

using namespace mlir;

namespace sinter {
#define GEN_PASS_DEF_EMITKERNELSPASS
#include "sinter/Transforms/Tiling/Passes.h.inc"

namespace {

/// The first kernel of its kind, its function and its number of work items.
struct Emitted {
  KernelOp kernel;
  func::FuncOp fn;
  AffineMap items;
};

LogicalResult emitBody(OpBuilder &builder, KernelEmission &emission) {
  switch (emission.schedule.getStrategy()) {
  case Strategy::Map:
    return emitMap(builder, emission);
  case Strategy::Row:
    return emitRow(builder, emission);
  case Strategy::Column:
    return emitColumn(builder, emission);
  case Strategy::Contraction:
    return emitContraction(builder, emission);
  case Strategy::Loops:
    return emitLoops(builder, emission);
  }
  llvm_unreachable("all strategies are emitted");
}

/// Same code. Names and sources may differ.
bool isSameCode(KernelOp a, KernelOp b) {
  return a.getScheduleAttr() == b.getScheduleAttr() && haveSameBody(a, b);
}

std::string symbolName(StringRef name, size_t number) {
  std::string symbol;
  for (char c : name)
    symbol += llvm::isAlnum(c) || c == '_' ? c : '_';
  return symbol + "_" + std::to_string(number);
}

struct EmitKernelsPass : impl::EmitKernelsPassBase<EmitKernelsPass> {
  void runOnOperation() override {
    SmallVector<KernelOp> kernels;
    getOperation().walk([&](KernelOp kernel) { kernels.push_back(kernel); });
    if (failed(findBatch(kernels)))
      return signalPassFailure();
    SymbolTable symbols(getOperation());
    SmallVector<size_t> functions;
    emitted.clear();
    for (KernelOp kernel : kernels) {
      FailureOr<size_t> function = getFunction(kernel, symbols);
      if (failed(function))
        return signalPassFailure();
      functions.push_back(*function);
    }
    for (auto [kernel, function] : llvm::zip_equal(kernels, functions))
      launch(kernel, emitted[function]);
  }

  LogicalResult findBatch(ArrayRef<KernelOp> kernels) {
    if (auto attr = getOperation()->getAttrOfType<IntegerAttr>("sinter.batch")) {
      batch = attr.getInt();
      return success();
    }
    for (KernelOp kernel : kernels)
      for (Type type : kernel.getBody().getArgumentTypes())
        if (!cast<RankedTensorType>(type).hasStaticShape())
          return kernel.emitError() << "operand of type " << type << " needs the module attribute 'sinter.batch'";
    return success();
  }

  /// The function of a kernel: one emitted earlier for the same code, or a new one.
  FailureOr<size_t> getFunction(KernelOp kernel, SymbolTable &symbols) {
    for (size_t i = 0; i < emitted.size(); ++i)
      if (isSameCode(emitted[i].kernel, kernel))
        return i;
    KernelAnalysis analysis = analyzeKernel(kernel, batch);
    ScheduleAttr schedule = kernel.getScheduleAttr();
    if (!schedule)
      return kernel.emitError() << "kernel \"" << kernel.getName() << "\" has no schedule", failure();
    if (analysis.strategy != schedule.getStrategy())
      return kernel.emitError() << "kernel \"" << kernel.getName() << "\" does not fit the strategy of its schedule, "
                                << stringifyStrategy(schedule.getStrategy()),
             failure();
    FailureOr<AffineMap> items = countItems(kernel, analysis, schedule, batch);
    if (failed(items))
      return kernel.emitError() << "kernel \"" << kernel.getName() << "\" cannot be emitted with " << schedule,
             failure();
    FailureOr<func::FuncOp> fn = emitFunction(kernel, analysis, symbols);
    if (failed(fn))
      return failure();
    emitted.push_back({kernel, *fn, *items});
    return emitted.size() - 1;
  }

  FailureOr<func::FuncOp> emitFunction(KernelOp kernel, const KernelAnalysis &analysis, SymbolTable &symbols) {
    MLIRContext *context = &getContext();
    auto types = llvm::map_to_vector(kernel.getBody().getArgumentTypes(),
                                     [&](Type type) -> Type { return bufferTypeOf(type, batch); });
    types.append(3, IndexType::get(context));
    OpBuilder builder(context);
    auto fn = func::FuncOp::create(builder, kernel.getLoc(), symbolName(kernel.getName(), emitted.size()),
                                   builder.getFunctionType(types, {}));
    fn.setPrivate();
    fn->setAttr("sinter.kernel", builder.getUnitAttr());
    fn->setAttr("sinter.flops", builder.getI64IntegerAttr(std::llround(analysis.flops)));
    fn->setAttr("sinter.bytes", builder.getI64IntegerAttr(std::llround(analysis.bytes)));
    fn->setAttr("sinter.schedule", kernel.getScheduleAttr());
    fn->setAttr("sinter.source", kernel.getSource() ? *kernel.getSource() : builder.getArrayAttr({}));
    symbols.insert(fn);
    KernelEmission emission{kernel, fn, batch, kernel.getScheduleAttr()};
    builder.setInsertionPointToStart(fn.addEntryBlock());
    if (failed(emitBody(builder, emission)))
      return failure();
    builder.setInsertionPointToEnd(&emission.entry());
    func::ReturnOp::create(builder, kernel.getLoc());
    return fn;
  }

  void launch(KernelOp kernel, Emitted &function) {
    OpBuilder builder(kernel);
    auto op = LaunchOp::create(builder, kernel.getLoc(), kernel.getResultTypes(), function.fn.getSymNameAttr(),
                               function.items, kernel.getScheduleAttr().getParallel(), /*together=*/false,
                               kernel.getInputs(), kernel.getOuts(), /*rows=*/Value());
    op->setDiscardableAttrs(kernel->getDiscardableAttrDictionary());
    kernel.replaceAllUsesWith(op.getResults());
    kernel.erase();
  }

  int64_t batch = 1;
  SmallVector<Emitted> emitted;
};

} // namespace

MemRefType bufferTypeOf(Type type, int64_t batch) {
  auto tensor = cast<RankedTensorType>(type);
  auto shape = llvm::map_to_vector(tensor.getShape(), [&](int64_t e) { return ShapedType::isDynamic(e) ? batch : e; });
  Type element = tensor.getElementType();
  return MemRefType::get(shape, element.isInteger(1) ? IntegerType::get(type.getContext(), 8) : element);
}

FailureOr<AffineMap> countItems(KernelOp kernel, const KernelAnalysis &analysis, ScheduleAttr schedule, int64_t batch) {
  switch (schedule.getStrategy()) {
  case Strategy::Map:
    return mapItems(kernel, analysis, schedule, batch);
  case Strategy::Row:
    return rowItems(kernel, analysis, schedule, batch);
  case Strategy::Column:
    return columnItems(kernel, analysis, schedule, batch);
  case Strategy::Contraction:
    return contractionItems(kernel, analysis, schedule, batch);
  case Strategy::Loops:
    return loopsItems(kernel, analysis, schedule, batch);
  }
  llvm_unreachable("all strategies are emitted");
}

} // namespace sinter
