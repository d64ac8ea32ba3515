// How is a linalg.generic of the form that fusion reads built?
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef SINTER_LIB_CONVERSION_SINTERTOLINALG_GENERIC_H
#define SINTER_LIB_CONVERSION_SINTERTOLINALG_GENERIC_H

#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/IR/PatternMatch.h"

namespace sinter {

/// The number of rows of this call: the leading extent of the function's first argument that has a batch extent. Null,
/// after an error at `op`, when no argument has one.
mlir::Value batchExtent(mlir::OpBuilder &builder, mlir::Operation *op);

/// `tensor.empty` of `type`; null after an error at `op` when the batch extent is not to be had.
mlir::Value emptyTensor(mlir::OpBuilder &builder, mlir::Operation *op, mlir::RankedTensorType type);

/// Scalar values of the results, built from those of the inputs at one point.
using ScalarBody =
    llvm::function_ref<llvm::SmallVector<mlir::Value>(mlir::OpBuilder &, mlir::Location, mlir::ValueRange inputs)>;

/// Replaces `op` by a `linalg.generic` over the elements of its results, which have one shape; input i is read at
/// `maps[i]` of the element's index (everywhere the identity when `maps` is empty).
mlir::LogicalResult replaceWithElementwise(mlir::RewriterBase &rewriter, mlir::Operation *op, mlir::ValueRange inputs,
                                           llvm::ArrayRef<mlir::AffineMap> maps, ScalarBody body);

/// The map from `rank` loops to the loops listed in `dims`.
mlir::AffineMap selectDims(mlir::MLIRContext *context, int64_t rank, llvm::ArrayRef<int64_t> dims);

/// The constant `number` of a scalar type.
mlir::Value scalarConstant(mlir::OpBuilder &builder, mlir::Location loc, mlir::Type type, double number);

} // namespace sinter

#endif // SINTER_LIB_CONVERSION_SINTERTOLINALG_GENERIC_H
