// How are the custom pieces of the ops' assembly read and written?
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef LIB_DIALECT_IR_ASSEMBLYDIRECTIVES_H
#define LIB_DIALECT_IR_ASSEMBLYDIRECTIVES_H

#include "mlir/IR/Builders.h"
#include "sinter/Dialect/IR/SinterDialect.h"

namespace sinter {

/// `eq`, `adam`, ...: an enumerator as a bare keyword; absent only when optional.
template <typename EnumAttrT>
mlir::OptionalParseResult parseOptionalEnumKeyword(mlir::OpAsmParser &parser, EnumAttrT &attr) {
  using Enum = decltype(attr.getValue());
  llvm::SMLoc loc = parser.getCurrentLocation();
  llvm::StringRef keyword;
  if (parser.parseOptionalKeyword(&keyword))
    return std::nullopt;
  std::optional<Enum> value = symbolizeEnum<Enum>(keyword);
  if (!value)
    return mlir::ParseResult(parser.emitError(loc, "unknown keyword '") << keyword << "'");
  attr = EnumAttrT::get(parser.getContext(), *value);
  return mlir::ParseResult(mlir::success());
}

template <typename EnumAttrT>
mlir::ParseResult parseEnumKeyword(mlir::OpAsmParser &parser, EnumAttrT &attr) {
  mlir::OptionalParseResult result = parseOptionalEnumKeyword(parser, attr);
  if (!result.has_value())
    return parser.emitError(parser.getCurrentLocation(), "expected a keyword");
  return *result;
}

template <typename EnumAttrT>
void printEnumKeyword(mlir::OpAsmPrinter &printer, mlir::Operation *, EnumAttrT attr) {
  printer << stringifyEnum(attr.getValue());
}
template <typename EnumAttrT>
void printOptionalEnumKeyword(mlir::OpAsmPrinter &printer, mlir::Operation *op, EnumAttrT attr) {
  printEnumKeyword(printer, op, attr);
}

/// `0.5, -1`: numbers, with or without a point.
mlir::ParseResult parseF64List(mlir::OpAsmParser &parser, mlir::DenseF64ArrayAttr &values);
void printF64List(mlir::OpAsmPrinter &printer, mlir::Operation *, mlir::DenseF64ArrayAttr values);

/// `@a, @b`.
mlir::ParseResult parseSymbolList(mlir::OpAsmParser &parser, mlir::ArrayAttr &symbols);
void printSymbolList(mlir::OpAsmPrinter &printer, mlir::Operation *, mlir::ArrayAttr symbols);

/// The operands' type; the result is i1 of the same shape.
mlir::ParseResult parsePredicateOf(mlir::OpAsmParser &parser, mlir::Type &lhs, mlir::Type &rhs, mlir::Type &result);
void printPredicateOf(mlir::OpAsmPrinter &printer, mlir::Operation *, mlir::Type lhs, mlir::Type rhs, mlir::Type result);

/// `[start:limit:stride, ...]`.
mlir::ParseResult parseSliceRange(mlir::OpAsmParser &parser, mlir::DenseI64ArrayAttr &starts,
                                  mlir::DenseI64ArrayAttr &limits, mlir::DenseI64ArrayAttr &strides);
void printSliceRange(mlir::OpAsmPrinter &printer, mlir::Operation *, mlir::DenseI64ArrayAttr starts,
                     mlir::DenseI64ArrayAttr limits, mlir::DenseI64ArrayAttr strides);

} // namespace sinter

#endif // LIB_DIALECT_IR_ASSEMBLYDIRECTIVES_H
