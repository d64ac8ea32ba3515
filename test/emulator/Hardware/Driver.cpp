// The driver, and memory that host and device see at the same addresses.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The tests hand addresses of their vectors to kernels, as the emulator's device memory is host memory. On a GPU it is
// managed memory instead: everything that `new` gives comes from one managed block.

#include "Driver.h"

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <dlfcn.h>
#include <mutex>
#include <new>

namespace sinter::emulator::hardware {

/// A test program's exit status for "could not be run here".
static constexpr int kSkipped = 77;

void *entryPoint(const char *name) {
  static void *library = dlopen("libcuda.so.1", RTLD_NOW);
  if (!library) {
    fprintf(stderr, "no NVIDIA driver: %s\n", dlerror());
    _Exit(kSkipped);
  }
  return dlsym(library, name);
}

const char *nameOf(int result) {
  const char *name = nullptr;
  call("cuGetErrorName", result, &name);
  return name ? name : "an unknown error of the driver";
}

static void expect(int result, const char *what) {
  if (result == 0)
    return;
  fprintf(stderr, "%s: %s (%d)\n", what, nameOf(result), result);
  _Exit(kSkipped);
}

void open() {
  static bool isOpen = false;
  if (isOpen)
    return;
  isOpen = true;
  int device = 0;
  void *context = nullptr;
  expect(call("cuInit", 0u), "cuInit");
  expect(call("cuDeviceGet", &device, 0), "cuDeviceGet");
  expect(call("cuDevicePrimaryCtxRetain", &context, device), "cuDevicePrimaryCtxRetain");
  expect(call("cuCtxSetCurrent", context), "cuCtxSetCurrent");
}

int capability() {
  int major = 0, minor = 0;
  constexpr int majorAttribute = 75, minorAttribute = 76; // CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR, _MINOR
  expect(call("cuDeviceGetAttribute", &major, majorAttribute, 0), "cuDeviceGetAttribute");
  expect(call("cuDeviceGetAttribute", &minor, minorAttribute, 0), "cuDeviceGetAttribute");
  return 10 * major + minor;
}

namespace {

/// Blocks of powers of two, which go back to a list of their size.
class ManagedHeap {
public:
  void *allocate(size_t bytes) {
    if (!at && !obtain())
      return fromSystem(bytes);
    std::lock_guard<std::mutex> guard(mutex);
    unsigned size = 6;
    while ((size_t(1) << size) < bytes + kHeader)
      ++size;
    char *block = reinterpret_cast<char *>(lists[size]);
    if (block)
      lists[size] = lists[size]->next;
    else
      block = carve(size_t(1) << size);
    if (!block)
      return nullptr;
    *reinterpret_cast<unsigned *>(block) = size;
    return block + kHeader;
  }

  void release(void *memory) {
    if (!memory)
      return;
    char *block = static_cast<char *>(memory) - kHeader;
    unsigned size = *reinterpret_cast<unsigned *>(block);
    if (size == kSystem)
      return free(block);
    std::lock_guard<std::mutex> guard(mutex);
    auto *unused = reinterpret_cast<Free *>(block);
    unused->next = lists[size];
    lists[size] = unused;
  }

private:
  struct Free {
    Free *next;
  };
  static constexpr size_t kHeader = 16, kBytes = size_t(1) << 30;
  static constexpr unsigned kAttachGlobal = 1; // CU_MEM_ATTACH_GLOBAL
  static constexpr unsigned kSystem = 0;       ///< in the place of a block's size

  /// Takes the managed block, before there are threads. False while that goes on: what the driver itself allocates.
  bool obtain() {
    if (opening)
      return false;
    opening = true;
    open();
    unsigned long long address = 0;
    expect(call("cuMemAllocManaged", &address, kBytes, kAttachGlobal), "cuMemAllocManaged");
    end = reinterpret_cast<char *>(address) + kBytes;
    at = reinterpret_cast<char *>(address);
    opening = false;
    return true;
  }

  static void *fromSystem(size_t bytes) {
    char *block = static_cast<char *>(malloc(bytes + kHeader));
    if (!block)
      return nullptr;
    *reinterpret_cast<unsigned *>(block) = kSystem;
    return block + kHeader;
  }

  char *carve(size_t bytes) {
    if (bytes > static_cast<size_t>(end - at))
      return nullptr;
    at += bytes;
    return at - bytes;
  }

  std::mutex mutex;
  bool opening = false;
  Free *lists[48] = {};
  char *at = nullptr, *end = nullptr;
};

ManagedHeap &heap() {
  alignas(ManagedHeap) static char storage[sizeof(ManagedHeap)];
  static ManagedHeap *heap = new (storage) ManagedHeap; // never destroyed
  return *heap;
}

} // namespace
} // namespace sinter::emulator::hardware

void *operator new(size_t bytes) {
  if (void *memory = sinter::emulator::hardware::heap().allocate(bytes))
    return memory;
  fprintf(stderr, "out of managed memory: no %zu bytes\n", bytes);
  abort();
}
void operator delete(void *memory) noexcept {
  sinter::emulator::hardware::heap().release(memory);
}
void operator delete(void *memory, size_t) noexcept {
  operator delete(memory);
}
