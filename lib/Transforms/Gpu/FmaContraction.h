// Products by multiply-adds.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Operands come through the pipeline of StagedContraction.h to tiles of [k][m] and [k][n] in shared memory, whatever
// their layouts: those whose neighbours lie along k are transposed on the way. For each k a thread reads some m and n
// and multiplies them into its own [tm][tn] accumulators. It reads 16 bytes at a time, so its rows and columns are
// *runs* of so many neighbours. Its second run lies half a tile further on, and its neighbours' runs lie next to its
// first: so what the threads of a warp (4 below each other, 8 side by side) read at once lies side by side.
//
//   f32, tile of 128, tm = 8:   rows      0..3     4..7     ...   64..67   68..71   ...
//                               of thread 0        1        ...   0        1        ...
//
// Shared memory has 32 banks of 4 bytes, and serves each once at a time. A row of a tile is 16 bytes longer than what
// is in it. So what a warp stores of a transposed operand, 32 bytes along k of several m, goes to different banks.

#ifndef SINTER_LIB_TRANSFORMS_GPU_FMACONTRACTION_H
#define SINTER_LIB_TRANSFORMS_GPU_FMACONTRACTION_H

#include "ContractionParts.h"
#include "StagedContraction.h"

namespace sinter {

struct FmaTile {
  BlockTile block;
  int64_t bk;        ///< of a stretch
  int64_t tm, tn;    ///< of a thread
  int64_t parts = 1; ///< of k

  int64_t threads() const { return block.m / tm * (block.n / tn); }
};

class FmaContraction : public StagedContraction {
public:
  FmaContraction(DeviceFunction &function, const ContractionProblem &problem, const FmaTile &tile);

  static FmaTile choose(const ContractionProblem &problem);

private:
  void allocate() override;
  int64_t accumulatorCount() const override { return tile.tm * tile.tn; }
  Values multiply(Value stage, Values accumulators) override;
  void copyPiece(const Copy &copy, Value source, Value from, Value valid, Value stage, const Place &to) override;
  void storePiece(const Copy &copy, Value piece, Value stage, const Place &to) override;
  Place place(const Copy &copy, int64_t number) override;
  void emitEpilogue(llvm::ArrayRef<Value> accumulators) override;

  Copy planCopy(const Side &side) const;
  /// How the rows (or columns) of a thread lie in the tile.
  struct Runs {
    int64_t run;   ///< neighbours
    int64_t apart; ///< between the beginnings of a thread's runs
  };
  /// Of `count` rows out of `width`.
  Runs runsOf(int64_t width, int64_t count) const;
  void storeParts(llvm::ArrayRef<Value> sums);
  /// The elements of a row of the thread's tile, run by run: where each begins, and its value or vector.
  void forRuns(llvm::ArrayRef<Value> row, llvm::function_ref<void(Value column, Value run)> write);
  Values fragment(Value buffer, Value stage, int64_t k, const Runs &runs, Value number, int64_t count);

  FmaTile tile;
  Value storage;                 ///< bytes of the tiles, then of slabs
  Value leftBuffer, rightBuffer; ///< [stage][k][width and 16 bytes]
  Value threadRow, threadColumn; ///< of the thread among the others of the block
};

} // namespace sinter

#endif // SINTER_LIB_TRANSFORMS_GPU_FMACONTRACTION_H
