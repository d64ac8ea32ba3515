// The dialect: registration of attributes and ops, materialization of constants.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "sinter/Dialect/IR/SinterDialect.h"
#include "AssemblyDirectives.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/IR/DialectImplementation.h"
#include "mlir/Interfaces/FunctionImplementation.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace sinter;

#include "sinter/Dialect/IR/SinterDialect.cpp.inc"
#include "sinter/Dialect/IR/SinterEnums.cpp.inc"

#define GET_ATTRDEF_CLASSES
#include "sinter/Dialect/IR/SinterAttrs.cpp.inc"

#define GET_OP_CLASSES
#include "sinter/Dialect/IR/SinterOps.cpp.inc"

void SinterDialect::initialize() {
  addAttributes<
#define GET_ATTRDEF_LIST
#include "sinter/Dialect/IR/SinterAttrs.cpp.inc"
      >();
  addOperations<
#define GET_OP_LIST
#include "sinter/Dialect/IR/SinterOps.cpp.inc"
      >();
}

Operation *SinterDialect::materializeConstant(OpBuilder &builder, Attribute value, Type type, Location loc) {
  auto elements = dyn_cast<ElementsAttr>(value);
  if (!elements || !isa<RankedTensorType>(type))
    return nullptr;
  return ConstantOp::create(builder, loc, type, elements);
}

//===-- Function-like declarations -------------------------------------------------------------------------------===//

template <typename OpT>
static ParseResult parseFunctionLike(OpAsmParser &parser, OperationState &result) {
  auto buildType = [](Builder &builder, ArrayRef<Type> arguments, ArrayRef<Type> results,
                      function_interface_impl::VariadicFlag,
                      std::string &) { return builder.getFunctionType(arguments, results); };
  return function_interface_impl::parseFunctionOp(
      parser, result, /*allowVariadic=*/false, OpT::getFunctionTypeAttrName(result.name), buildType,
      OpT::getArgAttrsAttrName(result.name), OpT::getResAttrsAttrName(result.name));
}

ParseResult ModelOp::parse(OpAsmParser &parser, OperationState &result) {
  return parseFunctionLike<ModelOp>(parser, result);
}
ParseResult LossOp::parse(OpAsmParser &parser, OperationState &result) {
  return parseFunctionLike<LossOp>(parser, result);
}
void ModelOp::print(OpAsmPrinter &printer) {
  function_interface_impl::printFunctionOp(printer, *this, /*isVariadic=*/false, getFunctionTypeAttrName(),
                                           getArgAttrsAttrName(), getResAttrsAttrName());
}
void LossOp::print(OpAsmPrinter &printer) {
  function_interface_impl::printFunctionOp(printer, *this, /*isVariadic=*/false, getFunctionTypeAttrName(),
                                           getArgAttrsAttrName(), getResAttrsAttrName());
}
