// A generic's scalar region, computed for a whole vector of points.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef SINTER_TRANSFORMS_TILING_SCALARTOVECTOR_H
#define SINTER_TRANSFORMS_TILING_SCALARTOVECTOR_H

#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/IRMapping.h"

namespace sinter {

/// Clones ops of a scalar region for vectors of `lanes` (1: for scalars). Values that are the same in all lanes stay
/// scalars until they meet a vector. `arith.maximumf` and `minimumf` become compare and select, which keeps NaN and
/// costs one or three instructions (it does not order the two zeros). Loops (`scf.for`) may stand in the region.
class ScalarToVector {
public:
  /// The value of `linalg.index` for loop `dim`: an index, or a vector of `lanes` of them.
  using IndexOf = llvm::function_ref<mlir::Value(unsigned dim)>;
  /// The element that a `tensor.extract` reads, for the already cloned (scalar) indices; null if not supported here.
  using ExtractOf = llvm::function_ref<mlir::Value(mlir::Value tensor, mlir::ValueRange indices)>;

  ScalarToVector(mlir::OpBuilder &builder, mlir::Location loc, int64_t lanes)
      : builder(builder), loc(loc), lanes(lanes) {}

  /// Clones all ops of `body` but its terminator and, if given, `skip`. `values` maps the block arguments (and receives
  /// all others).
  void clone(mlir::Block &body, mlir::IRMapping &values, IndexOf indexOf, ExtractOf extractOf = nullptr,
             mlir::Operation *skip = nullptr);

  /// `value` in all lanes; itself if it is a vector already, or if lanes is 1.
  mlir::Value broadcast(mlir::Value value);

  /// The larger of two values, NaN if one of them is: floats or signed integers.
  mlir::Value maximum(mlir::Value a, mlir::Value b);

private:
  void captureConstants(mlir::Operation &op, mlir::IRMapping &values);
  void cloneOp(mlir::Operation &op, mlir::IRMapping &values);
  void cloneLoop(mlir::scf::ForOp loop, mlir::IRMapping &values);
  llvm::DenseSet<mlir::Value> vectorsIn(mlir::scf::ForOp loop, const mlir::IRMapping &values);
  mlir::Value selectExtreme(mlir::Value a, mlir::Value b, bool maximum);

  mlir::OpBuilder &builder;
  mlir::Location loc;
  int64_t lanes;
};

/// The constant mask with the first `active` of `lanes` lanes set.
mlir::Value constantMask(mlir::OpBuilder &builder, mlir::Location loc, int64_t lanes, int64_t active);

/// Loads `lanes` elements (a scalar if lanes is 1) at `indices`; lanes outside `mask` (may be null) are zero.
/// i1 values come from buffers of i8.
mlir::Value loadElements(mlir::OpBuilder &builder, mlir::Location loc, mlir::Value buffer, mlir::ValueRange indices,
                         int64_t lanes, mlir::Type element, mlir::Value mask = nullptr);

/// Stores a vector (a scalar if lanes is 1) at `indices`, only the lanes of `mask` if given.
void storeElements(mlir::OpBuilder &builder, mlir::Location loc, mlir::Value value, mlir::Value buffer,
                   mlir::ValueRange indices, mlir::Value mask = nullptr);

} // namespace sinter

#endif // SINTER_TRANSFORMS_TILING_SCALARTOVECTOR_H
