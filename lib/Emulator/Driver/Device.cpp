// Entry points about the driver, its device and the context.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Driver.h"

#include <cstdio>
#include <map>

using namespace sinter::emulator::driver;

SINTER_DRIVER_API cuInit(unsigned) {
  return guarded(Needs::Nothing, [&](Driver &driver) {
    if (!driver.environmentProblem.empty()) {
      fprintf(stderr, "sinter emulator: %s\n", driver.environmentProblem.c_str());
      return CUDA_ERROR_INVALID_VALUE;
    }
    if (driver.properties.devices == 0)
      return CUDA_ERROR_NO_DEVICE;
    driver.isInitialized = true;
    return CUDA_SUCCESS;
  });
}

SINTER_DRIVER_API cuDriverGetVersion(int *version) {
  return guarded(Needs::Nothing, [&](Driver &driver) {
    *version = driver.properties.version;
    return CUDA_SUCCESS;
  });
}

SINTER_DRIVER_API cuDeviceGetCount(int *count) {
  return guarded(Needs::Initialization, [&](Driver &driver) {
    *count = driver.properties.devices;
    return CUDA_SUCCESS;
  });
}

static bool isDeviceNumber(const Driver &driver, int device) {
  return device >= 0 && device < driver.properties.devices;
}

SINTER_DRIVER_API cuDeviceGet(CUdevice *device, int ordinal) {
  return guarded(Needs::Initialization, [&](Driver &driver) {
    if (!isDeviceNumber(driver, ordinal))
      return CUDA_ERROR_INVALID_DEVICE;
    *device = ordinal;
    return CUDA_SUCCESS;
  });
}

SINTER_DRIVER_API cuDeviceGetName(char *name, int length, CUdevice device) {
  return guarded(Needs::Initialization, [&](Driver &driver) {
    if (!isDeviceNumber(driver, device) || length <= 0)
      return CUDA_ERROR_INVALID_VALUE;
    snprintf(name, static_cast<size_t>(length), "Sinter PTX emulator, compute capability %d.%d",
             driver.properties.major, driver.properties.minor);
    return CUDA_SUCCESS;
  });
}

SINTER_DRIVER_API cuDeviceTotalMem_v2(size_t *bytes, CUdevice device) {
  return guarded(Needs::Initialization, [&](Driver &driver) {
    if (!isDeviceNumber(driver, device))
      return CUDA_ERROR_INVALID_DEVICE;
    *bytes = driver.properties.memoryBytes;
    return CUDA_SUCCESS;
  });
}

/// By the numbers of CUdevice_attribute. Of an H100, but for what the environment sets.
static std::map<int, int> attributesOf(const Properties &properties) {
  bool hopper = properties.major >= 9;
  int optIn = hopper ? 232448 : 166912;
  return {{1, 1024}, // MAX_THREADS_PER_BLOCK
          {2, 1024},
          {3, 1024},
          {4, 64}, // MAX_BLOCK_DIM
          {5, 2147483647},
          {6, 65535},
          {7, 65535},                       // MAX_GRID_DIM
          {8, 49152},                       // MAX_SHARED_MEMORY_PER_BLOCK
          {9, 65536},                       // TOTAL_CONSTANT_MEMORY
          {10, 32},                         // WARP_SIZE
          {12, 65536},                      // MAX_REGISTERS_PER_BLOCK
          {13, 1980000},                    // CLOCK_RATE, kHz
          {16, properties.multiprocessors}, // MULTIPROCESSOR_COUNT
          {18, 0},                          // INTEGRATED
          {19, 1},                          // CAN_MAP_HOST_MEMORY
          {20, 0},                          // COMPUTE_MODE
          {31, 1},                          // CONCURRENT_KERNELS
          {36, 2619000},                    // MEMORY_CLOCK_RATE, kHz
          {37, 5120},                       // GLOBAL_MEMORY_BUS_WIDTH
          {38, 52428800},                   // L2_CACHE_SIZE
          {39, 2048},                       // MAX_THREADS_PER_MULTIPROCESSOR
          {40, 3},                          // ASYNC_ENGINE_COUNT
          {41, 1},                          // UNIFIED_ADDRESSING
          {75, properties.major},
          {76, properties.minor}, // COMPUTE_CAPABILITY
          {81, optIn + 1024},     // MAX_SHARED_MEMORY_PER_MULTIPROCESSOR
          {82, 65536},            // MAX_REGISTERS_PER_MULTIPROCESSOR
          {95, 1},                // COOPERATIVE_LAUNCH
          {97, optIn},            // MAX_SHARED_MEMORY_PER_BLOCK_OPTIN
          {106, 32},              // MAX_BLOCKS_PER_MULTIPROCESSOR
          {111, 1024},            // RESERVED_SHARED_MEMORY_PER_BLOCK
          {115, 1},               // MEMORY_POOLS_SUPPORTED
          {120, hopper},          // CLUSTER_LAUNCH
          {127, hopper}};         // TENSOR_MAP_ACCESS_SUPPORTED
}

SINTER_DRIVER_API cuDeviceGetAttribute(int *value, int attribute, CUdevice device) {
  return guarded(Needs::Initialization, [&](Driver &driver) {
    auto attributes = attributesOf(driver.properties);
    auto found = attributes.find(attribute);
    if (!isDeviceNumber(driver, device))
      return CUDA_ERROR_INVALID_DEVICE;
    if (found == attributes.end())
      return CUDA_ERROR_INVALID_VALUE;
    *value = found->second;
    return CUDA_SUCCESS;
  });
}

//===----------------------------------------------------------------------===//
// Contexts: only the primary one
//===----------------------------------------------------------------------===//

static CUcontext primaryContext() {
  static char context;
  return reinterpret_cast<CUcontext>(&context);
}

SINTER_DRIVER_API cuDevicePrimaryCtxRetain(CUcontext *context, CUdevice device) {
  return guarded(Needs::Initialization, [&](Driver &driver) {
    if (!isDeviceNumber(driver, device))
      return CUDA_ERROR_INVALID_DEVICE;
    ++driver.retained;
    *context = primaryContext();
    return CUDA_SUCCESS;
  });
}

SINTER_DRIVER_API cuDevicePrimaryCtxRelease_v2(CUdevice device) {
  return guarded(Needs::Initialization, [&](Driver &driver) {
    if (!isDeviceNumber(driver, device))
      return CUDA_ERROR_INVALID_DEVICE;
    if (driver.retained == 0)
      return CUDA_ERROR_INVALID_CONTEXT;
    if (--driver.retained == 0)
      return driver.finishAll();
    return CUDA_SUCCESS;
  });
}

SINTER_DRIVER_API cuCtxSetCurrent(CUcontext context) {
  return guarded(Needs::Initialization, [&](Driver &driver) {
    if (context && (context != primaryContext() || driver.retained == 0))
      return CUDA_ERROR_INVALID_CONTEXT;
    currentContext() = context;
    return CUDA_SUCCESS;
  });
}

SINTER_DRIVER_API cuCtxGetCurrent(CUcontext *context) {
  return guarded(Needs::Initialization, [&](Driver &) {
    *context = currentContext();
    return CUDA_SUCCESS;
  });
}

SINTER_DRIVER_API cuCtxGetDevice(CUdevice *device) {
  return guarded(Needs::Context, [&](Driver &) {
    *device = 0;
    return CUDA_SUCCESS;
  });
}

SINTER_DRIVER_API cuCtxSynchronize() {
  return guarded(Needs::Context, [&](Driver &driver) { return driver.finishAll(); });
}
