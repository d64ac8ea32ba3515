// Entry point about tensor maps: which ones does hardware accept?
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Driver.h"

#include <cstring>

using namespace sinter::emulator;
using namespace sinter::emulator::driver;

/// Bytes of an element, by CUtensorMapDataType; 0: no such type.
static unsigned elementBytes(int type) {
  static const uint8_t bytes[] = {1, 2, 4, 4, 8, 8, 2, 4, 8, 2, 4, 4, 4};
  return type >= 0 && type < 13 ? bytes[type] : 0;
}

static bool isAligned(uint64_t value, uint64_t align) {
  return value % align == 0;
}

/// The rules of the documentation of cuTensorMapEncodeTiled, for maps without interleaving.
static bool isLegal(const TensorMap &map) {
  if (!isAligned(map.base, 16))
    return false;
  for (unsigned i = 0; i < map.rank; ++i)
    if (map.extent[i] == 0 || map.extent[i] > (uint64_t(1) << 32) || map.box[i] == 0 || map.box[i] > 256 ||
        map.elementStride[i] != 1)
      return false;
  for (unsigned i = 0; i + 1 < map.rank; ++i)
    if (!isAligned(map.strideBytes[i], 16) || map.strideBytes[i] >= (uint64_t(1) << 40))
      return false;
  unsigned row = map.box[0] * map.elementBytes;
  return isAligned(row, 16) && (map.swizzle == 0 || row <= map.swizzle);
}

SINTER_DRIVER_API cuTensorMapEncodeTiled(CUtensorMap *result, int type, uint32_t rank, void *address,
                                         const uint64_t *extents, const uint64_t *strides, const uint32_t *box,
                                         const uint32_t *elementStrides, int interleave, int swizzle, int promotion,
                                         int fill) {
  return guarded(Needs::Initialization, [&](Driver &driver) {
    static const uint8_t swizzles[] = {0, 32, 64, 128};
    if (!result || reinterpret_cast<uintptr_t>(result) % 64 || rank < 1 || rank > 5 || !elementBytes(type) ||
        swizzle < 0 || swizzle > 3 || promotion < 0 || promotion > 3 || fill < 0 || fill > 1)
      return CUDA_ERROR_INVALID_VALUE;
    if (driver.properties.major < 9 || interleave != 0)
      return CUDA_ERROR_NOT_SUPPORTED;
    TensorMap map;
    map.magic = tensorMapMagic;
    map.base = reinterpret_cast<uint64_t>(address);
    map.rank = static_cast<uint8_t>(rank);
    map.elementBytes = static_cast<uint8_t>(elementBytes(type));
    map.elementType = static_cast<uint8_t>(type);
    map.swizzle = swizzles[swizzle];
    map.fillNan = static_cast<uint8_t>(fill);
    for (uint32_t i = 0; i < rank; ++i) {
      map.extent[i] = extents[i];
      map.box[i] = static_cast<uint16_t>(box[i] > 256 ? 0 : box[i]);
      map.elementStride[i] = static_cast<uint8_t>(elementStrides[i]);
      if (i + 1 < rank)
        map.strideBytes[i] = strides[i];
    }
    if (!isLegal(map))
      return CUDA_ERROR_INVALID_VALUE;
    memcpy(result, &map, sizeof map);
    return CUDA_SUCCESS;
  });
}
