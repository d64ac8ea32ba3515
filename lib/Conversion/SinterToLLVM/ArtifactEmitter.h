// How are constants with tables of the ABI written? One object per artifact; its methods are spread over
// EmitArtifact.cpp and EmitDeviceProgram.cpp.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef SINTER_LIB_CONVERSION_SINTERTOLLVM_ARTIFACTEMITTER_H
#define SINTER_LIB_CONVERSION_SINTERTOLLVM_ARTIFACTEMITTER_H

#include "ArtifactTables.h"
#include "DeviceProgram.h"
#include "mlir/IR/Builders.h"
#include "sinter-rt/artifact.h"
#include "llvm/ADT/StringMap.h"

namespace sinter {

class ArtifactEmitter {
public:
  ArtifactEmitter(mlir::ModuleOp module, llvm::StringRef prefix)
      : module(module), prefix(prefix), loc(module.getLoc()), builder(module.getBodyRegion()),
        pointer(mlir::LLVM::LLVMPointerType::get(module.getContext())) {
    builder.setInsertionPointToEnd(module.getBody());
  }

  void emit(const IoTables &io, llvm::ArrayRef<KernelEntry> kernels, const DeviceProgram &device,
            const ConvertStepsToLLVMPassOptions &options);

  // Values of fields, made inside of an initializer.
  mlir::Value i32(int64_t value) { return integer(builder.getI32Type(), value); }
  mlir::Value i64(int64_t value) { return integer(builder.getI64Type(), value); }
  mlir::Value f64(double value) {
    return mlir::LLVM::ConstantOp::create(builder, loc, builder.getF64Type(), builder.getF64FloatAttr(value));
  }
  mlir::Value integer(mlir::Type type, int64_t value) {
    return mlir::LLVM::ConstantOp::create(builder, loc, type, builder.getIntegerAttr(type, value));
  }
  mlir::Value null() { return mlir::LLVM::ZeroOp::create(builder, loc, pointer); }
  mlir::Value address(llvm::StringRef symbol) {
    return mlir::LLVM::AddressOfOp::create(builder, loc, pointer,
                                           mlir::FlatSymbolRefAttr::get(builder.getContext(), symbol));
  }
  mlir::Value addressOrNull(llvm::StringRef symbol) { return symbol.empty() ? null() : address(symbol); }

  mlir::Value structure(llvm::ArrayRef<mlir::Value> fields) {
    llvm::SmallVector<mlir::Type> types;
    for (mlir::Value field : fields)
      types.push_back(field.getType());
    mlir::Value result =
        mlir::LLVM::UndefOp::create(builder, loc, mlir::LLVM::LLVMStructType::getLiteral(builder.getContext(), types));
    for (auto [i, field] : llvm::enumerate(fields))
      result = mlir::LLVM::InsertValueOp::create(builder, loc, result, field, i);
    return result;
  }

  /// A private constant that holds `text` and a final zero; equal texts share one.
  std::string string(llvm::StringRef text) {
    std::string &symbol = strings[text];
    if (symbol.empty()) {
      symbol = prefixed("string_" + std::to_string(strings.size() - 1));
      std::string bytes = text.str() + '\0';
      auto type = mlir::LLVM::LLVMArrayType::get(builder.getI8Type(), bytes.size());
      auto global = mlir::LLVM::GlobalOp::create(builder, loc, type, /*isConstant=*/true, mlir::LLVM::Linkage::Private,
                                                 symbol, builder.getStringAttr(bytes));
      global.setUnnamedAddr(mlir::LLVM::UnnamedAddr::Global);
    }
    return symbol;
  }

  /// A constant with the elements that `element(i)` builds; the symbol, or "" if there are none.
  std::string array(llvm::StringRef name, size_t count, llvm::function_ref<mlir::Value(size_t)> element) {
    if (count == 0)
      return "";
    std::string symbol = prefixed(name);
    // The type is known once an element is built: fill the initializer first.
    mlir::Region region;
    mlir::OpBuilder::InsertionGuard guard(builder);
    builder.createBlock(&region);
    llvm::SmallVector<mlir::Value> elements;
    for (size_t i = 0; i != count; ++i)
      elements.push_back(element(i));
    mlir::Value all =
        mlir::LLVM::UndefOp::create(builder, loc, mlir::LLVM::LLVMArrayType::get(elements[0].getType(), count));
    for (auto [i, value] : llvm::enumerate(elements))
      all = mlir::LLVM::InsertValueOp::create(builder, loc, all, value, i);
    mlir::LLVM::ReturnOp::create(builder, loc, all);
    global(symbol, mlir::LLVM::Linkage::Private, all.getType(), region);
    return symbol;
  }

  void global(llvm::StringRef symbol, mlir::LLVM::Linkage linkage, mlir::Type type, mlir::Region &initializer) {
    mlir::OpBuilder::InsertionGuard guard(builder);
    builder.setInsertionPointToEnd(module.getBody());
    auto global =
        mlir::LLVM::GlobalOp::create(builder, loc, type, /*isConstant=*/true, linkage, symbol, mlir::Attribute());
    global.getInitializerRegion().takeBody(initializer);
  }

  std::string prefixed(const llvm::Twine &name) { return (prefix + "_" + name).str(); }

  /// The symbol of bytes that are defined elsewhere.
  std::string declare(llvm::StringRef name) {
    mlir::OpBuilder::InsertionGuard guard(builder);
    builder.setInsertionPointToEnd(module.getBody());
    mlir::LLVM::GlobalOp::create(builder, loc, mlir::LLVM::LLVMArrayType::get(builder.getI8Type(), 0),
                                 /*isConstant=*/true, mlir::LLVM::Linkage::External, prefixed(name), mlir::Attribute());
    return prefixed(name);
  }

private:
  std::string shape(llvm::StringRef name, mlir::RankedTensorType type) {
    return array(name, type.getRank(),
                 [&](size_t i) { return i64(type.isDynamicDim(i) ? SINTER_BATCH_EXTENT : type.getDimSize(i)); });
  }

  std::string tensorTable();
  std::string ioTable(llvm::StringRef name, llvm::ArrayRef<IoEntry> entries);
  std::string kernelTable(llvm::ArrayRef<KernelEntry> kernels);
  std::string metricTable(mlir::ArrayAttr names);
  /// The device program; empty: there is none.
  std::string deviceProgram(const DeviceProgram &program);
  mlir::Value stepFunction(llvm::StringRef step) {
    std::string symbol = (prefix + "_artifact_" + step).str();
    return module.lookupSymbol(symbol) ? address(symbol) : null();
  }

  mlir::ModuleOp module;
  llvm::StringRef prefix;
  mlir::Location loc;
  mlir::OpBuilder builder;
  mlir::Type pointer;
  llvm::StringMap<std::string> strings;
};

} // namespace sinter

#endif // SINTER_LIB_CONVERSION_SINTERTOLLVM_ARTIFACTEMITTER_H
