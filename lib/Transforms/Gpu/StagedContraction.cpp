// Products whose operands pass through shared memory in stages: the pipeline over k, and how they get there.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "StagedContraction.h"

#include "SharedTile.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "sinter/Transforms/Memory/Layout.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;

namespace sinter {

StagedContraction::Copy StagedContraction::planCopy(const Side &side, int64_t widest, bool mayBeAsync) const {
  constexpr int64_t leastAsync = 4; // bytes
  bool alongK = side.liesAlongK(p.k);
  const int64_t bytes = elementBytes(side.operand->element());
  Copy copy{&side, alongK, false, 1, alongK ? side.width : bk, alongK ? bk : side.width};
  while (widest > 1 && !lieInPieces(side, alongK, widest))
    widest /= 2;
  copy.lanes = widest;
  copy.isAsync =
      mayBeAsync && !side.operand->prologue && widest * bytes >= leastAsync && lieInPieces(side, alongK, widest);
  return copy;
}

/// Rows start (as blocks of memory do) and end on multiples of `lanes` elements; sources that the row's dim has no part
/// in are the same for a piece.
bool StagedContraction::lieInPieces(const Side &side, bool alongK, int64_t lanes) const {
  const ContractionDim &inner = alongK ? p.k : *side.dim, &outer = alongK ? *side.dim : p.k;
  auto liesInPieces = [&](const ContractionOperand::Source &source) {
    auto isAligned = [&](const ContractionDim &dim) { return strideAlong(source.strides, dim) % lanes == 0; };
    int64_t stride = strideAlong(source.strides, inner);
    return stride == 0 ||
           (stride == 1 && isAligned(outer) && llvm::all_of(p.outer, isAligned) && llvm::all_of(p.outerK, isAligned));
  };
  return (inner.dynamic ? inner.perRow : inner.extent) % lanes == 0 &&
         llvm::all_of(side.operand->sources, liesInPieces) &&
         (side.operand->prologue || strideAlong(side.operand->strides, inner) == 1);
}

Value StagedContraction::tileNumber() {
  return math.div(function.blockId(), parts);
}

std::pair<Value, Value> StagedContraction::ownStretches() {
  Value count = math.div(math.add(extentOf(p.k), bk - 1), bk);
  if (parts == 1)
    return {math.constant(0), count};
  int64_t ofPart = llvm::divideCeil(llvm::divideCeil(p.k.extent, bk), parts);
  Value begin = math.mul(math.rem(function.blockId(), parts), ofPart);
  return {begin, math.min(math.add(begin, ofPart), count)};
}

StagedContraction::Values StagedContraction::emitStretches(Values accumulators) {
  // Behind an outer loop over k the tiles may still be read.
  if (!p.outerK.empty())
    function.barrier();
  bool anyAsync = leftCopy.isAsync || rightCopy.isAsync;
  auto [begin, end] = ownStretches();
  for (int64_t stage = 0; stage < stages - 1; ++stage) {
    Value number = math.add(begin, stage);
    bool mayBeNone = stage > 0 || parts > 1 || p.k.extent == 0;
    emitIf(builder, loc, mayBeNone ? math.less(number, end) : Value(), [&] {
      Value slot = math.rem(number, stages);
      finish(start(number, slot), number, slot);
    });
    if (anyAsync)
      commitCopies(builder, loc);
  }
  auto loop = scf::ForOp::create(builder, loc, begin, end, math.constant(1), accumulators);
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(loop.getBody());
  Value stretch = loop.getInductionVar(), next = math.add(stretch, stages - 1);
  Value isNext = math.less(next, end), stage = math.rem(stretch, stages), nextStage = math.rem(next, stages);
  // Each stretch has a group, an empty one if there is nothing to copy any more: so their number says which have come.
  if (anyAsync)
    waitForCopies(builder, loc, stages - 2);
  function.barrier();
  Values loaded = startIf(isNext, next, nextStage);
  if (anyAsync)
    commitCopies(builder, loc);
  accumulators = multiply(stage, Values(loop.getRegionIterArgs()));
  if (!loaded.empty())
    emitIf(builder, loc, isNext, [&] { finish(loaded, next, nextStage); });
  scf::YieldOp::create(builder, loc, accumulators);
  return Values(loop.getResults());
}

StagedContraction::Place StagedContraction::place(const Copy &copy, int64_t number) {
  int64_t perRow = copy.columns / copy.lanes;
  Value piece = math.add(thread, number * function.threads);
  return {math.div(piece, perRow), math.mul(math.rem(piece, perRow), copy.lanes)};
}

std::pair<Value, Value> StagedContraction::coordinates(const Copy &copy, Value stretch, const Place &place) {
  auto [at, k] = copy.alongK ? std::pair(place.row, place.column) : std::pair(place.column, place.row);
  return {math.add(copy.side->start, at), math.add(math.mul(stretch, bk), k)};
}

void StagedContraction::startPieces(const Copy &copy, Value stretch, Value stage) {
  const ContractionDim &dim = *copy.side->dim;
  const ContractionOperand::Source &source = copy.side->operand->sources.front();
  bool checksAt = dim.dynamic || dim.extent % copy.side->width != 0;
  Value base = outerOffset(source.strides, /*withK=*/true);
  for (int64_t number = 0; number < pieces(copy); ++number) {
    Place to = place(copy, number);
    auto [at, k] = coordinates(copy, stretch, to);
    Value valid = checksAt ? math.less(at, extentOf(dim)) : Value();
    if (checksK)
      valid = math.both(valid, math.less(k, extentOf(p.k)));
    Value from = math.add(
        base, math.add(math.mul(at, strideAlong(source.strides, dim)), math.mul(k, strideAlong(source.strides, p.k))));
    copyPiece(copy, flat(source.argument), from, valid, stage, to);
  }
}

StagedContraction::Values StagedContraction::start(Value stretch, Value stage) {
  Values loaded;
  for (const Copy *copy : {&leftCopy, &rightCopy}) {
    if (copy->isAsync) {
      startPieces(*copy, stretch, stage);
      continue;
    }
    for (int64_t number = 0; number < pieces(*copy); ++number) {
      auto [at, k] = coordinates(*copy, stretch, place(*copy, number));
      llvm::append_range(loaded, loadSources(*copy->side, at, k, checksK, copy->lanes));
    }
  }
  return loaded;
}

StagedContraction::Values StagedContraction::startIf(Value condition, Value stretch, Value stage) {
  SmallVector<Type> types;
  for (const Copy *copy : {&leftCopy, &rightCopy})
    for (int64_t number = 0; !copy->isAsync && number < pieces(*copy); ++number)
      llvm::append_range(types, sourceTypes(*copy->side, copy->lanes));
  auto branch = scf::IfOp::create(builder, loc, types, condition, /*withElseRegion=*/!types.empty());
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(branch.thenBlock());
  Values loaded = start(stretch, stage);
  if (!types.empty()) {
    scf::YieldOp::create(builder, loc, loaded);
    builder.setInsertionPointToStart(branch.elseBlock());
    Values zeros = llvm::map_to_vector(
        types, [&](Type type) -> Value { return arith::ConstantOp::create(builder, loc, builder.getZeroAttr(type)); });
    scf::YieldOp::create(builder, loc, zeros);
  }
  return Values(branch.getResults());
}

void StagedContraction::finish(ArrayRef<Value> loaded, Value stretch, Value stage) {
  for (const Copy *copy : {&leftCopy, &rightCopy}) {
    size_t sources = copy->side->operand->sources.size();
    for (int64_t number = 0; !copy->isAsync && number < pieces(*copy); ++number) {
      Place to = place(*copy, number);
      auto [at, k] = coordinates(*copy, stretch, to);
      Value piece = operandElement(*copy->side, loaded.take_front(sources), at, k, checksK, copy->lanes);
      storePiece(*copy, piece, stage, to);
      loaded = loaded.drop_front(sources);
    }
  }
}

} // namespace sinter
