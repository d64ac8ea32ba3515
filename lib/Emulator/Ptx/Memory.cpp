// How are addresses resolved and accesses checked? See Memory.h.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Memory.h"
#include "GlobalShadow.h"

namespace sinter::emulator {

static std::string hex(uint64_t value) {
  char text[24];
  snprintf(text, sizeof text, "0x%llx", static_cast<unsigned long long>(value));
  return text;
}

bool isSharedAddress(uint64_t generic) {
  return generic >> 61 == sharedWindow >> 61;
}
bool isLocalAddress(uint64_t generic) {
  return generic >> 61 == localWindow >> 61;
}

uint64_t addressOf(Warp &warp, const Instruction &instruction, unsigned slot, unsigned lane) {
  uint64_t base = instruction.wideAddress ? warp.lanes<uint64_t>(instruction.source[slot])[lane]
                                          : warp.lanes<uint32_t>(instruction.source[slot])[lane];
  uint64_t address = base + static_cast<uint64_t>(instruction.immediate);
  return instruction.wideAddress ? address : static_cast<uint32_t>(address);
}

static void checkAlignment(Warp &warp, unsigned lane, uint64_t address, uint32_t align) {
  if (address % align)
    warp.fail(static_cast<int>(lane),
              "misaligned address " + hex(address) + ": expected a multiple of " + std::to_string(align));
}

//===----------------------------------------------------------------------===//
// Shared memory
//===----------------------------------------------------------------------===//

SharedPlace sharedPlace(Warp &warp, unsigned lane, uint64_t address, uint32_t bytes, uint32_t align) {
  uint64_t value = isSharedAddress(address) ? address - sharedWindow : address;
  checkAlignment(warp, lane, value, align);
  uint64_t rank = value >> sharedRankShift, offset = value & ((1u << sharedRankShift) - 1);
  auto &blocks = warp.block.cluster.blocks;
  Block *block = rank == 0 ? &warp.block : rank <= blocks.size() ? blocks[rank - 1].get() : nullptr;
  uint32_t size = warp.block.cluster.grid.sharedBytes;
  if (!block || offset < sharedBase || offset - sharedBase + bytes > size)
    warp.fail(static_cast<int>(lane), "shared memory access of " + std::to_string(bytes) + " bytes at " + hex(value) +
                                          " is out of bounds: the block has " + std::to_string(size) + " bytes, from " +
                                          hex(sharedBase) + " on");
  return {block, static_cast<uint32_t>(offset - sharedBase)};
}

/// `where`: " of shared memory at ...".
[[noreturn]] static void failConflict(Warp &warp, int lane, const std::string &where, const Conflict &conflict,
                                      bool reads) {
  if (conflict.kind == Conflict::Uninitialized)
    warp.fail(lane, "read" + where + ", which nothing has written");
  const Program &program = *warp.program;
  const Instruction &instruction = program.code[conflict.otherPc];
  std::string line =
      "line " +
      (instruction.statement < 0
           ? std::string("?")
           : std::to_string(program.functionAt(conflict.otherPc).source->statements[instruction.statement].line));
  std::string other = warp.block.cluster.actorName(conflict.other) + " at " + line;
  if (conflict.kind == Conflict::MissingProxyFence)
    warp.fail(lane, "asynchronous read" + where + ", written by " + other +
                        " through the generic proxy: expected a fence.proxy.async between");
  warp.fail(lane, std::string("data race: ") + (reads ? "read" : "write") + where + " and " +
                      (conflict.kind == Conflict::RaceWithRead ? "read" : "write") + " by " + other +
                      " are not ordered by a barrier or wait");
}

void checkShared(Warp &warp, int lane, const SharedPlace &place, uint32_t bytes, Access access, Epoch epoch,
                 const Knowledge &knowledge) {
  if (!warp.block.cluster.grid.options.checkShared)
    return;
  AccessShadow &shadow = place.block->shadow;
  uint8_t ofWarp = epoch.actor() == warp.actor && lane >= 0 ? static_cast<uint8_t>(lane) : noLane;
  Conflict conflict;
  if (access == Access::Atomic) // reads as well
    conflict = shadow.read(place.offset, bytes, epoch, knowledge, warp.currentPc, ofWarp);
  if (conflict.kind == Conflict::None)
    conflict = access == Access::Read ? shadow.read(place.offset, bytes, epoch, knowledge, warp.currentPc, ofWarp)
                                      : shadow.write(place.offset, bytes, epoch, knowledge, warp.currentPc, ofWarp);
  if (conflict.kind == Conflict::None)
    return;
  std::string where = " of shared memory at " + hex(conflict.offset + sharedBase);
  if (place.block != &warp.block)
    where += " of the block with rank " + std::to_string(place.block->rank);
  failConflict(warp, lane, where, conflict, access == Access::Read);
}

/// Shared memory of another block is there while that block is: from when the warp knows that it has begun to before it
/// ends, of which Cluster::checkEnd makes sure.
static void checkLife(Warp &warp, unsigned lane, Block &block) {
  Cluster &cluster = warp.block.cluster;
  if (&block == &warp.block || !cluster.grid.options.checkShared)
    return;
  bool hasBegun = warp.waitedForCluster;
  for (auto &other : block.warps)
    hasBegun |= warp.knowledge.seen[other->actor] >= cluster.baseTime;
  if (!hasBegun)
    warp.fail(static_cast<int>(lane), "access to shared memory of the block with rank " + std::to_string(block.rank) +
                                          ", which may not have begun: expected a barrier of the cluster before");
  block.accessedByOthers.raise(warp.actor, warp.knowledge.seen[warp.actor]);
}

//===----------------------------------------------------------------------===//
// Global memory
//===----------------------------------------------------------------------===//

uint8_t *globalPointer(Warp &warp, int lane, uint64_t address, uint32_t bytes, bool writes) {
  DeviceMemory::Range &range = warp.lastRange;
  if (address < range.begin || address + bytes > range.end || address + bytes < address) {
    const Grid &grid = warp.block.cluster.grid;
    auto parameters = reinterpret_cast<uint64_t>(grid.parameters);
    if (address >= parameters && address + bytes <= parameters + grid.parameterBytes)
      range = {parameters, parameters + grid.parameterBytes, DeviceMemory::ReadOnly};
    else
      range = grid.memory.find(address);
    if (range.begin == range.end || address + bytes > range.end)
      warp.fail(lane, std::string("global memory ") + (writes ? "write" : "read") + " of " + std::to_string(bytes) +
                          " bytes at " + hex(address) + " is out of bounds: " + grid.memory.describe(address));
  }
  if (writes && range.access == DeviceMemory::ReadOnly)
    warp.fail(lane, "write to constant memory or parameters at " + hex(address));
  return reinterpret_cast<uint8_t *>(address);
}

/// The first block of a cluster stands for all of them.
static uint32_t blockNumber(const Block &block) {
  const Dim3 &grid = block.cluster.grid.launch.grid, &id = block.cluster.firstBlock;
  return 1 + id.x + grid.x * (id.y + grid.y * id.z);
}

void checkGlobal(Warp &warp, int lane, uint64_t address, uint32_t bytes, bool writes) {
  GlobalShadow *shadow = warp.block.cluster.grid.globalShadow;
  if (!shadow || warp.lastRange.access == DeviceMemory::ReadOnly)
    return;
  uint32_t other = shadow->access(address, bytes, writes, blockNumber(warp.block));
  if (!other)
    return;
  const Dim3 &grid = warp.block.cluster.grid.launch.grid;
  std::string name = "several blocks";
  if (other != ~uint32_t(0)) {
    uint32_t number = other - 1;
    name = "block (" + std::to_string(number % grid.x) + "," + std::to_string(number / grid.x % grid.y) + "," +
           std::to_string(number / grid.x / grid.y) + ")";
  }
  warp.fail(lane, std::string("data race: ") + (writes ? "write" : "read") + " of global memory at " + hex(address) +
                      ", which " + name + " of the same launch touches too, without an atomic");
}

void checkGlobalOrder(Warp &warp, int lane, uint64_t address, uint32_t bytes, bool writes, Epoch epoch) {
  Cluster &cluster = warp.block.cluster;
  if (!cluster.grid.ordersGlobal || warp.lastRange.access == DeviceMemory::ReadOnly)
    return;
  constexpr unsigned pageBits = 12;
  constexpr uint32_t pageBytes = 1u << pageBits;
  auto [found, isNew] = cluster.global.try_emplace(address >> pageBits);
  AccessShadow &page = found->second;
  if (isNew)
    page.reset(pageBytes, cluster.grid.program.globalGranule, cluster.baseTime, /*hasContents=*/true);
  uint32_t offset = address & (pageBytes - 1);
  Conflict conflict = writes ? page.write(offset, bytes, epoch, warp.knowledge, warp.currentPc)
                             : page.read(offset, bytes, epoch, warp.knowledge, warp.currentPc);
  if (conflict.kind != Conflict::None)
    failConflict(warp, lane, " of global memory at " + hex(address), conflict, !writes);
}

//===----------------------------------------------------------------------===//
// All spaces
//===----------------------------------------------------------------------===//

static uint8_t *localPointer(Warp &warp, unsigned lane, uint64_t address, uint32_t bytes, uint32_t align) {
  checkAlignment(warp, lane, address, align);
  const Frame &frame = warp.frame();
  uint64_t end = frame.localBase + frame.function->localBytes;
  if (address < 64 || address + bytes > end)
    warp.fail(static_cast<int>(lane), "local memory access of " + std::to_string(bytes) + " bytes at " + hex(address) +
                                          " is out of bounds: the thread has its variables from 0x40 to " + hex(end));
  return warp.local.data() + size_t(lane) * warp.localBytes + address;
}

static uint8_t *resolveLane(Warp &warp, const Instruction &instruction, unsigned lane, uint64_t address, uint32_t bytes,
                            Access access) {
  bool atomic = access == Access::Atomic || instruction.order != Order::Weak;
  Space space = instruction.space;
  if (space == Space::Generic)
    space = isSharedAddress(address) ? Space::Shared : isLocalAddress(address) ? Space::Local : Space::Global;
  switch (space) {
  case Space::Shared:
  case Space::SharedCluster: {
    SharedPlace place = sharedPlace(warp, lane, address, bytes, bytes);
    checkLife(warp, lane, *place.block);
    checkShared(warp, static_cast<int>(lane), place, bytes, access, warp.epoch(atomic), warp.knowledge);
    return place.pointer();
  }
  case Space::Local:
    return localPointer(warp, lane, isLocalAddress(address) ? address - localWindow : address, bytes, bytes);
  case Space::Param: { // of a kernel, by address
    const Grid &grid = warp.block.cluster.grid;
    if (address + bytes > grid.parameterBytes)
      warp.fail(static_cast<int>(lane), "parameter access at offset " + std::to_string(address) + " of " +
                                            std::to_string(grid.parameterBytes) + " is out of bounds");
    return grid.parameters + address;
  }
  default:
    checkAlignment(warp, lane, address, bytes);
    uint8_t *pointer = globalPointer(warp, static_cast<int>(lane), address, bytes, access != Access::Read);
    if (!atomic) {
      checkGlobal(warp, static_cast<int>(lane), address, bytes, access != Access::Read);
      checkGlobalOrder(warp, static_cast<int>(lane), address, bytes, access != Access::Read, warp.epoch());
    }
    return pointer;
  }
}

void resolve(Warp &warp, const Instruction &instruction, uint32_t mask, unsigned slot, uint32_t bytes, Access access,
             uint8_t *pointers[warpSize]) {
  for (uint32_t rest = mask; rest; rest &= rest - 1) {
    unsigned lane = __builtin_ctz(rest);
    pointers[lane] = resolveLane(warp, instruction, lane, addressOf(warp, instruction, slot, lane), bytes, access);
  }
}

} // namespace sinter::emulator
