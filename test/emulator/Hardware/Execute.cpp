// The emulator's interface (sinter/Emulator/Ptx.h) on a GPU, for its tests of instructions: what they expect of the
// emulator is then expected of hardware.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Driver.h"

#include <cstdlib>
#include <cstring>
#include <fstream>
#include <regex>
#include <sinter/Emulator/Ptx.h>

namespace sinter::emulator {

using hardware::call;

struct Program {
  void *module = nullptr;
  std::vector<std::pair<std::string, KernelInfo>> kernels; ///< of their parameters alone, in the order of the text
};

static void expect(int result, const std::string &what) {
  if (result != 0)
    throw Error(what + ": " + hardware::nameOf(result) + " (" + std::to_string(result) + ")");
}

// Managed memory needs no announcement.
void DeviceMemory::add(const void *, size_t, Access) {}
bool DeviceMemory::remove(const void *) {
  return true;
}

Module::Module(DeviceMemory &memory) : memory(memory), decoded(std::make_unique<Program>()) {}
Module::~Module() {
  call("cuModuleUnload", decoded->module);
}

/// For an assembler: every text goes to a file of the folder that SINTER_PTX_FOLDER names, if it does.
static void keep(const std::string &text) {
  static int number = 0;
  if (const char *folder = getenv("SINTER_PTX_FOLDER"))
    std::ofstream(std::string(folder) + "/" + std::to_string(number++) + ".ptx") << text;
}

/// Where parameters stand in the buffer that tests hand over: each at the alignment that it has by itself.
static KernelInfo layoutOf(const std::string &declarations) {
  static const std::regex declaration(R"(\.param\s+(?:\.align\s+(\d+)\s+)?\.[a-z]+(\d+)([^,]*))"),
      array(R"(\[(\d+)\])");
  KernelInfo info;
  for (std::sregex_iterator it(declarations.begin(), declarations.end(), declaration), end; it != end; ++it) {
    const std::string align = (*it)[1], rest = (*it)[3];
    const auto element = static_cast<uint32_t>(std::stoul((*it)[2]) / 8);
    std::smatch count;
    Parameter parameter;
    parameter.size = std::regex_search(rest, count, array) ? element * uint32_t(std::stoul(count[1])) : element;
    const uint32_t alignment = align.empty() ? element : uint32_t(std::stoul(align));
    parameter.offset = (info.parameterBytes + alignment - 1) / alignment * alignment;
    info.parameterBytes = parameter.offset + parameter.size;
    info.parameters.push_back(parameter);
  }
  return info;
}

std::shared_ptr<Module> Module::load(const std::string &text, DeviceMemory &memory) {
  hardware::open();
  keep(text);
  std::shared_ptr<Module> module(new Module(memory));
  static const std::regex entry(R"(\.entry\s+(\w+)\s*(?:\(([^)]*)\))?)");
  for (std::sregex_iterator it(text.begin(), text.end(), entry), end; it != end; ++it)
    module->decoded->kernels.emplace_back((*it)[1], layoutOf((*it)[2]));
  // Texts are for sm_90a; another GPU gets what it can compile of them.
  const std::string target = "sm_" + std::to_string(hardware::capability());
  std::string adapted = hardware::capability() == 90 ? text : std::regex_replace(text, std::regex("sm_90a"), target);
  static char log[8192];
  log[0] = 0;
  int options[] = {5, 6}; // CU_JIT_ERROR_LOG_BUFFER, CU_JIT_ERROR_LOG_BUFFER_SIZE_BYTES
  void *values[] = {log, reinterpret_cast<void *>(sizeof log)};
  int result = call("cuModuleLoadDataEx", &module->decoded->module, static_cast<const void *>(adapted.c_str()), 2u,
                    static_cast<int *>(options), static_cast<void **>(values));
  expect(result, std::string("loading PTX: ") + log);
  return module;
}

std::vector<std::string> Module::kernelNames() const {
  std::vector<std::string> names;
  for (const auto &kernel : decoded->kernels)
    names.push_back(kernel.first);
  return names;
}

const KernelInfo *Module::kernel(const std::string &name) const {
  for (const auto &kernel : decoded->kernels)
    if (kernel.first == name)
      return &kernel.second;
  return nullptr;
}

std::pair<void *, size_t> Module::variable(const std::string &name) const {
  unsigned long long address = 0;
  size_t bytes = 0;
  call("cuModuleGetGlobal_v2", &address, &bytes, decoded->module, name.c_str());
  return {reinterpret_cast<void *>(address), bytes};
}

unsigned Module::architecture() const {
  return static_cast<unsigned>(hardware::capability());
}

/// Tensor maps are described in a form of the emulator's own; the driver makes one of its own of each.
static void encodeTensorMap(uint8_t *parameter) {
  TensorMap map;
  memcpy(&map, parameter, sizeof map);
  if (map.magic != tensorMapMagic)
    return;
  struct alignas(64) {
    uint64_t opaque[16];
  } encoded;
  // CU_TENSOR_MAP_DATA_TYPE_UINT16, _UINT32, _FLOAT64
  int type = map.elementType ? map.elementType : map.elementBytes == 2 ? 1 : map.elementBytes == 4 ? 2 : 8;
  uint32_t box[5], strides[5];
  for (int i = 0; i < 5; ++i)
    box[i] = map.box[i], strides[i] = map.elementStride[i];
  int swizzle = map.swizzle == 128 ? 3 : map.swizzle / 32;
  expect(call("cuTensorMapEncodeTiled", static_cast<void *>(&encoded), type, uint32_t(map.rank),
              reinterpret_cast<void *>(map.base), static_cast<const uint64_t *>(map.extent),
              static_cast<const uint64_t *>(map.strideBytes), static_cast<const uint32_t *>(box),
              static_cast<const uint32_t *>(strides), int(map.interleave), swizzle, 0, int(map.fillNan)),
         "cuTensorMapEncodeTiled");
  memcpy(parameter, &encoded, sizeof encoded);
}

/// A pointer to each parameter in `bytes`, for the driver to lay them out as the compiled kernel wants them: where a
/// parameter of 64-byte alignment stands depends on where the parameters themselves begin.
static std::vector<void *> pointersTo(const KernelInfo &info, std::vector<uint8_t> &bytes) {
  if (bytes.size() < info.parameterBytes)
    throw Error("expected " + std::to_string(info.parameterBytes) + " bytes of parameters, found " +
                std::to_string(bytes.size()));
  std::vector<void *> pointers;
  for (const Parameter &parameter : info.parameters) {
    uint8_t *value = bytes.data() + parameter.offset;
    if (parameter.size == sizeof(TensorMap))
      encodeTensorMap(value);
    pointers.push_back(value);
  }
  return pointers;
}

namespace {

struct ClusterAttribute {
  int id = 4; // CU_LAUNCH_ATTRIBUTE_CLUSTER_DIMENSION
  char padding[4] = {};
  unsigned x, y, z;
  char rest[64 - 3 * sizeof(unsigned)] = {};
};

struct LaunchConfig {
  unsigned grid[3], block[3], sharedBytes = 0;
  void *stream = nullptr;
  ClusterAttribute *attributes = nullptr;
  unsigned attributeCount = 0;
};

} // namespace

Statistics run(const Module &module, const std::string &kernel, const Launch &launch,
               const std::vector<uint8_t> &parameters, const DeviceMemory &, const Options &) {
  void *function = nullptr;
  expect(call("cuModuleGetFunction", &function, module.program().module, kernel.c_str()), "kernel " + kernel);
  constexpr int dynamicBytes = 8, anyClusterSize = 14; // CUfunction_attribute
  if (launch.dynamicSharedBytes)
    expect(call("cuFuncSetAttribute", function, dynamicBytes, int(launch.dynamicSharedBytes)), "dynamic shared memory");
  ClusterAttribute cluster;
  cluster.x = launch.cluster.x, cluster.y = launch.cluster.y, cluster.z = launch.cluster.z;
  LaunchConfig config{{launch.grid.x, launch.grid.y, launch.grid.z},
                      {launch.block.x, launch.block.y, launch.block.z},
                      launch.dynamicSharedBytes};
  if (launch.cluster.count() > 1) {
    config.attributes = &cluster, config.attributeCount = 1;
    if (launch.cluster.count() > 8)
      expect(call("cuFuncSetAttribute", function, anyClusterSize, 1), "clusters of more than 8 blocks");
  }
  std::vector<uint8_t> bytes = parameters;
  std::vector<void *> pointers = pointersTo(*module.kernel(kernel), bytes);
  expect(call("cuLaunchKernelEx", static_cast<const void *>(&config), function, pointers.data(),
              static_cast<void **>(nullptr)),
         "launching " + kernel);
  expect(call("cuCtxSynchronize"), "running " + kernel);
  return {};
}

} // namespace sinter::emulator
