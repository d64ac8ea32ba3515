// Which bytes does a tile of a tensor map consist of, and where do they lie in shared memory?
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef SINTER_EMULATOR_PTX_TENSORTILE_H
#define SINTER_EMULATOR_PTX_TENSORTILE_H

#include "sinter/Emulator/Ptx.h"

#include <cstdint>

namespace sinter::emulator {

/// The place of byte `offset` of shared memory under a swizzle of `span` bytes (0: none): bits 4 and up of the place
/// within a row are xored with the row's number.
inline uint32_t swizzled(uint32_t offset, unsigned span) {
  uint32_t bits = span == 128 ? 0x70 : span == 64 ? 0x30 : span == 32 ? 0x10 : 0;
  return offset ^ (offset >> 3 & bits);
}

/// Calls `part(tileOffset, bytes, address)` for the elements of the tile at `coordinates`, row by row. `address` is
/// that of global memory, or 0 for elements outside of the tensor.
template <class F>
void forEachElement(const TensorMap &map, const int32_t *coordinates, F part) {
  uint64_t rows = 1;
  for (unsigned i = 1; i < map.rank; ++i)
    rows *= map.box[i];
  uint32_t rowBytes = uint32_t(map.box[0]) * map.elementBytes;
  for (uint64_t row = 0; row < rows; ++row) {
    uint64_t rest = row, address = map.base;
    bool inside = true;
    for (unsigned i = 1; i < map.rank; ++i) {
      int64_t index = coordinates[i] + static_cast<int64_t>(rest % map.box[i]);
      rest /= map.box[i];
      inside &= index >= 0 && index < static_cast<int64_t>(map.extent[i]);
      address += static_cast<uint64_t>(index) * map.strideBytes[i - 1];
    }
    for (uint32_t column = 0; column < map.box[0]; ++column) {
      int64_t index = int64_t(coordinates[0]) + column;
      bool isElement = inside && index >= 0 && index < static_cast<int64_t>(map.extent[0]);
      part(static_cast<uint32_t>(row * rowBytes + column * map.elementBytes), map.elementBytes,
           isElement ? address + static_cast<uint64_t>(index) * map.elementBytes : 0);
    }
  }
}

inline uint32_t tileBytes(const TensorMap &map) {
  uint32_t bytes = map.elementBytes;
  for (unsigned i = 0; i < map.rank; ++i)
    bytes *= map.box[i];
  return bytes;
}

} // namespace sinter::emulator

#endif // SINTER_EMULATOR_PTX_TENSORTILE_H
