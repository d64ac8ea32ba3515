// Can the environment make the stand-in device one that programs have to refuse? Each test is a process of its own.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "CudaLibrary.h"

#include <cstdlib>
#include <gtest/gtest.h>

using namespace sinter::emulator::test;

/// Runs `body` in a process whose environment has the variable; true must come out.
template <class F>
static void inEnvironment(const char *name, const char *value, F body) {
  ::testing::FLAGS_gtest_death_test_style = "threadsafe";
  EXPECT_EXIT(
      {
        setenv(name, value, 1);
        CudaLibrary cuda;
        exit(body(cuda) ? 0 : 1);
      },
      ::testing::ExitedWithCode(0), "");
}

TEST(DeviceProperties, NoDevice) {
  inEnvironment("SINTER_EMULATOR_DEVICES", "0", [](CudaLibrary &cuda) {
    int count;
    return cuda.call("cuInit", 0u) == 100 && cuda.call("cuDeviceGetCount", &count) == 3;
  });
}

TEST(DeviceProperties, AnOlderArchitectureRefusesNewerPtx) {
  inEnvironment("SINTER_EMULATOR_CAPABILITY", "8.0", [](CudaLibrary &cuda) {
    int major = 0, log[2] = {5, 6};
    char text[200] = "";
    void *values[] = {text, reinterpret_cast<void *>(sizeof text)}, *module;
    const void *newer = ".version 8.0\n.target sm_90\n", *older = ".version 7.0\n.target sm_80\n";
    return cuda.open() == 0 && cuda.call("cuDeviceGetAttribute", &major, 75, 0) == 0 && major == 8 &&
           cuda.call("cuModuleLoadDataEx", &module, newer, 2u, &log[0], &values[0]) == 209 &&
           std::string(text) == "the PTX is for sm_90, the device is sm_80" &&
           cuda.call("cuModuleLoadData", &module, older) == 0;
  });
}

TEST(DeviceProperties, ArchitectureSpecificPtxRunsNowhereElse) {
  inEnvironment("SINTER_EMULATOR_CAPABILITY", "10.0", [](CudaLibrary &cuda) {
    void *module;
    const void *specific = ".version 8.0\n.target sm_90a\n", *portable = ".version 8.0\n.target sm_90\n";
    return cuda.open() == 0 && cuda.call("cuModuleLoadData", &module, specific) == 209 &&
           cuda.call("cuModuleLoadData", &module, portable) == 0;
  });
}

TEST(DeviceProperties, LittleMemory) {
  inEnvironment("SINTER_EMULATOR_MEMORY", "1M", [](CudaLibrary &cuda) {
    Address address;
    size_t free = 0, total = 0;
    return cuda.open() == 0 && cuda.call("cuMemAlloc_v2", &address, size_t(1) << 19) == 0 &&
           cuda.call("cuMemGetInfo_v2", &free, &total) == 0 && total == 1 << 20 && free == 1 << 19 &&
           cuda.call("cuMemAlloc_v2", &address, (size_t(1) << 19) + 1) == 2;
  });
}

TEST(DeviceProperties, VariablesThatMeanNothingAreErrors) {
  inEnvironment("SINTER_EMULATOR_ASYNC", "sometimes", [](CudaLibrary &cuda) { return cuda.call("cuInit", 0u) == 1; });
}

TEST(DeviceProperties, CallsBeforeInitializationAreErrors) {
  inEnvironment("SINTER_EMULATOR_SEED", "1", [](CudaLibrary &cuda) {
    Address address;
    int device;
    return cuda.call("cuDeviceGet", &device, 0) == 3 && cuda.call("cuInit", 0u) == 0 &&
           cuda.call("cuMemAlloc_v2", &address, size_t(4)) == 201;
  });
}
