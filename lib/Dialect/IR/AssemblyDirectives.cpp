// How are the custom pieces of the ops' assembly read and written?
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "AssemblyDirectives.h"

using namespace mlir;

namespace sinter {

ParseResult parseF64List(OpAsmParser &parser, DenseF64ArrayAttr &values) {
  SmallVector<double> numbers;
  auto parseNumber = [&]() -> ParseResult {
    SMLoc loc = parser.getCurrentLocation();
    Attribute attr;
    if (parser.parseAttribute(attr))
      return failure();
    if (auto number = dyn_cast<FloatAttr>(attr))
      numbers.push_back(number.getValueAsDouble());
    else if (auto integer = dyn_cast<IntegerAttr>(attr))
      numbers.push_back(static_cast<double>(integer.getInt()));
    else
      return parser.emitError(loc, "expected a number, found ") << attr;
    return success();
  };
  if (parser.parseCommaSeparatedList(parseNumber))
    return failure();
  values = parser.getBuilder().getDenseF64ArrayAttr(numbers);
  return success();
}

void printF64List(OpAsmPrinter &printer, Operation *op, DenseF64ArrayAttr values) {
  Type f64 = Float64Type::get(op->getContext());
  llvm::interleaveComma(values.asArrayRef(), printer,
                        [&](double value) { printer.printAttributeWithoutType(FloatAttr::get(f64, value)); });
}

ParseResult parseSymbolList(OpAsmParser &parser, ArrayAttr &symbols) {
  SmallVector<Attribute> names;
  auto parseSymbol = [&]() -> ParseResult {
    StringAttr name;
    if (parser.parseSymbolName(name))
      return failure();
    names.push_back(FlatSymbolRefAttr::get(name));
    return success();
  };
  if (parser.parseCommaSeparatedList(parseSymbol))
    return failure();
  symbols = parser.getBuilder().getArrayAttr(names);
  return success();
}

void printSymbolList(OpAsmPrinter &printer, Operation *, ArrayAttr symbols) {
  llvm::interleaveComma(symbols, printer, [&](Attribute symbol) { printer << symbol; });
}

ParseResult parsePredicateOf(OpAsmParser &parser, Type &lhs, Type &rhs, Type &result) {
  SMLoc loc = parser.getCurrentLocation();
  if (parser.parseType(lhs))
    return failure();
  auto tensor = dyn_cast<RankedTensorType>(lhs);
  if (!tensor)
    return parser.emitError(loc, "expected a ranked tensor type, found ") << lhs;
  rhs = lhs;
  result = tensor.clone(parser.getBuilder().getI1Type());
  return success();
}

void printPredicateOf(OpAsmPrinter &printer, Operation *, Type lhs, Type, Type) { printer << lhs; }

ParseResult parseSliceRange(OpAsmParser &parser, DenseI64ArrayAttr &starts, DenseI64ArrayAttr &limits,
                            DenseI64ArrayAttr &strides) {
  SmallVector<int64_t> start, limit, stride;
  auto parseRange = [&]() -> ParseResult {
    return failure(parser.parseInteger(start.emplace_back()) || parser.parseColon() ||
                   parser.parseInteger(limit.emplace_back()) || parser.parseColon() ||
                   parser.parseInteger(stride.emplace_back()));
  };
  if (parser.parseCommaSeparatedList(AsmParser::Delimiter::Square, parseRange))
    return failure();
  Builder &builder = parser.getBuilder();
  starts = builder.getDenseI64ArrayAttr(start);
  limits = builder.getDenseI64ArrayAttr(limit);
  strides = builder.getDenseI64ArrayAttr(stride);
  return success();
}

void printSliceRange(OpAsmPrinter &printer, Operation *, DenseI64ArrayAttr starts, DenseI64ArrayAttr limits,
                     DenseI64ArrayAttr strides) {
  printer << '[';
  llvm::interleaveComma(llvm::zip_equal(starts.asArrayRef(), limits.asArrayRef(), strides.asArrayRef()), printer,
                        [&](auto range) {
                          auto [start, limit, stride] = range;
                          printer << start << ':' << limit << ':' << stride;
                        });
  printer << ']';
}

} // namespace sinter
