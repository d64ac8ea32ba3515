// Tiles of operands in shared memory, several stages of them, for the matrix instructions of a GPU.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Rows of a tile are cut into chunks of 16 bytes, which is what an asynchronous copy brings and what one row of an
// 8 x 8 matrix of half floats is. Within a row chunks change places by an exclusive or with a phase that depends on the
// row, so that eight rows that are read at once lie in different banks. Rows of four chunks, two of which fill the
// banks:
//
//   row 0   0 1 2 3      row 2   1 0 3 2      row 4   2 3 0 1      row 6   3 2 1 0
//   row 1   0 1 2 3      row 3   1 0 3 2      row 5   2 3 0 1      row 7   3 2 1 0

#ifndef SINTER_LIB_TRANSFORMS_GPU_STAGEDTILE_H
#define SINTER_LIB_TRANSFORMS_GPU_STAGEDTILE_H

#include "DeviceFunction.h"

namespace sinter {

struct StagedTile {
  mlir::Value buffer; ///< [stages][rows][columns] in shared memory
  int64_t rows = 0, columns = 0;
  /// What is read at once: elements of one column in eight rows or, if true, two chunks in each of four rows.
  bool inPairs = false;

  mlir::Type element() const { return llvm::cast<mlir::MemRefType>(buffer.getType()).getElementType(); }
  /// Elements of a chunk.
  int64_t chunk() const { return kAccessBytes * 8 / element().getIntOrFloatBitWidth(); }
  int64_t chunksOfRow() const { return columns / chunk(); }
  int64_t chunks() const { return rows * chunksOfRow(); }

  /// Indices of an element of the buffer.
  llvm::SmallVector<mlir::Value> place(IndexMath &math, mlir::Value stage, mlir::Value row, mlir::Value column) const;
};

} // namespace sinter

#endif // SINTER_LIB_TRANSFORMS_GPU_STAGEDTILE_H
