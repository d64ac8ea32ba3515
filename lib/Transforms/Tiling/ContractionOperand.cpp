// What is multiplied: elements of an operand as they lie in memory, widened, or made by its prologue from those of
// others.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "ContractionEmitter.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/IR/TypeUtilities.h"
#include "sinter/Transforms/Tiling/ScalarToVector.h"

using namespace mlir;

namespace sinter {

/// The operand from index `start` of dim `around` and from the block's first k on, as a matrix [dim0][dim1].
ContractionEmitter::Factor ContractionEmitter::factor(const ContractionOperand &operand, const KBlock &block,
                                                      const ContractionDim &around, Value start,
                                                      const ContractionDim &dim0, const ContractionDim &dim1) {
  Factor result{&operand, {}};
  for (const ContractionOperand::Source &source : operand.sources) {
    Value offset = add(add(outerOffset(source.strides), kOffset(source.strides, block)),
                       times(start, strideAlong(source.strides, around)));
    result.sources.push_back(
        view(argument(source.argument), offset, strideAlong(source.strides, dim0), strideAlong(source.strides, dim1)));
  }
  return result;
}

/// `lanes` neighbours along dim1 (1: a scalar; a scalar also where all are the same). Lanes outside of the mask hold
/// what the prologue makes of zeros. Of the operand's type.
Value ContractionEmitter::storedElementsOf(const Factor &factor, Value index0, Value index1, int64_t lanes,
                                           Value mask) {
  IRMapping scalars;
  Value value;
  for (auto [source, from] : llvm::zip_equal(factor.operand->sources, factor.sources)) {
    int64_t count = from.strides[1] ? lanes : 1;
    value = loadElements(b, b.getLoc(), from.memref, {at(from, 0, index0), at(from, 1, index1)}, count,
                         getElementTypeOrSelf(source.argument.getType()), count == 1 ? Value() : mask);
    if (source.scalar)
      scalars.map(source.scalar, value);
  }
  if (linalg::GenericOp prologue = factor.operand->prologue) {
    Block &body = prologue.getRegion().front();
    ScalarToVector(b, b.getLoc(), lanes).clone(body, scalars, /*indexOf=*/nullptr);
    value = scalars.lookup(body.getTerminator()->getOperand(0));
  }
  return value;
}

/// The same, widened to what is multiplied.
Value ContractionEmitter::elementsOf(const Factor &factor, Value index0, Value index1, int64_t lanes, Value mask) {
  Value value = storedElementsOf(factor, index0, index1, lanes, mask);
  if (getElementTypeOrSelf(value.getType()) == element)
    return value;
  auto vector = dyn_cast<VectorType>(value.getType());
  return arith::ExtFOp::create(b, vector ? Type(vector.clone(element)) : element, value);
}

/// A vector along dim1.
Value ContractionEmitter::vectorOf(const Factor &factor, Value index0, Value index1, Value mask) {
  return ScalarToVector(b, b.getLoc(), plan.lanes).broadcast(elementsOf(factor, index0, index1, plan.lanes, mask));
}

} // namespace sinter
