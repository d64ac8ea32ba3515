// What writes a contraction's code? One object per kernel function; its methods are spread over ContractionNest.cpp
// (work items, loops), ContractionOperand.cpp (what is multiplied), ContractionPack.cpp (panels), ContractionMicro.cpp
// (register tiles), ContractionPairs.cpp (both for pairs of bf16), ContractionEpilogue.cpp and ContractionSums.cpp
// (columns of what the epilogue makes).
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef SINTER_LIB_TRANSFORMS_TILING_CONTRACTIONEMITTER_H
#define SINTER_LIB_TRANSFORMS_TILING_CONTRACTIONEMITTER_H

#include "Contraction.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"
#include "sinter/Transforms/Tiling/Emitters.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/STLFunctionalExtras.h"

namespace sinter {

class ContractionEmitter {
public:
  ContractionEmitter(mlir::OpBuilder &builder, KernelEmission &emission, ContractionProblem problem,
                     ContractionPlan plan);
  void emit();

private:
  using Value = mlir::Value;
  using Values = llvm::SmallVector<mlir::Value>;
  using Strides = llvm::ArrayRef<int64_t>;

  /// Groups of one axis, of those that work items are made of.
  struct GroupRange {
    Value first, end;
  };
  /// Some of a work item's tiles of rows.
  struct TileRange {
    Value from, to, firstOfItem;
  };
  /// Rows of a register tile; `start` is an index along the row dim.
  struct RowTile {
    Value start;
    int64_t rows;
    Value slot;     ///< which of the item's tiles
    Value restSlot; ///< which resting place for accumulators, if k is cut
    Value firstRow; ///< where the rows begin in the tile of that slot
  };
  /// Lanes of a register tile; `start` is an index along the lane dim.
  struct LanePanel {
    Value start;
    int64_t vectors;
    int64_t lastLanes;  ///< lanes used in the last vector
    Value valid;        ///< number of lanes used in all vectors, if only known at run time; else null
    int64_t leastValid; ///< what is known of that number now
    Value slot;         ///< which of the panels that are packed at the same time
  };
  /// One stretch of k.
  struct KBlock {
    Value first, length;             ///< of the blocked k loop
    int64_t divisor;                 ///< of the length of every block
    int64_t shortest;                ///< least length of a block; 1 if not known
    llvm::SmallVector<Value> outerK; ///< indices of the further k loops
    Value isFirst, isLast;           ///< null: it is the only block
  };
  /// A tile of results in the orientation of the result: element (r, v * lanes + l) is result (m + r, n + v * lanes +
  /// l).
  struct ResultTile {
    Value m, n;                        ///< of element (0, 0)
    int64_t rows = 0;                  ///< at most
    llvm::SmallVector<Values> vectors; ///< [row][vector]; none if they are in the tile's buffer already
    Values masks;                      ///< per vector; null: all lanes
    Value validRows;                   ///< if only known at run time
  };
  /// Memory seen as a matrix with constant strides.
  struct View {
    Value memref;
    int64_t strides[2];
  };
  /// An operand around a tile as a matrix of two dims of the product: its sources as such matrices.
  struct Factor {
    const ContractionOperand *operand;
    llvm::SmallVector<View> sources;
  };
  /// What the epilogue of a tile will read and write, element for element of the result.
  struct FetchedTiles {
    int64_t rows = 0, columns = 0;
    llvm::SmallVector<std::pair<View, bool>> tiles; ///< and whether it is written only
    Value condition;                                ///< of asking for them; null: none
  };

  // ContractionNest.cpp
  Value constant(int64_t v);
  Value add(Value a, Value b);
  Value addConstant(Value a, int64_t c);
  Value times(Value a, int64_t c);
  Value minimum(Value a, Value b);
  Value ceilDiv(Value a, int64_t c);
  Value extentOf(const ContractionDim &dim);
  Value outerOffset(Strides strides);
  Value argument(Value kernelArgument);
  View view(Value memref, Value offset, int64_t stride0, int64_t stride1);
  Value at(const View &view, unsigned dim, Value index);
  Value scratch(llvm::ArrayRef<int64_t> shape, mlir::Type element);
  void loop(Value from, Value to, llvm::function_ref<void(Value)> body);
  Value groupsOf(const ItemAxis &axis);
  void emitItems();
  void emitItem(Value item, std::optional<GroupRange> rowGroups);
  void emitOuter(GroupRange groups, const ItemAxis &axis, llvm::function_ref<void()> body);
  bool sharesPanelCode();
  void emitPanels(GroupRange groups, const ItemAxis &axis, llvm::function_ref<void(const LanePanel &)> body);
  TileRange tilesOf(GroupRange groups, const ItemAxis &axis);
  void emitRowTiles(const TileRange &tiles, llvm::function_ref<void(const RowTile &)> body);
  void emitRestRows(Value fullTiles, Value start, Value slot, llvm::function_ref<void(const RowTile &)> body);
  std::pair<Value, Value> stepsOf(GroupRange groups, const ItemAxis &axis, int64_t size, Value total);
  void emitKBlocks(llvm::function_ref<void(const KBlock &)> body);
  void clearRest();
  void emitRowsOfPanel(const LanePanel &panel, GroupRange rowGroups, const ItemAxis &rowAxis);
  void emitPanelsOfRows(GroupRange panelGroups, const ItemAxis &panelAxis, GroupRange rowGroups,
                        const ItemAxis &rowAxis);
  void emitTile(const LanePanel &panel, const RowTile &tile, const KBlock &block);

  // ContractionOperand.cpp
  Factor factor(const ContractionOperand &operand, const KBlock &block, const ContractionDim &around, Value start,
                const ContractionDim &dim0, const ContractionDim &dim1);
  Value storedElementsOf(const Factor &factor, Value index0, Value index1, int64_t lanes, Value mask);
  Value elementsOf(const Factor &factor, Value index0, Value index1, int64_t lanes, Value mask);
  Value vectorOf(const Factor &factor, Value index0, Value index1, Value mask);

  // ContractionPack.cpp
  View packedPanel(const LanePanel &panel);
  View packedRowsOf(const RowTile &tile);
  void pack(const LanePanel &panel, const KBlock &block);
  void packAll(const KBlock &block, llvm::function_ref<void(llvm::function_ref<void(const LanePanel &)>)> forEachPanel);
  void packRows(const KBlock &block, const TileRange &tiles);
  void packRowsOfTile(const RowTile &tile, const Factor &from, Value k, Value to);
  void packLanes(const LanePanel &panel, const Factor &from, Value k, Value first);
  void packCopy(const LanePanel &panel, const KBlock &block, const Factor &from);
  void packTransposed(const LanePanel &panel, const KBlock &block, const Factor &from);
  void packSquares(const LanePanel &panel, const Factor &from, Value k, Value kMask);
  void packSquare(const LanePanel &panel, const Factor &from, Value k, Value kMask, Value vector, int64_t used);
  void packElements(const LanePanel &panel, const KBlock &block, const Factor &from);

  // ContractionPairs.cpp
  mlir::VectorType pairsType();
  Value pairsOf(const Factor &factor, Value pair, bool isWhole, Value first, Value mask);
  Value pairsAlongK(const Factor &factor, Value index, Value k, Value mask);
  void forEachPair(const KBlock &block, llvm::function_ref<void(Value pair, bool isWhole)> body);
  void packPairLanes(const LanePanel &panel, const Factor &from, Value pair, bool isWhole, Value first);
  void packPairElements(const LanePanel &panel, const KBlock &block, const Factor &from);
  void packPairRows(const KBlock &block, const TileRange &tiles);
  void packPairRowsAlongK(const KBlock &block, const Factor &from, Value index, const View &to, Value row);
  bool packsPairsAcross();
  View packedPairRowsOf(const RowTile &tile);
  Value pairOfRow(const View &rows, int64_t row, Value pair);
  Values tileOfPairs(const LanePanel &panel, const RowTile &tile, const KBlock &block);

  // ContractionMicro.cpp
  Value kOffset(Strides strides, const KBlock &block);
  Value restIndex(const RowTile &tile, int64_t vectors, int64_t i);
  Values initialAccumulators(const RowTile &tile, int64_t vectors);
  void restAccumulators(const RowTile &tile, int64_t vectors, mlir::ValueRange accumulators);
  using Step = llvm::function_ref<Values(Value k, mlir::ValueRange accumulators)>;
  Values kLoop(Value from, Value to, mlir::ValueRange init, int64_t unroll, int64_t divisor, Step step);
  Values alongK(Value length, int64_t divisor, mlir::ValueRange init, int64_t unroll, const FetchedTiles &fetched,
                Step step);
  int64_t unrolledSteps(const LanePanel &panel, const RowTile &tile);
  FetchedTiles fetchedTiles(const LanePanel &panel, const RowTile &tile, const KBlock &block);
  void prefetchRow(const FetchedTiles &fetched, Value row);
  void prefetchAhead(const Factor &factor, Value k, int64_t vectors);
  Values broadcastTile(const LanePanel &panel, const RowTile &tile, const KBlock &block);
  Values dotTile(const LanePanel &panel, const RowTile &tile, const KBlock &block);
  Values dotSums(const Factor &rows, const Values &rowIndices, const Factor &lanes, const Values &laneIndices,
                 const KBlock &block);
  ResultTile resultTile(const LanePanel &panel, const RowTile &tile, const Values &accumulators);
  llvm::SmallVector<Values> transposed(llvm::ArrayRef<Value> rows, int64_t count);
  void transposeToBuffer(const LanePanel &panel, const RowTile &tile, llvm::ArrayRef<Value> accumulators);
  Value multiplyAdd(Value a, Value b, Value acc);

  // Vectors (ContractionMicro.cpp)
  mlir::VectorType vectorOf(mlir::Type element);
  Value splat(mlir::TypedAttr value);
  Value zero();
  Value constantMask(int64_t lanes);
  Value maskFrom(Value count);
  Value maskFrom(Value count, int64_t lanes);
  Value load(Value memref, mlir::ValueRange indices, Value mask);
  void store(Value vector, Value memref, mlir::ValueRange indices, Value mask);
  Values masksOf(const LanePanel &panel);

  // ContractionEpilogue.cpp
  void emitEpilogue(const ResultTile &tile);
  void addToResult(const ResultTile &tile, const KBlock &block);
  Value tileStorage();
  FetchedTiles epilogueTiles(const RowTile &tile, const LanePanel &panel);
  bool unrollsEpilogue(const ResultTile &tile);
  struct RowContext;
  llvm::SmallVector<mlir::BlockArgument> resultArguments();
  void loadSharedOperands(RowContext &context);
  void emitEpilogueRow(RowContext &context, Value row, llvm::ArrayRef<Value> accumulators, Values &sums);
  void addRowToSums(RowContext &context, Value row, unsigned vector, Values &sums);
  void sumUpResult(const ResultTile &tile);
  Value epilogueOperand(RowContext &context, mlir::OpOperand &operand, Value row, unsigned vector);
  Value loadOperand(RowContext &context, mlir::OpOperand &operand, Value row, unsigned vector);
  void evaluateGeneric(RowContext &context, mlir::linalg::GenericOp generic, Value row, unsigned vector);
  void storeResults(RowContext &context, Value kernelValue, Value vector, Value row, unsigned v);
  View operandView(RowContext &context, Value kernelArgument, mlir::AffineMap map);
  Value vectorOfIndex(RowContext &context, unsigned resultDim, Value row, unsigned vector);

  // ContractionSums.cpp
  void emitWithSums(llvm::ArrayRef<GroupRange> groups, const ItemAxis &panelAxis, const ItemAxis &rowAxis,
                    llvm::function_ref<void()> emitTiles);
  void clearSums(Value firstPart, Value endPart, Value firstColumn, Value endColumn);
  Values noSums(const ResultTile &tile);
  View sumsSoFar(const ResultTile &tile);
  void addToParts(const ResultTile &tile, llvm::ArrayRef<Value> sums);
  Value storageOf(mlir::linalg::GenericOp sum);

  mlir::ImplicitLocOpBuilder b;
  KernelEmission &emission;
  ContractionProblem p;
  ContractionPlan plan;
  mlir::Type element;
  bool inResult;     ///< accumulators rest there
  Value rows;        ///< of the batch, at run time
  Values outerIndex; ///< per outer dim, inside the outer loops
  Value panelBuffer, rowPanelBuffer, restBuffer, rowBuffer, tileBuffer, sumBuffer;
};

/// In place: n vectors of n lanes become their transpose. Elements of `elementBytes` bytes; n a power of two of at
/// least 16 / elementBytes. In-lane interleaves first, then exchanges of 128-bit lanes: log2(n) shuffles per vector.
void transposeInRegisters(mlir::ImplicitLocOpBuilder &b, llvm::MutableArrayRef<mlir::Value> vectors,
                          unsigned elementBytes);

/// Vectors (a power of two of them) of which each holds sums of `perVector` others, in turn within each 128-bit lane,
/// become one that holds sums of all of these: with as many as a vector has elements, one vector's whole sum in each.
mlir::Value addUpPairs(mlir::ImplicitLocOpBuilder &b, llvm::ArrayRef<mlir::Value> vectors, int64_t perVector,
                       unsigned elementBytes);

/// True if the plan can be emitted for this problem: a Dot needs both operands contiguous along k, Direct a lane
/// operand that is contiguous along a lane dim of known extent, Pairs operands of bf16.
bool isLegal(const ContractionProblem &problem, const ContractionPlan &plan);

/// True if both operands are bf16, and vectors as long as an instruction for pairs takes.
bool hasPairs(const ContractionProblem &problem, int64_t lanes);

} // namespace sinter

#endif // SINTER_LIB_TRANSFORMS_TILING_CONTRACTIONEMITTER_H
