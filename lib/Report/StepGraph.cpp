// The graph of a step function before fusion.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "StepGraph.h"

#include "Locations.h"
#include "sinter/Transforms/Memory/Layout.h"
#include "llvm/ADT/DenseMap.h"

using namespace mlir;

namespace sinter {

std::string typeText(Type type) {
  std::string text;
  llvm::raw_string_ostream(text) << type;
  return text;
}

StringRef textOf(DictionaryAttr attributes, StringRef name) {
  auto text = attributes ? attributes.getAs<StringAttr>(name) : StringAttr();
  return text ? text.getValue() : StringRef();
}

/// The name of an argument; the role where it has none.
static std::string argumentName(func::FuncOp function, BlockArgument argument) {
  DictionaryAttr attributes = function.getArgAttrDict(argument.getArgNumber());
  StringRef name = textOf(attributes, kNameAttr);
  return (name.empty() ? textOf(attributes, kRoleAttr) : name).str();
}

static llvm::json::Object readOp(func::FuncOp function, Operation &op, int64_t id,
                                 const llvm::DenseMap<Operation *, int64_t> &numbers) {
  llvm::json::Array operands, arguments, types;
  for (Value operand : op.getOperands()) {
    if (auto argument = dyn_cast<BlockArgument>(operand))
      arguments.push_back(argumentName(function, argument));
    else
      operands.push_back(numbers.lookup(operand.getDefiningOp()));
  }
  for (Type type : op.getResultTypes())
    types.push_back(typeText(type));
  return llvm::json::Object{{"id", id},
                            {"op", op.getName().stripDialect()},
                            {"location", placeOf(op.getLoc())},
                            {"types", std::move(types)},
                            {"operands", std::move(operands)},
                            {"arguments", std::move(arguments)}};
}

llvm::json::Array readOps(func::FuncOp function) {
  llvm::json::Array ops;
  llvm::DenseMap<Operation *, int64_t> numbers; // never iterated over
  for (Operation &op : function.front().without_terminator()) {
    int64_t id = ops.size();
    numbers[&op] = id;
    ops.push_back(readOp(function, op, id, numbers));
    setStepNumber(&op, id);
  }
  return ops;
}

static llvm::json::Object readPort(DictionaryAttr attributes, Type type) {
  StringRef name = textOf(attributes, kNameAttr);
  return llvm::json::Object{{"name", name.empty() ? llvm::json::Value(nullptr) : llvm::json::Value(name)},
                            {"role", textOf(attributes, kRoleAttr)},
                            {"type", typeText(type)}};
}

llvm::json::Array readArguments(func::FuncOp function) {
  llvm::json::Array ports;
  for (auto [i, type] : llvm::enumerate(function.getArgumentTypes()))
    ports.push_back(readPort(function.getArgAttrDict(i), type));
  return ports;
}

llvm::json::Array readResults(func::FuncOp function) {
  llvm::json::Array ports;
  for (auto [i, value] : llvm::enumerate(function.front().getTerminator()->getOperands())) {
    llvm::json::Object port = readPort(function.getResultAttrDict(i), value.getType());
    Operation *maker = value.getDefiningOp();
    SmallVector<int64_t> numbers = maker ? stepNumbers(maker->getLoc()) : SmallVector<int64_t>();
    port["op"] = numbers.empty() ? llvm::json::Value(nullptr) : llvm::json::Value(numbers.front());
    ports.push_back(std::move(port));
  }
  return ports;
}

} // namespace sinter
