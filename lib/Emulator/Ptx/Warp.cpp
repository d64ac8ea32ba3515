// How does a warp execute instructions: which lanes, in which order, and what must hold first? See Machine.h.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Machine.h"
#include "StatementParser.h"

namespace sinter::emulator {

//===----------------------------------------------------------------------===//
// Groups of lanes
//===----------------------------------------------------------------------===//

void Warp::splitGroup(uint32_t mask, uint32_t pc) {
  if (!mask)
    return;
  LaneGroup other;
  other.pc = pc;
  other.mask = mask;
  frame().groups.push_back(other);
}

void Warp::branch(uint32_t taken, uint32_t target) {
  LaneGroup &group = this->group();
  uint32_t rest = group.mask & ~taken;
  if (!rest) {
    group.pc = target;
    return;
  }
  group.mask = rest;
  ++group.pc;
  splitGroup(taken, target);
}

static bool mayMerge(const LaneGroup &group) {
  return group.wait.kind == Wait::None || group.wait.kind == Wait::Converge;
}

void Warp::mergeGroups() {
  auto &groups = frame().groups;
  for (size_t i = 0; i < groups.size(); ++i)
    for (size_t j = groups.size(); j-- > i + 1;)
      if (groups[i].pc == groups[j].pc && mayMerge(groups[i]) && mayMerge(groups[j])) {
        groups[i].mask |= groups[j].mask;
        groups[i].wait = Wait();
        groups.erase(groups.begin() + static_cast<long>(j));
      }
}

static void giveVote(Warp &warp, LaneGroup &group) {
  const Wait &wait = group.wait;
  if (wait.result == noOperand)
    return;
  if (wait.resultKind == 2) { // popc
    uint32_t values[warpSize];
    std::fill(values, values + warpSize, wait.barrier->result);
    warp.write(wait.result, values, group.mask);
  } else {
    bool all = wait.barrier->result == wait.barrier->resultOf;
    bool value = wait.resultKind == 0 ? all : wait.barrier->result != 0;
    warp.writePredicate(wait.result, value ? allLanes : 0, group.mask);
  }
}

bool Warp::isSatisfied(LaneGroup &group) {
  Wait &wait = group.wait;
  switch (wait.kind) {
  case Wait::None:
    return true;
  case Wait::Converge:
    if (wait.lanes & liveLanes() & ~group.mask)
      return false;
    break;
  case Wait::Barrier:
  case Wait::ClusterBarrier:
    if (wait.barrier->generation == wait.generation)
      return false;
    acquire(wait.barrier->completed);
    giveVote(*this, group);
    waitedForCluster |= wait.kind == Wait::ClusterBarrier;
    break;
  case Wait::Phase:
    if (wait.mbarrier->phase == wait.generation)
      return false;
    break;
  case Wait::Registers: {
    int64_t needed = (int64_t(wait.registers) - granted) * warpSize;
    if (block.freeRegisters < needed)
      return false;
    block.freeRegisters -= needed;
    granted = wait.registers;
    break;
  }
  case Wait::Issue:
    if (block.warpgroups[index / 4].complete < wait.generation)
      return false;
    break;
  }
  wait = Wait();
  return true;
}

/// Chooses the group that is farthest back. Now and then the one farthest ahead, so that lanes that wait for other
/// lanes of their warp in a loop do not wait for ever.
bool Warp::select() {
  auto &groups = frame().groups;
  if (groups.size() == 1) {
    current = 0;
    if (isSatisfied(groups[0]))
      return true;
  } else {
    mergeGroups();
    bool ahead = ++sinceRotation / 2048 % 8 == 7;
    size_t best = groups.size();
    for (size_t i = 0; i < groups.size(); ++i)
      if (isSatisfied(groups[i]) && (best == groups.size() || (groups[i].pc < groups[best].pc) != ahead))
        best = i;
    if (best < groups.size()) {
      current = best;
      return true;
    }
  }
  for (const LaneGroup &group : groups)
    if (group.wait.kind != Wait::Converge)
      return false;
  failConvergence();
}

void Warp::failConvergence() {
  const LaneGroup &group = frame().groups[0];
  currentPc = group.pc;
  uint32_t missing = group.wait.lanes & liveLanes() & ~group.mask;
  std::string others;
  for (size_t i = 1; i < frame().groups.size(); ++i) {
    const Instruction &instruction = program->code[frame().groups[i].pc];
    if (instruction.statement >= 0)
      others +=
          ", others wait at line " + std::to_string(frame().function->source->statements[instruction.statement].line);
  }
  fail(__builtin_ctz(group.mask), "expected all lanes that take part to arrive, but lane " +
                                      std::to_string(__builtin_ctz(missing)) +
                                      " never does (diverged, or not in the mask)" + others);
}

//===----------------------------------------------------------------------===//
// Leaving
//===----------------------------------------------------------------------===//

static void removeLanes(std::vector<LaneGroup> &groups, uint32_t mask) {
  for (size_t i = groups.size(); i-- > 0;) {
    groups[i].mask &= ~mask;
    if (!groups[i].mask)
      groups.erase(groups.begin() + static_cast<long>(i));
  }
}

void Warp::exitLanes(uint32_t mask) {
  exited |= mask;
  block.completeBarriersOfAll();
  block.cluster.completeBarrierOfAll();
  uint32_t rest = group().mask & ~mask;
  if (rest)
    ++group().pc;
  for (size_t i = 0; i <= depth; ++i)
    removeLanes(frames[i]->groups, mask);
  if (isDone()) { // its registers stay out of reach of setmaxnreg: PTX does not say that they return to the block
    depth = 0;
    block.knownAtEnd.join(knowledge.seen);
  } else if (depth && frame().groups.empty())
    popFrame();
}

void Warp::returnLanes(uint32_t mask) {
  if (depth == 0)
    return exitLanes(mask);
  frame().returned |= mask;
  uint32_t rest = group().mask & ~mask;
  if (rest)
    ++group().pc;
  removeLanes(frame().groups, mask);
  if (frame().groups.empty())
    popFrame();
}

//===----------------------------------------------------------------------===//
// Checks
//===----------------------------------------------------------------------===//

void Warp::checkReads(const Instruction &instruction, uint32_t mask) {
  const uint32_t *reads = program->registerLists.data() + instruction.reads;
  for (unsigned i = 0; i < instruction.readCount; ++i) {
    bool isGuard = i == 0 && instruction.guard != noOperand;
    if (uint32_t missing = (isGuard ? group().mask : mask) & ~definedMasks[reads[i]])
      fail(__builtin_ctz(missing),
           "register " + frame().function->source->registers[reads[i]].name + " is read before it has a value");
  }
}

/// Accumulators may be neither read nor written, operands in registers not written.
void Warp::checkInFlight(const Instruction &instruction) {
  for (bool writes : {false, true}) {
    const uint32_t *list = program->registerLists.data() + (writes ? instruction.writes : instruction.reads);
    for (unsigned i = 0; i < (writes ? instruction.writeCount : instruction.readCount); ++i)
      if (inFlight[list[i]] >= (writes ? 1 : accumulatorUse))
        fail(-1, "register " + frame().function->source->registers[list[i]].name + " is " +
                     (writes ? "written" : "read") +
                     " while a wgmma in flight uses it: expected a wgmma.wait_group before");
  }
}

void Warp::noteWrites(const Instruction &instruction, uint32_t mask) {
  const uint32_t *writes = program->registerLists.data() + instruction.writes;
  for (unsigned i = 0; i < instruction.writeCount; ++i)
    definedMasks[writes[i]] |= mask;
  Frame &frame = this->frame();
  if (!frame.written.empty() && !instruction.isWarpgroup && !instruction.isCopy)
    for (unsigned i = 0; i < instruction.writeCount; ++i)
      frame.written[writes[i]] |= mask;
}

/// Do all lanes stand here that the instruction is executed by? If not, the group waits.
bool Warp::prepare(LaneGroup &group, const Instruction &instruction, uint32_t &mask) {
  uint32_t needed = liveLanes();
  if (instruction.convergence == Convergence::Members) {
    if (!mask)
      return true;
    unsigned first = __builtin_ctz(mask);
    uint32_t members = lanes<uint32_t>(instruction.members)[first];
    if (uint32_t outside = mask & ~members)
      fail(__builtin_ctz(outside), "the lane executes it without being in its mask of lanes");
    needed &= members;
    if ((needed & ~mask) == 0)
      return true;
    if ((needed & ~group.mask) == 0)
      fail(first, "lane " + std::to_string(__builtin_ctz(needed & ~mask)) +
                      " is in its mask of lanes, but skips it by its predicate");
  } else if ((needed & ~group.mask) == 0) {
    if (mask && mask != group.mask)
      fail(__builtin_ctz(mask), "expected all lanes of the warp to execute an .aligned instruction, its predicate is "
                                "false for lane " +
                                    std::to_string(__builtin_ctz(group.mask & ~mask)));
    return true;
  } else if (!mask)
    return true;
  group.wait.kind = Wait::Converge;
  group.wait.lanes = needed;
  return false;
}

//===----------------------------------------------------------------------===//
// Executing
//===----------------------------------------------------------------------===//

/// One instruction of the group; false when the group cannot go on.
bool Warp::execute(LaneGroup &group) {
  const Instruction &instruction = program->code[group.pc];
  currentPc = group.pc;
  uint32_t mask = group.mask;
  if (instruction.guard != noOperand) {
    uint32_t guard = predicate(instruction.guard);
    mask &= instruction.guardNegated ? ~guard : guard;
  }
  if (instruction.convergence != Convergence::None && !prepare(group, instruction, mask))
    return false;
  ++instructions;
  if (block.cluster.grid.options.checkRegisters && !instruction.unchecked)
    checkReads(instruction, mask);
  if (!mask) {
    ++group.pc;
    return true;
  }
  threadInstructions += __builtin_popcount(mask);
  if (productsIssued != productsWaited && depth == 0 && !instruction.isWarpgroup)
    checkInFlight(instruction);
  Status status = instruction.handler(*this, instruction, mask);
  if (status == Status::Jumped)
    return true;
  if (status != Status::Retry)
    noteWrites(instruction, mask);
  LaneGroup &now = this->group();
  uint32_t behind = now.pc + 1;
  if (status == Status::Next) {
    now.pc = behind;
    return !spun;
  }
  uint32_t rest = now.mask & ~mask;
  now.mask = mask;
  if (status == Status::Blocked)
    now.pc = behind;
  else
    --instructions;
  splitGroup(rest, behind);
  return false;
}

bool Warp::run(unsigned quantum) {
  uint64_t before = instructions;
  spun = false;
  while (quantum-- && !isDone()) {
    if (!select())
      break;
    bool goes = execute(group());
    if (spun)
      break;
    if (!goes && frame().groups.size() == 1)
      break;
  }
  if (instructions > block.cluster.grid.options.warpInstructionLimit)
    fail(-1, "gave up after " + std::to_string(instructions) + " instructions of this warp: an endless loop?");
  return instructions != before && !spun;
}

//===----------------------------------------------------------------------===//
// Synchronization and messages
//===----------------------------------------------------------------------===//

void Warp::release(Knowledge &target) {
  target.join(knowledge);
  knowledge.seen.set(actor, block.cluster.tick(actor));
}

static std::string spell(Dim3 d) {
  return "(" + std::to_string(d.x) + "," + std::to_string(d.y) + "," + std::to_string(d.z) + ")";
}

static const syntax::Statement *statementAt(const Program &program, uint32_t pc) {
  const Instruction &instruction = program.code[pc];
  return instruction.statement < 0 ? nullptr : &program.functionAt(pc).source->statements[instruction.statement];
}

void Warp::fail(int lane, const std::string &message) {
  const Grid &grid = block.cluster.grid;
  std::string text = "kernel '" + grid.name + "'";
  if (const syntax::Statement *statement = statementAt(*program, currentPc))
    text += ", PTX line " + std::to_string(statement->line) + ", `" +
            emulator::spell(*statement, *program->functionAt(currentPc).source) + "`";
  text += ", block " + spell(block.id);
  if (lane >= 0) {
    uint32_t thread = threadIndex(static_cast<unsigned>(lane));
    const Dim3 &size = grid.launch.block;
    text += ", thread " + spell({thread % size.x, thread / size.x % size.y, thread / size.x / size.y});
  } else
    text += ", warp " + std::to_string(index);
  throw Error(text + ": " + message);
}

static std::string describeWait(const Warp &warp, const Wait &wait) {
  switch (wait.kind) {
  case Wait::None:
    return "can go on";
  case Wait::Converge:
    return "waits for other lanes of its warp";
  case Wait::Barrier:
    return "waits at barrier " + std::to_string(wait.barrier - warp.block.barriers) + ", where " +
           std::to_string(wait.barrier->arrived) + " of " + std::to_string(wait.barrier->expected) +
           " threads have arrived";
  case Wait::ClusterBarrier:
    return "waits at the barrier of its cluster, where " + std::to_string(wait.barrier->arrived) + " of " +
           std::to_string(wait.barrier->expected) + " threads have arrived";
  case Wait::Phase:
    return "waits for phase " + std::to_string(wait.generation) + " of the mbarrier at shared address " +
           std::to_string(wait.mbarrier->offset) + ", which misses " + std::to_string(wait.mbarrier->pending) +
           " arrivals and " + std::to_string(wait.mbarrier->transactions) + " bytes";
  case Wait::Issue:
    return "waits for the other warps of its warpgroup to issue wgmma number " + std::to_string(wait.generation) +
           ", of which all have issued " + std::to_string(warp.block.warpgroups[warp.index / 4].complete);
  case Wait::Registers:
    return "waits for " + std::to_string(wait.registers) + " registers (setmaxnreg), of which " +
           std::to_string(warp.granted) + " are granted and " + std::to_string(warp.block.freeRegisters / warpSize) +
           " free";
  }
  return "";
}

std::string Warp::describe() const {
  std::string text;
  for (const LaneGroup &group : frames[depth]->groups) {
    char mask[16];
    snprintf(mask, sizeof mask, "0x%08x", group.mask);
    const syntax::Statement *statement = statementAt(*program, group.pc);
    text += "\n  block " + spell(block.id) + " warp " + std::to_string(index) + " lanes " + mask + " at PTX line " +
            (statement ? std::to_string(statement->line) : "of the function's end") + ": " +
            describeWait(*this, group.wait);
  }
  return text;
}

} // namespace sinter::emulator
