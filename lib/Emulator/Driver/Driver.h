// What is the state of the stand-in driver?
//
// There is one device, whose memory is host memory that the emulator is told of. Work on streams is a list of items,
// each behind the one before it in its stream and behind the events that the stream waits for. Nothing runs in the
// background: an item runs when a call needs it to be complete (lazy), at once (eager), or in some call between, drawn
// from the seed (random). A program that forgets to synchronize therefore reads what was there before.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef SINTER_EMULATOR_DRIVER_DRIVER_H
#define SINTER_EMULATOR_DRIVER_DRIVER_H

#include "Api.h"
#include "sinter/Emulator/Ptx.h"

#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <random>
#include <set>
#include <string>
#include <vector>

namespace sinter::emulator::driver {

/// From the environment; docs/emulator.md lists the variables.
struct Properties {
  int devices = 1;
  int major = 9, minor = 0;
  int multiprocessors = 16;
  int version = 13000;
  size_t memoryBytes = size_t(16) << 30;
  Options options;
};
/// Empty `problem` when all variables have values that mean something.
Properties propertiesFromEnvironment(std::string &problem);

/// Something that a stream does.
struct Work {
  std::function<void()> run;
  CUstream stream = nullptr;
  std::vector<std::shared_ptr<Work>> after; ///< of other streams
  bool done = false;
};
using WorkPointer = std::shared_ptr<Work>;

struct GraphNode {
  std::function<void()> run;
  std::vector<size_t> after;
};

/// What is recorded between begin and end of a capture.
struct Capture {
  CUstream origin = nullptr;
  std::vector<GraphNode> nodes;
  bool isInvalid = false;
};

struct Allocation {
  void *memory = nullptr;
  size_t bytes = 0;
};

} // namespace sinter::emulator::driver

struct CUmod_st {
  std::shared_ptr<sinter::emulator::Module> module;
  std::vector<std::unique_ptr<CUfunc_st>> functions;
};

struct CUfunc_st {
  CUmodule module = nullptr;
  std::string name;
  const sinter::emulator::KernelInfo *info = nullptr;
  unsigned maxDynamicShared = 48 * 1024;
  bool largeClusters = false;
};

struct CUstream_st {
  bool isBlocking = true; ///< waits for the default stream and is waited for by it
  std::deque<sinter::emulator::driver::WorkPointer> queue;
  sinter::emulator::driver::WorkPointer last;
  std::vector<sinter::emulator::driver::WorkPointer> waits; ///< for its next item
  std::shared_ptr<sinter::emulator::driver::Capture> capture;
  std::vector<size_t> captured; ///< nodes that the next one comes after
};

struct CUevent_st {
  bool timing = true;
  sinter::emulator::driver::WorkPointer recorded;
  std::shared_ptr<sinter::emulator::driver::Capture> capture;
  std::vector<size_t> captured;
  std::shared_ptr<double> seconds; ///< when it happened
};

struct CUgraph_st {
  std::vector<sinter::emulator::driver::GraphNode> nodes;
};

struct CUgraphExec_st {
  std::vector<sinter::emulator::driver::GraphNode> nodes;
};

namespace sinter::emulator::driver {

class Driver {
public:
  static Driver &get();

  // Work.
  CUresult enqueue(CUstream stream, std::function<void()> run);
  void finish(const WorkPointer &work);
  CUresult finishStream(CUstream stream);
  CUresult finishAll();
  /// Some work that nobody has asked for yet, as the mode allows.
  void progress();
  /// Runs the next item of the stream, if there is one.
  void stepStream(CUstream stream);
  bool isCapturing() const;

  // Memory.
  CUresult allocate(CUdeviceptr *address, size_t bytes);
  CUresult release(CUdeviceptr address);
  /// Does the range lie in one allocation (or variable of a module)?
  bool isDevice(CUdeviceptr address, size_t bytes) const;
  bool isPinned(const void *address, size_t bytes) const;

  /// A failed launch: remembered, returned from every later call, and told on the standard error stream.
  void fault(CUresult code, const std::string &message);

  std::recursive_mutex mutex;
  Properties properties;
  std::string environmentProblem;
  bool isInitialized = false;
  int retained = 0; ///< of the primary context
  CUresult sticky = CUDA_SUCCESS;
  std::string faultMessage;
  DeviceMemory memory;
  std::map<CUdeviceptr, Allocation> allocations;
  size_t usedBytes = 0;
  std::map<uintptr_t, size_t> pinned; ///< bytes by address
  std::set<void *> ownPinned;         ///< of cuMemHostAlloc
  CUstream_st defaultStream;
  std::set<CUstream> streams;
  std::set<CUevent> events;
  std::set<CUmodule> modules;
  std::set<CUgraph> graphs;
  std::set<CUgraphExec> executables;
  std::mt19937_64 random;

private:
  Driver();
  void run(Work &work);
  CUresult record(CUstream stream, std::function<void()> run);
};

/// The stream that a handle means: null, legacy and per-thread are the default stream. Null when there is none.
CUstream resolve(CUstream stream);

/// The current context of the calling thread.
CUcontext &currentContext();

enum class Needs { Nothing, Initialization, Context };

/// Every entry point: takes the lock, checks what it needs, and turns exceptions into codes.
template <class F>
CUresult guarded(Needs needs, F function) {
  Driver &driver = Driver::get();
  std::lock_guard<std::recursive_mutex> lock(driver.mutex);
  if (needs != Needs::Nothing && !driver.isInitialized)
    return CUDA_ERROR_NOT_INITIALIZED;
  if (needs == Needs::Context && !currentContext())
    return CUDA_ERROR_INVALID_CONTEXT;
  if (driver.sticky != CUDA_SUCCESS)
    return driver.sticky;
  try {
    if (needs == Needs::Context)
      driver.progress();
    CUresult result = function(driver);
    return driver.sticky != CUDA_SUCCESS ? driver.sticky : result;
  } catch (const std::bad_alloc &) {
    return CUDA_ERROR_OUT_OF_MEMORY;
  } catch (const std::exception &error) {
    driver.fault(CUDA_ERROR_UNKNOWN, error.what());
    return CUDA_ERROR_UNKNOWN;
  }
}

} // namespace sinter::emulator::driver

#endif // SINTER_EMULATOR_DRIVER_DRIVER_H
