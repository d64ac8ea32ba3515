// What does a data file hold, whatever its format?
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Array.h"

#include <algorithm>
#include <cstring>
#include <type_traits>

namespace sinter::train {

size_t elementSize(ElementType type) {
  return withElementType(type, [](auto *stored) { return sizeof(*stored); });
}

const char *elementTypeName(ElementType type) {
  static const char *const names[] = {"f32", "f64", "i8", "u8", "i16", "u16", "i32", "u32", "i64", "u64", "bool"};
  return names[static_cast<int>(type)];
}

int64_t Array::rowElements() const {
  int64_t product = 1;
  for (size_t i = 1; i < shape.size(); ++i)
    product *= shape[i];
  return product;
}

double Array::at(int64_t index) const {
  return withElementType(type, [&](auto *stored) {
    std::remove_pointer_t<decltype(stored)> value;
    std::memcpy(&value, data() + index * sizeof(value), sizeof(value));
    return static_cast<double>(value);
  });
}

std::string shapeText(const int64_t *shape, int rank) {
  std::string text = "[";
  for (int i = 0; i < rank; ++i) {
    if (i)
      text += ", ";
    text += shape[i] < 0 ? "?" : std::to_string(shape[i]);
  }
  return text + "]";
}

std::string shapeText(const std::vector<int64_t> &shape) {
  return shapeText(shape.data(), static_cast<int>(shape.size()));
}

int64_t checkedBytes(const std::vector<int64_t> &shape, size_t elementBytes) {
  int64_t bytes = static_cast<int64_t>(elementBytes);
  // A zero extent makes the whole product zero, but the product of the others must be a number all the same.
  bool empty = std::find(shape.begin(), shape.end(), 0) != shape.end();
  for (int64_t extent : shape)
    if (extent < 0 || (extent > 0 && __builtin_mul_overflow(bytes, extent, &bytes)))
      return -1;
  return empty ? 0 : bytes;
}

void swapBytes(char *data, int64_t count, size_t elementBytes) {
  if (elementBytes == 1)
    return;
  for (int64_t i = 0; i < count; ++i)
    std::reverse(data + i * elementBytes, data + (i + 1) * elementBytes);
}

} // namespace sinter::train
