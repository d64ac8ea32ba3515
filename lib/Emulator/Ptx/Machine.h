// What is the state of a running grid?
//
// A grid runs cluster by cluster (a block alone is a cluster of one), or, where blocks synchronize with each other, all
// resident clusters in turn. Inside of a cluster, warps run for a few instructions each in an order drawn from the
// seed. A warp keeps its lanes in groups with one program counter each; the group that is farthest back runs first,
// groups merge where their counters meet, and instructions that need more lanes wait for them.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef SINTER_EMULATOR_PTX_MACHINE_H
#define SINTER_EMULATOR_PTX_MACHINE_H

#include "Clock.h"
#include "Program.h"
#include "Shadow.h"

#include <deque>
#include <functional>
#include <random>
#include <unordered_map>

namespace sinter::emulator {

class Block;
class Cluster;
class GlobalShadow;

//===----------------------------------------------------------------------===//
// Synchronization
//===----------------------------------------------------------------------===//

/// bar.sync and its relatives, by id.
struct NamedBarrier {
  uint32_t expected = 0; ///< threads; only while somebody has arrived
  uint32_t arrived = 0;
  bool ofAll = false; ///< of all threads that have not exited
  uint64_t generation = 0;
  Knowledge released;  ///< of who has arrived in this generation
  Knowledge completed; ///< of the last complete one
  uint32_t votes = 0;  ///< bar.red: sum of true predicates
  uint32_t result = 0;
  uint32_t resultOf = 0; ///< the threads that voted
};

/// An object of type .b64 in shared memory.
struct Mbarrier {
  uint32_t expected = 0, pending = 0;
  int64_t transactions = 0; ///< bytes announced and not yet arrived
  uint64_t phase = 0;
  Actor actor = 0; ///< of the copies that complete here
  Knowledge released, completed;
  uint32_t offset = 0;
};

/// A copy or matrix product that goes on beside the warps.
struct AsyncOperation {
  std::function<bool()> step;             ///< one part of it; true when that was the last
  std::shared_ptr<AsyncOperation> before; ///< has to be complete first
  unsigned steps = 0;                     ///< that are done
  bool done = false;
  bool sourceRead = false; ///< bulk stores: the thread has waited for shared memory to be read
  void advance();
  void finish();
};
using AsyncPointer = std::shared_ptr<AsyncOperation>;

/// Operations between commit_group instructions.
struct AsyncGroups {
  std::vector<AsyncPointer> open;
  std::deque<std::vector<AsyncPointer>> committed; ///< oldest first
  Actor actor = 0;                                 ///< 0: none yet
  uint64_t openTime = 0;                           ///< time of the actor for operations in `open`
  std::deque<uint64_t> times;                      ///< of the committed groups
  bool isEmpty() const { return open.empty() && committed.empty(); }
};

/// A wgmma that four warps issue together, each for 16 of its 64 rows.
struct WarpgroupProduct {
  uint32_t pc = 0;
  unsigned joined = 0; ///< warps that have issued it, by bits
  Knowledge knowledge; ///< of all four
  uint8_t *registers[4] = {};
  std::vector<uint32_t> a[4]; ///< A in registers, lane by lane
  bool accumulates = false;
  uint64_t descriptorA = 0, descriptorB = 0;
  AsyncPointer operation; ///< once all four have issued it
  uint64_t time = 0;      ///< of the warpgroup's actor
};

struct Warpgroup {
  std::vector<std::shared_ptr<WarpgroupProduct>> products; ///< by serial number; reset when done
  uint64_t complete = 0; ///< products that all four warps have issued: those before this number
  Actor actor = 0;
};

//===----------------------------------------------------------------------===//
// Warps
//===----------------------------------------------------------------------===//

struct Wait {
  enum Kind : uint8_t { None, Converge, Barrier, ClusterBarrier, Phase, Registers, Issue } kind = None;
  uint32_t lanes = 0;              ///< Converge: who has to arrive
  NamedBarrier *barrier = nullptr; ///< Barrier, ClusterBarrier
  uint64_t generation = 0;
  Mbarrier *mbarrier = nullptr; ///< Phase: waits while `mbarrier->phase` is `generation`
  uint32_t registers = 0;       ///< Registers: of each thread, wanted
  // Issue: until all four warps have issued the products before number `generation`
  uint32_t result = noOperand; ///< Barrier: where the vote goes
  uint8_t resultKind = 0;
};

/// Lanes with the same program counter.
struct LaneGroup {
  uint32_t pc = 0;
  uint32_t mask = 0;
  Wait wait;
};

/// Activation of a function.
struct Frame {
  const Function *function = nullptr;
  std::unique_ptr<uint8_t[]> storage;
  uint8_t *registers = nullptr;    ///< aligned into `storage`
  std::vector<uint32_t> defined;   ///< by register index: lanes that have a value
  std::vector<uint8_t> parameters; ///< .param memory, lane by lane
  std::vector<uint32_t> written;   ///< with wgmma: lanes that wrote since the last wgmma.fence
  std::vector<LaneGroup> groups;
  uint32_t mask = 0;     ///< lanes that called
  uint32_t returned = 0; ///< lanes whose caller goes on
  uint32_t localBase = 0;
  size_t callerGroup = 0; ///< in the frame below
  uint32_t callSite = 0;
};

class Warp {
public:
  Warp(Block &block, uint32_t index) : block(block), index(index) {}

  /// For a new block.
  void start(uint32_t liveLanes);
  /// Up to `quantum` instructions; false when no lane can go on.
  bool run(unsigned quantum);
  bool isDone() const { return exited == allLanes; }

  template <class T>
  T *lanes(uint32_t offset) {
    return reinterpret_cast<T *>(registers + offset);
  }
  uint32_t &predicate(uint32_t offset) { return *reinterpret_cast<uint32_t *>(registers + offset); }
  void writePredicate(uint32_t offset, uint32_t value, uint32_t mask) {
    if (offset != noOperand)
      predicate(offset) = (predicate(offset) & ~mask) | (value & mask);
  }
  template <class T>
  void write(uint32_t offset, const T *values, uint32_t mask) {
    T *target = lanes<T>(offset);
    if (mask == allLanes)
      for (unsigned l = 0; l < warpSize; ++l)
        target[l] = values[l];
    else
      for (unsigned l = 0; l < warpSize; ++l)
        target[l] = mask >> l & 1 ? values[l] : target[l];
  }
  const uint32_t *list(const Instruction &instruction) const { return program->lists.data() + instruction.list; }

  Frame &frame() { return *frames[depth]; }
  LaneGroup &group() { return frame().groups[current]; }
  void pushFrame(uint32_t callSite, uint32_t mask);
  /// `ret`: the lanes leave the function.
  void returnLanes(uint32_t mask);
  void exitLanes(uint32_t mask);
  /// Lanes in `taken` of the current group go to `target`, the others behind the instruction.
  void branch(uint32_t taken, uint32_t target);
  void splitGroup(uint32_t mask, uint32_t pc);

  /// "Kernel, PTX line, block, thread: what". `lane` may be -1 for the warp.
  [[noreturn]] void fail(int lane, const std::string &message);
  std::string describe() const; ///< where its lanes are and what they wait for
  uint32_t liveLanes() const { return frames[depth]->mask & ~exited & ~frames[depth]->returned; }
  uint32_t threadIndex(unsigned lane) const { return index * warpSize + lane; }

  void release(Knowledge &target); ///< hands on what the warp knows, and begins a new time
  void acquire(const Knowledge &source) { knowledge.join(source); }
  Epoch epoch(bool atomic = false) const { return Epoch(actor, knowledge.seen[actor], atomic); }

  Block &block;
  const uint32_t index; ///< in its block
  uint8_t *registers = nullptr;
  const Program *program = nullptr;
  Actor actor = 0;
  Knowledge knowledge;
  Knowledge fencedKnowledge, pendingAcquire; ///< at the last memory fence; from relaxed reads since
  uint32_t exited = 0;
  uint32_t carry = 0;                                   ///< add.cc
  uint32_t arrivedAtCluster = 0;                        ///< lanes between barrier.cluster.arrive and .wait
  uint64_t clusterGeneration = 0;                       ///< in which they arrived
  bool waitedForCluster = false;                        ///< so all of its blocks have begun
  uint32_t granted = 0;                                 ///< registers of each thread: setmaxnreg
  std::vector<uint8_t> local;                           ///< lane by lane
  uint32_t localBytes = 0;                              ///< for one lane
  AsyncGroups copies;                                   ///< cp.async
  std::unordered_map<uint32_t, AsyncGroups> bulkStores; ///< by lane
  // wgmma.
  uint64_t productsIssued = 0, productsWaited = 0;
  std::deque<uint64_t> productGroups; ///< number of the first product behind each committed group
  std::vector<uint16_t> inFlight;     ///< by register index: 1 for each use as A, `accumulatorUse` as accumulator
  static constexpr uint16_t accumulatorUse = 256;
  uint64_t instructions = 0, threadInstructions = 0;
  DeviceMemory::Range lastRange; ///< of global memory: most accesses hit it again
  uint32_t currentPc = 0;
  bool spun = false; ///< found nothing new in a polling loop: its turn is over and counts as no progress

private:
  bool select();
  bool isSatisfied(LaneGroup &group);
  bool prepare(LaneGroup &group, const Instruction &instruction, uint32_t &mask);
  void mergeGroups();
  void fillFrame(Frame &frame);
  void checkReads(const Instruction &instruction, uint32_t mask);
  void checkInFlight(const Instruction &instruction);
  void noteWrites(const Instruction &instruction, uint32_t mask);
  void popFrame();
  bool execute(LaneGroup &group);
  [[noreturn]] void failConvergence();

  std::vector<std::unique_ptr<Frame>> frames;
  size_t depth = 0;
  size_t current = 0; ///< in frame().groups
  uint32_t *definedMasks = nullptr;
  uint64_t sinceRotation = 0;
};

//===----------------------------------------------------------------------===//
// Blocks, clusters, the grid
//===----------------------------------------------------------------------===//

class Block {
public:
  Block(Cluster &cluster, uint32_t rank) : cluster(cluster), rank(rank) {}

  void start(Dim3 id);
  /// The mbarrier at an offset of its shared memory; null when none is initialized there.
  Mbarrier *mbarrierAt(uint32_t offset);
  uint32_t liveThreads() const;
  /// After threads have exited: who waits for all the others may be able to go on.
  void completeBarriersOfAll();

  Cluster &cluster;
  const uint32_t rank;
  Dim3 id;
  std::vector<uint8_t> shared; ///< from address `sharedBase`
  AccessShadow shadow;
  std::vector<std::unique_ptr<Warp>> warps;
  NamedBarrier barriers[16];
  std::unordered_map<uint32_t, Mbarrier> mbarriers;
  std::vector<Warpgroup> warpgroups;
  int64_t freeRegisters = 0; ///< of threads, for setmaxnreg
  Clock accessedByOthers;    ///< when other blocks' warps last accessed its shared memory
  Clock knownAtEnd;          ///< what its warps knew when they ended
};

struct Grid {
  const Program &program;
  const Function &kernel;
  const Launch &launch;
  const Options &options;
  const DeviceMemory &memory;
  std::string name;
  uint8_t *parameters = nullptr; ///< aligned to 128 bytes
  uint32_t parameterBytes = 0;
  uint32_t sharedBytes = 0; ///< static and dynamic
  unsigned blockWarps = 0;
  GlobalShadow *globalShadow = nullptr;
  bool ordersGlobal = false; ///< accesses of a cluster to global memory are checked for being ordered
};

class Cluster {
public:
  explicit Cluster(const Grid &grid);

  /// Prepares for the blocks from `first` on.
  void start(Dim3 first, uint64_t seed);
  /// A turn for every warp; false when nothing can go on.
  bool turn();
  bool isDone() const;
  void run(); ///< turns until all warps are done
  void checkEnd();
  [[noreturn]] void failDeadlock();
  uint32_t liveThreads() const;
  void completeBarrierOfAll();

  Actor newActor(const std::string &name);
  uint64_t tick(Actor actor);
  const std::string &actorName(Actor actor) const { return actorNames[actor]; }
  void enqueue(const AsyncPointer &operation);
  /// Lets operations that are not waited for make progress; `force`: at least one of them.
  bool pump(bool force);

  const Grid &grid;
  std::vector<std::unique_ptr<Block>> blocks;
  NamedBarrier barrier;
  std::vector<AsyncPointer> pending;
  std::mt19937_64 random;
  uint64_t baseTime = 1; ///< of this start
  uint64_t divisionsByZero = 0, matrixInstructions = 0, warpgroupInstructions = 0, bulkCopies = 0;
  uint64_t turns = 0;
  Dim3 firstBlock;
  std::unordered_map<uint64_t, Knowledge> locations; ///< released at addresses by atomics
  std::unordered_map<uint64_t, AccessShadow> global; ///< with Grid::ordersGlobal: pages of global memory, by number

private:
  std::vector<uint64_t> times; ///< by actor
  std::vector<std::string> actorNames;
  uint64_t latestTime = 1;
  std::vector<Warp *> order;
};

/// Called once a barrier is complete, with the barrier's knowledge.
void completeBarrier(NamedBarrier &barrier);

/// Handles the end of each function: as if `ret` stood there.
Instruction implicitReturn();

} // namespace sinter::emulator

#endif // SINTER_EMULATOR_PTX_MACHINE_H
