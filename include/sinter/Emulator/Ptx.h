// How is a PTX module executed without a GPU?
//
//   DeviceMemory memory;                          // what kernels may touch
//   auto module = Module::load(text, memory);     // throws Error: line, what was expected and found
//   Launch launch;
//   launch.grid = {4, 1, 1};
//   launch.block = {128, 1, 1};
//   run(*module, "kernel", launch, parameters, memory, {});
//
// Device memory is host memory: an address in a kernel is a host address, and only ranges told to `DeviceMemory` may be
// touched. docs/emulator.md says what is emulated and checked, and how the arithmetic differs from hardware.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef SINTER_EMULATOR_PTX_H
#define SINTER_EMULATOR_PTX_H

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <shared_mutex>
#include <stdexcept>
#include <string>
#include <vector>

namespace sinter::emulator {

/// A PTX text that is not understood, or a kernel that does what hardware would not forgive.
class Error : public std::runtime_error {
public:
  using std::runtime_error::runtime_error;
};

struct Dim3 {
  uint32_t x = 1, y = 1, z = 1;
  uint64_t count() const { return uint64_t(x) * y * z; }
};

/// When asynchronous copies and wgmma take effect.
enum class AsyncMode {
  Eager,  ///< at once
  Lazy,   ///< as late as the program's waits allow
  Random, ///< anywhere between, drawn from the seed
};

struct Options {
  uint64_t seed = 1;
  AsyncMode async = AsyncMode::Random;
  /// Data races in shared memory, reads of uninitialized shared memory, missing proxy fences.
  bool checkShared = true;
  /// Data races in global memory between blocks.
  bool checkGlobal = true;
  /// Reads of registers that were never written.
  bool checkRegisters = true;
  /// Host threads that run independent blocks; 0: as many as there are cores.
  unsigned hostThreads = 0;
  /// Instructions that one warp may execute before the launch counts as hanging.
  uint64_t warpInstructionLimit = uint64_t(1) << 33;
};

struct Statistics {
  uint64_t warpInstructions = 0;
  uint64_t threadInstructions = 0;
  uint64_t integerDivisionsByZero = 0; ///< a warning: their result is defined by nobody
  uint64_t matrixInstructions = 0;     ///< mma.sync
  uint64_t warpgroupMatrixInstructions = 0;
  uint64_t bulkCopies = 0;
};

/// The ranges of host memory that kernels may touch.
class DeviceMemory {
public:
  enum Access { ReadWrite, ReadOnly };
  struct Range {
    uint64_t begin = 0, end = 0; ///< [begin, end)
    Access access = ReadWrite;
  };
  /// Throws Error when the range overlaps one that is known.
  void add(const void *base, size_t bytes, Access access = ReadWrite);
  /// False when no range begins at `base`.
  bool remove(const void *base);
  /// The range that `address` lies in; an empty one when there is none.
  Range find(uint64_t address) const;
  /// For messages: the range nearest below `address`.
  std::string describe(uint64_t address) const;

private:
  mutable std::shared_mutex mutex;
  std::map<uint64_t, Range> ranges; ///< by begin
};

struct Parameter {
  uint32_t offset = 0, size = 0; ///< in bytes
};

struct KernelInfo {
  std::vector<Parameter> parameters;
  uint32_t parameterBytes = 0;
  uint32_t staticSharedBytes = 0;
  uint32_t localBytes = 0; ///< for one thread
  uint32_t maxThreads = 1024;
  uint32_t registers = 0; ///< an upper bound of ours: what PTX declares, not what ptxas would allocate
};

struct Launch {
  Dim3 grid, block, cluster;
  uint32_t dynamicSharedBytes = 0;
};

struct Program;

/// A parsed and decoded PTX text, its .global and .const variables laid out in `memory`.
class Module {
public:
  static std::shared_ptr<Module> load(const std::string &text, DeviceMemory &memory);
  ~Module();

  std::vector<std::string> kernelNames() const;
  /// Null when there is no such kernel.
  const KernelInfo *kernel(const std::string &name) const;
  /// Address and size of a .global or .const variable; {nullptr, 0} when there is none.
  std::pair<void *, size_t> variable(const std::string &name) const;
  /// The architecture of `.target`: 90 for sm_90 and sm_90a.
  unsigned architecture() const;
  bool architectureSpecific() const; ///< sm_90a

  const Program &program() const { return *decoded; }

private:
  explicit Module(DeviceMemory &memory);
  DeviceMemory &memory;
  std::unique_ptr<Program> decoded;
};

/// Instructions that are known, without their modifiers: "add", "wgmma".
std::vector<std::string> instructionNames();

/// Runs a grid to its end. `parameters` has KernelInfo::parameterBytes bytes. Throws Error at the first fault.
Statistics run(const Module &module, const std::string &kernel, const Launch &launch,
               const std::vector<uint8_t> &parameters, const DeviceMemory &memory, const Options &options);

/// What cp.async.bulk.tensor reads: 128 bytes of our own, in the place of a CUtensorMap.
struct TensorMap {
  uint64_t magic = 0;
  uint64_t base = 0;
  uint64_t extent[5] = {};
  uint64_t strideBytes[4] = {}; ///< of dimensions 1 to 4, below 2^40
  uint16_t box[5] = {};
  uint8_t rank = 0, elementBytes = 0;
  uint8_t swizzle = 0; ///< 0, 32, 64 or 128 bytes
  uint8_t interleave = 0;
  uint8_t fillNan = 0;
  uint8_t elementType = 0; ///< of the driver's CUtensorMapDataType
  uint8_t elementStride[5] = {};
  uint8_t reserved[19] = {};
};
static_assert(sizeof(TensorMap) == 128, "kernels take tensor maps of 128 bytes");
constexpr uint64_t tensorMapMagic = 0x70616d726f736e65; // "ensormap"

} // namespace sinter::emulator

#endif // SINTER_EMULATOR_PTX_H
