// How are columns of a product's result added up while its tiles are at hand?
//
//   for item: for tile: sums of its columns so far (0 if a part of the rows begins) += sum over the tile's rows
//                       if the part ends: store them as the part's row
//
// Tiles of a part follow each other, for the same columns, so that one row of sums is enough. It is a buffer without
// masks, since what a masked instruction stores cannot be loaded again before it has reached the cache, behind all that
// was stored before: the results. Where m runs along the lanes, tiles are transposed before the epilogue, so lanes are
// columns here as well, and nothing is ever added up across lanes. Lanes without a column are never stored as sums.
// Parts of rows that a call does not have are zeros.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "ContractionEmitter.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;

namespace sinter {

/// The memory of a sum's parts.
Value ContractionEmitter::storageOf(linalg::GenericOp sum) {
  KernelOp kernel = emission.kernel;
  Block &body = kernel.getBody().front();
  auto yielded = body.getTerminator()->getOperands();
  int64_t number = llvm::find(yielded, sum.getResult(0)) - yielded.begin();
  return argument(body.getArgument(kernel.getInputs().size() + number));
}

/// A work item of some groups of panels and rows: `emitTiles`, if it has rows, and zeros for parts without.
void ContractionEmitter::emitWithSums(ArrayRef<GroupRange> groups, const ItemAxis &panelAxis, const ItemAxis &rowAxis,
                                      function_ref<void()> emitTiles) {
  if (!p.m.dynamic)
    return emitTiles();
  const ItemAxis &m = plan.swapped ? panelAxis : rowAxis, &n = plan.swapped ? rowAxis : panelAxis;
  auto [firstPart, endPart] = stepsOf(groups[m.kind], m, p.rowsPerPart, constant(partsOf(p)));
  auto [firstColumn, endColumn] = stepsOf(groups[n.kind], n, 1, constant(p.n.extent));
  Value parts = ceilDiv(extentOf(p.m), p.rowsPerPart);
  clearSums(arith::MaxUIOp::create(b, firstPart, parts), endPart, firstColumn, endColumn);
  Value hasRows = arith::CmpIOp::create(b, arith::CmpIPredicate::ult, firstPart, parts);
  auto ifRows = scf::IfOp::create(b, hasRows, /*withElseRegion=*/false);
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPoint(ifRows.thenYield());
  emitTiles();
}

void ContractionEmitter::clearSums(Value firstPart, Value endPart, Value firstColumn, Value endColumn) {
  loop(firstPart, endPart, [&](Value part) {
    auto columns = scf::ForOp::create(b, firstColumn, endColumn, constant(plan.lanes));
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToStart(columns.getBody());
    Value column = columns.getInductionVar(), mask = maskFrom(b.createOrFold<arith::SubIOp>(endColumn, column));
    for (linalg::GenericOp sum : p.sums)
      store(zero(), storageOf(sum), {part, column}, mask);
  });
}

/// For each sum and vector of a tile nothing so far.
ContractionEmitter::Values ContractionEmitter::noSums(const ResultTile &tile) {
  return p.sums.empty() ? Values() : Values(p.sums.size() * tile.masks.size(), zero());
}

/// Where the sums of a tile's columns are while their part lasts: a vector each, [sum][vector].
ContractionEmitter::View ContractionEmitter::sumsSoFar(const ResultTile &tile) {
  int64_t columns = plan.swapped ? plan.rows : plan.vectors * plan.lanes,
          vectors = llvm::divideCeil(columns, plan.lanes);
  if (!sumBuffer)
    sumBuffer = scratch({sumElements(p, plan)}, element);
  int64_t elements = int64_t(p.sums.size()) * vectors * plan.lanes;
  Value tileOfColumns = b.createOrFold<arith::DivUIOp>(tile.n, constant(columns));
  return view(sumBuffer, times(tileOfColumns, elements), plan.lanes, 1);
}

/// Adds the sums over a tile's rows, [sum][vector], to those of its part.
void ContractionEmitter::addToParts(const ResultTile &tile, ArrayRef<Value> sums) {
  if (sums.empty())
    return;
  auto isEqual = [&](Value x, Value y) { return arith::CmpIOp::create(b, arith::CmpIPredicate::eq, x, y); };
  Value size = constant(p.rowsPerPart), extent = extentOf(p.m), none = constant(0);
  Value end = add(tile.m, tile.validRows ? tile.validRows : constant(tile.rows));
  Value begins = isEqual(arith::RemUIOp::create(b, tile.m, size), none);
  Value ends = arith::OrIOp::create(b, isEqual(arith::RemUIOp::create(b, end, size), none), isEqual(end, extent));
  View soFar = sumsSoFar(tile);
  Values totals;
  for (auto [i, sum] : llvm::enumerate(sums)) {
    SmallVector<Value> place{constant(i), none};
    Value before = arith::SelectOp::create(b, begins, zero(), load(soFar.memref, place, {}));
    totals.push_back(arith::AddFOp::create(b, before, sum));
    store(totals.back(), soFar.memref, place, {});
  }
  auto ifEnds = scf::IfOp::create(b, ends, /*withElseRegion=*/false);
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPoint(ifEnds.thenYield());
  Value part = arith::DivUIOp::create(b, tile.m, size);
  for (auto [i, total] : llvm::enumerate(totals)) {
    size_t v = i % tile.masks.size();
    Value column = addConstant(tile.n, int64_t(v) * plan.lanes);
    store(total, storageOf(p.sums[i / tile.masks.size()]), {part, column}, tile.masks[v]);
  }
}

} // namespace sinter
