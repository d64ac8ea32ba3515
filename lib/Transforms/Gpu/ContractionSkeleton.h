// Products on a GPU: what a block computes, and how its results are finished, whoever multiplies.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A block computes a tile of the result, [m][n]: it adds up products over stretches of the summed dim, which it copies
// to shared memory, and leaves the sums spread over its threads' registers (the accumulators). How, is what the
// skeletons differ in: FmaContraction multiplies element by element in any type, MmaContraction on tensor cores, and
// WgmmaContraction on Hopper's.
// Sums run over k in order, or over parts of it that follow from shapes (ContractionParts.h): results depend neither on
// the grid nor on the device.
//
// The finished tile goes through shared memory once more, a slab of rows at a time, so that the epilogue reads and
// writes memory along rows, and sees one element of the result at a time whatever the accumulators look like.

#ifndef SINTER_LIB_TRANSFORMS_GPU_CONTRACTIONSKELETON_H
#define SINTER_LIB_TRANSFORMS_GPU_CONTRACTIONSKELETON_H

#include "../Tiling/Contraction.h"
#include "Skeletons.h"

namespace sinter {

/// Rows and columns of the result that a block computes.
struct BlockTile {
  int64_t m, n;
};

/// Blocks that fill a large GPU.
constexpr int64_t kBlocks = 128;

/// Tiles of the result.
int64_t tilesOf(const ContractionProblem &problem, const BlockTile &tile);

/// Blocks of a launch.
Grid contractionGrid(const ContractionProblem &problem, const BlockTile &tile);

/// True if there are tiles for all of a large GPU.
bool fillsGpu(const ContractionProblem &problem, const BlockTile &tile);

/// The first tile, of those from large to small, of which there are enough to fill a GPU, or the last one.
template <typename Tile>
const Tile &chooseTile(llvm::ArrayRef<Tile> tiles, const ContractionProblem &problem) {
  for (const Tile &tile : tiles)
    if (fillsGpu(problem, tile.block))
      return tile;
  return tiles.back();
}

class ContractionSkeleton {
public:
  virtual ~ContractionSkeleton() = default;

  void emit();

protected:
  using Value = mlir::Value;
  using Values = llvm::SmallVector<mlir::Value>;

  ContractionSkeleton(DeviceFunction &function, const ContractionProblem &problem, const BlockTile &block);

  /// One side of the product, `width` wide along `dim`.
  struct Side {
    const ContractionOperand *operand;
    const ContractionDim *dim;
    int64_t width;
    Value start; ///< of the tile along `dim`

    /// True if neighbours in memory are neighbours along k.
    bool liesAlongK(const ContractionDim &k) const;
  };

  /// Takes what the block has in shared memory.
  virtual void allocate() = 0;
  /// Which tile the block has.
  virtual Value tileNumber() { return function.blockId(); }
  /// The block's tile, or tiles.
  virtual void emitTiles();
  /// Number of accumulators of a thread.
  virtual int64_t accumulatorCount() const = 0;
  /// Adds the products over all of `k` to the accumulators, at the place in outer loops that the builder stands in.
  virtual Values emitStretches(Values accumulators) = 0;
  /// Writes accumulators to slabs, and calls emitSlab for each.
  virtual void emitEpilogue(llvm::ArrayRef<Value> accumulators) = 0;

  // ContractionSkeleton.cpp
  /// Emits `tile` at the place of tile `number`, for blocks that have one.
  void emitTileAt(Value number, llvm::function_ref<void()> tile);
  /// What the sources of an operand have at (at, k), or at a place inside if that is outside. `checksK`: k may be
  /// outside as well as `at`. With `lanes` vectors of so many neighbours in memory, which are inside or outside
  /// together (scalars of sources that are the same for all of them).
  Values loadSources(const Side &side, Value at, Value k, bool checksK, int64_t lanes);
  llvm::SmallVector<mlir::Type> sourceTypes(const Side &side, int64_t lanes);
  /// The operand's element that is made of those, in the operand's type; zero outside of the operand.
  Value operandElement(const Side &side, llvm::ArrayRef<Value> sources, Value at, Value k, bool checksK, int64_t lanes);
  Value flat(Value argument);
  Value outerOffset(llvm::ArrayRef<int64_t> strides, bool withK);
  Value extentOf(const ContractionDim &dim);

  // ContractionEpilogue.cpp
  /// `lanes` sums of a part of the tile from a place on: a value, or a vector.
  using SumsAt = llvm::function_ref<Value(Value line, Value column, int64_t lanes)>;
  /// A part of the tile, and which of the threads is the one that finishes it.
  struct Part {
    int64_t lines, columns;
    Value firstColumn;
    Value thread;
    int64_t threads;
  };
  /// Whole rows of the tile, finished by all threads.
  Part wholeRows(int64_t lines) { return {lines, right.width, math.constant(0), thread, function.threads}; }
  /// Finishes a part, of which line number `line` is in row `rowOf(line)` of the tile.
  void emitRows(const Part &part, llvm::function_ref<Value(Value)> rowOf, SumsAt sumsAt);
  /// Finishes the part whose sums are in `slab`.
  void emitSlab(Value slab, const Part &part, llvm::function_ref<Value(Value)> rowOf);

  DeviceFunction &function;
  mlir::OpBuilder &builder;
  mlir::Location loc;
  IndexMath math;
  const ContractionProblem &p;
  mlir::Type element; ///< of accumulators
  KernelContext context;
  Side left, right;
  Value thread;
  int64_t tileRowsOfBand = 1; ///< tiles are numbered by bands of so many rows of tiles, down first
  Values outerIndex;

private:
  // ContractionSkeleton.cpp
  void decodeTile(Value number);
  void decodeBand(Value number);
  const ContractionDim &innerDim(const Side &side) const;
  Value moveInside(const Side &side, Value &at, Value &k, bool checksK, int64_t lanes);
  Values emitOuterK(unsigned depth, Values accumulators);

  // ContractionEpilogue.cpp
  int64_t epilogueLanes(int64_t columns);
  llvm::SmallVector<int64_t> epilogueStrides(Value argument, mlir::AffineMap map);
  void emitElements(Value m, Value n, Value sums);
  Value neighbours(Value first);
  Value epilogueOperand(mlir::OpOperand &operand, Value m, Value n);
  Value resultOffset(Value argument, mlir::AffineMap map, Value m, Value n);
  Value indexOf(unsigned resultDim, Value m, Value n);
  void storeResult(Value tensor, Value value, Value m, Value n);

  Value isTile; ///< is there such a tile? (null: always)
  Values outerKIndex;
  int64_t lanes = 1;                                 ///< elements that the epilogue finishes at once
  llvm::DenseMap<Value, Value> flatBuffers, current; ///< by kernel argument; by tensor of the body, at one element
};

} // namespace sinter

#endif // SINTER_LIB_TRANSFORMS_GPU_CONTRACTIONSKELETON_H
