// Entry points about memory: allocation, copies, filling.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Driver.h"

#include <cstdlib>
#include <cstring>

namespace sinter::emulator::driver {

/// What is not yet written reads as NaN.
static constexpr int poison = 0xff;
static constexpr size_t granularity = 512;

CUresult Driver::allocate(CUdeviceptr *address, size_t bytes) {
  if (bytes == 0 || !address)
    return CUDA_ERROR_INVALID_VALUE;
  size_t rounded = (bytes + granularity - 1) / granularity * granularity;
  if (rounded > properties.memoryBytes - usedBytes)
    return CUDA_ERROR_OUT_OF_MEMORY;
  void *block = aligned_alloc(granularity, rounded);
  if (!block)
    return CUDA_ERROR_OUT_OF_MEMORY;
  memset(block, poison, rounded);
  memory.add(block, bytes);
  usedBytes += rounded;
  *address = reinterpret_cast<CUdeviceptr>(block);
  allocations[*address] = {block, rounded};
  return CUDA_SUCCESS;
}

CUresult Driver::release(CUdeviceptr address) {
  if (address == 0)
    return CUDA_SUCCESS;
  auto found = allocations.find(address);
  if (found == allocations.end())
    return CUDA_ERROR_INVALID_VALUE;
  memory.remove(found->second.memory);
  usedBytes -= found->second.bytes;
  free(found->second.memory);
  allocations.erase(found);
  return CUDA_SUCCESS;
}

bool Driver::isDevice(CUdeviceptr address, size_t bytes) const {
  DeviceMemory::Range range = memory.find(address);
  return range.begin != range.end && address + bytes <= range.end;
}

bool Driver::isPinned(const void *address, size_t bytes) const {
  auto begin = reinterpret_cast<uintptr_t>(address);
  auto above = pinned.upper_bound(begin);
  return above != pinned.begin() && begin + bytes <= std::prev(above)->first + std::prev(above)->second;
}

} // namespace sinter::emulator::driver

using namespace sinter::emulator::driver;

SINTER_DRIVER_API cuMemAlloc_v2(CUdeviceptr *address, size_t bytes) {
  return guarded(Needs::Context, [&](Driver &driver) { return driver.allocate(address, bytes); });
}

/// Host memory, as all of the stand-in's is.
SINTER_DRIVER_API cuMemAllocManaged(CUdeviceptr *address, size_t bytes, unsigned flags) {
  return guarded(Needs::Context, [&](Driver &driver) {
    return flags == 1 || flags == 2 ? driver.allocate(address, bytes) : CUDA_ERROR_INVALID_VALUE; // global, host
  });
}

/// Freeing waits for everything that may still use the memory.
SINTER_DRIVER_API cuMemFree_v2(CUdeviceptr address) {
  return guarded(Needs::Context, [&](Driver &driver) {
    CUresult result = driver.finishAll();
    return result == CUDA_SUCCESS ? driver.release(address) : result;
  });
}

SINTER_DRIVER_API cuMemAllocAsync(CUdeviceptr *address, size_t bytes, CUstream stream) {
  return guarded(Needs::Context, [&](Driver &driver) {
    return resolve(stream) ? driver.allocate(address, bytes) : CUDA_ERROR_INVALID_HANDLE;
  });
}

SINTER_DRIVER_API cuMemFreeAsync(CUdeviceptr address, CUstream stream) {
  return guarded(Needs::Context, [&](Driver &driver) {
    if (!resolve(stream))
      return CUDA_ERROR_INVALID_HANDLE;
    if (address && !driver.allocations.count(address))
      return CUDA_ERROR_INVALID_VALUE;
    return driver.enqueue(resolve(stream), [&driver, address] { driver.release(address); });
  });
}

SINTER_DRIVER_API cuMemGetInfo_v2(size_t *freeBytes, size_t *total) {
  return guarded(Needs::Context, [&](Driver &driver) {
    *total = driver.properties.memoryBytes;
    *freeBytes = driver.properties.memoryBytes - driver.usedBytes;
    return CUDA_SUCCESS;
  });
}

//===----------------------------------------------------------------------===//
// Host memory
//===----------------------------------------------------------------------===//

SINTER_DRIVER_API cuMemHostAlloc(void **address, size_t bytes, unsigned) {
  return guarded(Needs::Context, [&](Driver &driver) {
    if (bytes == 0)
      return CUDA_ERROR_INVALID_VALUE;
    *address = aligned_alloc(4096, (bytes + 4095) / 4096 * 4096);
    if (!*address)
      return CUDA_ERROR_OUT_OF_MEMORY;
    driver.pinned[reinterpret_cast<uintptr_t>(*address)] = bytes;
    driver.ownPinned.insert(*address);
    return CUDA_SUCCESS;
  });
}

SINTER_DRIVER_API cuMemAllocHost_v2(void **address, size_t bytes) {
  return cuMemHostAlloc(address, bytes, 0);
}

SINTER_DRIVER_API cuMemFreeHost(void *address) {
  return guarded(Needs::Context, [&](Driver &driver) {
    CUresult result = driver.finishAll();
    if (result != CUDA_SUCCESS)
      return result;
    if (!driver.ownPinned.erase(address))
      return CUDA_ERROR_INVALID_VALUE;
    driver.pinned.erase(reinterpret_cast<uintptr_t>(address));
    free(address);
    return CUDA_SUCCESS;
  });
}

SINTER_DRIVER_API cuMemHostRegister_v2(void *address, size_t bytes, unsigned) {
  return guarded(Needs::Context, [&](Driver &driver) {
    if (!address || bytes == 0)
      return CUDA_ERROR_INVALID_VALUE;
    if (!driver.pinned.insert({reinterpret_cast<uintptr_t>(address), bytes}).second)
      return CUDA_ERROR_HOST_MEMORY_ALREADY_REGISTERED;
    return CUDA_SUCCESS;
  });
}

SINTER_DRIVER_API cuMemHostUnregister(void *address) {
  return guarded(Needs::Context, [&](Driver &driver) {
    if (driver.ownPinned.count(address) || !driver.pinned.erase(reinterpret_cast<uintptr_t>(address)))
      return CUDA_ERROR_HOST_MEMORY_NOT_REGISTERED;
    return CUDA_SUCCESS;
  });
}

//===----------------------------------------------------------------------===//
// Copies
//===----------------------------------------------------------------------===//

namespace {
enum class Side { Device, Host };
} // namespace

/// Memory that the host may page out is read before the call returns, and written before it returns: only pinned memory
/// is copied while the host goes on.
static CUresult copy(Driver &driver, void *to, Side toSide, const void *from, Side fromSide, size_t bytes,
                     CUstream handle, bool waits) {
  CUstream stream = resolve(handle);
  if (!stream)
    return CUDA_ERROR_INVALID_HANDLE;
  auto onDevice = [&](const void *address) { return driver.isDevice(reinterpret_cast<CUdeviceptr>(address), bytes); };
  if (bytes == 0)
    return CUDA_SUCCESS;
  if ((toSide == Side::Device) != onDevice(to) || (fromSide == Side::Device) != onDevice(from))
    return CUDA_ERROR_INVALID_VALUE;
  bool stages = fromSide == Side::Host && !stream->capture && !waits && !driver.isPinned(from, bytes);
  CUresult result;
  if (stages) {
    auto *begin = static_cast<const char *>(from);
    auto staged = std::make_shared<std::vector<char>>(begin, begin + bytes);
    result = driver.enqueue(stream, [to, staged] { memcpy(to, staged->data(), staged->size()); });
  } else
    result = driver.enqueue(stream, [to, from, bytes] { memmove(to, from, bytes); });
  bool returnsLate = waits || (toSide == Side::Host && !stream->capture && !driver.isPinned(to, bytes));
  return result == CUDA_SUCCESS && returnsLate ? driver.finishStream(stream) : result;
}

static void *pointer(CUdeviceptr address) {
  return reinterpret_cast<void *>(address);
}

SINTER_DRIVER_API cuMemcpyHtoD_v2(CUdeviceptr to, const void *from, size_t bytes) {
  return guarded(Needs::Context, [&](Driver &driver) {
    return copy(driver, pointer(to), Side::Device, from, Side::Host, bytes, nullptr, true);
  });
}

SINTER_DRIVER_API cuMemcpyDtoH_v2(void *to, CUdeviceptr from, size_t bytes) {
  return guarded(Needs::Context, [&](Driver &driver) {
    return copy(driver, to, Side::Host, pointer(from), Side::Device, bytes, nullptr, true);
  });
}

SINTER_DRIVER_API cuMemcpyDtoD_v2(CUdeviceptr to, CUdeviceptr from, size_t bytes) {
  return guarded(Needs::Context, [&](Driver &driver) {
    return copy(driver, pointer(to), Side::Device, pointer(from), Side::Device, bytes, nullptr, false);
  });
}

SINTER_DRIVER_API cuMemcpyHtoDAsync_v2(CUdeviceptr to, const void *from, size_t bytes, CUstream stream) {
  return guarded(Needs::Context, [&](Driver &driver) {
    return copy(driver, pointer(to), Side::Device, from, Side::Host, bytes, stream, false);
  });
}

SINTER_DRIVER_API cuMemcpyDtoHAsync_v2(void *to, CUdeviceptr from, size_t bytes, CUstream stream) {
  return guarded(Needs::Context, [&](Driver &driver) {
    return copy(driver, to, Side::Host, pointer(from), Side::Device, bytes, stream, false);
  });
}

SINTER_DRIVER_API cuMemcpyDtoDAsync_v2(CUdeviceptr to, CUdeviceptr from, size_t bytes, CUstream stream) {
  return guarded(Needs::Context, [&](Driver &driver) {
    return copy(driver, pointer(to), Side::Device, pointer(from), Side::Device, bytes, stream, false);
  });
}

/// Unified addresses: which side each lies on is found out.
static CUresult copyAnywhere(Driver &driver, CUdeviceptr to, CUdeviceptr from, size_t bytes, CUstream stream,
                             bool waits) {
  Side toSide = driver.isDevice(to, 1) ? Side::Device : Side::Host;
  Side fromSide = driver.isDevice(from, 1) ? Side::Device : Side::Host;
  return copy(driver, pointer(to), toSide, pointer(from), fromSide, bytes, stream, waits);
}

SINTER_DRIVER_API cuMemcpy(CUdeviceptr to, CUdeviceptr from, size_t bytes) {
  return guarded(Needs::Context, [&](Driver &driver) { return copyAnywhere(driver, to, from, bytes, nullptr, true); });
}

SINTER_DRIVER_API cuMemcpyAsync(CUdeviceptr to, CUdeviceptr from, size_t bytes, CUstream stream) {
  return guarded(Needs::Context, [&](Driver &driver) { return copyAnywhere(driver, to, from, bytes, stream, false); });
}

//===----------------------------------------------------------------------===//
// Filling
//===----------------------------------------------------------------------===//

template <class T>
static CUresult fill(CUdeviceptr to, T value, size_t count, CUstream handle) {
  return guarded(Needs::Context, [&](Driver &driver) {
    CUstream stream = resolve(handle);
    if (!stream)
      return CUDA_ERROR_INVALID_HANDLE;
    if (count == 0)
      return CUDA_SUCCESS;
    if (to % sizeof(T) || !driver.isDevice(to, count * sizeof(T)))
      return CUDA_ERROR_INVALID_VALUE;
    return driver.enqueue(stream, [=] {
      T *begin = static_cast<T *>(pointer(to));
      std::fill(begin, begin + count, value);
    });
  });
}

SINTER_DRIVER_API cuMemsetD8_v2(CUdeviceptr to, unsigned char value, size_t count) {
  return fill(to, value, count, nullptr);
}
SINTER_DRIVER_API cuMemsetD32_v2(CUdeviceptr to, unsigned value, size_t count) {
  return fill(to, value, count, nullptr);
}
SINTER_DRIVER_API cuMemsetD8Async(CUdeviceptr to, unsigned char value, size_t count, CUstream stream) {
  return fill(to, value, count, stream);
}
SINTER_DRIVER_API cuMemsetD32Async(CUdeviceptr to, unsigned value, size_t count, CUstream stream) {
  return fill(to, value, count, stream);
}
