// How is a vector stored of which one lane is wanted?
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The tail of a row of 17 elements is such a store. On x86 with AVX-512, LLVM 22.1 stores the whole wider element where
// the vector comes from a truncation (https://github.com/llvm/llvm-project/issues/179489): a mask of i1 or a row of
// bf16 then overwrites what is behind it, in the next row or behind the tensor. An element that is taken out of the
// vector here is stored as what it is.

#include "SingleStores.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/IntrinsicInst.h"
#include "llvm/IR/Module.h"

using namespace llvm;

namespace sinter {

/// The only lane of a mask; nothing if there are more, or it is not known.
static std::optional<unsigned> onlyLane(const Value *mask) {
  auto *type = dyn_cast<FixedVectorType>(mask->getType());
  auto *constant = dyn_cast<Constant>(mask);
  if (!type || !constant)
    return std::nullopt;
  std::optional<unsigned> only;
  for (unsigned lane = 0; lane < type->getNumElements(); ++lane) {
    auto *bit = dyn_cast_if_present<ConstantInt>(constant->getAggregateElement(lane));
    if (!bit || (bit->isOne() && only))
      return std::nullopt;
    if (bit->isOne())
      only = lane;
  }
  return only;
}

static void storeLane(IntrinsicInst &store, unsigned lane) {
  constexpr unsigned valueOperand = 0, pointerOperand = 1;
  Value *vector = store.getArgOperand(valueOperand);
  IRBuilder<> builder(&store);
  Value *element = builder.CreateExtractElement(vector, uint64_t(lane));
  Value *place = builder.CreateConstGEP1_32(element->getType(), store.getArgOperand(pointerOperand), lane);
  uint64_t bytes = store.getDataLayout().getTypeStoreSize(element->getType());
  Align whole = store.getParamAlign(pointerOperand).valueOrOne();
  builder.CreateAlignedStore(element, place, commonAlignment(whole, lane * bytes));
  store.eraseFromParent();
}

void storeSingleLanes(Module &module) {
  for (Function &function : module)
    for (BasicBlock &block : function)
      for (Instruction &instruction : make_early_inc_range(block))
        if (auto *call = dyn_cast<IntrinsicInst>(&instruction);
            call && call->getIntrinsicID() == Intrinsic::masked_store)
          if (std::optional<unsigned> lane = onlyLane(call->getArgOperand(2)))
            storeLane(*call, *lane);
}

} // namespace sinter
