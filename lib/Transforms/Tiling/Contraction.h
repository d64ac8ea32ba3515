// What do the parts of the contraction emitter share? The problem (which loops are what), the plan (how it is tiled)
// and the split into work items. Analysis -> ContractionProblem; planner -> ContractionPlan; emitter -> code.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef SINTER_LIB_TRANSFORMS_TILING_CONTRACTION_H
#define SINTER_LIB_TRANSFORMS_TILING_CONTRACTION_H

#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "sinter/Dialect/IR/SinterDialect.h"

namespace sinter {

struct PrologueForecast;

/// One loop of the problem: a loop of the contraction op, or neighbours that are contiguous in every operand.
struct ContractionDim {
  llvm::SmallVector<unsigned, 2> loops; ///< loops of the op, outermost first; empty: one iteration
  int64_t extent = 1;                   ///< iterations; for the batch the largest number of rows
  bool dynamic = false;                 ///< the number of iterations is known at run time: rows * perRow
  int64_t perRow = 1;
};

/// Elements between two neighbours along a dim, in an operand with these strides per loop; 0 if the operand lacks it.
inline int64_t strideAlong(llvm::ArrayRef<int64_t> strides, const ContractionDim &dim) {
  return dim.loops.empty() ? 0 : strides[dim.loops.back()];
}

/// One side of a product: a kernel argument, or what a prologue makes of some. Elements of f16 and bf16 are widened to
/// f32, but for products of pairs.
struct ContractionOperand {
  /// A kernel argument that is read.
  struct Source {
    mlir::Value argument;
    mlir::BlockArgument scalar;         ///< its element in the prologue's region; null: there is no prologue
    llvm::SmallVector<int64_t> strides; ///< per loop of the contraction, in elements; 0 for loops it lacks
  };
  mlir::Value tensor;                 ///< the argument, or the prologue's result
  mlir::linalg::GenericOp prologue;   ///< elementwise, on the tensor's extents; null: the tensor is the only source
  double weight = 0;                  ///< of the prologue's operations per element
  llvm::SmallVector<int64_t> strides; ///< per loop of the contraction, in elements of the tensor
  llvm::SmallVector<Source> sources;

  mlir::Type element() const;
  /// True if neighbours along a dim can be loaded as vectors: they lie side by side, or are the same, in every source.
  bool isContiguousAlong(const ContractionDim &dim) const;
};

/// result[outer, m, n] = sum over k of lhs[outer, m, k] * rhs[outer, n, k], then elementwise generics on the result.
/// Any layout; one loop each of m, n and k is blocked, further ones run outside (`outer`, `outerK`). Of a matrix [m,
/// n], columns may be added up, over parts of the rows m (see ContractionSums.cpp).
struct ContractionProblem {
  mlir::linalg::GenericOp op;
  llvm::SmallVector<mlir::linalg::GenericOp> epilogue;
  llvm::SmallVector<mlir::linalg::GenericOp> sums; ///< of columns: p[m floordiv rowsPerPart, n] += ...
  int64_t rowsPerPart = 0;                         ///< 0: no columns are added up
  bool isPricedWithEpilogue = false;               ///< outside of a kernel: there will be one
  ContractionOperand lhs, rhs;
  ContractionDim m, n, k;
  llvm::SmallVector<ContractionDim> outer;  ///< batch, and further m and n loops; a dynamic one comes first
  llvm::SmallVector<ContractionDim> outerK; ///< further k loops
  int64_t batch = 1;                        ///< largest number of rows

  /// Of the result and of accumulators.
  mlir::Type element() const;
  unsigned elementBytes() const { return element().getIntOrFloatBitWidth() / 8; }
  /// The loop of `op` that dim `d` of the result (and of every epilogue generic) is.
  unsigned loopOfResultDim(unsigned d) const;
};

/// Strides per loop (of `loops` loops) of an operand of this type, `?` read as `batch`; 0 for loops it lacks.
llvm::SmallVector<int64_t> loopStrides(mlir::Type type, mlir::AffineMap map, unsigned loops, int64_t batch);

/// Reads a kernel as a contraction. Fails silently when it is none: use another strategy.
mlir::FailureOr<ContractionProblem> matchContraction(KernelOp kernel, int64_t batch);

/// The same for a product outside of a kernel, whose operands are as given: only to be priced. Fails if it is none.
mlir::FailureOr<ContractionProblem> describeProduct(mlir::linalg::GenericOp product,
                                                    llvm::ArrayRef<const PrologueForecast *> prologues, int64_t batch);

/// How the innermost tile gets its operands. See docs in ContractionPlan.cpp.
enum class ContractionForm : int64_t {
  Direct,     ///< vectors of the lane operand are loaded where they lie
  Packed,     ///< the lane operand's panel is first copied (transposed if need be) to an aligned buffer [k][lanes]
  Dot,        ///< vectors run along k and are added up at the end; some rows times one vector of results
  PackedBoth, ///< Packed, and an item's row tiles are copied too, each to a buffer [k][rows]; panels are inside
  Pairs       ///< PackedBoth for operands of bf16, which stay such: neighbours along k are multiplied two at a time
};

/// The decoded `tile` of a contraction's schedule.
struct ContractionPlan {
  int64_t rows = 1, vectors = 1; ///< register tile
  int64_t rowTiles = 0;          ///< row tiles per work item; 0: all
  int64_t panels = 0;            ///< column panels per work item; 0: all
  int64_t outer = 1;             ///< iterations of the outer loops per work item; 0: all
  int64_t kBlock = 1;            ///< k iterations per block; accumulators rest in a buffer between blocks
  ContractionForm form = ContractionForm::Direct;
  bool swapped = false;     ///< vector lanes run along m instead of n; the tile is transposed before the epilogue
  bool panelsInner = false; ///< for each row tile all panels of the item, which are packed together; else for each
                            ///< panel all row tiles
  bool fetches = false; ///< while a tile is computed, the memory that its epilogue will read and write is prefetched
  int64_t lanes = 1;    ///< elements of a vector

  llvm::SmallVector<int64_t> encode() const;
  static mlir::FailureOr<ContractionPlan> decode(ScheduleAttr schedule);

  bool packsLanes() const { return form == ContractionForm::Packed || packsRows(); }
  bool packsRows() const { return form == ContractionForm::PackedBoth || inPairs(); }
  bool inPairs() const { return form == ContractionForm::Pairs; }
  /// All three loops are cut into blocks, and the panels of a block are packed together.
  bool isBlocked() const { return packsLanes() && panelsInner; }
  /// Bytes of an element that is packed.
  int64_t packedBytes(const ContractionProblem &p) const { return inPairs() ? 2 : p.elementBytes(); }
  const ContractionDim &rowDim(const ContractionProblem &p) const { return swapped ? p.n : p.m; }
  const ContractionDim &laneDim(const ContractionProblem &p) const { return swapped ? p.m : p.n; }
  const ContractionOperand &rowOperand(const ContractionProblem &p) const { return swapped ? p.rhs : p.lhs; }
  const ContractionOperand &laneOperand(const ContractionProblem &p) const { return swapped ? p.lhs : p.rhs; }
  int64_t blocksOfK(const ContractionProblem &p) const;
  /// Steps of k, or pairs of them, for which a packed panel has room; and elements of a packed tile of rows.
  int64_t packedSteps() const;
  int64_t packedRowElements() const;
  /// Elements from row to row of a tile that is packed in pairs and as its operand lies, along k.
  int64_t pairsRowStride() const;
  /// Row tiles of a work item, and panels that are packed and whose accumulators rest at the same time.
  int64_t rowSlots(const ContractionProblem &p) const;
  int64_t panelSlots(const ContractionProblem &p) const;
};

/// One direction in which a kernel is cut into work items.
struct ItemAxis {
  enum Kind { Outer, Rows, Panels } kind;
  int64_t unit = 1;     ///< loop iterations per group
  int64_t scale = 1;    ///< iterations per row of the batch (dynamic) or in all (static)
  bool dynamic = false; ///< iterations = scale * rows
  bool split = true;    ///< false: one group holds everything

  int64_t staticGroups() const;
  mlir::AffineExpr groups(mlir::MLIRContext *context) const; ///< of d0 = rows
};

/// True if work items that follow each other have the same panel, so that a thread packs it once for all of its items.
/// (Not where k is cut: that needs a resting place for the accumulators of every row tile.)
bool sharesPacking(const ContractionProblem &problem, const ContractionPlan &plan);

/// True if accumulators rest in the result between blocks of k: it has their type, lies along the lanes, and nothing
/// else is to be done but to add up its columns. Else they rest in a buffer of the work item's size, which therefore is
/// small.
bool restsInResult(const ContractionProblem &problem, const ContractionPlan &plan);

/// Outer, panel and row axes. Where columns are added up, there are items for the rows that a call does not have too:
/// they leave zeros.
llvm::SmallVector<ItemAxis, 3> itemAxes(const ContractionProblem &problem, const ContractionPlan &plan);

/// How many lanes of a Dot tile of so many rows are summed up at the same time: a power of two, such that accumulators,
/// a vector for each row and one more fit into the registers (16, or 32 of 64 bytes). 0: none.
int64_t lanesAtATime(const ContractionProblem &problem, const ContractionPlan &plan, int64_t rows);

/// Rows of the result that a register tile has.
int64_t resultRowsOfTile(const ContractionPlan &plan);

/// True if neither a register tile nor a work item ends within a part of the rows, or no columns are added up.
bool keepsParts(const ContractionProblem &problem, const ContractionPlan &plan);
/// Makes work items whole parts, of at least as many rows.
void roundToParts(const ContractionProblem &problem, ContractionPlan &plan);

/// Elements of a buffer for one row of sums, padded to vectors for each tile.
int64_t sumElements(const ContractionProblem &problem, const ContractionPlan &plan);

/// How many parts of the rows there are.
int64_t partsOf(const ContractionProblem &problem);
/// True if columns of the result can be added up: it is a matrix [m, n] of more than one row and column.
bool hasColumns(const ContractionProblem &problem);

} // namespace sinter

#endif // SINTER_LIB_TRANSFORMS_TILING_CONTRACTION_H
