// Entry points about modules and functions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Driver.h"

#include <algorithm>
#include <cstring>

using namespace sinter::emulator;
using namespace sinter::emulator::driver;

namespace {
/// The options of a load that the stand-in heeds: where messages go.
struct JitLog {
  char *buffer = nullptr;
  size_t capacity = 0;
  void **capacityOption = nullptr; ///< receives the length that was written

  void write(const std::string &message) const {
    if (!buffer || capacity == 0)
      return;
    size_t length = std::min(message.size(), capacity - 1);
    memcpy(buffer, message.data(), length);
    buffer[length] = '\0';
    if (capacityOption)
      *capacityOption = reinterpret_cast<void *>(length + 1);
  }
};
} // namespace

static JitLog errorLog(unsigned count, const int *options, void **values) {
  JitLog log;
  for (unsigned i = 0; i < count; ++i) {
    if (options[i] == CU_JIT_ERROR_LOG_BUFFER)
      log.buffer = static_cast<char *>(values[i]);
    if (options[i] == CU_JIT_ERROR_LOG_BUFFER_SIZE_BYTES) {
      log.capacity = reinterpret_cast<size_t>(values[i]) & 0xffffffff;
      log.capacityOption = &values[i];
    }
  }
  return log;
}

static bool isBinary(const void *image) {
  static const unsigned char elf[] = {0x7f, 'E', 'L', 'F'}, fatbin[] = {0x50, 0xed, 0x55, 0xba};
  return !memcmp(image, elf, sizeof elf) || !memcmp(image, fatbin, sizeof fatbin);
}

/// PTX for sm_90a runs on 9.0 alone; other PTX also on what came later.
static std::string foreignArchitecture(const Module &module, const Properties &properties) {
  unsigned device = static_cast<unsigned>(properties.major * 10 + properties.minor), wanted = module.architecture();
  if (module.architectureSpecific() ? wanted == device : wanted <= device)
    return "";
  return "the PTX is for sm_" + std::to_string(wanted) + (module.architectureSpecific() ? "a" : "") +
         ", the device is sm_" + std::to_string(device);
}

static CUresult loadModule(Driver &driver, CUmodule *result, const void *image, const JitLog &log) {
  if (!image || !result)
    return CUDA_ERROR_INVALID_VALUE;
  if (isBinary(image)) {
    log.write("the emulator executes PTX, no machine code");
    return CUDA_ERROR_NO_BINARY_FOR_GPU;
  }
  try {
    auto loaded = Module::load(static_cast<const char *>(image), driver.memory);
    std::string foreign = foreignArchitecture(*loaded, driver.properties);
    if (!foreign.empty()) {
      log.write(foreign);
      return CUDA_ERROR_NO_BINARY_FOR_GPU;
    }
    *result = new CUmod_st{loaded, {}};
    driver.modules.insert(*result);
    return CUDA_SUCCESS;
  } catch (const Error &error) {
    log.write(error.what());
    return CUDA_ERROR_INVALID_PTX;
  }
}

SINTER_DRIVER_API cuModuleLoadDataEx(CUmodule *module, const void *image, unsigned count, int *options, void **values) {
  return guarded(Needs::Context,
                 [&](Driver &driver) { return loadModule(driver, module, image, errorLog(count, options, values)); });
}

SINTER_DRIVER_API cuModuleLoadData(CUmodule *module, const void *image) {
  return guarded(Needs::Context, [&](Driver &driver) { return loadModule(driver, module, image, JitLog()); });
}

SINTER_DRIVER_API cuModuleUnload(CUmodule module) {
  return guarded(Needs::Context, [&](Driver &driver) {
    if (!driver.modules.count(module))
      return CUDA_ERROR_INVALID_HANDLE;
    CUresult result = driver.finishAll();
    driver.modules.erase(module);
    delete module;
    return result;
  });
}

SINTER_DRIVER_API cuModuleGetFunction(CUfunction *function, CUmodule module, const char *name) {
  return guarded(Needs::Context, [&](Driver &driver) {
    if (!driver.modules.count(module) || !name)
      return CUDA_ERROR_INVALID_HANDLE;
    const KernelInfo *info = module->module->kernel(name);
    if (!info)
      return CUDA_ERROR_NOT_FOUND;
    for (auto &known : module->functions)
      if (known->name == name) {
        *function = known.get();
        return CUDA_SUCCESS;
      }
    module->functions.push_back(std::make_unique<CUfunc_st>());
    *function = module->functions.back().get();
    (*function)->module = module;
    (*function)->name = name;
    (*function)->info = info;
    return CUDA_SUCCESS;
  });
}

SINTER_DRIVER_API cuModuleGetGlobal_v2(CUdeviceptr *address, size_t *bytes, CUmodule module, const char *name) {
  return guarded(Needs::Context, [&](Driver &driver) {
    if (!driver.modules.count(module) || !name)
      return CUDA_ERROR_INVALID_HANDLE;
    auto [pointer, size] = module->module->variable(name);
    if (!pointer)
      return CUDA_ERROR_NOT_FOUND;
    if (address)
      *address = reinterpret_cast<CUdeviceptr>(pointer);
    if (bytes)
      *bytes = size;
    return CUDA_SUCCESS;
  });
}

//===----------------------------------------------------------------------===//
// Functions
//===----------------------------------------------------------------------===//

static bool isFunction(const Driver &driver, CUfunction function) {
  for (CUmodule module : driver.modules)
    for (const auto &known : module->functions)
      if (known.get() == function)
        return true;
  return false;
}

static unsigned largestShared(const Driver &driver) {
  return driver.properties.major >= 9 ? 232448 : 166912;
}

SINTER_DRIVER_API cuFuncGetAttribute(int *value, int attribute, CUfunction function) {
  return guarded(Needs::Context, [&](Driver &driver) {
    if (!isFunction(driver, function))
      return CUDA_ERROR_INVALID_HANDLE;
    int architecture = driver.properties.major * 10 + driver.properties.minor;
    switch (attribute) {
    case CU_FUNC_ATTRIBUTE_MAX_THREADS_PER_BLOCK:
      *value = static_cast<int>(function->info->maxThreads);
      return CUDA_SUCCESS;
    case CU_FUNC_ATTRIBUTE_SHARED_SIZE_BYTES:
      *value = static_cast<int>(function->info->staticSharedBytes);
      return CUDA_SUCCESS;
    case CU_FUNC_ATTRIBUTE_CONST_SIZE_BYTES:
      *value = 0;
      return CUDA_SUCCESS;
    case CU_FUNC_ATTRIBUTE_LOCAL_SIZE_BYTES:
      *value = static_cast<int>(function->info->localBytes);
      return CUDA_SUCCESS;
    case CU_FUNC_ATTRIBUTE_NUM_REGS:
      *value = static_cast<int>(function->info->registers);
      return CUDA_SUCCESS;
    case CU_FUNC_ATTRIBUTE_PTX_VERSION:
      *value = static_cast<int>(function->module->module->architecture());
      return CUDA_SUCCESS;
    case CU_FUNC_ATTRIBUTE_BINARY_VERSION:
      *value = architecture;
      return CUDA_SUCCESS;
    case CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES:
      *value = static_cast<int>(function->maxDynamicShared);
      return CUDA_SUCCESS;
    default:
      return CUDA_ERROR_INVALID_VALUE;
    }
  });
}

SINTER_DRIVER_API cuFuncSetAttribute(CUfunction function, int attribute, int value) {
  return guarded(Needs::Context, [&](Driver &driver) {
    if (!isFunction(driver, function))
      return CUDA_ERROR_INVALID_HANDLE;
    switch (attribute) {
    case CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES:
      if (value < 0 || static_cast<unsigned>(value) + function->info->staticSharedBytes > largestShared(driver))
        return CUDA_ERROR_INVALID_VALUE;
      function->maxDynamicShared = static_cast<unsigned>(value);
      return CUDA_SUCCESS;
    case CU_FUNC_ATTRIBUTE_NON_PORTABLE_CLUSTER_SIZE_ALLOWED:
      function->largeClusters = value != 0;
      return CUDA_SUCCESS;
    case CU_FUNC_ATTRIBUTE_PREFERRED_SHARED_MEMORY_CARVEOUT:
      return CUDA_SUCCESS;
    default:
      return CUDA_ERROR_INVALID_VALUE;
    }
  });
}

//===----------------------------------------------------------------------===//
// Launches
//===----------------------------------------------------------------------===//

static bool applyAttributes(const CUlaunchConfig &config, Launch &launch) {
  for (unsigned i = 0; i < config.numAttrs; ++i) {
    const CUlaunchAttribute &attribute = config.attrs[i];
    if (attribute.id == CU_LAUNCH_ATTRIBUTE_CLUSTER_DIMENSION)
      launch.cluster = {attribute.value.clusterDim.x, attribute.value.clusterDim.y, attribute.value.clusterDim.z};
    else if (attribute.id != CU_LAUNCH_ATTRIBUTE_IGNORE && attribute.id != CU_LAUNCH_ATTRIBUTE_COOPERATIVE &&
             attribute.id != CU_LAUNCH_ATTRIBUTE_PROGRAMMATIC_STREAM_SERIALIZATION &&
             attribute.id != CU_LAUNCH_ATTRIBUTE_PRIORITY)
      return false;
  }
  return true;
}

/// Arguments are copied when the call is made: one pointer for each, or all of them packed in `extra`.
static bool packArguments(const KernelInfo &info, void **parameters, void **extra, std::vector<uint8_t> &bytes) {
  bytes.assign(info.parameterBytes, 0);
  if (info.parameters.empty())
    return true;
  if (parameters) {
    for (size_t i = 0; i < info.parameters.size(); ++i)
      memcpy(bytes.data() + info.parameters[i].offset, parameters[i], info.parameters[i].size);
    return true;
  }
  const void *packed = nullptr;
  size_t size = 0;
  for (; extra && *extra; extra += 2)
    if (extra[0] == reinterpret_cast<void *>(1)) // CU_LAUNCH_PARAM_BUFFER_POINTER
      packed = extra[1];
    else if (extra[0] == reinterpret_cast<void *>(2)) // CU_LAUNCH_PARAM_BUFFER_SIZE
      size = *static_cast<size_t *>(extra[1]);
  if (!packed || size < bytes.size())
    return false;
  memcpy(bytes.data(), packed, bytes.size());
  return true;
}

/// What the real driver refuses at the call. The emulator checks the rest when the kernel runs.
static bool isLaunchable(const Driver &driver, const CUfunc_st &function, const Launch &launch) {
  const Dim3 &grid = launch.grid, &cluster = launch.cluster;
  return launch.block.count() && launch.block.count() <= function.info->maxThreads && grid.count() &&
         launch.dynamicSharedBytes <= function.maxDynamicShared && cluster.count() &&
         cluster.count() <= (function.largeClusters ? 16u : 8u) && grid.x % cluster.x == 0 && grid.y % cluster.y == 0 &&
         grid.z % cluster.z == 0 && (cluster.count() == 1 || driver.properties.major >= 9);
}

SINTER_DRIVER_API cuLaunchKernelEx(const CUlaunchConfig *config, CUfunction function, void **parameters, void **extra) {
  return guarded(Needs::Context, [&](Driver &driver) {
    CUstream stream = resolve(config->hStream);
    if (!isFunction(driver, function) || !stream)
      return CUDA_ERROR_INVALID_HANDLE;
    Launch launch;
    launch.grid = {config->gridDimX, config->gridDimY, config->gridDimZ};
    launch.block = {config->blockDimX, config->blockDimY, config->blockDimZ};
    launch.dynamicSharedBytes = config->sharedMemBytes;
    if (!applyAttributes(*config, launch))
      return CUDA_ERROR_NOT_SUPPORTED;
    auto bytes = std::make_shared<std::vector<uint8_t>>();
    if (!isLaunchable(driver, *function, launch) || !packArguments(*function->info, parameters, extra, *bytes))
      return CUDA_ERROR_INVALID_VALUE;
    auto module = function->module->module;
    std::string name = function->name;
    return driver.enqueue(stream, [&driver, module, name, launch, bytes] {
      Options options = driver.properties.options;
      options.seed += driver.random(); // another schedule for each launch
      run(*module, name, launch, *bytes, driver.memory, options);
    });
  });
}

SINTER_DRIVER_API cuLaunchKernel(CUfunction function, unsigned gridX, unsigned gridY, unsigned gridZ, unsigned blockX,
                                 unsigned blockY, unsigned blockZ, unsigned sharedBytes, CUstream stream,
                                 void **parameters, void **extra) {
  CUlaunchConfig config{gridX, gridY, gridZ, blockX, blockY, blockZ, sharedBytes, stream, nullptr, 0};
  return cuLaunchKernelEx(&config, function, parameters, extra);
}
