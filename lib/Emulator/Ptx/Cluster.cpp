// How do the warps of a cluster take turns, and when do asynchronous operations happen? See Machine.h.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Machine.h"

namespace sinter::emulator {

void AsyncOperation::finish() {
  if (before)
    before->finish();
  before = nullptr;
  while (!done)
    advance();
}

void AsyncOperation::advance() {
  done = step();
  ++steps;
  if (done)
    step = nullptr;
}

Cluster::Cluster(const Grid &grid) : grid(grid) {
  newActor("nobody");
  uint32_t count = static_cast<uint32_t>(grid.launch.cluster.count());
  for (uint32_t rank = 0; rank < count; ++rank) {
    auto block = std::make_unique<Block>(*this, rank);
    block->shared.resize(grid.sharedBytes + 16);
    for (unsigned i = 0; i < grid.blockWarps; ++i) {
      block->warps.push_back(std::make_unique<Warp>(*block, i));
      block->warps.back()->actor =
          newActor("warp " + std::to_string(i) + (count > 1 ? " of the block with rank " + std::to_string(rank) : ""));
      order.push_back(block->warps.back().get());
    }
    blocks.push_back(std::move(block));
  }
}

Actor Cluster::newActor(const std::string &name) {
  times.push_back(latestTime);
  actorNames.push_back(name);
  return static_cast<Actor>(times.size() - 1);
}

uint64_t Cluster::tick(Actor actor) {
  latestTime = std::max(latestTime, times[actor] + 1);
  return ++times[actor];
}

void Cluster::start(Dim3 first, uint64_t seed) {
  random.seed(seed);
  firstBlock = first;
  pending.clear();
  barrier = NamedBarrier();
  global.clear();
  baseTime = latestTime + 1;
  size_t warpActors = 1 + order.size();
  times.resize(warpActors);
  actorNames.resize(warpActors);
  std::fill(times.begin(), times.end(), baseTime);
  latestTime = baseTime;
  const Dim3 &shape = grid.launch.cluster;
  for (auto &block : blocks)
    block->start({first.x + block->rank % shape.x, first.y + block->rank / shape.x % shape.y,
                  first.z + block->rank / shape.x / shape.y});
  std::sort(order.begin(), order.end(), [](const Warp *a, const Warp *b) { return a->actor < b->actor; });
}

/// ptxas gives each thread as many registers as the launch bounds allow; setmaxnreg moves them between warps.
static uint32_t registersAtStart(const Grid &grid) {
  uint32_t threads = static_cast<uint32_t>(grid.blockWarps) * warpSize;
  return std::min<uint32_t>(65536 / threads / 8 * 8, 255 / 8 * 8);
}

void Block::start(Dim3 newId) {
  const Grid &grid = cluster.grid;
  id = newId;
  for (NamedBarrier &barrier : barriers)
    barrier = NamedBarrier();
  mbarriers.clear();
  freeRegisters = 0;
  accessedByOthers.clear();
  knownAtEnd.clear();
  if (grid.options.checkShared)
    shadow.reset(grid.sharedBytes, grid.program.sharedGranule, cluster.baseTime);
  uint32_t threads = static_cast<uint32_t>(grid.launch.block.count());
  if (grid.kernel.usesWarpgroups)
    warpgroups.assign(warps.size() / 4 + 1, Warpgroup());
  for (auto &warp : warps) {
    uint32_t lanes = std::min(warpSize, threads - warp->index * warpSize);
    warp->granted = registersAtStart(grid);
    warp->start(lanes == warpSize ? allLanes : (uint32_t(1) << lanes) - 1);
  }
}

Mbarrier *Block::mbarrierAt(uint32_t offset) {
  auto found = mbarriers.find(offset);
  return found == mbarriers.end() ? nullptr : &found->second;
}

//===----------------------------------------------------------------------===//
// Asynchronous operations
//===----------------------------------------------------------------------===//

void Cluster::enqueue(const AsyncPointer &operation) {
  if (grid.options.async == AsyncMode::Eager)
    operation->finish();
  else
    pending.push_back(operation);
}

bool Cluster::pump(bool force) {
  pending.erase(std::remove_if(pending.begin(), pending.end(), [](const AsyncPointer &p) { return p->done; }),
                pending.end());
  if (pending.empty())
    return false;
  bool isRandom = grid.options.async == AsyncMode::Random;
  if (!force && (!isRandom || random() % 4))
    return false;
  AsyncPointer chosen = pending[isRandom ? random() % pending.size() : 0];
  if (force)
    chosen->finish();
  else if (!chosen->before || chosen->before->done)
    chosen->advance();
  return true;
}

//===----------------------------------------------------------------------===//
// Turns
//===----------------------------------------------------------------------===//

bool Cluster::turn() {
  ++turns;
  bool progressed = false;
  if (order.size() > 1)
    std::shuffle(order.begin(), order.end(), random);
  for (Warp *warp : order)
    if (!warp->isDone())
      progressed |= warp->run(order.size() == 1 ? 4096 : 32 + random() % 256);
  if (!pending.empty())
    progressed |= pump(!progressed);
  return progressed;
}

bool Cluster::isDone() const {
  for (const auto &block : blocks)
    for (const auto &warp : block->warps)
      if (!warp->isDone())
        return false;
  return true;
}

void Cluster::run() {
  unsigned idle = 0;
  while (!isDone()) {
    idle = turn() ? 0 : idle + 1;
    if (idle > 1000) // polling loops may need a few rounds
      failDeadlock();
  }
  checkEnd();
}

void Cluster::failDeadlock() {
  std::string text = "kernel '" + grid.name + "': deadlock: no warp can go on";
  unsigned listed = 0;
  for (auto &block : blocks)
    for (auto &warp : block->warps)
      if (!warp->isDone() && listed++ < 64)
        text += warp->describe();
  throw Error(text);
}

static void checkCopies(Warp &warp) {
  for (auto &[lane, groups] : warp.bulkStores) {
    bool isRead = groups.open.empty();
    for (auto &group : groups.committed)
      for (auto &operation : group)
        isRead &= operation->sourceRead;
    if (!isRead)
      warp.fail(static_cast<int>(lane), "the thread ends while bulk copies may still read its block's shared memory: "
                                        "expected cp.async.bulk.commit_group and cp.async.bulk.wait_group");
  }
}

static void checkProducts(Block &block) {
  for (auto &warp : block.warps)
    if (warp->productsIssued != warp->productsWaited)
      warp->fail(-1, "the warp ends with wgmma in flight: expected a wgmma.wait_group");
  for (size_t i = 0; i < block.warpgroups.size(); ++i)
    if (block.warpgroups[i].complete != block.warpgroups[i].products.size())
      block.warps[4 * i]->fail(-1, "the warps of its warpgroup have not all issued the same wgmma");
}

static void checkMbarriers(Block &block) {
  for (auto &[offset, mbarrier] : block.mbarriers)
    if (mbarrier.transactions != 0)
      block.warps[0]->fail(-1, "the block ends while the mbarrier at shared address " +
                                   std::to_string(offset + sharedBase) + " still expects " +
                                   std::to_string(mbarrier.transactions) + " bytes");
}

/// A block's shared memory ends with it: some warp of it has to know of all accesses before it ends.
static void checkAccessesByOthers(Cluster &cluster, Block &block) {
  for (auto &other : cluster.blocks)
    for (auto &warp : other->warps)
      if (block.accessedByOthers[warp->actor] > block.knownAtEnd[warp->actor])
        block.warps[0]->fail(-1, "the block may end before " + cluster.actorName(warp->actor) +
                                     " has accessed its shared memory: expected a barrier of the cluster between");
}

/// What must not be left over when a cluster ends.
void Cluster::checkEnd() {
  for (auto &block : blocks)
    for (auto &warp : block->warps)
      checkCopies(*warp);
  for (AsyncPointer &operation : pending)
    operation->finish();
  for (auto &block : blocks) {
    checkProducts(*block);
    checkAccessesByOthers(*this, *block);
    checkMbarriers(*block);
  }
}

//===----------------------------------------------------------------------===//
// Barriers
//===----------------------------------------------------------------------===//

void completeBarrier(NamedBarrier &barrier) {
  barrier.resultOf = barrier.arrived;
  barrier.arrived = 0;
  barrier.completed.join(barrier.released);
  barrier.released.clear();
  barrier.result = barrier.votes;
  barrier.votes = 0;
  ++barrier.generation;
}

uint32_t Block::liveThreads() const {
  uint32_t threads = 0;
  for (const auto &warp : warps)
    threads += static_cast<uint32_t>(__builtin_popcount(~warp->exited));
  return threads;
}

void Block::completeBarriersOfAll() {
  for (NamedBarrier &barrier : barriers)
    if (barrier.ofAll && barrier.arrived) {
      barrier.expected = liveThreads();
      if (barrier.arrived >= barrier.expected)
        completeBarrier(barrier);
    }
}

uint32_t Cluster::liveThreads() const {
  uint32_t threads = 0;
  for (const auto &block : blocks)
    threads += block->liveThreads();
  return threads;
}

void Cluster::completeBarrierOfAll() {
  barrier.expected = liveThreads();
  if (barrier.arrived && barrier.arrived >= barrier.expected)
    completeBarrier(barrier);
}

} // namespace sinter::emulator
