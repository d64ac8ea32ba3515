// What does a function find in its registers when it begins? See Machine.h.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Machine.h"

#include <cstring>

namespace sinter::emulator {

template <class T>
static void fill(uint8_t *registers, uint32_t offset, T value) {
  T *target = reinterpret_cast<T *>(registers + offset);
  std::fill(target, target + warpSize, value);
}

static void fillBits(uint8_t *registers, uint32_t offset, unsigned bits, uint64_t value) {
  switch (bits) {
  case 1:
    *reinterpret_cast<uint32_t *>(registers + offset) = value ? allLanes : 0;
    break;
  case 8:
    return fill(registers, offset, static_cast<uint8_t>(value));
  case 16:
    return fill(registers, offset, static_cast<uint16_t>(value));
  case 32:
    return fill(registers, offset, static_cast<uint32_t>(value));
  default:
    return fill(registers, offset, value);
  }
}

static Dim3 clusterShape(const Grid &grid) {
  return grid.launch.cluster;
}

/// Component 0 to 2 of a special register that has three.
static uint32_t component(Dim3 value, unsigned index) {
  return index == 0 ? value.x : index == 1 ? value.y : value.z;
}

static Dim3 divide(Dim3 a, Dim3 b) {
  return {a.x / b.x, a.y / b.y, a.z / b.z};
}
static Dim3 remainder(Dim3 a, Dim3 b) {
  return {a.x % b.x, a.y % b.y, a.z % b.z};
}

static bool vectorSpecial(const Warp &warp, Special special, unsigned lane, uint64_t &value) {
  const Grid &grid = warp.block.cluster.grid;
  unsigned which = static_cast<unsigned>(special), group = which / 3;
  if (which > static_cast<unsigned>(Special::ClusterNctaidZ))
    return false;
  Dim3 size = grid.launch.block, id = warp.block.id, cluster = clusterShape(grid);
  uint32_t thread = warp.threadIndex(lane);
  Dim3 values[] = {{thread % size.x, thread / size.x % size.y, thread / size.x / size.y},
                   size,
                   id,
                   grid.launch.grid,
                   divide(id, cluster),
                   divide(grid.launch.grid, cluster),
                   remainder(id, cluster),
                   cluster};
  value = component(values[group], which % 3);
  return true;
}

static uint64_t specialValue(const Warp &warp, Special special, unsigned lane) {
  const Grid &grid = warp.block.cluster.grid;
  uint64_t value = 0;
  if (vectorSpecial(warp, special, lane, value))
    return value;
  uint32_t below = (uint32_t(1) << lane) - 1, own = uint32_t(1) << lane;
  switch (special) {
  case Special::ClusterCtarank:
    return warp.block.rank;
  case Special::ClusterNctarank:
    return clusterShape(grid).count();
  case Special::Laneid:
    return lane;
  case Special::Warpid:
    return warp.index;
  case Special::Nwarpid:
    return 64;
  case Special::Smid:
    return warp.block.id.x % 132;
  case Special::Nsmid:
    return 132;
  case Special::LanemaskEq:
    return own;
  case Special::LanemaskLt:
    return below;
  case Special::LanemaskLe:
    return below | own;
  case Special::LanemaskGt:
    return ~(below | own);
  case Special::LanemaskGe:
    return ~below;
  case Special::DynamicSmemSize:
    return grid.launch.dynamicSharedBytes;
  case Special::TotalSmemSize:
  case Special::AggrSmemSize:
    return grid.sharedBytes;
  case Special::IsExplicitCluster:
    return clusterShape(grid).count() > 1;
  default: // the clocks: counted by the instruction that reads them, %gridid
    return 0;
  }
}

static void fillSpecial(Warp &warp, uint8_t *registers, const SpecialSlot &slot) {
  uint32_t bits = 0;
  for (unsigned lane = 0; lane < warpSize; ++lane) {
    uint64_t value = specialValue(warp, slot.special, lane);
    switch (slot.bits) {
    case 1:
      bits |= uint32_t(value & 1) << lane;
      break;
    case 16:
      reinterpret_cast<uint16_t *>(registers + slot.offset)[lane] = static_cast<uint16_t>(value);
      break;
    case 32:
      reinterpret_cast<uint32_t *>(registers + slot.offset)[lane] = static_cast<uint32_t>(value);
      break;
    default:
      reinterpret_cast<uint64_t *>(registers + slot.offset)[lane] = value;
    }
  }
  if (slot.bits == 1)
    *reinterpret_cast<uint32_t *>(registers + slot.offset) = bits;
}

static void fillConstants(Frame &frame, const Grid &grid) {
  for (const Constant &constant : frame.function->constants) {
    uint64_t value = constant.value;
    if (constant.kind == Constant::LocalAddress)
      value += frame.localBase;
    else if (constant.kind == Constant::DynamicShared)
      value += grid.kernel.dynamicSharedOffset;
    fillBits(frame.registers, constant.offset, constant.bits, value);
  }
}

static std::unique_ptr<Frame> makeFrame(const Function &function) {
  auto frame = std::make_unique<Frame>();
  frame->function = &function;
  frame->storage = std::make_unique<uint8_t[]>(function.frameBytes + 64);
  auto address = reinterpret_cast<uintptr_t>(frame->storage.get());
  frame->registers = frame->storage.get() + (64 - address % 64) % 64;
  frame->parameters.resize(size_t(function.parameterBytes) * warpSize);
  return frame;
}

void Warp::fillFrame(Frame &frame) {
  fillConstants(frame, block.cluster.grid);
  for (const SpecialSlot &slot : frame.function->specials)
    fillSpecial(*this, frame.registers, slot);
  frame.defined.assign(frame.function->registers.size(), 0);
  frame.written.assign(frame.function->usesWarpgroups ? frame.function->registers.size() : 0, 0);
  frame.returned = 0;
}

/// Lane by lane, so that growing it moves every lane's part.
static void reserveLocal(Warp &warp, uint32_t bytes) {
  bytes = (bytes + 63) / 64 * 64;
  if (bytes <= warp.localBytes)
    return;
  std::vector<uint8_t> grown(size_t(bytes) * warpSize);
  for (unsigned lane = 0; lane < warpSize && warp.localBytes; ++lane)
    memcpy(grown.data() + size_t(lane) * bytes, warp.local.data() + size_t(lane) * warp.localBytes, warp.localBytes);
  warp.local = std::move(grown);
  warp.localBytes = bytes;
}

/// Local addresses begin here: address 0 stays invalid.
static constexpr uint32_t localBegin = 64;

void Warp::start(uint32_t liveLanes) {
  const Grid &grid = block.cluster.grid;
  program = &grid.program;
  exited = ~liveLanes;
  depth = current = 0;
  if (frames.empty())
    frames.push_back(makeFrame(grid.kernel));
  Frame &frame = *frames[0];
  frame.localBase = localBegin;
  fillFrame(frame);
  frame.mask = liveLanes;
  frame.groups.assign(1, LaneGroup());
  frame.groups[0].pc = grid.kernel.entry;
  frame.groups[0].mask = liveLanes;
  registers = frame.registers;
  definedMasks = frame.defined.data();
  reserveLocal(*this, localBegin + grid.kernel.localBytes);
  knowledge.clear();
  fencedKnowledge.clear();
  pendingAcquire.clear();
  waitedForCluster = false;
  knowledge.seen.set(actor, block.cluster.tick(actor));
  copies = AsyncGroups();
  bulkStores.clear();
  productsIssued = productsWaited = 0;
  productGroups.clear();
  inFlight.assign(grid.kernel.usesWarpgroups ? grid.kernel.registers.size() : 0, 0);
  carry = 0;
  arrivedAtCluster = 0;
}

static void copyArguments(Frame &from, const Placement &source, Frame &to, const Placement &target, uint32_t mask) {
  for (unsigned lane = 0; lane < warpSize; ++lane)
    if (mask >> lane & 1)
      memcpy(to.parameters.data() + size_t(lane) * to.function->parameterBytes + target.address,
             from.parameters.data() + size_t(lane) * from.function->parameterBytes + source.address, target.size);
}

void Warp::pushFrame(uint32_t callSite, uint32_t mask) {
  constexpr size_t deepest = 256;
  if (depth + 1 >= deepest)
    fail(__builtin_ctz(mask), "expected calls at most " + std::to_string(deepest) + " deep");
  const CallSite &site = program->calls[callSite];
  const Function &callee = program->functions[site.function];
  uint32_t rest = group().mask & ~mask;
  group().mask = mask;
  splitGroup(rest, group().pc + 1);
  Frame &caller = frame();
  if (frames.size() == depth + 1)
    frames.push_back(nullptr);
  if (!frames[depth + 1] || frames[depth + 1]->function != &callee)
    frames[depth + 1] = makeFrame(callee);
  Frame &made = *frames[depth + 1];
  made.localBase = (caller.localBase + caller.function->localBytes + 63) / 64 * 64;
  made.callerGroup = current;
  made.callSite = callSite;
  made.mask = mask;
  reserveLocal(*this, made.localBase + callee.localBytes);
  fillFrame(made);
  for (size_t i = 0; i < site.arguments.size(); ++i)
    copyArguments(caller, site.arguments[i], made, callee.variables.at(callee.parameterNames[i]), mask);
  made.groups.assign(1, LaneGroup());
  made.groups[0].pc = callee.entry;
  made.groups[0].mask = mask;
  ++depth;
  current = 0;
  registers = made.registers;
  definedMasks = made.defined.data();
}

void Warp::popFrame() {
  Frame &callee = frame(), &caller = *frames[depth - 1];
  const CallSite &site = program->calls[callee.callSite];
  for (size_t i = 0; i < site.results.size(); ++i)
    copyArguments(callee, callee.function->variables.at(callee.function->resultNames[i]), caller, site.results[i],
                  callee.returned);
  --depth;
  current = callee.callerGroup;
  registers = caller.registers;
  definedMasks = caller.defined.data();
  if (caller.groups.empty()) { // all lanes have exited inside of the call
    if (depth)
      popFrame();
    return;
  }
  if (callee.returned)
    ++caller.groups[current].pc;
}

} // namespace sinter::emulator
