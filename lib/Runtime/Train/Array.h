// What does a data file hold, whatever its format? An Array: a dense row-major block of one element type, kept as it
// was stored (images stay bytes) and converted to the step's type only when a batch is gathered.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef SINTER_LIB_RUNTIME_TRAIN_ARRAY_H
#define SINTER_LIB_RUNTIME_TRAIN_ARRAY_H

#include <cstdint>
#include <string>
#include <vector>

namespace sinter::train {

enum class ElementType { F32, F64, I8, U8, I16, U16, I32, U32, I64, U64, Bool };

size_t elementSize(ElementType type);
/// "f32", "u8", ...
const char *elementTypeName(ElementType type);
inline bool isFloat(ElementType type) {
  return type == ElementType::F32 || type == ElementType::F64;
}

/// Calls `function` with a null pointer of the C++ type that stores `type`: dispatches once, outside of the loops.
template <typename Function>
decltype(auto) withElementType(ElementType type, Function &&function) {
  switch (type) {
  case ElementType::F32:
    return function(static_cast<float *>(nullptr));
  case ElementType::F64:
    return function(static_cast<double *>(nullptr));
  case ElementType::I8:
    return function(static_cast<int8_t *>(nullptr));
  case ElementType::I16:
    return function(static_cast<int16_t *>(nullptr));
  case ElementType::U16:
    return function(static_cast<uint16_t *>(nullptr));
  case ElementType::I32:
    return function(static_cast<int32_t *>(nullptr));
  case ElementType::U32:
    return function(static_cast<uint32_t *>(nullptr));
  case ElementType::I64:
    return function(static_cast<int64_t *>(nullptr));
  case ElementType::U64:
    return function(static_cast<uint64_t *>(nullptr));
  case ElementType::U8:
  case ElementType::Bool:
    break;
  }
  return function(static_cast<uint8_t *>(nullptr));
}

struct Array {
  ElementType type = ElementType::F64;
  std::vector<int64_t> shape;
  std::string bytes; // native byte order, from `start`
  size_t start = 0;  // bytes before the first element (a file's header stays in front of its data)

  /// Extent 0, or 1 for a scalar.
  int64_t rows() const { return shape.empty() ? 1 : shape[0]; }
  /// Product of all extents but the first.
  int64_t rowElements() const;
  int64_t elements() const { return rows() * rowElements(); }
  const char *data() const { return bytes.data() + start; }
  char *data() { return bytes.data() + start; }
  /// The element at `index`, as a double (integers beyond 2^53 are rounded).
  double at(int64_t index) const;
};

/// "[1797, 8, 8]"
std::string shapeText(const std::vector<int64_t> &shape);
std::string shapeText(const int64_t *shape, int rank);

/// The product of `shape` times `elementBytes`, or -1 when an extent is negative or the product overflows.
int64_t checkedBytes(const std::vector<int64_t> &shape, size_t elementBytes);

/// Reverses the bytes of each of `count` elements.
void swapBytes(char *data, int64_t count, size_t elementBytes);

} // namespace sinter::train

#endif // SINTER_LIB_RUNTIME_TRAIN_ARRAY_H
