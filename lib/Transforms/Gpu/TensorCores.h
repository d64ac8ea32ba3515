// Products of small matrices by the instruction `mma.sync`, and which thread holds what of them.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The 32 threads (lanes) of a warp multiply a [16][k] by a [k][8] matrix together and add the product to [16][8] sums
// of f32; k is 16 for f16 and bf16, 8 for tf32, two chunks of 16 bytes each. Each lane has a few elements of each in
// 32-bit registers, its *fragment*: halves two to a register, neighbours along k.
//
//   sums        4 registers: rows lane / 4 and 8 more, columns 2 * (lane % 4) and the next
//   left        4 registers: rows lane / 4 and 8 more, k in chunk 0 and chunk 1
//   right       2 registers: column lane / 4,          k in chunk 0 and chunk 1
//
// `ldmatrix` loads four such 8 x 8 matrices at once, lane i naming row i % 8 of matrix i / 8; so the right operand
// comes for two products at a time. Where neighbours in a tile are neighbours along the result instead of along k, its
// form
// `.trans` does the rest; it knows elements of 16 bits only, and f32 are loaded one by one.
//
// tf32 are f32 with 10 bits of fraction: they are rounded (to nearest, ties away from zero) when loaded.

#ifndef SINTER_LIB_TRANSFORMS_GPU_TENSORCORES_H
#define SINTER_LIB_TRANSFORMS_GPU_TENSORCORES_H

#include "SharedTile.h"

namespace sinter {

class TensorCores {
public:
  static constexpr int64_t kRows = 16, kColumns = 8, kSums = 4;
  /// Along k, of one product.
  static constexpr int64_t kChunks = 2;

  /// Elements are f16 or bf16, or f32 that become tf32.
  TensorCores(mlir::OpBuilder &builder, mlir::Location loc, mlir::Value lane, mlir::Type element)
      : builder(builder), loc(loc), math(builder, loc), lane(lane), element(element) {}

  enum class Operand { Left, Right };

  /// The fragments of 16 rows (columns, for two products) of an operand from `at` on, two chunks of k from `k` on.
  /// `alongK`: the tile is [at][k], else [k][at].
  llvm::SmallVector<mlir::Value> load(const SharedTile &tile, bool alongK, Operand operand, mlir::Value stage,
                                      mlir::Value at, mlir::Value k);
  /// sums += left * right.
  void multiply(llvm::ArrayRef<mlir::Value> left, llvm::ArrayRef<mlir::Value> right,
                llvm::MutableArrayRef<mlir::Value> sums);
  /// Where the lane's sum number `number` lies in the [16][8] of a product.
  mlir::Value sumRow(int64_t number);
  mlir::Value sumColumn(int64_t number);

private:
  llvm::SmallVector<mlir::Value> loadMatrices(const SharedTile &tile, mlir::Value stage, mlir::Value row,
                                              mlir::Value column, bool transposes);
  mlir::Value roundToTf32(mlir::Value number);

  mlir::OpBuilder &builder;
  mlir::Location loc;
  IndexMath math;
  mlir::Value lane; ///< number of the thread in its warp
  mlir::Type element;
};

} // namespace sinter

#endif // SINTER_LIB_TRANSFORMS_GPU_TENSORCORES_H
