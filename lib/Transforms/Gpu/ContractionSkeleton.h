// Products on a GPU: which tiles, and who writes what of them.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A block of 256 threads computes a tile of the result, [bm][bn]. For each stretch of `bk` of the summed dim it copies
// [bk][bm] of the left and [bk][bn] of the right operand to shared memory (through their prologues, whatever their
// layouts), and each thread multiplies into its own [tm][tn] accumulators. There are two such copies, used in turn, so
// that one barrier per stretch suffices. Sums run over k in order: results do not depend on the tile.
//
// The finished tile goes through shared memory once more, a slab of rows at a time, so that the epilogue reads and
// writes memory along rows.

#ifndef SINTER_LIB_TRANSFORMS_GPU_CONTRACTIONSKELETON_H
#define SINTER_LIB_TRANSFORMS_GPU_CONTRACTIONSKELETON_H

#include "../Tiling/Contraction.h"
#include "Skeletons.h"

namespace sinter {

struct ContractionTile {
  int64_t bm, bn, bk; ///< of a block
  int64_t tm, tn;     ///< of a thread

  int64_t threads() const { return bm / tm * (bn / tn); }
};

/// The largest tile of which there are enough to fill a GPU, or the smallest one.
ContractionTile chooseTile(const ContractionProblem &problem);

class ContractionSkeleton {
public:
  ContractionSkeleton(DeviceFunction &function, const ContractionProblem &problem, const ContractionTile &tile);

  void emit();
  /// Blocks of a launch.
  static Grid grid(const ContractionProblem &problem, const ContractionTile &tile);

private:
  using Value = mlir::Value;
  using Values = llvm::SmallVector<mlir::Value>;

  /// One side of the product: what is copied of it per stretch of k, `width` along `dim`.
  struct Side {
    const ContractionOperand *operand;
    const ContractionDim *dim;
    int64_t width;
    Value start;   ///< of the tile along `dim`
    Value storage; ///< [2][bk][width]
  };

  // ContractionSkeleton.cpp
  void decodeBlock();
  Values emitOuterK(unsigned depth, Values accumulators);
  Values emitStretches(Values accumulators);
  void copy(const Side &side, Value half, Value firstK);
  Value operandElement(const Side &side, Value at, Value k);
  Values multiply(Value half, Value k, mlir::ValueRange accumulators);
  Values fragment(const Side &side, Value half, Value k, Value first, int64_t count);
  Value flat(Value argument);
  Value outerOffset(llvm::ArrayRef<int64_t> strides, bool withK);
  Value extentOf(const ContractionDim &dim);

  // ContractionEpilogue.cpp
  void emitEpilogue(llvm::ArrayRef<Value> accumulators);
  void emitSlab(Value slab, int64_t row);
  void emitElement(Value m, Value n, Value sum);
  Value epilogueOperand(mlir::OpOperand &operand, Value m, Value n);
  Value resultOffset(Value argument, mlir::AffineMap map, Value m, Value n);
  Value indexOf(unsigned resultDim, Value m, Value n);
  void storeResult(Value tensor, Value value, Value m, Value n);

  DeviceFunction &function;
  mlir::OpBuilder &builder;
  mlir::Location loc;
  IndexMath math;
  const ContractionProblem &p;
  ContractionTile tile;
  mlir::Type element;
  KernelContext context;
  Side left, right;
  Value thread, isBlock; ///< null: every block of the grid has a tile
  Values outerIndex, outerKIndex;
  llvm::DenseMap<Value, Value> flatBuffers, current; ///< by kernel argument; by tensor of the body, at one element
};

} // namespace sinter

#endif // SINTER_LIB_TRANSFORMS_GPU_CONTRACTIONSKELETON_H
