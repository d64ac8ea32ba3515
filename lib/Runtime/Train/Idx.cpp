// How are IDX files read, the format of MNIST?
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Idx.h"
#include "Error.h"

namespace sinter::train {

static bool elementTypeOf(unsigned char code, ElementType &type) {
  switch (code) {
  case 0x08:
    type = ElementType::U8;
    return true;
  case 0x09:
    type = ElementType::I8;
    return true;
  case 0x0B:
    type = ElementType::I16;
    return true;
  case 0x0C:
    type = ElementType::I32;
    return true;
  case 0x0D:
    type = ElementType::F32;
    return true;
  case 0x0E:
    type = ElementType::F64;
    return true;
  default:
    return false;
  }
}

bool looksLikeIdx(std::string_view bytes) {
  ElementType type;
  return bytes.size() >= 4 && bytes[0] == 0 && bytes[1] == 0 &&
         elementTypeOf(static_cast<unsigned char>(bytes[2]), type) && bytes[3] >= 1 && bytes[3] <= 8;
}

Array parseIdx(std::string bytes, const std::string &path) {
  Array array;
  elementTypeOf(static_cast<unsigned char>(bytes[2]), array.type);
  size_t rank = static_cast<unsigned char>(bytes[3]);
  array.start = 4 + 4 * rank;
  if (bytes.size() < array.start)
    fail("'{}' is truncated: an IDX header of rank {} takes {} bytes, found {}", path, rank, array.start, bytes.size());
  for (size_t i = 0; i < rank; ++i) {
    int64_t extent = 0;
    for (size_t j = 0; j < 4; ++j)
      extent = extent << 8 | static_cast<unsigned char>(bytes[4 + 4 * i + j]);
    array.shape.push_back(extent);
  }
  size_t size = elementSize(array.type), found = bytes.size() - array.start;
  int64_t expected = checkedBytes(array.shape, size);
  if (expected < 0)
    fail("'{}' announces the shape {}, which no memory can hold", path, shapeText(array.shape));
  if (found < static_cast<size_t>(expected))
    fail("'{}' is truncated: its IDX data of shape {} take {} bytes, found {}", path, shapeText(array.shape), expected,
         found);
  if (found > static_cast<size_t>(expected))
    fail("'{}' is not a valid IDX file: {} after its data of shape {}", path,
         counted(static_cast<long long>(found) - expected, "byte"), shapeText(array.shape));
  swapBytes(bytes.data() + array.start, expected / static_cast<int64_t>(size), size);
  array.bytes = std::move(bytes);
  return array;
}

} // namespace sinter::train
