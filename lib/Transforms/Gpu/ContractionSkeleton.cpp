// Products on a GPU: which tile a block has, and what it reads of the operands.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "ContractionSkeleton.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;

namespace sinter {

int64_t tilesOf(const ContractionProblem &p, const BlockTile &tile) {
  int64_t tiles = llvm::divideCeil(p.m.extent, tile.m) * llvm::divideCeil(p.n.extent, tile.n);
  for (const ContractionDim &dim : p.outer)
    tiles *= dim.extent;
  return tiles;
}

bool fillsGpu(const ContractionProblem &p, const BlockTile &tile) {
  return tilesOf(p, tile) >= kBlocks;
}

Grid contractionGrid(const ContractionProblem &p, const BlockTile &tile) {
  int64_t all = tilesOf(p, tile), dynamic = p.m.dynamic + p.n.dynamic;
  const ContractionDim *outer = !p.outer.empty() && p.outer.front().dynamic ? &p.outer.front() : nullptr;
  dynamic += outer != nullptr;
  if (dynamic != 1)
    return {0, all, 1, 1};
  if (outer)
    return {outer->perRow, 0, 1, all / outer->extent};
  const ContractionDim &dim = p.m.dynamic ? p.m : p.n;
  int64_t size = p.m.dynamic ? tile.m : tile.n;
  return {dim.perRow, 0, size, all / int64_t(llvm::divideCeil(dim.extent, size))};
}

ContractionSkeleton::ContractionSkeleton(DeviceFunction &function, const ContractionProblem &problem,
                                         const BlockTile &block)
    : function(function), builder(function.builder), loc(function.loc), math(builder, loc), p(problem),
      element(problem.element()), context(builder, function.emission), left{&p.lhs, &p.m, block.m, {}},
      right{&p.rhs, &p.n, block.n, {}} {}

void ContractionSkeleton::emit() {
  allocate();
  thread = function.threadId();
  emitTiles();
}

void ContractionSkeleton::emitTiles() {
  emitTileAt(tileNumber(), [&] {
    Value zero = arith::ConstantOp::create(builder, loc, builder.getZeroAttr(element));
    emitEpilogue(emitOuterK(0, Values(accumulatorCount(), zero)));
  });
}

void ContractionSkeleton::emitTileAt(Value number, llvm::function_ref<void()> tile) {
  isTile = Value();
  decodeTile(number);
  emitIf(builder, loc, isTile, tile);
}

Value ContractionSkeleton::extentOf(const ContractionDim &dim) {
  return dim.dynamic ? math.mul(function.emission.rows(), dim.perRow) : math.constant(dim.extent);
}

/// The axis whose length is known at run time comes first, so that all divisors are constants.
void ContractionSkeleton::decodeTile(Value number) {
  struct Axis {
    const ContractionDim *dim;
    int64_t size;
    Value *index;
  };
  outerIndex.resize(p.outer.size());
  SmallVector<Axis> axes;
  for (auto [dim, index] : llvm::zip_equal(p.outer, outerIndex))
    axes.push_back({&dim, 1, &index});
  axes.push_back({&p.m, left.width, &left.start});
  axes.push_back({&p.n, right.width, &right.start});
  auto first = llvm::find_if(axes, [](const Axis &axis) { return axis.dim->dynamic; });
  if (first != axes.end())
    std::rotate(axes.begin(), first, first + 1);
  if (tileRowsOfBand > 1 && p.outer.empty() && !p.n.dynamic)
    return decodeBand(number);
  for (const Axis &axis : llvm::reverse(ArrayRef(axes).drop_front())) {
    int64_t count = llvm::divideCeil(axis.dim->extent, axis.size);
    *axis.index = math.mul(math.rem(number, count), axis.size);
    number = math.div(number, count);
  }
  *axes.front().index = math.mul(number, axes.front().size);
  // With more than one such axis the grid is that of the largest batch.
  for (const Axis &axis : axes) {
    if (!axis.dim->dynamic)
      continue;
    Value inside = math.less(*axis.index, extentOf(*axis.dim));
    isTile = math.both(isTile, inside);
  }
}

/// The band at the bottom may have fewer rows.
void ContractionSkeleton::decodeBand(Value number) {
  Value rows = math.div(math.add(extentOf(p.m), left.width - 1), left.width);
  int64_t ofBand = tileRowsOfBand * llvm::divideCeil(p.n.extent, right.width);
  Value first = math.mul(math.div(number, ofBand), tileRowsOfBand), inBand = math.rem(number, ofBand);
  Value height = math.min(arith::SubIOp::create(builder, loc, rows, first), math.constant(tileRowsOfBand));
  left.start = math.mul(math.add(first, math.rem(inBand, height)), left.width);
  right.start = math.mul(math.div(inBand, height), right.width);
}

Value ContractionSkeleton::outerOffset(ArrayRef<int64_t> strides, bool withK) {
  Value offset = math.constant(0);
  for (auto [dim, index] : llvm::zip_equal(p.outer, outerIndex))
    offset = math.add(offset, math.mul(index, strideAlong(strides, dim)));
  if (withK)
    for (auto [dim, index] : llvm::zip_equal(p.outerK, outerKIndex))
      offset = math.add(offset, math.mul(index, strideAlong(strides, dim)));
  return offset;
}

ContractionSkeleton::Values ContractionSkeleton::emitOuterK(unsigned depth, Values accumulators) {
  if (depth == p.outerK.size())
    return emitStretches(accumulators);
  auto loop =
      scf::ForOp::create(builder, loc, math.constant(0), extentOf(p.outerK[depth]), math.constant(1), accumulators);
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(loop.getBody());
  outerKIndex.push_back(loop.getInductionVar());
  scf::YieldOp::create(builder, loc, emitOuterK(depth + 1, Values(loop.getRegionIterArgs())));
  outerKIndex.pop_back();
  return Values(loop.getResults());
}

Value ContractionSkeleton::flat(Value argument) {
  Value &known = flatBuffers[argument];
  if (known)
    return known;
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(&function.emission.entry());
  Value buffer = function.emission.buffer(cast<BlockArgument>(argument));
  auto type = cast<MemRefType>(buffer.getType());
  int64_t count = type.getNumElements();
  return known =
             memref::ReinterpretCastOp::create(builder, loc, MemRefType::get({count}, type.getElementType()), buffer,
                                               /*offset=*/0, ArrayRef<int64_t>{count}, ArrayRef<int64_t>{1});
}

/// Of the first source that has both dims: smaller ones (a factor per row) may lie across.
bool ContractionSkeleton::Side::liesAlongK(const ContractionDim &k) const {
  for (const ContractionOperand::Source &source : operand->sources)
    if (strideAlong(source.strides, k) != 0 && strideAlong(source.strides, *dim) != 0)
      return strideAlong(source.strides, k) == 1;
  return strideAlong(operand->strides, k) == 1;
}

const ContractionDim &ContractionSkeleton::innerDim(const Side &side) const {
  return side.liesAlongK(p.k) ? p.k : *side.dim;
}

/// Tells whether the place was inside already; null: it always is.
Value ContractionSkeleton::moveInside(const Side &side, Value &at, Value &k, bool checksK, int64_t lanes) {
  auto inside = [&](Value &index, const ContractionDim &dim, bool checks) {
    if (!checks)
      return Value();
    int64_t count = &dim == &innerDim(side) ? lanes : 1;
    Value extent = extentOf(dim), last = arith::SubIOp::create(builder, loc, extent, math.constant(count));
    Value valid = math.less(index, extent);
    index = math.min(index, last);
    return valid;
  };
  bool checksAt = side.dim->dynamic || side.dim->extent % side.width != 0;
  Value valid = inside(at, *side.dim, checksAt), validK = inside(k, p.k, checksK);
  return math.both(valid, validK);
}

SmallVector<Type> ContractionSkeleton::sourceTypes(const Side &side, int64_t lanes) {
  return llvm::map_to_vector(side.operand->sources, [&](const ContractionOperand::Source &source) -> Type {
    Type type = getElementTypeOrSelf(source.argument.getType());
    return lanes == 1 || strideAlong(source.strides, innerDim(side)) == 0 ? type : VectorType::get({lanes}, type);
  });
}

ContractionSkeleton::Values ContractionSkeleton::loadSources(const Side &side, Value at, Value k, bool checksK,
                                                             int64_t lanes) {
  moveInside(side, at, k, checksK, lanes);
  return llvm::map_to_vector(side.operand->sources, [&](const ContractionOperand::Source &source) {
    auto along = [&](const ContractionDim &dim) { return strideAlong(source.strides, dim); };
    Value offset = math.add(outerOffset(source.strides, /*withK=*/true),
                            math.add(math.mul(at, along(*side.dim)), math.mul(k, along(p.k))));
    return loadElements(builder, loc, flat(source.argument), offset, along(innerDim(side)) == 0 ? 1 : lanes,
                        getElementTypeOrSelf(source.argument.getType()));
  });
}

Value ContractionSkeleton::operandElement(const Side &side, ArrayRef<Value> sources, Value at, Value k, bool checksK,
                                          int64_t lanes) {
  Value valid = moveInside(side, at, k, checksK, lanes), value = sources.back();
  ScalarToVector toVector(builder, loc, lanes);
  if (linalg::GenericOp prologue = side.operand->prologue) {
    IRMapping scalars = context.scalars();
    for (auto [source, loaded] : llvm::zip_equal(side.operand->sources, sources))
      scalars.map(source.scalar, loaded);
    Block &body = prologue.getRegion().front();
    toVector.clone(body, scalars, /*indexOf=*/nullptr);
    value = scalars.lookup(body.getTerminator()->getOperand(0));
  }
  value = toVector.broadcast(value);
  if (!valid)
    return value;
  Value zero = arith::ConstantOp::create(builder, loc, builder.getZeroAttr(value.getType()));
  return arith::SelectOp::create(builder, loc, valid, value, zero);
}

} // namespace sinter
