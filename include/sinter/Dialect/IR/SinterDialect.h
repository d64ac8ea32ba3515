// The sinter dialect: its attributes, enumerations and ops.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef SINTER_DIALECT_IR_SINTERDIALECT_H
#define SINTER_DIALECT_IR_SINTERDIALECT_H

#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Dialect.h"
#include "mlir/IR/OpDefinition.h"
#include "mlir/IR/OpImplementation.h"
#include "mlir/IR/SymbolTable.h"
#include "mlir/Interfaces/ControlFlowInterfaces.h"
#include "mlir/Interfaces/FunctionInterfaces.h"
#include "mlir/Interfaces/InferTypeOpInterface.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

#include "sinter/Dialect/IR/SinterDialect.h.inc"
#include "sinter/Dialect/IR/SinterEnums.h.inc"

#define GET_ATTRDEF_CLASSES
#include "sinter/Dialect/IR/SinterAttrs.h.inc"

#define GET_OP_CLASSES
#include "sinter/Dialect/IR/SinterOps.h.inc"

namespace sinter {

/// f16 and bf16, which are only stored.
bool isHalf(mlir::Type element);

/// The type in which values of a float type are summed and differentiated: f32 for those that are only stored.
mlir::Type computeType(mlir::Type element);

/// The value of which `value` is another view: itself, without reshapes.
mlir::Value rootOf(mlir::Value value);

} // namespace sinter

#endif // SINTER_DIALECT_IR_SINTERDIALECT_H
