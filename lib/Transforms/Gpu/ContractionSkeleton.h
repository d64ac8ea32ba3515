// Products on a GPU: which block computes which tile of the result, and what follows the product.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A block of threads computes a tile of the result, [bm][bn]. For each stretch of `bk` of the summed dim it brings that
// much of both operands to shared memory, and multiplies. How it does that is the concern of two kinds of skeleton:
//
//   FmaSkeleton   multiply-adds of single numbers, in f32 and f64
//   MmaSkeleton   the matrix instructions of warps (`mma.sync`), of f16 and bf16 and, if asked for, of f32 as tf32
//
// The finished tile goes through shared memory once more, a slab of rows at a time, so that the epilogue reads and
// writes memory along rows. Sums run over k in order: results do not depend on the grid.

#ifndef SINTER_LIB_TRANSFORMS_GPU_CONTRACTIONSKELETON_H
#define SINTER_LIB_TRANSFORMS_GPU_CONTRACTIONSKELETON_H

#include "../Tiling/Contraction.h"
#include "Skeletons.h"

namespace sinter {

/// Of the result, by a block; and how much of the summed dim is in shared memory at a time.
struct BlockTile {
  int64_t bm, bn, bk, threads;
};

/// The first tile of which there are enough to fill a GPU, or the last one: tiles come from large to small.
template <typename Tile>
const Tile &chooseTile(const ContractionProblem &problem, llvm::ArrayRef<Tile> tiles);
/// Tiles of this size that the result has.
int64_t countTiles(const ContractionProblem &problem, const BlockTile &tile);
/// Blocks that fill a large GPU.
constexpr int64_t kFillingBlocks = 128;

class ContractionSkeleton {
public:
  virtual ~ContractionSkeleton() = default;
  void emit();
  /// Blocks of a launch.
  static Grid grid(const ContractionProblem &problem, const BlockTile &tile);

protected:
  using Value = mlir::Value;
  using Values = llvm::SmallVector<mlir::Value>;

  /// One side of the product: what is copied of it per stretch of k, `width` along `dim`.
  struct Side {
    const ContractionOperand *operand;
    const ContractionDim *dim;
    int64_t width;
    Value start;   ///< of the tile along `dim`
    Value storage; ///< shared memory

    /// Neighbours along k lie side by side.
    bool alongK(const ContractionDim &k) const { return strideAlong(strides(), k) == 1; }
    /// Of the first tensor that is read; of the operand itself if it is made of none.
    llvm::ArrayRef<int64_t> strides() const {
      return operand->sources.empty() ? operand->strides : operand->sources.front().strides;
    }
  };

  ContractionSkeleton(DeviceFunction &function, const ContractionProblem &problem, const BlockTile &tile);

  virtual void allocate() = 0;
  /// Accumulators of a thread, of the problem's element type.
  virtual int64_t accumulators() const = 0;
  /// Adds the products along `p.k` to the accumulators.
  virtual Values emitStretches(Values accumulators) = 0;
  /// Brings the accumulators to a slab of shared memory, some at a time, and hands it to `emitSlab`.
  virtual void emitEpilogue(llvm::ArrayRef<Value> accumulators) = 0;

  // ContractionSkeleton.cpp
  /// Whether the operand has an element there; null: it always has.
  Value isInside(const Side &side, Value at, Value k);
  Value operandElement(const Side &side, Value at, Value k, mlir::Type type);
  Value flat(Value argument);
  Value outerOffset(llvm::ArrayRef<int64_t> strides, bool withK);
  Value extentOf(const ContractionDim &dim);

  // ContractionEpilogue.cpp
  /// The epilogue of `slab`, [lines][bn], whose line l is row `rowOf(l)` of the tile.
  void emitSlab(Value slab, llvm::function_ref<Value(Value)> rowOf);

  DeviceFunction &function;
  mlir::OpBuilder &builder;
  mlir::Location loc;
  IndexMath math;
  const ContractionProblem &p;
  BlockTile block;
  mlir::Type element;
  KernelContext context;
  Side left, right;
  Value thread;

private:
  void decodeBlock();
  Values emitOuterK(unsigned depth, Values accumulators);

  void emitElement(Value m, Value n, Value sum);
  Value epilogueOperand(mlir::OpOperand &operand, Value m, Value n);
  Value resultOffset(Value argument, mlir::AffineMap map, Value m, Value n);
  Value indexOf(unsigned resultDim, Value m, Value n);
  void storeResult(Value tensor, Value value, Value m, Value n);

  Value isBlock; ///< null: every block of the grid has a tile
  Values outerIndex, outerKIndex;
  llvm::DenseMap<Value, Value> flatBuffers, current; ///< by kernel argument; by tensor of the body, at one element
};

template <typename Tile>
const Tile &chooseTile(const ContractionProblem &problem, llvm::ArrayRef<Tile> tiles) {
  const auto *found =
      llvm::find_if(tiles, [&](const Tile &tile) { return countTiles(problem, tile.block()) >= kFillingBlocks; });
  return found == tiles.end() ? tiles.back() : *found;
}

/// They add the function of the product to the emission.
void emitFmaContraction(DeviceEmission &emission, const ContractionProblem &problem);
void emitMmaContraction(DeviceEmission &emission, const ContractionProblem &problem);
/// Whether there are matrix instructions for the operands' type.
bool hasMatrixInstruction(const ContractionProblem &problem, bool tf32);

} // namespace sinter

#endif // SINTER_LIB_TRANSFORMS_GPU_CONTRACTIONSKELETON_H
