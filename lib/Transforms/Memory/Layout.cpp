// Where does each tensor of the state lie, and how large is a tensor in memory?
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "sinter/Transforms/Memory/Layout.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;

namespace sinter {

int64_t elementBytes(Type elementType) {
  return llvm::divideCeil(elementType.getIntOrFloatBitWidth(), 8);
}

static SmallVector<int64_t> largestShape(RankedTensorType type, int64_t batch) {
  SmallVector<int64_t> shape(type.getShape());
  for (int64_t &extent : shape)
    if (ShapedType::isDynamic(extent))
      extent = batch;
  return shape;
}

MemRefType largestMemRefType(RankedTensorType type, int64_t batch) {
  return MemRefType::get(largestShape(type, batch), type.getElementType());
}

int64_t tensorBytes(RankedTensorType type, int64_t batch) {
  return ShapedType::getNumElements(largestShape(type, batch)) * elementBytes(type.getElementType());
}

SmallVector<StateSlot> layoutState(ModuleOp module) {
  SmallVector<StateSlot> slots;
  int64_t offset = 0;
  for (StateOp op : module.getOps<StateOp>()) {
    int64_t bytes = tensorBytes(cast<RankedTensorType>(op.getType()), /*batch=*/1);
    slots.push_back({op, offset, bytes});
    offset = llvm::alignTo(offset + bytes, kBlockAlignment);
  }
  return slots;
}

int64_t stateBlockBytes(ArrayRef<StateSlot> slots) {
  return slots.empty() ? 0 : llvm::alignTo(slots.back().offset + slots.back().bytes, kBlockAlignment);
}

bool isStepFunction(FunctionOpInterface function) {
  for (unsigned i = 0, e = function.getNumArguments(); i != e; ++i)
    if (function.getArgAttr(i, kRoleAttr))
      return true;
  for (unsigned i = 0, e = function.getNumResults(); i != e; ++i)
    if (function.getResultAttr(i, kRoleAttr))
      return true;
  return false;
}

} // namespace sinter
