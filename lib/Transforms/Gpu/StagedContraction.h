// Products whose operands pass through shared memory in stages.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Operands pass through a pipeline of `stages` tiles in shared memory, each a stretch of k: while stretch t is
// multiplied, stretches t + 1 to t + stages - 1 are on their way.
//
//   wait for the copies of stretch t; barrier        all have come, and nobody reads the tile of stretch t - 1 any more
//   start those of stretch t + stages - 1            into that tile
//   multiply stretch t
//   finish them
//
// An operand is copied in pieces of 16 bytes, or of 8 or 4 where its rows begin or end between multiples of more: a
// piece is all inside or all outside of it. `cp.async` takes them past registers. Any other operand (one with a
// prologue, one that is transposed on the way) is loaded into registers where the copies start, and goes from there
// through its prologue to shared memory after the multiplication, so that the latter hides the way from memory: in
// pieces as well if its sources lie so, else element by element.

#ifndef SINTER_LIB_TRANSFORMS_GPU_STAGEDCONTRACTION_H
#define SINTER_LIB_TRANSFORMS_GPU_STAGEDCONTRACTION_H

#include "ContractionSkeleton.h"

namespace sinter {

class StagedContraction : public ContractionSkeleton {
protected:
  /// With `parts` above 1 each tile has so many blocks, and each of them a part of the stretches.
  StagedContraction(DeviceFunction &function, const ContractionProblem &problem, const BlockTile &block, int64_t bk,
                    int64_t stages, int64_t parts = 1)
      : ContractionSkeleton(function, problem, block), bk(bk), stages(stages), parts(parts),
        checksK(problem.k.dynamic || problem.k.extent % bk != 0) {}

  /// How a side gets to shared memory.
  struct Copy {
    const Side *side = nullptr;
    bool alongK = false;   ///< its tile in memory is [at][k], else [k][at]
    bool isAsync = false;  ///< past registers
    int64_t lanes = 1;     ///< elements of a piece, which are copied at once
    int64_t rows, columns; ///< of its tile in memory
  };

  /// A place of a tile in memory.
  struct Place {
    Value row, column;
  };

  /// In pieces of up to `widest` elements, a power of two; `mayBeAsync` if the side is stored as it is loaded.
  Copy planCopy(const Side &side, int64_t widest, bool mayBeAsync) const;

  Value tileNumber() override;
  Values emitStretches(Values accumulators) override;
  /// Adds the products of a stretch to the accumulators.
  virtual Values multiply(Value stage, Values accumulators) = 0;
  /// Starts the copy of a piece by `cp.async`, from element `from` of `source`; zeros if not `valid` (null: it is).
  virtual void copyPiece(const Copy &copy, Value source, Value from, Value valid, Value stage, const Place &to) = 0;
  /// Puts a piece (an element, or a vector) into shared memory.
  virtual void storePiece(const Copy &copy, Value piece, Value stage, const Place &to) = 0;
  /// Where the thread's piece number `number` begins; neighbouring threads have neighbouring pieces of a row.
  virtual Place place(const Copy &copy, int64_t number);

  int64_t bk; ///< elements of a stretch
  int64_t stages, parts;
  bool checksK; ///< the last stretch may be shorter
  Copy leftCopy, rightCopy;

private:
  /// First stretch of the block, and the one behind its last.
  std::pair<Value, Value> ownStretches();
  bool lieInPieces(const Side &side, bool alongK, int64_t lanes) const;
  /// Pieces of a tile that each thread copies.
  int64_t pieces(const Copy &copy) const { return copy.rows * copy.columns / copy.lanes / function.threads; }
  /// The piece's place along the result and along k.
  std::pair<Value, Value> coordinates(const Copy &copy, Value stretch, const Place &place);
  /// Starts the copies of a stretch; gives what is on its way in registers.
  Values start(Value stretch, Value stage);
  /// The same if `condition` holds.
  Values startIf(Value condition, Value stretch, Value stage);
  void startPieces(const Copy &copy, Value stretch, Value stage);
  /// Puts that into shared memory.
  void finish(llvm::ArrayRef<Value> loaded, Value stretch, Value stage);
};

} // namespace sinter

#endif // SINTER_LIB_TRANSFORMS_GPU_STAGEDCONTRACTION_H
