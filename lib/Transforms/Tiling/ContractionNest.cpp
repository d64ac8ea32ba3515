// Which loops surround the register tiles of a contraction, and which part of them is one work item?
//
//   for item: for outer: for panel: for k block: [pack panel] for row tile: micro kernel
//   for item: for outer: for k block: [pack panels] for row tile: for panel: micro kernel      (panels inner)
//
// The epilogue follows the micro kernel of the last block of k.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "ContractionEmitter.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "llvm/Support/MathExtras.h"
#include <numeric>

using namespace mlir;

namespace sinter {

//===-- Index arithmetic -----------------------------------------------------------------------------------------===//

Value ContractionEmitter::constant(int64_t v) {
  return arith::ConstantIndexOp::create(b, v);
}
Value ContractionEmitter::add(Value x, Value y) {
  return b.createOrFold<arith::AddIOp>(x, y);
}
Value ContractionEmitter::addConstant(Value x, int64_t c) {
  return c ? add(x, constant(c)) : x;
}
Value ContractionEmitter::times(Value x, int64_t c) {
  return c == 0 ? constant(0) : c == 1 ? x : b.createOrFold<arith::MulIOp>(x, constant(c));
}
Value ContractionEmitter::minimum(Value x, Value y) {
  return b.createOrFold<arith::MinUIOp>(x, y);
}
Value ContractionEmitter::ceilDiv(Value x, int64_t c) {
  return c == 1 ? x : b.createOrFold<arith::DivUIOp>(addConstant(x, c - 1), constant(c));
}
Value ContractionEmitter::extentOf(const ContractionDim &dim) {
  return dim.dynamic ? times(rows, dim.perRow) : constant(dim.extent);
}

/// Where the current outer iteration starts in an operand.
Value ContractionEmitter::outerOffset(Strides strides) {
  Value offset = constant(0);
  for (auto [dim, index] : llvm::zip_equal(p.outer, outerIndex))
    offset = add(offset, times(index, strideAlong(strides, dim)));
  return offset;
}

Value ContractionEmitter::argument(Value kernelArgument) {
  return emission.buffer(cast<BlockArgument>(kernelArgument));
}

/// A matrix view from `offset` elements on. A stride of 0 stands for a dim that the operand lacks.
ContractionEmitter::View ContractionEmitter::view(Value memref, Value offset, int64_t stride0, int64_t stride1) {
  auto type = cast<MemRefType>(memref.getType());
  int64_t strides[2] = {stride0 ? stride0 : 1, stride1 ? stride1 : 1};
  auto layout = StridedLayoutAttr::get(b.getContext(), ShapedType::kDynamic, strides);
  int64_t sizes[2] = {type.getNumElements(), type.getNumElements()};
  auto viewType = MemRefType::get(sizes, type.getElementType(), layout);
  OpFoldResult size = b.getIndexAttr(type.getNumElements());
  Value cast = memref::ReinterpretCastOp::create(b, viewType, memref, OpFoldResult(offset), {size, size},
                                                 {b.getIndexAttr(strides[0]), b.getIndexAttr(strides[1])});
  return {cast, {stride0, stride1}};
}

/// The index to use for dim `dim` of a view.
Value ContractionEmitter::at(const View &view, unsigned dim, Value index) {
  return view.strides[dim] ? index : constant(0);
}

/// An aligned buffer on the stack, allocated once per call.
Value ContractionEmitter::scratch(ArrayRef<int64_t> shape, Type type) {
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(&emission.entry());
  return memref::AllocaOp::create(b, MemRefType::get(shape, type), b.getI64IntegerAttr(64));
}

void ContractionEmitter::loop(Value from, Value to, function_ref<void(Value)> body) {
  auto loop = scf::ForOp::create(b, from, to, constant(1));
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(loop.getBody());
  body(loop.getInductionVar());
}

//===-- Work items -----------------------------------------------------------------------------------------------===//

ContractionEmitter::ContractionEmitter(OpBuilder &builder, KernelEmission &emission, ContractionProblem problem,
                                       ContractionPlan plan)
    : b(emission.kernel.getLoc(), builder), emission(emission), p(std::move(problem)), plan(plan), element(p.element()),
      inResult(restsInResult(p, plan)) {}

void ContractionEmitter::emit() {
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToEnd(&emission.entry());
  rows = emission.rows();
  Type packed = plan.inPairs() ? Type(b.getBF16Type()) : element;
  if (plan.packsLanes()) {
    int64_t length = plan.packedSteps(), width = plan.vectors * plan.lanes;
    panelBuffer = scratch({plan.panelSlots(p) * length, plan.inPairs() ? 2 * width : width}, packed);
  }
  if (plan.packsRows())
    rowPanelBuffer = scratch({plan.rowSlots(p), plan.packedRowElements()}, packed);
  if (plan.blocksOfK(p) > 1 && !inResult)
    restBuffer = scratch({plan.rowSlots(p) * plan.panelSlots(p), plan.rows * plan.vectors, plan.lanes}, element);
  emitItems();
}

/// Groups of an axis, at run time.
Value ContractionEmitter::groupsOf(const ItemAxis &axis) {
  return axis.dynamic && axis.split ? ceilDiv(times(rows, axis.scale), axis.unit) : constant(axis.staticGroups());
}

/// Neighbouring items that have the same panel share its packing.
void ContractionEmitter::emitItems() {
  Value lo = emission.lo(), hi = emission.hi();
  if (!sharesPacking(p, plan))
    return loop(lo, hi, [&](Value item) { emitItem(item, std::nullopt); });
  Value perRun = groupsOf(itemAxes(p, plan).back());
  Value runs = b.createOrFold<arith::DivUIOp>(add(hi, addConstant(perRun, -1)), perRun);
  loop(b.createOrFold<arith::DivUIOp>(lo, perRun), runs, [&](Value run) {
    Value first = arith::MulIOp::create(b, run, perRun);
    Value begin = arith::MaxSIOp::create(b, arith::SubIOp::create(b, lo, first), constant(0));
    Value end = arith::MinSIOp::create(b, arith::SubIOp::create(b, hi, first), perRun);
    emitItem(run, GroupRange{begin, end});
  });
}

/// One item; or, with `rowGroups` of the last axis, several that differ in their rows only: `item` numbers the others.
void ContractionEmitter::emitItem(Value item, std::optional<GroupRange> rowGroups) {
  SmallVector<ItemAxis, 3> axes = itemAxes(p, plan);
  GroupRange groups[3];
  for (size_t i = axes.size() - rowGroups.has_value(); i-- > 0;) {
    bool isFirst = i == 0;
    Value count = isFirst ? Value() : groupsOf(axes[i]);
    Value group = isFirst ? item : b.createOrFold<arith::RemUIOp>(item, count);
    groups[axes[i].kind] = {group, addConstant(group, 1)};
    if (!isFirst)
      item = b.createOrFold<arith::DivUIOp>(item, count);
  }
  if (rowGroups)
    groups[ItemAxis::Rows] = *rowGroups;
  auto axis = [&](ItemAxis::Kind kind) { return *llvm::find_if(axes, [&](auto &a) { return a.kind == kind; }); };
  ItemAxis rowAxis = axis(ItemAxis::Rows), panelAxis = axis(ItemAxis::Panels);
  auto emitTiles = [&] {
    if (plan.panelsInner)
      return emitPanelsOfRows(groups[ItemAxis::Panels], panelAxis, groups[ItemAxis::Rows], rowAxis);
    emitPanels(groups[ItemAxis::Panels], panelAxis,
               [&](const LanePanel &panel) { emitRowsOfPanel(panel, groups[ItemAxis::Rows], rowAxis); });
  };
  if (!p.sums.empty())
    return emitWithSums(groups, panelAxis, rowAxis, emitTiles);
  emitOuter(groups[ItemAxis::Outer], axis(ItemAxis::Outer), emitTiles);
}

/// Of `total` steps of `size` iterations, those of some groups.
std::pair<Value, Value> ContractionEmitter::stepsOf(GroupRange groups, const ItemAxis &axis, int64_t size,
                                                    Value total) {
  if (!axis.split || (!axis.dynamic && axis.staticGroups() == 1))
    return {constant(0), total};
  int64_t perGroup = axis.unit / size;
  return {times(groups.first, perGroup), minimum(times(groups.end, perGroup), total)};
}

/// Runs the body for every outer iteration of a group, with `outerIndex` set.
void ContractionEmitter::emitOuter(GroupRange groups, const ItemAxis &axis, function_ref<void()> body) {
  if (p.outer.empty())
    return body();
  Value total = axis.dynamic ? times(rows, axis.scale) : constant(axis.scale);
  auto [from, to] = stepsOf(groups, axis, 1, total);
  loop(from, to, [&](Value index) {
    outerIndex.assign(p.outer.size(), Value());
    for (size_t d = p.outer.size(); d-- > 1;) {
      Value extent = constant(p.outer[d].extent);
      outerIndex[d] = b.createOrFold<arith::RemUIOp>(index, extent);
      index = b.createOrFold<arith::DivUIOp>(index, extent);
    }
    outerIndex[0] = index;
    body();
  });
}

/// Whether one loop serves the narrower last panel too: its lanes are packed, so the price is a masked store in all
/// panels, and vectors that nobody stores in the last. Saves half of a product's code.
bool ContractionEmitter::sharesPanelCode() {
  const ContractionDim &dim = plan.laneDim(p);
  if (dim.dynamic)
    return true;
  constexpr int64_t kMaskedStoreBytes = 64, kFewestVectorsPerUnused = 50; // shorter vectors have no mask registers
  int64_t vectors = llvm::divideCeil(dim.extent, plan.lanes), unused = llvm::alignTo(vectors, plan.vectors) - vectors;
  return dim.extent % (plan.vectors * plan.lanes) != 0 && plan.packsLanes() && !plan.swapped &&
         plan.lanes * p.elementBytes() == kMaskedStoreBytes && unused * kFewestVectorsPerUnused <= vectors;
}

/// Full panels in a loop, then the narrower last one; or one loop for all.
void ContractionEmitter::emitPanels(GroupRange groups, const ItemAxis &axis,
                                    function_ref<void(const LanePanel &)> body) {
  const ContractionDim &dim = plan.laneDim(p);
  int64_t width = plan.vectors * plan.lanes;
  Value extent = extentOf(dim), full = b.createOrFold<arith::DivUIOp>(extent, constant(width));
  auto [from, to] = stepsOf(groups, axis, width, ceilDiv(extent, width));
  auto slot = [&, from = from](Value panel) {
    return plan.panelsInner ? b.createOrFold<arith::SubIOp>(panel, from) : constant(0);
  };
  int64_t rest = dim.extent % width;
  if (sharesPanelCode())
    return loop(from, to, [&](Value panel) {
      Value start = times(panel, width);
      Value valid = minimum(b.createOrFold<arith::SubIOp>(extent, start), constant(width));
      body({start, plan.vectors, plan.lanes, valid, dim.dynamic ? 0 : rest, slot(panel)});
    });
  loop(from, minimum(to, full),
       [&](Value panel) { body({times(panel, width), plan.vectors, plan.lanes, Value(), width, slot(panel)}); });
  if (rest == 0)
    return;
  Value hasRest = arith::CmpIOp::create(b, arith::CmpIPredicate::ugt, to, full);
  auto ifRest = scf::IfOp::create(b, hasRest, /*withElseRegion=*/false);
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPoint(ifRest.thenYield());
  int64_t vectors = llvm::divideCeil(rest, plan.lanes);
  body({times(full, width), vectors, rest - (vectors - 1) * plan.lanes, Value(), rest, slot(full)});
}

/// Which tiles of rows some groups have.
ContractionEmitter::TileRange ContractionEmitter::tilesOf(GroupRange groups, const ItemAxis &axis) {
  auto [from, to] = stepsOf(groups, axis, plan.rows, ceilDiv(extentOf(plan.rowDim(p)), plan.rows));
  return {from, to, from};
}

/// Full tiles in a loop, then the remaining rows: as one tile if their number is known, else one by one.
void ContractionEmitter::emitRowTiles(const TileRange &tiles, function_ref<void(const RowTile &)> body) {
  const ContractionDim &dim = plan.rowDim(p);
  Value extent = extentOf(dim), full = b.createOrFold<arith::DivUIOp>(extent, constant(plan.rows));
  auto slot = [&](Value tile) { return b.createOrFold<arith::SubIOp>(tile, tiles.firstOfItem); };
  loop(tiles.from, minimum(tiles.to, full), [&](Value tile) {
    Value at = slot(tile);
    body({times(tile, plan.rows), plan.rows, at, at, constant(0)});
  });
  int64_t rest = dim.extent % plan.rows;
  if (plan.rows == 1 || (!dim.dynamic && rest == 0))
    return;
  Value hasRest = arith::CmpIOp::create(b, arith::CmpIPredicate::ugt, tiles.to, full);
  auto ifRest = scf::IfOp::create(b, hasRest, /*withElseRegion=*/false);
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPoint(ifRest.thenYield());
  Value start = times(full, plan.rows), at = slot(full);
  if (!dim.dynamic)
    return body({start, rest, at, at, constant(0)});
  emitRestRows(b.createOrFold<arith::SubIOp>(extent, start), start, at, body);
}

/// `count` < plan.rows rows. A full batch leaves a number of rows that is known now.
void ContractionEmitter::emitRestRows(Value count, Value start, Value slot, function_ref<void(const RowTile &)> body) {
  int64_t usual = plan.rowDim(p).extent % plan.rows;
  OpBuilder::InsertionGuard guard(b);
  if (usual) {
    Value isUsual = arith::CmpIOp::create(b, arith::CmpIPredicate::eq, count, constant(usual));
    auto split = scf::IfOp::create(b, isUsual, /*withElseRegion=*/true);
    b.setInsertionPoint(split.thenYield());
    body({start, usual, slot, slot, constant(0)});
    b.setInsertionPoint(split.elseYield());
  }
  // Batches that are not full are rare: code for them is short rather than fast.
  loop(constant(0), count, [&](Value row) { body({add(start, row), 1, slot, slot, row}); });
}

//===-- k --------------------------------------------------------------------------------------------------------===//

void ContractionEmitter::emitKBlocks(function_ref<void(const KBlock &)> body) {
  Value extent = extentOf(p.k);
  int64_t divisor = p.k.dynamic ? 1 : std::gcd(p.k.extent, plan.kBlock), rest = p.k.extent % plan.kBlock;
  int64_t shortest = p.k.dynamic ? 1 : rest ? rest : plan.kBlock;
  if (plan.blocksOfK(p) == 1)
    return body({constant(0), extent, divisor, shortest, SmallVector<Value>(p.outerK.size(), constant(0)), {}, {}});
  SmallVector<Value> outer;
  Value firstSoFar, lastSoFar;
  auto both = [&](Value x, Value y) { return x ? Value(arith::AndIOp::create(b, x, y)) : y; };
  auto equals = [&](Value x, Value y) { return arith::CmpIOp::create(b, arith::CmpIPredicate::eq, x, y); };
  auto innermost = [&] {
    auto blocks = scf::ForOp::create(b, constant(0), extent, constant(plan.kBlock));
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToStart(blocks.getBody());
    Value first = blocks.getInductionVar(), left = b.createOrFold<arith::SubIOp>(extent, first);
    bool even = !p.k.dynamic && p.k.extent % plan.kBlock == 0;
    Value isFirst = both(firstSoFar, equals(first, constant(0)));
    Value isLast = both(lastSoFar, arith::CmpIOp::create(b, arith::CmpIPredicate::ule, left, constant(plan.kBlock)));
    Value length = even ? constant(plan.kBlock) : minimum(left, constant(plan.kBlock));
    body({first, length, divisor, shortest, outer, isFirst, isLast});
  };
  std::function<void(size_t)> nest = [&](size_t d) {
    if (d == p.outerK.size())
      return innermost();
    Value count = extentOf(p.outerK[d]);
    loop(constant(0), count, [&](Value index) {
      Value first = firstSoFar, last = lastSoFar;
      firstSoFar = both(firstSoFar, equals(index, constant(0)));
      lastSoFar = both(lastSoFar, equals(index, addConstant(count, -1)));
      outer.push_back(index);
      nest(d + 1);
      outer.pop_back();
      firstSoFar = first, lastSoFar = last;
    });
  };
  nest(0);
}

/// Accumulators rest only if k is cut; the first block finds zeros.
void ContractionEmitter::clearRest() {
  if (!restBuffer)
    return;
  ArrayRef<int64_t> shape = cast<MemRefType>(restBuffer.getType()).getShape();
  loop(constant(0), constant(shape[0]), [&](Value slot) {
    loop(constant(0), constant(shape[1]), [&](Value i) { store(zero(), restBuffer, {slot, i, constant(0)}, {}); });
  });
}

void ContractionEmitter::emitRowsOfPanel(const LanePanel &panel, GroupRange rowGroups, const ItemAxis &rowAxis) {
  clearRest();
  emitKBlocks([&](const KBlock &block) {
    if (plan.packsLanes())
      pack(panel, block);
    emitRowTiles(tilesOf(rowGroups, rowAxis), [&](const RowTile &tile) { emitTile(panel, tile, block); });
  });
}

void ContractionEmitter::emitPanelsOfRows(GroupRange panelGroups, const ItemAxis &panelAxis, GroupRange rowGroups,
                                          const ItemAxis &rowAxis) {
  clearRest();
  TileRange tiles = tilesOf(rowGroups, rowAxis);
  emitKBlocks([&](const KBlock &block) {
    if (plan.packsLanes())
      packAll(block, [&](auto body) { emitPanels(panelGroups, panelAxis, body); });
    if (plan.packsRows())
      packRows(block, tiles);
    emitRowTiles(tiles, [&](RowTile tile) {
      Value firstSlot = times(tile.slot, plan.panelSlots(p));
      emitPanels(panelGroups, panelAxis, [&](const LanePanel &panel) {
        tile.restSlot = add(firstSlot, panel.slot);
        emitTile(panel, tile, block);
      });
    });
  });
}

void ContractionEmitter::emitTile(const LanePanel &panel, const RowTile &tile, const KBlock &block) {
  if (inResult) { // what this will be added to comes while it is computed
    FetchedTiles result = epilogueTiles(tile, panel);
    for (int64_t row = 0; row < result.rows; ++row)
      prefetchRow(result, constant(row));
  }
  Values accumulators = plan.form == ContractionForm::Dot ? dotTile(panel, tile, block)
                        : plan.inPairs()                  ? tileOfPairs(panel, tile, block)
                                                          : broadcastTile(panel, tile, block);
  if (inResult)
    return addToResult(resultTile(panel, tile, accumulators), block);
  if (!block.isLast)
    return emitEpilogue(resultTile(panel, tile, accumulators));
  auto split = scf::IfOp::create(b, block.isLast, /*withElseRegion=*/true);
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPoint(split.thenYield());
  emitEpilogue(resultTile(panel, tile, accumulators));
  b.setInsertionPoint(split.elseYield());
  restAccumulators(tile, panel.vectors, accumulators);
}

LogicalResult emitContraction(OpBuilder &builder, KernelEmission &emission) {
  auto plan = ContractionPlan::decode(emission.schedule);
  if (failed(plan))
    return emission.kernel.emitError("schedule is no valid contraction schedule: expected tile = [rows, vectors, row "
                                     "tiles, panels, outer, k block, form, swapped, panels inner, fetches], found ")
           << emission.schedule;
  auto problem = matchContraction(emission.kernel, emission.batch);
  if (failed(problem))
    return emission.kernel.emitError("kernel body is not a contraction with elementwise prologues and epilogue");
  if (!isLegal(*problem, *plan))
    return emission.kernel.emitError("schedule does not fit the operands' layouts: found ") << emission.schedule;
  ContractionEmitter(builder, emission, std::move(*problem), *plan).emit();
  return success();
}

} // namespace sinter
