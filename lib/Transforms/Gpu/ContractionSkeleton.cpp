// Products on a GPU: tiles in shared memory and registers.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "ContractionSkeleton.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;

namespace sinter {

/// Blocks that fill a large GPU.
static constexpr int64_t kBlocks = 128;

static constexpr ContractionTile kTiles[] = {
    {128, 128, 8, 8, 8}, {64, 64, 16, 4, 4}, {32, 32, 16, 2, 2}, {16, 16, 32, 1, 1}};

static int64_t tilesOf(const ContractionProblem &p, const ContractionTile &tile) {
  int64_t tiles = llvm::divideCeil(p.m.extent, tile.bm) * llvm::divideCeil(p.n.extent, tile.bn);
  for (const ContractionDim &dim : p.outer)
    tiles *= dim.extent;
  return tiles;
}

ContractionTile chooseTile(const ContractionProblem &p) {
  // Accumulators of f64 take two registers each.
  for (const ContractionTile &tile : ArrayRef(kTiles).drop_front(p.element().isF64() ? 1 : 0))
    if (tilesOf(p, tile) >= kBlocks)
      return tile;
  return kTiles[std::size(kTiles) - 1];
}

Grid ContractionSkeleton::grid(const ContractionProblem &p, const ContractionTile &tile) {
  int64_t all = tilesOf(p, tile), dynamic = p.m.dynamic + p.n.dynamic;
  const ContractionDim *outer = !p.outer.empty() && p.outer.front().dynamic ? &p.outer.front() : nullptr;
  dynamic += outer != nullptr;
  if (dynamic != 1)
    return {0, all, 1, 1};
  if (outer)
    return {outer->perRow, 0, 1, all / outer->extent};
  const ContractionDim &dim = p.m.dynamic ? p.m : p.n;
  int64_t size = p.m.dynamic ? tile.bm : tile.bn;
  return {dim.perRow, 0, size, all / int64_t(llvm::divideCeil(dim.extent, size))};
}

ContractionSkeleton::ContractionSkeleton(DeviceFunction &function, const ContractionProblem &problem,
                                         const ContractionTile &tile)
    : function(function), builder(function.builder), loc(function.loc), math(builder, loc), p(problem), tile(tile),
      element(problem.element()), context(builder, function.emission), left{&p.lhs, &p.m, tile.bm, {}, {}},
      right{&p.rhs, &p.n, tile.bn, {}, {}} {}

void ContractionSkeleton::emit() {
  for (Side *side : {&left, &right})
    side->storage = function.shared({2, tile.bk, side->width}, element);
  thread = function.threadId();
  decodeBlock();
  emitIf(builder, loc, isBlock, [&] {
    Value zero = arith::ConstantOp::create(builder, loc, builder.getZeroAttr(element));
    emitEpilogue(emitOuterK(0, Values(tile.tm * tile.tn, zero)));
  });
}

Value ContractionSkeleton::extentOf(const ContractionDim &dim) {
  return dim.dynamic ? math.mul(function.emission.rows(), dim.perRow) : math.constant(dim.extent);
}

/// The axis whose length is known at run time comes first, so that all divisors are constants.
void ContractionSkeleton::decodeBlock() {
  struct Axis {
    const ContractionDim *dim;
    int64_t size;
    Value *index;
  };
  outerIndex.resize(p.outer.size());
  SmallVector<Axis> axes;
  for (auto [dim, index] : llvm::zip_equal(p.outer, outerIndex))
    axes.push_back({&dim, 1, &index});
  axes.push_back({&p.m, tile.bm, &left.start});
  axes.push_back({&p.n, tile.bn, &right.start});
  auto first = llvm::find_if(axes, [](const Axis &axis) { return axis.dim->dynamic; });
  if (first != axes.end())
    std::rotate(axes.begin(), first, first + 1);
  Value number = function.blockId();
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
    isBlock = isBlock ? Value(arith::AndIOp::create(builder, loc, isBlock, inside)) : inside;
  }
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

ContractionSkeleton::Values ContractionSkeleton::emitStretches(Values accumulators) {
  // Behind an outer loop over k the first copy may still be read.
  if (!p.outerK.empty())
    function.barrier();
  Value step = math.constant(tile.bk);
  auto loop = scf::ForOp::create(builder, loc, math.constant(0), extentOf(p.k), step, accumulators);
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(loop.getBody());
  Value firstK = loop.getInductionVar(), half = math.rem(math.div(firstK, tile.bk), 2);
  copy(left, half, firstK);
  copy(right, half, firstK);
  function.barrier();
  auto inner =
      scf::ForOp::create(builder, loc, math.constant(0), step, math.constant(1), Values(loop.getRegionIterArgs()));
  {
    OpBuilder::InsertionGuard inside(builder);
    builder.setInsertionPointToStart(inner.getBody());
    scf::YieldOp::create(builder, loc, multiply(half, inner.getInductionVar(), inner.getRegionIterArgs()));
  }
  scf::YieldOp::create(builder, loc, inner.getResults());
  return Values(loop.getResults());
}

/// Elements outside of the operand become zeros. Neighbouring threads read along the dim that lies side by side.
void ContractionSkeleton::copy(const Side &side, Value half, Value firstK) {
  bool alongK = strideAlong(side.operand->sources.front().strides, p.k) == 1;
  int64_t threads = tile.threads(), elements = tile.bk * side.width;
  for (int64_t first = 0; first < elements; first += threads) {
    Value number = math.add(thread, first);
    Value k = alongK ? math.rem(number, tile.bk) : math.div(number, side.width);
    Value at = alongK ? math.div(number, tile.bk) : math.rem(number, side.width);
    Value value = operandElement(side, math.add(side.start, at), math.add(firstK, k));
    memref::StoreOp::create(builder, loc, value, side.storage, ValueRange{half, k, at});
  }
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

Value ContractionSkeleton::operandElement(const Side &side, Value at, Value k) {
  auto inside = [&](Value &index, const ContractionDim &dim, int64_t size) {
    if (!dim.dynamic && dim.extent % size == 0)
      return Value();
    Value extent = extentOf(dim), last = arith::SubIOp::create(builder, loc, extent, math.constant(1));
    Value valid = math.less(index, extent);
    index = math.min(index, last);
    return valid;
  };
  Value valid = inside(at, *side.dim, side.width), validK = inside(k, p.k, tile.bk);
  if (validK)
    valid = valid ? Value(arith::AndIOp::create(builder, loc, valid, validK)) : validK;
  IRMapping scalars = context.scalars();
  Value value;
  for (const ContractionOperand::Source &source : side.operand->sources) {
    Value offset = math.add(
        outerOffset(source.strides, /*withK=*/true),
        math.add(math.mul(at, strideAlong(source.strides, *side.dim)), math.mul(k, strideAlong(source.strides, p.k))));
    value =
        loadElements(builder, loc, flat(source.argument), offset, 1, getElementTypeOrSelf(source.argument.getType()));
    if (source.scalar)
      scalars.map(source.scalar, value);
  }
  if (linalg::GenericOp prologue = side.operand->prologue) {
    Block &body = prologue.getRegion().front();
    ScalarToVector(builder, loc, 1).clone(body, scalars, /*indexOf=*/nullptr);
    value = scalars.lookup(body.getTerminator()->getOperand(0));
  }
  if (value.getType() != element)
    value = arith::ExtFOp::create(builder, loc, element, value);
  if (!valid)
    return value;
  Value zero = arith::ConstantOp::create(builder, loc, builder.getZeroAttr(element));
  return arith::SelectOp::create(builder, loc, valid, value, zero);
}

/// `count` neighbours from shared memory.
ContractionSkeleton::Values ContractionSkeleton::fragment(const Side &side, Value half, Value k, Value first,
                                                          int64_t count) {
  int64_t lanes = std::min<int64_t>(count, kAccessBytes * 8 / element.getIntOrFloatBitWidth());
  Values elements;
  for (int64_t at = 0; at < count; at += lanes) {
    SmallVector<Value> indices{half, k, math.add(first, at)};
    if (lanes == 1) {
      elements.push_back(memref::LoadOp::create(builder, loc, side.storage, indices));
      continue;
    }
    Value vector = vector::LoadOp::create(builder, loc, VectorType::get({lanes}, element), side.storage, indices);
    for (int64_t lane = 0; lane < lanes; ++lane)
      elements.push_back(vector::ExtractOp::create(builder, loc, vector, lane));
  }
  return elements;
}

ContractionSkeleton::Values ContractionSkeleton::multiply(Value half, Value k, ValueRange accumulators) {
  int64_t across = tile.bn / tile.tn;
  Value row = math.mul(math.div(thread, across), tile.tm), column = math.mul(math.rem(thread, across), tile.tn);
  Values a = fragment(left, half, k, row, tile.tm), b = fragment(right, half, k, column, tile.tn), next;
  for (int64_t i = 0; i < tile.tm; ++i)
    for (int64_t j = 0; j < tile.tn; ++j)
      next.push_back(math::FmaOp::create(builder, loc, a[i], b[j], accumulators[i * tile.tn + j]));
  return next;
}

LogicalResult emitDeviceContraction(DeviceEmission &emission) {
  FailureOr<ContractionProblem> problem = matchContraction(emission.kernel, emission.batch);
  if (failed(problem))
    return emission.kernel.emitError() << "kernel \"" << emission.kernel.getName()
                                       << "\" is no product that the contraction skeleton for GPUs knows";
  ContractionTile tile = chooseTile(*problem);
  DeviceFunction function = emission.create("", {ContractionSkeleton::grid(*problem, tile), tile.threads()});
  ContractionSkeleton(function, *problem, tile).emit();
  alignVectors(function.fn);
  function.finish();
  return success();
}

} // namespace sinter
