// A tile of a matrix in shared memory, several of them in turn, laid out for tensor cores.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Tensor cores are fed by `ldmatrix`, which reads eight rows of 16 bytes (a chunk) at a time. Shared memory serves 128
// consecutive bytes at once; rows of a tile lie further apart than 16 bytes, so the same chunk of eight rows would come
// from the same banks, one after the other. So chunks are *swizzled*: chunk c of a row lies at c xor t, where t is 0,
// 2, 4, 6, 1, 3, 5, 7 for eight neighbouring rows, and these have their chunks at eight different places. (Even numbers
// first: so four rows have two chunks each, 2i and 2i + 1, at eight different places as well, which loads of single f32
// need.) With rows of four chunks two rows share 128 bytes, and t is (row / 2) mod 4:
//
//   row 0:  0 1 2 3     row 2:  1 0 3 2     row 4:  2 3 0 1     row 6:  3 2 1 0
//   row 1:  0 1 2 3     row 3:  1 0 3 2     row 5:  2 3 0 1     row 7:  3 2 1 0
//
// A tile keeps the order of its matrix in memory: neighbours there are neighbours in a row here. So copies move chunks,
// or parts of them, and whoever needs the transpose transposes when loading.

#ifndef SINTER_LIB_TRANSFORMS_GPU_SHAREDTILE_H
#define SINTER_LIB_TRANSFORMS_GPU_SHAREDTILE_H

#include "DeviceFunction.h"

namespace sinter {

class SharedTile {
public:
  /// `stages` tiles of [rows][columns] from byte `offset` of `bytes` on. Columns are a power of two.
  SharedTile(mlir::OpBuilder &builder, mlir::Location loc, mlir::Value bytes, int64_t offset, int64_t stages,
             int64_t rows, int64_t columns, mlir::Type element);

  static int64_t bytes(int64_t stages, int64_t rows, int64_t columns, mlir::Type element);

  /// Where an element lies in `buffer`.
  llvm::SmallVector<mlir::Value, 3> indices(mlir::Value stage, mlir::Value row, mlir::Value column) const;

  /// Elements of a chunk.
  int64_t chunk() const;
  mlir::Type element() const;

  int64_t rows, columns;
  mlir::Value buffer; ///< [stages][rows][columns]

private:
  mlir::OpBuilder &builder;
  mlir::Location loc;
};

/// Starts the copy (`cp.async`) of `count` elements, 4, 8 or 16 bytes, from element `at` of `source` to `indices` of
/// `buffer`, both on multiples of as many bytes; zeros come in their place where `valid` does not hold (null: it does).
/// It belongs to the thread's next group.
void startCopy(mlir::OpBuilder &builder, mlir::Location loc, mlir::Value source, mlir::Value at, int64_t count,
               mlir::Value valid, mlir::Value buffer, mlir::ValueRange indices);

/// Closes the thread's group of copies; waits until all of its groups but the last `pending` have arrived.
void commitCopies(mlir::OpBuilder &builder, mlir::Location loc);
void waitForCopies(mlir::OpBuilder &builder, mlir::Location loc, int64_t pending);

} // namespace sinter

#endif // SINTER_LIB_TRANSFORMS_GPU_SHAREDTILE_H
