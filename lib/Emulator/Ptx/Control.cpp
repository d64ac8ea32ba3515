// How does control flow: bra, brx.idx, call, ret, exit, trap?
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Decoder.h"
#include "Machine.h"

namespace sinter::emulator {

using syntax::Operand;

static Status branchTo(Warp &warp, const Instruction &instruction, uint32_t mask) {
  warp.branch(mask, static_cast<uint32_t>(instruction.immediate));
  return Status::Jumped;
}

static void decodeBra(Decoder &decoder) {
  decoder.take("uni");
  decoder.expectOperands(1);
  if (decoder.operand(0).kind != Operand::Name)
    decoder.failOperand(decoder.operand(0), "a label");
  decoder.out.immediate = decoder.label(decoder.operand(0).name);
  decoder.out.handler = branchTo;
}

/// Lanes part by their index.
static Status branchIndexed(Warp &warp, const Instruction &instruction, uint32_t mask) {
  const auto &targets = warp.program->branchTables[static_cast<size_t>(instruction.immediate)];
  const uint32_t *index = warp.lanes<uint32_t>(instruction.source[0]);
  LaneGroup &group = warp.group();
  uint32_t pc = group.pc, rest = group.mask & ~mask;
  for (uint32_t lanes = mask; lanes; lanes &= lanes - 1)
    if (index[__builtin_ctz(lanes)] >= targets.size())
      warp.fail(__builtin_ctz(lanes), "expected an index below " + std::to_string(targets.size()) + ", found " +
                                          std::to_string(index[__builtin_ctz(lanes)]));
  uint32_t first = index[__builtin_ctz(mask)], same = 0;
  for (unsigned lane = 0; lane < warpSize; ++lane)
    same |= uint32_t((mask >> lane & 1) && index[lane] == first) << lane;
  group.mask = same;
  group.pc = targets[first];
  warp.splitGroup(rest, pc + 1);
  warp.splitGroup(mask & ~same, pc); // executes the branch again
  return Status::Jumped;
}

static void decodeBrx(Decoder &decoder) {
  decoder.takeOneOf({"idx"});
  decoder.take("uni");
  decoder.expectOperands(2);
  decoder.out.source[0] = decoder.source(0, Type::U32);
  const auto *names = decoder.branchTargets(decoder.operand(1).name);
  if (!names)
    decoder.failOperand(decoder.operand(1), "the label of a .branchtargets list");
  std::vector<uint32_t> targets;
  for (const std::string &name : *names)
    targets.push_back(decoder.label(name));
  decoder.out.immediate = static_cast<int64_t>(decoder.program.branchTables.size());
  decoder.program.branchTables.push_back(std::move(targets));
  decoder.out.handler = branchIndexed;
}

static Status returnFromFunction(Warp &warp, const Instruction &, uint32_t mask) {
  warp.returnLanes(mask);
  return Status::Jumped;
}

static Status exitThreads(Warp &warp, const Instruction &, uint32_t mask) {
  warp.exitLanes(mask);
  return Status::Jumped;
}

static Status trap(Warp &warp, const Instruction &, uint32_t mask) {
  warp.fail(__builtin_ctz(mask), "the kernel has trapped");
}

static Status callFunction(Warp &warp, const Instruction &instruction, uint32_t mask) {
  warp.pushFrame(static_cast<uint32_t>(instruction.immediate), mask);
  return Status::Jumped;
}

/// The variables in .param that carry what `names` pass.
static std::vector<Placement> argumentPlaces(Decoder &decoder, const Operand *group,
                                             const std::vector<syntax::Variable> &formal) {
  std::vector<Placement> places;
  size_t count = group ? group->elements.size() : 0;
  if (count != formal.size())
    decoder.fail("expected " + std::to_string(formal.size()) + " arguments or results, found " + std::to_string(count));
  for (size_t i = 0; i < count; ++i) {
    const Operand &operand = group->elements[i];
    const Placement *placement = operand.kind == Operand::Name ? decoder.placementOf(operand.name) : nullptr;
    if (!placement || placement->space != Space::Param || placement->size != formal[i].size())
      decoder.failOperand(operand, "a .param variable of " + std::to_string(formal[i].size()) + " bytes");
    places.push_back(*placement);
  }
  return places;
}

/// call (results), function, (arguments);
static void decodeCall(Decoder &decoder) {
  decoder.take("uni");
  const Operand *results = nullptr, *arguments = nullptr;
  size_t next = 0;
  if (decoder.operand(0).kind == Operand::Group)
    results = &decoder.operand(next++);
  const Operand &target = decoder.operand(next++);
  if (next < decoder.operandCount())
    arguments = &decoder.operand(next++);
  decoder.expectOperands(next);
  auto found = target.kind == Operand::Name ? decoder.program.functionIndex.find(target.name)
                                            : decoder.program.functionIndex.end();
  if (found == decoder.program.functionIndex.end())
    decoder.failOperand(target, "a function of this module");
  const syntax::Function &callee = decoder.program.syntax.functions[found->second];
  if (!callee.isDefined)
    decoder.fail("function '" + callee.name + "' is declared, but defined in no module");
  if (callee.isEntry)
    decoder.fail("'" + callee.name + "' is a kernel, not a function");
  CallSite site;
  site.function = found->second;
  site.results = argumentPlaces(decoder, results, callee.results);
  site.arguments = argumentPlaces(decoder, arguments, callee.parameters);
  decoder.out.immediate = static_cast<int64_t>(decoder.program.calls.size());
  decoder.program.calls.push_back(std::move(site));
  decoder.out.handler = callFunction;
  if (decoder.program.functions[found->second].synchronizesBlocks)
    decoder.decoded().synchronizesBlocks = true;
}

template <Handler handler>
static void decodePlain(Decoder &decoder) {
  decoder.take("uni");
  decoder.expectOperands(0);
  decoder.out.handler = handler;
}

static Status nothing(Warp &, const Instruction &, uint32_t) {
  return Status::Next;
}

/// nanosleep: time does not pass by waiting here; other warps get their turn.
static Status sleep(Warp &warp, const Instruction &, uint32_t) {
  warp.spun = true;
  return Status::Next;
}

static void decodeNanosleep(Decoder &decoder) {
  decoder.takeType();
  decoder.out.source[0] = decoder.source(0, Type::U32);
  decoder.out.handler = sleep;
}

Instruction implicitReturn() {
  Instruction instruction;
  instruction.handler = returnFromFunction;
  return instruction;
}

void addControlInstructions(DecodeTable &table) {
  table["bra"] = decodeBra;
  table["brx"] = decodeBrx;
  table["call"] = decodeCall;
  table["ret"] = decodePlain<returnFromFunction>;
  table["exit"] = decodePlain<exitThreads>;
  table["trap"] = decodePlain<trap>;
  table["brkpt"] = decodePlain<nothing>;
  table["nanosleep"] = decodeNanosleep;
}

} // namespace sinter::emulator
