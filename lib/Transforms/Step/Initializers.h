// What is a parameter's value before the first step?
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef SINTER_LIB_TRANSFORMS_STEP_INITIALIZERS_H
#define SINTER_LIB_TRANSFORMS_STEP_INITIALIZERS_H

#include "sinter/Transforms/Autodiff/Expr.h"

namespace sinter {

/// Builds the initial value of `parameter`, the `index`th of its module. Random initializers read the streams 2 index
/// and 2 index + 1 (or `stream` and `stream` + 1, where the parameter says so) of `seed` at step 0.
mlir::Value initialValue(mlir::OpBuilder &builder, ParameterOp parameter, unsigned index, mlir::Value seed,
                         mlir::Value step);

} // namespace sinter

#endif // SINTER_LIB_TRANSFORMS_STEP_INITIALIZERS_H
