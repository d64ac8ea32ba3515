// How operands get to shared memory: past registers or through them, in chunks or element by element.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "MmaContraction.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "sinter/Transforms/Memory/Layout.h"

using namespace mlir;

namespace sinter {

MmaContraction::Copy MmaContraction::planCopy(const Side &side) const {
  bool alongK = side.liesAlongK(p.k), inChunks = lieInChunks(side, alongK);
  return {&side, alongK, inChunks && !side.operand->prologue, inChunks ? kAccessBytes / elementBytes(operandType) : 1,
          std::nullopt};
}

/// Rows of chunks start (as blocks of memory do) and end on multiples of 16 bytes; sources that the row's dim has no
/// part in are the same for a chunk.
bool MmaContraction::lieInChunks(const Side &side, bool alongK) const {
  const ContractionDim &inner = alongK ? p.k : *side.dim, &outer = alongK ? *side.dim : p.k;
  int64_t chunk = kAccessBytes / elementBytes(operandType);
  auto liesInChunks = [&](const ContractionOperand::Source &source) {
    auto isAligned = [&](const ContractionDim &dim) { return strideAlong(source.strides, dim) % chunk == 0; };
    int64_t stride = strideAlong(source.strides, inner);
    return stride == 0 ||
           (stride == 1 && isAligned(outer) && llvm::all_of(p.outer, isAligned) && llvm::all_of(p.outerK, isAligned));
  };
  return (inner.dynamic ? inner.perRow : inner.extent) % chunk == 0 &&
         llvm::all_of(side.operand->sources, liesInChunks) &&
         (side.operand->prologue || strideAlong(side.operand->strides, inner) == 1);
}

int64_t MmaContraction::tileBytes(const Copy &copy) const {
  return SharedTile::bytes(tile.stages, copy.side->width, bk, operandType);
}

int64_t MmaContraction::pieces(const Copy &copy) const {
  return copy.tile->rows * copy.tile->columns / copy.lanes / function.threads;
}

std::pair<Value, Value> MmaContraction::position(const Copy &copy, int64_t number) {
  int64_t perRow = copy.tile->columns / copy.lanes;
  Value piece = math.add(thread, number * function.threads);
  return {math.div(piece, perRow), math.mul(math.rem(piece, perRow), copy.lanes)};
}

void MmaContraction::startChunks(const Copy &copy, Value stretch, Value stage) {
  const ContractionDim &dim = *copy.side->dim;
  const ContractionOperand::Source &source = copy.side->operand->sources.front();
  bool checksAt = dim.dynamic || dim.extent % copy.side->width != 0;
  Value firstK = math.mul(stretch, bk), base = outerOffset(source.strides, /*withK=*/true);
  for (int64_t number = 0; number < pieces(copy); ++number) {
    auto [row, column] = position(copy, number);
    Value at = math.add(copy.side->start, copy.alongK ? row : column);
    Value k = math.add(firstK, copy.alongK ? column : row);
    Value valid = checksAt ? math.less(at, extentOf(dim)) : Value();
    if (checksK)
      valid = math.both(valid, math.less(k, extentOf(p.k)));
    Value offset = math.add(
        base, math.add(math.mul(at, strideAlong(source.strides, dim)), math.mul(k, strideAlong(source.strides, p.k))));
    copy.tile->copyChunk(flat(source.argument), offset, valid, stage, row, column);
  }
}

MmaContraction::Values MmaContraction::loadPieces(const Copy &copy, Value stretch) {
  Values loaded;
  Value firstK = math.mul(stretch, bk);
  for (int64_t number = 0; number < pieces(copy); ++number) {
    auto [row, column] = position(copy, number);
    Value at = math.add(copy.side->start, copy.alongK ? row : column);
    Value k = math.add(firstK, copy.alongK ? column : row);
    loaded.push_back(operandElement(*copy.side, at, k, checksK, copy.lanes));
  }
  return loaded;
}

MmaContraction::Values MmaContraction::start(Value stretch, Value stage) {
  Values loaded;
  for (const Copy *copy : {&leftCopy, &rightCopy}) {
    if (copy->isAsync)
      startChunks(*copy, stretch, stage);
    else
      llvm::append_range(loaded, loadPieces(*copy, stretch));
  }
  return loaded;
}

MmaContraction::Values MmaContraction::startIf(Value condition, Value stretch, Value stage) {
  SmallVector<Type> types;
  for (const Copy *copy : {&leftCopy, &rightCopy})
    if (!copy->isAsync)
      types.append(pieces(*copy), copy->lanes == 1 ? operandType : VectorType::get({copy->lanes}, operandType));
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

void MmaContraction::finish(ArrayRef<Value> loaded, Value stage) {
  for (const Copy *copy : {&leftCopy, &rightCopy}) {
    if (copy->isAsync)
      continue;
    for (auto [number, value] : llvm::enumerate(loaded.take_front(pieces(*copy)))) {
      auto [row, column] = position(*copy, number);
      storeElements(builder, loc, value, copy->tile->buffer, copy->tile->indices(stage, row, column));
    }
    loaded = loaded.drop_front(pieces(*copy));
  }
}

} // namespace sinter
