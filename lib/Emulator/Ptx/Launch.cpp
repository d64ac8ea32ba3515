// How does a whole grid run? See Machine.h.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "GlobalShadow.h"
#include "Machine.h"

#include <cstring>
#include <thread>

namespace sinter::emulator {

//===----------------------------------------------------------------------===//
// Is the launch legal?
//===----------------------------------------------------------------------===//

static std::string spell(Dim3 d) {
  return "(" + std::to_string(d.x) + "," + std::to_string(d.y) + "," + std::to_string(d.z) + ")";
}

[[noreturn]] static void failLaunch(const std::string &kernel, const std::string &message) {
  throw Error("launch of kernel '" + kernel + "': " + message);
}

static void checkShape(const std::string &kernel, const Function &function, const KernelInfo &info,
                       const Launch &launch) {
  const Dim3 &block = launch.block, &grid = launch.grid, &cluster = launch.cluster;
  if (!grid.count() || grid.y > 65535 || grid.z > 65535)
    failLaunch(kernel, "expected a grid from (1,1,1) to (2^31-1,65535,65535), found " + spell(grid));
  if (!block.count() || block.count() > info.maxThreads || block.z > 64)
    failLaunch(kernel,
               "expected blocks of 1 to " + std::to_string(info.maxThreads) + " threads, found " + spell(block));
  const auto &required = function.source->requiredThreads;
  if (required[0] && (block.x != required[0] || block.y != required[1] || block.z != required[2]))
    failLaunch(kernel, "expected blocks of " + spell({required[0], required[1], required[2]}) + " threads, found " +
                           spell(block));
  if (!cluster.count() || cluster.count() > 16 || grid.x % cluster.x || grid.y % cluster.y || grid.z % cluster.z)
    failLaunch(kernel, "expected a cluster of at most 16 blocks that divides the grid " + spell(grid) + ", found " +
                           spell(cluster));
}

static uint32_t sharedBytesOf(const std::string &kernel, const Function &function, const Launch &launch) {
  uint64_t end = launch.dynamicSharedBytes ? uint64_t(function.dynamicSharedOffset) + launch.dynamicSharedBytes
                                           : uint64_t(sharedBase) + function.staticSharedBytes;
  uint64_t bytes = end - sharedBase;
  if (bytes > maxSharedBytes)
    failLaunch(kernel, "expected at most " + std::to_string(maxSharedBytes) + " bytes of shared memory, found " +
                           std::to_string(bytes));
  return static_cast<uint32_t>(bytes);
}

//===----------------------------------------------------------------------===//
// Running
//===----------------------------------------------------------------------===//

namespace {
class GridRun {
public:
  GridRun(const Grid &grid)
      : grid(grid), counts{grid.launch.grid.x / grid.launch.cluster.x, grid.launch.grid.y / grid.launch.cluster.y,
                           grid.launch.grid.z / grid.launch.cluster.z} {}

  Statistics independent();
  Statistics together();

private:
  void start(Cluster &cluster, uint64_t index) const;
  void work();
  void collect(Cluster &cluster);

  const Grid &grid;
  Dim3 counts;
  std::atomic<uint64_t> next{0};
  std::mutex mutex; ///< of what follows
  Statistics statistics;
  uint64_t failedAt = ~uint64_t(0);
  std::string failure;
};
} // namespace

/// Each cluster has its own random numbers: they do not depend on which host thread runs it.
void GridRun::start(Cluster &cluster, uint64_t index) const {
  Dim3 first{static_cast<uint32_t>(index % counts.x) * grid.launch.cluster.x,
             static_cast<uint32_t>(index / counts.x % counts.y) * grid.launch.cluster.y,
             static_cast<uint32_t>(index / counts.x / counts.y) * grid.launch.cluster.z};
  cluster.start(first, grid.options.seed * 0x9e3779b97f4a7c15 + index);
}

void GridRun::collect(Cluster &cluster) {
  std::lock_guard<std::mutex> lock(mutex);
  for (auto &block : cluster.blocks)
    for (auto &warp : block->warps) {
      statistics.warpInstructions += warp->instructions;
      statistics.threadInstructions += warp->threadInstructions;
    }
  statistics.integerDivisionsByZero += cluster.divisionsByZero;
  statistics.matrixInstructions += cluster.matrixInstructions;
  statistics.warpgroupMatrixInstructions += cluster.warpgroupInstructions;
  statistics.bulkCopies += cluster.bulkCopies;
}

/// One host thread: clusters until none is left. The fault of the first cluster that has one is reported, however many
/// threads run.
void GridRun::work() {
  Cluster cluster(grid);
  for (uint64_t index; (index = next++) < counts.count();) {
    {
      std::lock_guard<std::mutex> lock(mutex);
      if (index > failedAt)
        break;
    }
    try {
      start(cluster, index);
      cluster.run();
    } catch (const std::exception &error) {
      std::lock_guard<std::mutex> lock(mutex);
      if (index < failedAt) {
        failedAt = index;
        failure = error.what();
      }
      break;
    }
  }
  collect(cluster);
}

Statistics GridRun::independent() {
  unsigned threads = grid.options.hostThreads ? grid.options.hostThreads : std::thread::hardware_concurrency();
  threads = static_cast<unsigned>(std::min<uint64_t>(std::max(threads, 1u), (counts.count() + 1) / 2));
  std::vector<std::thread> others;
  for (unsigned i = 1; i < threads; ++i)
    others.emplace_back([this] { work(); });
  work();
  for (std::thread &thread : others)
    thread.join();
  if (!failure.empty())
    throw Error(failure);
  return statistics;
}

/// Blocks that may wait for each other: as many as a large GPU holds take turns.
Statistics GridRun::together() {
  constexpr uint64_t residentBlocks = 264;
  uint64_t resident = std::max<uint64_t>(1, residentBlocks / grid.launch.cluster.count());
  std::vector<std::unique_ptr<Cluster>> running;
  std::mt19937_64 random(grid.options.seed);
  unsigned idle = 0;
  uint64_t started = 0;
  for (; started < std::min(resident, counts.count()); ++started) {
    running.push_back(std::make_unique<Cluster>(grid));
    start(*running.back(), started);
  }
  while (!running.empty()) {
    std::shuffle(running.begin(), running.end(), random);
    bool progressed = false;
    for (size_t i = running.size(); i-- > 0;) {
      Cluster &cluster = *running[i];
      progressed |= cluster.turn();
      if (!cluster.isDone())
        continue;
      cluster.checkEnd();
      progressed = true;
      if (started < counts.count()) {
        start(cluster, started++);
      } else {
        collect(cluster);
        running.erase(running.begin() + static_cast<long>(i));
      }
    }
    idle = progressed ? 0 : idle + 1;
    if (idle > 1000)
      running.front()->failDeadlock();
  }
  return statistics;
}

/// The arguments stand where tensor maps may be read from.
static uint8_t *alignedCopy(const std::vector<uint8_t> &bytes, std::vector<uint8_t> &storage) {
  constexpr size_t align = 128;
  storage.resize(bytes.size() + 2 * align);
  auto address = reinterpret_cast<uintptr_t>(storage.data());
  uint8_t *begin = storage.data() + (align - address % align) % align;
  std::copy(bytes.begin(), bytes.end(), begin);
  return begin;
}

static Launch withCluster(const Function &function, Launch launch) {
  const auto &cluster = function.source->clusterSize;
  if (cluster[0])
    launch.cluster = {cluster[0], cluster[1], cluster[2]};
  return launch;
}

Statistics run(const Module &module, const std::string &kernel, const Launch &asked,
               const std::vector<uint8_t> &parameters, const DeviceMemory &memory, const Options &options) {
  const Program &program = module.program();
  const KernelInfo *info = module.kernel(kernel);
  if (!info)
    failLaunch(kernel, "the module has no such kernel");
  const Function &function = program.functions[program.functionIndex.at(kernel)];
  Launch launch = withCluster(function, asked);
  checkShape(kernel, function, *info, launch);
  if (parameters.size() != info->parameterBytes)
    failLaunch(kernel, "expected " + std::to_string(info->parameterBytes) + " bytes of parameters, found " +
                           std::to_string(parameters.size()));
  Grid grid{program, function, launch, options, memory, kernel};
  std::vector<uint8_t> storage;
  grid.parameters = alignedCopy(parameters, storage);
  grid.parameterBytes = static_cast<uint32_t>(parameters.size());
  grid.sharedBytes = sharedBytesOf(kernel, function, launch);
  grid.blockWarps = static_cast<unsigned>((launch.block.count() + warpSize - 1) / warpSize);
  bool synchronizes = function.synchronizesBlocks;
  GlobalShadow shadow(program.globalGranule);
  uint64_t ofCluster = launch.cluster.count();
  if (options.checkGlobal && !synchronizes && launch.grid.count() > ofCluster)
    grid.globalShadow = &shadow;
  grid.ordersGlobal = options.checkGlobal && !synchronizes && (ofCluster > 1 || launch.grid.count() == 1);
  GridRun run(grid);
  return synchronizes ? run.together() : run.independent();
}

} // namespace sinter::emulator
