// Places in the model's text, and the numbers that link what is made from an op of phase `step` to that op.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef SINTER_LIB_REPORT_LOCATIONS_H
#define SINTER_LIB_REPORT_LOCATIONS_H

#include "mlir/IR/Operation.h"
#include "llvm/Support/JSON.h"

namespace sinter {

/// Puts `number` into the location of `op`, where decomposition, lowering and fusion carry it along.
void setStepNumber(mlir::Operation *op, int64_t number);

/// All numbers in a location, ascending.
llvm::SmallVector<int64_t> stepNumbers(mlir::Location loc);

/// {"file", "line", "column"} of the first place in a location, or null.
llvm::json::Value placeOf(mlir::Location loc);

/// [{"op", "location"}]: the ops that a kernel's location names, each place once.
llvm::json::Array sourcesOf(mlir::Location loc);

/// Six significant digits: enough for what is predicted, and the same text everywhere.
double rounded(double value);

} // namespace sinter

#endif // SINTER_LIB_REPORT_LOCATIONS_H
