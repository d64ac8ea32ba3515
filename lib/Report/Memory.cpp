// What a report says of the memory of one step function.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Memory.h"

#include "Locations.h"
#include "StepGraph.h"
#include "sinter/Transforms/Memory/BufferAccount.h"

using namespace mlir;

namespace sinter {

static StringRef spaceName(Space space) {
  switch (space) {
  case Space::State:
    return "state";
  case Space::Scratch:
    return "scratch";
  case Space::Argument:
    return "argument";
  case Space::Result:
    return "result";
  case Space::Constant:
    return "constant";
  }
  llvm_unreachable("all spaces have names");
}

static llvm::json::Object readBuffer(const Buffer &buffer, const BufferAccount &account, int64_t id) {
  bool inBlock = buffer.space == Space::State || buffer.space == Space::Scratch;
  return llvm::json::Object{{"id", id},
                            {"name", account.name},
                            {"space", spaceName(buffer.space)},
                            {"type", typeText(buffer.origin.getType())},
                            {"offset", inBlock ? llvm::json::Value(buffer.offset) : llvm::json::Value(nullptr)},
                            {"bytes", buffer.bytes},
                            {"first", account.first},
                            {"last", account.last},
                            {"reads", llvm::json::Array(account.reads)},
                            {"writes", llvm::json::Array(account.writes)},
                            {"overwrites", llvm::json::Array(account.overwrites)},
                            {"reuses", llvm::json::Array(account.reuses)}};
}

llvm::json::Object readMemory(const StepPlan &plan, const StepPlanContext &context) {
  std::vector<BufferAccount> accounts = accountFor(plan, context);
  llvm::json::Array buffers, copies;
  int64_t sum = 0;
  for (auto [number, buffer] : llvm::enumerate(plan.buffers)) {
    buffers.push_back(readBuffer(buffer, accounts[number], number));
    sum += buffer.space == Space::Scratch ? buffer.bytes : 0;
  }
  for (const Copy &copy : plan.copies)
    copies.push_back(llvm::json::Object{{"before", launchAt(plan, copy.position)},
                                        {"from", copy.from},
                                        {"to", copy.to},
                                        {"bytes", tensorBytes(copy.type, context.batch)}});
  double lost = plan.scratchBound > 0 ? double(plan.scratchBytes) / plan.scratchBound - 1 : 0;
  return llvm::json::Object{
      {"buffers", std::move(buffers)},        {"copies", std::move(copies)}, {"peakBytes", plan.scratchBytes},
      {"lowerBoundBytes", plan.scratchBound}, {"sumOfBytes", sum},           {"fragmentation", rounded(lost)}};
}

void joinBuffers(llvm::json::Object &kernel, LaunchOp launch, const StepPlan &plan) {
  llvm::json::Array &operands = *kernel.getArray("operands");
  size_t next = 0;
  for (Value input : launch.getInputs())
    (*operands[next++].getAsObject())["buffer"] = plan.bufferOf.lookup(rootOf(input));
  for (OpOperand &operand : launch.getOutsMutable())
    (*operands[next++].getAsObject())["buffer"] = plan.destinationOf.lookup(&operand);
}

llvm::json::Object readStateBlock(ArrayRef<StateSlot> slots) {
  llvm::json::Array tensors;
  for (const StateSlot &slot : slots) {
    StateOp op = slot.op;
    tensors.push_back(llvm::json::Object{{"name", op.getName()},
                                         {"role", stringifyStateRole(op.getRole())},
                                         {"type", typeText(op.getType())},
                                         {"offset", slot.offset},
                                         {"bytes", slot.bytes}});
  }
  llvm::json::Object block = readScratchBlock(stateBlockBytes(slots));
  block["tensors"] = std::move(tensors);
  return block;
}

llvm::json::Object readScratchBlock(int64_t bytes) {
  return llvm::json::Object{{"bytes", bytes}, {"hugePages", bytes >= kHugePagesFromBytes}};
}

} // namespace sinter
