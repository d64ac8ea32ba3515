// Are the declarations of a model well formed? The constraints are numbered in DeclarationOps.td.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "sinter/Dialect/IR/SinterDialect.h"

using namespace mlir;
using namespace sinter;

//===-- parameter ------------------------------------------------------------------------------------------------===//

namespace {
/// How many arguments an initializer takes.
struct Arity {
  size_t least, most;
};
} // namespace

static Arity arityOf(InitializerKind kind) {
  switch (kind) {
  case InitializerKind::Zeros:
  case InitializerKind::Ones:
    return {0, 0};
  case InitializerKind::Constant:
    return {1, 1};
  case InitializerKind::Uniform:
  case InitializerKind::Normal:
    return {0, 2};
  case InitializerKind::XavierUniform:
  case InitializerKind::XavierNormal:
  case InitializerKind::KaimingUniform:
  case InitializerKind::KaimingNormal:
    return {0, 1};
  }
  llvm_unreachable("all initializers are listed");
}

LogicalResult ParameterOp::verify() {
  RankedTensorType type = getTensorType();
  if (!type.hasStaticShape()) // C1
    return emitOpError("needs a static shape, found ") << type;
  if (type.getNumElements() == 0) // C4
    return emitOpError("needs at least one element, found ") << type;
  InitializerKind kind = getInitializer();
  ArrayRef<double> values = getArguments().value_or(ArrayRef<double>());
  Arity arity = arityOf(kind);
  if (values.size() < arity.least || values.size() > arity.most) // C2
    return emitOpError("initializer '") << stringifyInitializerKind(kind) << "' takes " << arity.least
                                        << (arity.most > arity.least ? " to " + std::to_string(arity.most) : "")
                                        << " arguments, found " << values.size();
  if (kind == InitializerKind::Uniform) {
    double low = values.empty() ? 0.0 : values[0], high = values.size() < 2 ? 1.0 : values[1];
    if (!(low < high))
      return emitOpError("initializer 'uniform' needs low < high, found ") << low << " and " << high;
  }
  if (kind == InitializerKind::Normal && values.size() == 2 && !(values[1] >= 0))
    return emitOpError("initializer 'normal' needs a deviation that is not negative, found ") << values[1];
  bool usesFans = kind >= InitializerKind::XavierUniform;
  if (usesFans && type.getRank() < 2) // C3
    return emitOpError("initializer '") << stringifyInitializerKind(kind) << "' needs rank 2 or more, found " << type;
  return success();
}

LogicalResult GetOp::verifySymbolUses(SymbolTableCollection &symbols) {
  if (getParameters().size() != getNumResults())
    return emitOpError("names ") << getParameters().size() << " parameters, but has " << getNumResults() << " results";
  for (auto [name, value] : llvm::zip_equal(getParameters().getAsRange<FlatSymbolRefAttr>(), getResults())) {
    auto parameter = symbols.lookupNearestSymbolFrom<ParameterOp>(*this, name);
    if (!parameter)
      return emitOpError("names ") << name << ", which is not a sinter.parameter of the module";
    if (parameter.getType() != value.getType()) {
      InFlightDiagnostic error = emitOpError("reads ")
                                 << name << " as " << value.getType() << ", expected " << parameter.getType();
      error.attachNote(parameter.getLoc()) << "the parameter is declared here";
      return error;
    }
  }
  return success();
}

//===-- model, loss ----------------------------------------------------------------------------------------------===//

/// The batch is in front; there are elements.
static LogicalResult verifyInterface(Operation *op, TypeRange types, StringRef what) {
  for (auto [i, type] : llvm::enumerate(types)) {
    auto tensor = dyn_cast<RankedTensorType>(type);
    if (!tensor)
      return op->emitOpError() << what << " " << i << " is not a ranked tensor: " << type;
    for (int64_t d = 1; d < tensor.getRank(); ++d)
      if (tensor.isDynamicDim(d))
        return op->emitOpError() << what << " " << i << " may have a dynamic extent only in front, found " << type;
    if (llvm::is_contained(tensor.getShape(), 0)) // C3
      return op->emitOpError() << what << " " << i << " needs at least one element, found " << type;
    if (isHalf(tensor.getElementType())) // C4
      return op->emitOpError() << what << " " << i << " expected elements of f32, f64 or an integer type, found "
                               << type << ": convert inside";
  }
  return success();
}

LogicalResult ModelOp::verify() {
  if (getNumResults() == 0)
    return emitOpError("needs at least one result");
  if (failed(verifyInterface(*this, getArgumentTypes(), "argument")))
    return failure();
  return verifyInterface(*this, getResultTypes(), "result"); // C2
}

LogicalResult LossOp::verify() {
  if (failed(verifyInterface(*this, getArgumentTypes(), "argument")))
    return failure();
  ArrayRef<Type> results = getResultTypes();
  auto scalar = results.size() == 1 ? dyn_cast<RankedTensorType>(results[0]) : RankedTensorType();
  if (!scalar || scalar.getRank() != 0 || !isa<Float32Type, Float64Type>(scalar.getElementType())) // C1
    return emitOpError("needs one result of type tensor<f32> or tensor<f64>, found ") << getFunctionType();
  return success();
}

LogicalResult ReturnOp::verify() {
  auto function = cast<FunctionOpInterface>((*this)->getParentOp());
  if (llvm::equal(getOperandTypes(), function.getResultTypes()))
    return success();
  InFlightDiagnostic error = emitOpError("returns (")
                             << getOperandTypes() << "), expected (" << function.getResultTypes() << ")";
  error.attachNote(function.getLoc()) << "the result types are declared here";
  return error;
}

//===-- metrics, state -------------------------------------------------------------------------------------------===//

LogicalResult MetricsOp::verify() {
  SmallVector<StringRef> seen;
  for (StringRef name : getNames().getAsValueRange<StringAttr>()) {
    if (!llvm::is_contained({"accuracy", "mae", "r2"}, name))
      return emitOpError("unknown metric \"") << name << R"(", expected "accuracy", "mae" or "r2")";
    if (llvm::is_contained(seen, name))
      return emitOpError("names metric \"") << name << "\" twice";
    seen.push_back(name);
  }
  return success();
}

LogicalResult StateOp::verify() {
  if (!cast<ShapedType>(getType()).hasStaticShape())
    return emitOpError("needs a static shape, found ") << getType();
  return success();
}
