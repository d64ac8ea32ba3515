// The CUDA driver as the emulator's tests use it when they run on a GPU: entry points by name, from libcuda.so.1.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef SINTER_TEST_EMULATOR_HARDWARE_DRIVER_H
#define SINTER_TEST_EMULATOR_HARDWARE_DRIVER_H

#include <cstddef>

namespace sinter::emulator::hardware {

/// An entry point of the driver; null when it has none of that name.
void *entryPoint(const char *name);

/// `call("cuInit", 0u)`: arguments have to have the very types of the API. Gives a CUresult.
template <class... Arguments>
int call(const char *name, Arguments... arguments) {
  auto function = reinterpret_cast<int (*)(Arguments...)>(entryPoint(name));
  return function ? function(arguments...) : 500; // CUDA_ERROR_NOT_FOUND
}

/// Makes device 0 current, once per process. Ends the process with status 77 when there is no driver or no device.
void open();
/// Compute capability times ten.
int capability();
/// "CUDA_ERROR_LAUNCH_FAILED (719)".
const char *nameOf(int result);

} // namespace sinter::emulator::hardware

#endif // SINTER_TEST_EMULATOR_HARDWARE_DRIVER_H
