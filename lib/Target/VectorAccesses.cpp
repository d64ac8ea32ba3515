// Which loads and stores of vectors does LLVM make wrong code of?
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Stores of one lane, as of the last element in a row of 17: on x86 with AVX-512, LLVM 22.1 stores the whole wider
// element where the vector comes from a truncation (https://github.com/llvm/llvm-project/issues/179489). A mask of i1
// or a row of bf16 then overwrites what is behind it, in the next row or behind the tensor. The element is taken out of
// the vector here, and stored as what it is.
//
// Vectors of bf16 and f16 on a processor without arithmetic of theirs: where one lives on from block to block, or is
// what a masked load takes for other lanes, it is widened to f32, and rounded again by calls of `__truncsfbf2`, which
// no program has. Arithmetic on them was written in integers before; so they are loaded and stored as integers, too.

#include "VectorAccesses.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/IntrinsicInst.h"
#include "llvm/IR/Module.h"

using namespace llvm;

namespace sinter {

/// Operands of the intrinsics.
enum : unsigned { StoredValue = 0, StorePointer = 1, StoreMask = 2, LoadPointer = 0, LoadMask = 1, PassThrough = 2 };

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

/// A vector type's integers of the same size, if its elements are floats of 16 bits.
static Type *integersFor(Type *type) {
  auto *vector = dyn_cast<FixedVectorType>(type);
  bool isHalf = vector && (vector->getElementType()->isBFloatTy() || vector->getElementType()->isHalfTy());
  return isHalf ? VectorType::getInteger(vector) : nullptr;
}

/// The bits of `value`, which may have been made of them.
static Value *bitsOf(IRBuilder<> &builder, Value *value, Type *integers) {
  auto *made = dyn_cast<BitCastInst>(value);
  return made && made->getSrcTy() == integers ? made->getOperand(0) : builder.CreateBitCast(value, integers);
}

static void storeLane(IntrinsicInst &store, Value *vector, unsigned lane) {
  IRBuilder<> builder(&store);
  Value *element = builder.CreateExtractElement(vector, uint64_t(lane));
  Value *place = builder.CreateConstGEP1_32(element->getType(), store.getArgOperand(StorePointer), lane);
  uint64_t bytes = store.getDataLayout().getTypeStoreSize(element->getType());
  Align whole = store.getParamAlign(StorePointer).valueOrOne();
  builder.CreateAlignedStore(element, place, commonAlignment(whole, lane * bytes));
}

/// True if the store was written anew, and is to go.
static bool rewriteMaskedStore(IntrinsicInst &store) {
  IRBuilder<> builder(&store);
  Value *vector = store.getArgOperand(StoredValue), *mask = store.getArgOperand(StoreMask);
  Type *integers = integersFor(vector->getType());
  std::optional<unsigned> lane = onlyLane(mask);
  if (integers)
    vector = bitsOf(builder, vector, integers);
  if (lane)
    storeLane(store, vector, *lane);
  else if (integers)
    builder.CreateMaskedStore(vector, store.getArgOperand(StorePointer), store.getParamAlign(StorePointer).valueOrOne(),
                              mask);
  return lane || integers;
}

/// What is loaded as integers for the users of a vector of `load`'s type.
static void replaceByBits(Instruction &load, Value *bits) {
  for (User *user : make_early_inc_range(load.users()))
    if (auto *cast = dyn_cast<BitCastInst>(user); cast && cast->getType() == bits->getType()) {
      cast->replaceAllUsesWith(bits);
      cast->eraseFromParent();
    }
  IRBuilder<> builder(&load);
  if (!load.use_empty())
    load.replaceAllUsesWith(builder.CreateBitCast(bits, load.getType()));
}

static bool rewriteMaskedLoad(IntrinsicInst &load) {
  Type *integers = integersFor(load.getType());
  if (!integers)
    return false;
  IRBuilder<> builder(&load);
  Value *others = builder.CreateBitCast(load.getArgOperand(PassThrough), integers);
  replaceByBits(load, builder.CreateMaskedLoad(integers, load.getArgOperand(LoadPointer),
                                               load.getParamAlign(LoadPointer).valueOrOne(),
                                               load.getArgOperand(LoadMask), others));
  return true;
}

static bool rewriteLoad(LoadInst &load) {
  Type *integers = integersFor(load.getType());
  if (!integers)
    return false;
  IRBuilder<> builder(&load);
  replaceByBits(load, builder.CreateAlignedLoad(integers, load.getPointerOperand(), load.getAlign()));
  return true;
}

static bool rewriteStore(StoreInst &store) {
  Type *integers = integersFor(store.getValueOperand()->getType());
  if (!integers)
    return false;
  IRBuilder<> builder(&store);
  builder.CreateAlignedStore(bitsOf(builder, store.getValueOperand(), integers), store.getPointerOperand(),
                             store.getAlign());
  return true;
}

static bool rewrite(Instruction &instruction) {
  if (auto *load = dyn_cast<LoadInst>(&instruction))
    return rewriteLoad(*load);
  if (auto *store = dyn_cast<StoreInst>(&instruction))
    return rewriteStore(*store);
  auto *access = dyn_cast<IntrinsicInst>(&instruction);
  if (!access || access->arg_size() <= StoreMask)
    return false;
  return access->getIntrinsicID() == Intrinsic::masked_load    ? rewriteMaskedLoad(*access)
         : access->getIntrinsicID() == Intrinsic::masked_store ? rewriteMaskedStore(*access)
                                                               : false;
}

void legalizeAccesses(Module &module) {
  for (Function &function : module) {
    // Casts behind them are erased on the way.
    SmallVector<Instruction *> accesses;
    for (Instruction &instruction : instructions(function))
      if (isa<LoadInst, StoreInst, IntrinsicInst>(instruction))
        accesses.push_back(&instruction);
    for (Instruction *access : accesses)
      if (rewrite(*access))
        access->eraseFromParent();
  }
}

} // namespace sinter
