// Where do the vector constants of a loop live that has more of them than registers?
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A function like exp multiplies by twenty constants. On CPUs with AVX2 but without AVX-512, LLVM loads each of equal
// lanes by a broadcast, which no instruction takes as its operand: outside of the loop if it can, and then moves
// registers about and loads again what it spilled (17 moves and 11 broadcasts among 45 instructions of GELU). Whole
// vectors in memory are operands of the arithmetic itself and need no register. So the constants of such a loop go to a
// table, of which LLVM is not told that it is constant.

#include "ConstantTables.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/Analysis/LoopInfo.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/Dominators.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/InlineAsm.h"
#include "llvm/IR/IntrinsicInst.h"
#include "llvm/IR/Module.h"
#include "llvm/MC/MCSubtargetInfo.h"
#include "llvm/Target/TargetMachine.h"

using namespace llvm;

namespace sinter {

/// Bytes of a vector register of AVX2.
static constexpr unsigned kVectorBytes = 32;
/// As many constants stay in registers: half of them.
static constexpr size_t kRegisters = 8;

namespace {
using Uses = SmallVector<Use *>;
/// In the order of their first use.
using ConstantUses = MapVector<Constant *, Uses>;
} // namespace

static bool lacksBroadcastOperands(const TargetMachine &machine) {
  const MCSubtargetInfo &features = *machine.getMCSubtargetInfo();
  return machine.getTargetTriple().isX86() && features.checkFeatures("+avx2") && !features.checkFeatures("+avx512vl");
}

/// Equal lanes in a whole register, which take more than an instruction on registers to make.
static bool isSplatFromMemory(const Constant &constant, const DataLayout &layout) {
  auto *type = dyn_cast<FixedVectorType>(constant.getType());
  return type && layout.getTypeStoreSize(type) == kVectorBytes && constant.getSplatValue() && !constant.isNullValue() &&
         !constant.isAllOnesValue() && !isa<UndefValue>(constant);
}

/// Arithmetic whose operands may be in memory; shifts take a number of bits instead.
static bool takesMemory(const Instruction &instruction) {
  if (auto *call = dyn_cast<IntrinsicInst>(&instruction))
    return call->getIntrinsicID() == Intrinsic::fma || call->getIntrinsicID() == Intrinsic::fmuladd;
  return !instruction.isShift() && isa<BinaryOperator, CmpInst, SelectInst>(instruction);
}

static ConstantUses constantsIn(const Loop &loop, const DataLayout &layout) {
  ConstantUses constants;
  for (BasicBlock *block : loop.blocks())
    for (Instruction &instruction : *block) {
      if (!takesMemory(instruction))
        continue;
      for (Use &use : instruction.operands())
        if (auto *constant = dyn_cast<Constant>(use.get()); constant && isSplatFromMemory(*constant, layout))
          constants[constant].push_back(&use);
    }
  return constants;
}

/// A table of the constants, and its address as the function's first block has it: out of an assembly statement without
/// instructions, so that loads are neither folded nor moved out of loops.
static Value *makeTable(Function &function, const ConstantUses &constants) {
  Module &module = *function.getParent();
  SmallVector<Constant *> entries;
  for (auto &[constant, uses] : constants)
    entries.push_back(constant);
  Constant *init = ConstantStruct::getAnon(entries);
  auto *table = new GlobalVariable(module, init->getType(), /*isConstant=*/true, GlobalValue::PrivateLinkage, init,
                                   function.getName() + ".constants");
  table->setAlignment(Align(kVectorBytes));
  IRBuilder<> builder(&*function.getEntryBlock().getFirstInsertionPt());
  auto *type = FunctionType::get(table->getType(), {table->getType()}, false);
  return builder.CreateCall(type, InlineAsm::get(type, "", "=r,0", /*hasSideEffects=*/false), {table});
}

static void loadFromTable(const ConstantUses &constants, Value *table) {
  IRBuilder<> builder(table->getContext());
  for (auto [index, entry] : enumerate(constants))
    for (Use *use : entry.second) {
      builder.SetInsertPoint(cast<Instruction>(use->getUser()));
      Value *address = builder.CreateConstInBoundsGEP1_64(builder.getInt8Ty(), table, index * kVectorBytes);
      use->set(builder.CreateAlignedLoad(entry.first->getType(), address, Align(kVectorBytes)));
    }
}

void keepConstantsInMemory(Module &module, const TargetMachine &machine) {
  if (!lacksBroadcastOperands(machine))
    return;
  for (Function &function : module) {
    if (function.isDeclaration())
      continue;
    DominatorTree dominators(function);
    LoopInfo loops(dominators);
    for (Loop *loop : loops.getLoopsInPreorder()) {
      if (!loop->isInnermost())
        continue;
      ConstantUses constants = constantsIn(*loop, module.getDataLayout());
      if (constants.size() > kRegisters)
        loadFromTable(constants, makeTable(function, constants));
    }
  }
}

} // namespace sinter
