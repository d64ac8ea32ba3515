// Products whose sums are cut into parts.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "ContractionParts.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "sinter/Transforms/Memory/Layout.h"

using namespace mlir;

namespace sinter {

ContractionParts::ContractionParts(const ContractionProblem &problem, const BlockTile &block, int64_t parts)
    : block(block), parts(parts), tiles(tilesOf(problem, block)), element(problem.element()) {}

int64_t ContractionParts::bytes() const {
  return parts == 1 ? 0 : parts * tiles * block.m * block.n * elementBytes(element);
}

Value ContractionParts::view(DeviceFunction &function) const {
  return function.workspace(0, {parts, tiles, block.m, block.n}, element);
}

void ContractionCombination::emitEpilogue(ArrayRef<Value> none) {
  Value tile = function.blockId(), sums = parts.view(function);
  auto rowOf = [](Value line) { return line; };
  emitRows(wholeRows(parts.block.m), rowOf, [&](Value line, Value column, int64_t lanes) {
    Values ofParts;
    for (int64_t part = 0; part < parts.parts; ++part)
      ofParts.push_back(loadElements(builder, loc, sums, {math.constant(part), tile, line, column}, lanes, element));
    Value sum = ofParts.front();
    for (Value next : ArrayRef(ofParts).drop_front())
      sum = arith::AddFOp::create(builder, loc, sum, next);
    return sum;
  });
}

} // namespace sinter
