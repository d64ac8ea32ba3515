// The stand-in driver as a program sees it: loaded at run time, by names.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef SINTER_TEST_EMULATOR_CUDALIBRARY_H
#define SINTER_TEST_EMULATOR_CUDALIBRARY_H

#include <cstdint>
#include <dlfcn.h>
#include <stdexcept>
#include <string>

namespace sinter::emulator::test {

using Handle = void *;
using Address = unsigned long long;

/// `call("cuInit", 0u)`: arguments have to have the very types of the API.
class CudaLibrary {
public:
  CudaLibrary() : library(dlopen(SINTER_EMULATOR_LIBRARY, RTLD_NOW)) {
    if (!library)
      throw std::runtime_error(dlerror());
  }
  template <class... Arguments>
  int call(const char *name, Arguments... arguments) const {
    auto function = reinterpret_cast<int (*)(Arguments...)>(dlsym(library, name));
    if (!function)
      throw std::runtime_error(std::string("no entry point ") + name);
    return function(arguments...);
  }
  std::string text(int code) const {
    const char *result = nullptr;
    call("cuGetErrorString", code, &result);
    return result ? result : "";
  }
  /// Device 0 with its primary context current.
  int open() const {
    int device = 0, result;
    Handle context;
    if ((result = call("cuInit", 0u)) || (result = call("cuDeviceGet", &device, 0)) ||
        (result = call("cuDevicePrimaryCtxRetain", &context, device)))
      return result;
    return call("cuCtxSetCurrent", context);
  }

private:
  void *library;
};

} // namespace sinter::emulator::test

#endif // SINTER_TEST_EMULATOR_CUDALIBRARY_H
