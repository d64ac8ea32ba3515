// How are the elementwise ops after a contraction computed on a register tile, and its results stored?
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "ContractionEmitter.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "sinter/Transforms/Tiling/ScalarToVector.h"
#include "llvm/ADT/SmallPtrSet.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;

namespace sinter {

/// Most ops that an unrolled epilogue may have; longer ones loop over the rows of a tile kept in a buffer.
constexpr int64_t kUnrolledOps = 160;

struct ContractionEmitter::RowContext {
  explicit RowContext(const ResultTile &tile) : tile(tile) {}

  const ResultTile &tile;
  DenseMap<std::pair<Value, AffineMap>, View> views;             ///< by kernel argument and map
  DenseMap<std::pair<OpOperand *, unsigned>, Value> sameForRows; ///< operands that lack m, per vector
  DenseMap<Value, Value> current; ///< tensors of the kernel's body: their values in this row and vector
  IRMapping constants;            ///< of the kernel's body
};

/// The tile's part of a kernel argument that is indexed by `map` (of the result's dims).
ContractionEmitter::View ContractionEmitter::operandView(RowContext &context, Value kernelArgument, AffineMap map) {
  auto known = context.views.find({kernelArgument, map});
  if (known != context.views.end())
    return known->second;
  AffineMap resultMap = p.op.getIndexingMapsArray().back();
  auto strides = loopStrides(kernelArgument.getType(), map.compose(resultMap), p.op.getNumLoops(), p.batch);
  int64_t alongM = strideAlong(strides, p.m), alongN = strideAlong(strides, p.n);
  Value offset = add(outerOffset(strides), add(times(context.tile.m, alongM), times(context.tile.n, alongN)));
  View result = view(argument(kernelArgument), offset, alongM, alongN);
  context.views[{kernelArgument, map}] = result;
  return result;
}

/// Positions of a vector's lanes along a dim that is not contiguous.
static Value spacedLanes(ImplicitLocOpBuilder &b, int64_t lanes, int64_t stride) {
  SmallVector<int64_t> positions;
  for (int64_t l = 0; l < lanes; ++l)
    positions.push_back(l * stride);
  auto type = VectorType::get({lanes}, b.getIndexType());
  return arith::ConstantOp::create(b, DenseIntElementsAttr::get(type, positions));
}

Value ContractionEmitter::loadOperand(RowContext &context, OpOperand &operand, Value row, unsigned v) {
  auto generic = cast<linalg::GenericOp>(operand.getOwner());
  View from = operandView(context, operand.get(), generic.getMatchingIndexingMap(&operand));
  Type type = cast<ShapedType>(operand.get().getType()).getElementType();
  Value first = at(from, 0, row), lane = at(from, 1, constant(v * plan.lanes)), mask = context.tile.masks[v];
  if (from.strides[1] == 0)
    return loadElements(b, b.getLoc(), from.memref, {first, lane}, 1, type);
  if (from.strides[1] == 1)
    return loadElements(b, b.getLoc(), from.memref, {first, lane}, plan.lanes, type, mask);
  Type stored = cast<MemRefType>(from.memref.getType()).getElementType();
  Value start = add(times(first, from.strides[0]), constant(v * plan.lanes * from.strides[1]));
  View flat = view(argument(operand.get()), constant(0), 1, 1);
  Value base = memref::ExtractStridedMetadataOp::create(b, from.memref).getOffset();
  Value none = splat(cast<TypedAttr>(b.getZeroAttr(stored)));
  Value gathered = vector::GatherOp::create(b, vectorOf(stored), flat.memref, ValueRange{constant(0), add(base, start)},
                                            spacedLanes(b, plan.lanes, from.strides[1]),
                                            mask ? mask : constantMask(plan.lanes), none);
  return stored == type ? gathered : Value(arith::TruncIOp::create(b, vectorOf(type), gathered));
}

/// The value of a generic's operand in one row and vector (a scalar if it is the same in all lanes).
Value ContractionEmitter::epilogueOperand(RowContext &context, OpOperand &operand, Value row, unsigned v) {
  Value tensor = operand.get();
  if (Value value = context.current.lookup(tensor))
    return value;
  if (!isa<ShapedType>(tensor.getType()))
    return context.constants.lookupOrDefault(tensor);
  Value same = context.sameForRows.lookup({&operand, v});
  return same ? same : loadOperand(context, operand, row, v);
}

Value ContractionEmitter::vectorOfIndex(RowContext &context, unsigned resultDim, Value row, unsigned v) {
  unsigned loop = p.loopOfResultDim(resultDim);
  auto is = [&](const ContractionDim &dim) { return llvm::is_contained(dim.loops, loop); };
  if (is(p.m))
    return add(context.tile.m, row);
  if (is(p.n)) {
    Value first = vector::BroadcastOp::create(b, vectorOf(b.getIndexType()),
                                              addConstant(context.tile.n, int64_t(v) * plan.lanes));
    return arith::AddIOp::create(b, first, spacedLanes(b, plan.lanes, 1));
  }
  for (auto [dim, index] : llvm::zip_equal(p.outer, outerIndex))
    if (is(dim))
      return index;
  return constant(0);
}

void ContractionEmitter::evaluateGeneric(RowContext &context, linalg::GenericOp generic, Value row, unsigned v) {
  IRMapping values = context.constants;
  for (OpOperand &operand : generic->getOpOperands()) {
    BlockArgument argument = generic.getMatchingBlockArgument(&operand);
    if (!argument.use_empty())
      values.map(argument, epilogueOperand(context, operand, row, v));
  }
  ScalarToVector vectors(b, b.getLoc(), plan.lanes);
  Block &body = generic.getRegion().front();
  vectors.clone(body, values, [&](unsigned dim) { return vectorOfIndex(context, dim, row, v); });
  for (auto [result, yielded] : llvm::zip_equal(generic.getResults(), body.getTerminator()->getOperands()))
    context.current[result] = vectors.broadcast(values.lookupOrDefault(yielded));
}

/// Stores a tensor of the body to every result of the kernel that it is.
void ContractionEmitter::storeResults(RowContext &context, Value tensor, Value vector, Value row, unsigned v) {
  KernelOp kernel = emission.kernel;
  Block &body = kernel.getBody().front();
  AffineMap identity = b.getMultiDimIdentityMap(cast<ShapedType>(tensor.getType()).getRank());
  for (auto [i, yielded] : llvm::enumerate(body.getTerminator()->getOperands())) {
    if (yielded != tensor)
      continue;
    Value out = body.getArgument(kernel.getInputs().size() + i), mask = context.tile.masks[v];
    View to = operandView(context, out, identity);
    Value first = at(to, 0, row), lane = at(to, 1, constant(v * plan.lanes));
    if (to.strides[1] <= 1) {
      storeElements(b, b.getLoc(), vector, to.memref, {first, lane}, mask);
      continue;
    }
    Type stored = cast<MemRefType>(to.memref.getType()).getElementType();
    if (getElementTypeOrSelf(vector.getType()) != stored)
      vector = arith::ExtUIOp::create(b, vectorOf(stored), vector);
    Value start = add(times(first, to.strides[0]), constant(v * plan.lanes * to.strides[1]));
    Value base = memref::ExtractStridedMetadataOp::create(b, to.memref).getOffset();
    View flat = view(argument(out), constant(0), 1, 1);
    vector::ScatterOp::create(b, /*resultType=*/Type(), flat.memref, ValueRange{constant(0), add(base, start)},
                              spacedLanes(b, plan.lanes, to.strides[1]), mask ? mask : constantMask(plan.lanes),
                              vector);
  }
}

/// Adds what is computed in one row and vector to the sums of columns, [sum][vector].
void ContractionEmitter::addRowToSums(RowContext &context, Value row, unsigned v, Values &sums) {
  for (auto [i, sum] : llvm::enumerate(p.sums)) {
    Value &soFar = sums[i * context.tile.masks.size() + v];
    context.current[sum.getDpsInits()[0]] = soFar;
    evaluateGeneric(context, sum, row, v);
    soFar = context.current[sum.getResult(0)];
  }
}

/// Everything is computed before anything is stored: a result may be the new value of what another op reads.
void ContractionEmitter::emitEpilogueRow(RowContext &context, Value row, ArrayRef<Value> accumulators, Values &sums) {
  for (auto [v, accumulator] : llvm::enumerate(accumulators)) {
    context.current.clear();
    context.current[p.op.getResult(0)] = accumulator;
    for (linalg::GenericOp generic : p.epilogue)
      evaluateGeneric(context, generic, row, v);
    addRowToSums(context, row, v, sums);
    storeResults(context, p.op.getResult(0), accumulator, row, v);
    for (linalg::GenericOp generic : p.epilogue)
      for (Value result : generic.getResults())
        storeResults(context, result, context.current[result], row, v);
  }
}

/// Where the kernel's results are stored that have an element for each of the product's.
SmallVector<BlockArgument> ContractionEmitter::resultArguments() {
  KernelOp kernel = emission.kernel;
  Block &body = kernel.getBody().front();
  SmallVector<BlockArgument> result;
  for (auto [i, yielded] : llvm::enumerate(body.getTerminator()->getOperands()))
    if (!llvm::is_contained(p.sums, yielded.getDefiningOp()))
      result.push_back(body.getArgument(kernel.getInputs().size() + i));
  return result;
}

/// Kernel arguments with an element for each of the result, contiguous along its rows.
ContractionEmitter::FetchedTiles ContractionEmitter::epilogueTiles(const RowTile &tile, const LanePanel &panel) {
  int64_t lanes = (panel.vectors - 1) * plan.lanes + panel.lastLanes;
  FetchedTiles fetched;
  fetched.rows = plan.swapped ? lanes : tile.rows, fetched.columns = plan.swapped ? tile.rows : lanes;
  ResultTile place;
  place.m = plan.swapped ? panel.start : tile.start, place.n = plan.swapped ? tile.start : panel.start;
  RowContext context(place);
  llvm::SmallPtrSet<Value, 8> seen;
  auto add = [&](Value tensor, AffineMap map, bool isWrite) {
    if (!isa<BlockArgument>(tensor) || !isa<ShapedType>(tensor.getType()) || !seen.insert(tensor).second)
      return;
    View view = operandView(context, tensor, map);
    if (view.strides[0] != 0 && view.strides[1] == 1)
      fetched.tiles.push_back({view, isWrite});
  };
  for (linalg::GenericOp generic : p.epilogue)
    for (OpOperand *operand : generic.getDpsInputOperands())
      if (!generic.getMatchingBlockArgument(operand).use_empty())
        add(operand->get(), generic.getMatchingIndexingMap(operand), /*isWrite=*/false);
  for (BlockArgument out : resultArguments())
    add(out, b.getMultiDimIdentityMap(cast<ShapedType>(out.getType()).getRank()), /*isWrite=*/true);
  return fetched;
}

/// Memory for a tile of results.
Value ContractionEmitter::tileStorage() {
  int64_t lanes = plan.lanes, width = llvm::alignTo(plan.rows, lanes);
  if (!tileBuffer)
    tileBuffer = plan.swapped ? scratch({plan.vectors * lanes, width}, element)
                              : scratch({plan.rows, plan.vectors * lanes}, element);
  return tileBuffer;
}

bool ContractionEmitter::unrollsEpilogue(const ResultTile &tile) {
  if (tile.validRows || tile.vectors.empty())
    return false;
  int64_t ops = 1;
  for (linalg::GenericOp generic : p.epilogue)
    for (Operation &op : generic.getRegion().front())
      ops += isa<math::MathDialect>(op.getDialect()) && !isa<math::FmaOp, math::AbsFOp, math::SqrtOp>(op) ? 20 : 1;
  for (linalg::GenericOp sum : p.sums)
    ops += llvm::range_size(sum.getRegion().front().without_terminator());
  return ops * int64_t(tile.vectors.size() * tile.masks.size()) <= kUnrolledOps;
}

/// Views and what does not change from row to row come first, so that the rows share them.
void ContractionEmitter::loadSharedOperands(RowContext &context) {
  for (auto constant : emission.kernel.getBody().front().getOps<arith::ConstantOp>())
    if (!isa<ShapedType>(constant.getType()))
      b.clone(*constant, context.constants);
  Value none = constant(0);
  for (linalg::GenericOp generic : llvm::concat<linalg::GenericOp>(p.epilogue, p.sums))
    for (OpOperand &operand : generic->getOpOperands()) {
      bool isLoaded = isa<BlockArgument>(operand.get()) && !generic.getMatchingBlockArgument(&operand).use_empty();
      if (!isLoaded || !isa<ShapedType>(operand.get().getType()))
        continue;
      View from = operandView(context, operand.get(), generic.getMatchingIndexingMap(&operand));
      for (unsigned v = 0; from.strides[0] == 0 && v < context.tile.masks.size(); ++v)
        context.sameForRows[{&operand, v}] = loadOperand(context, operand, none, v);
    }
  for (BlockArgument out : resultArguments())
    operandView(context, out, b.getMultiDimIdentityMap(cast<ShapedType>(out.getType()).getRank()));
}

/// Evaluates and stores a tile: from registers if that is short, else row by row from a buffer.
void ContractionEmitter::emitEpilogue(const ResultTile &tile) {
  RowContext context(tile);
  loadSharedOperands(context);
  Values sums = noSums(tile);
  if (unrollsEpilogue(tile)) {
    for (auto [r, row] : llvm::enumerate(tile.vectors))
      emitEpilogueRow(context, constant(r), row, sums);
    return addToParts(tile, sums);
  }
  Value buffer = tileStorage();
  for (auto [r, row] : llvm::enumerate(tile.vectors))
    for (auto [v, vector] : llvm::enumerate(row))
      store(vector, buffer, {constant(r), constant(v * plan.lanes)}, {});
  auto rowLoop =
      scf::ForOp::create(b, constant(0), tile.validRows ? tile.validRows : constant(tile.rows), constant(1), sums);
  {
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToStart(rowLoop.getBody());
    Value row = rowLoop.getInductionVar();
    Values vectors, next(rowLoop.getRegionIterArgs());
    for (unsigned v = 0; v < tile.masks.size(); ++v)
      vectors.push_back(load(buffer, {row, constant(v * plan.lanes)}, {}));
    emitEpilogueRow(context, row, vectors, next);
    if (!next.empty())
      scf::YieldOp::create(b, next);
  }
  addToParts(tile, Values(rowLoop.getResults()));
}

/// The sums over one block of k: the first is the result so far, others are added to it.
void ContractionEmitter::addToResult(const ResultTile &tile, const KBlock &block) {
  RowContext context(tile);
  BlockArgument out = resultArguments().front();
  View result = operandView(context, out, b.getMultiDimIdentityMap(cast<ShapedType>(out.getType()).getRank()));
  auto split = scf::IfOp::create(b, block.isFirst, /*withElseRegion=*/true);
  OpBuilder::InsertionGuard guard(b);
  for (Operation *end : {split.thenYield().getOperation(), split.elseYield().getOperation()}) {
    b.setInsertionPoint(end);
    for (auto [r, row] : llvm::enumerate(tile.vectors))
      for (auto [v, sum] : llvm::enumerate(row)) {
        SmallVector<Value> place{at(result, 0, constant(r)), constant(v * plan.lanes)};
        Value before = end == split.elseYield() ? load(result.memref, place, tile.masks[v]) : Value();
        store(before ? arith::AddFOp::create(b, before, sum) : sum, result.memref, place, tile.masks[v]);
      }
  }
  if (p.sums.empty())
    return;
  b.setInsertionPointAfter(split);
  auto last = scf::IfOp::create(b, block.isLast, /*withElseRegion=*/false);
  b.setInsertionPoint(last.thenYield());
  sumUpResult(tile);
}

/// Adds up columns of a tile that is complete in the result.
void ContractionEmitter::sumUpResult(const ResultTile &tile) {
  RowContext context(tile);
  loadSharedOperands(context);
  BlockArgument out = resultArguments().front();
  View result = operandView(context, out, b.getMultiDimIdentityMap(2));
  Values sums = noSums(tile);
  for (int64_t r = 0; r < tile.rows; ++r)
    for (unsigned v = 0; v < tile.masks.size(); ++v) {
      context.current.clear();
      SmallVector<Value> place{at(result, 0, constant(r)), constant(v * plan.lanes)};
      context.current[p.op.getResult(0)] = load(result.memref, place, tile.masks[v]);
      addRowToSums(context, constant(r), v, sums);
    }
  addToParts(tile, sums);
}

} // namespace sinter
