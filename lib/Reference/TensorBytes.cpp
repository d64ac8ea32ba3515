// How do tensors get in and out of memory? One type of element after the other.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "sinter/Reference/TensorBytes.h"

#include <cstring>

using namespace sinter::reference;

size_t sinter::reference::bytesPerElement(ElementKind kind) {
  switch (kind) {
  case ElementKind::F32:
  case ElementKind::I32:
    return 4;
  case ElementKind::F64:
  case ElementKind::I64:
    return 8;
  case ElementKind::BF16:
    return 2;
  case ElementKind::I1:
  case ElementKind::I8:
    return 1;
  }
  llvm_unreachable("all kinds are listed");
}

size_t sinter::reference::bytesOf(const Tensor &tensor) {
  return static_cast<size_t>(tensor.size()) * bytesPerElement(tensor.kind());
}

template <typename T>
static void storeAs(const Tensor &tensor, char *to) {
  for (int64_t i = 0; i < tensor.size(); ++i) {
    T value = static_cast<T>(tensor.isFloat() ? tensor.at(i) : tensor.integerAt(i));
    std::memcpy(to + i * sizeof(T), &value, sizeof(T));
  }
}

template <typename T>
static void loadAs(Tensor &tensor, const char *from) {
  for (int64_t i = 0; i < tensor.size(); ++i) {
    T value;
    std::memcpy(&value, from + i * sizeof(T), sizeof(T));
    tensor.isFloat() ? tensor.set(i, static_cast<double>(value)) : tensor.setInteger(i, static_cast<int64_t>(value));
  }
}

/// A bf16 is the upper half of an f32.
static void storeAsBF16(const Tensor &tensor, char *to) {
  for (int64_t i = 0; i < tensor.size(); ++i) {
    const float value = static_cast<float>(roundToBF16(tensor.at(i)));
    uint32_t bits;
    std::memcpy(&bits, &value, sizeof bits);
    const uint16_t upper = static_cast<uint16_t>(bits >> 16);
    std::memcpy(to + i * sizeof upper, &upper, sizeof upper);
  }
}

static void loadAsBF16(Tensor &tensor, const char *from) {
  for (int64_t i = 0; i < tensor.size(); ++i) {
    uint16_t upper;
    std::memcpy(&upper, from + i * sizeof upper, sizeof upper);
    const uint32_t bits = uint32_t(upper) << 16;
    float value;
    std::memcpy(&value, &bits, sizeof value);
    tensor.set(i, value);
  }
}

void sinter::reference::storeBytes(const Tensor &tensor, void *to) {
  char *bytes = static_cast<char *>(to);
  switch (tensor.kind()) {
  case ElementKind::F32:
    return storeAs<float>(tensor, bytes);
  case ElementKind::F64:
    return storeAs<double>(tensor, bytes);
  case ElementKind::BF16:
    return storeAsBF16(tensor, bytes);
  case ElementKind::I32:
    return storeAs<int32_t>(tensor, bytes);
  case ElementKind::I64:
    return storeAs<int64_t>(tensor, bytes);
  case ElementKind::I1:
  case ElementKind::I8:
    return storeAs<int8_t>(tensor, bytes);
  }
}

void sinter::reference::loadBytes(Tensor &tensor, const void *from) {
  const char *bytes = static_cast<const char *>(from);
  switch (tensor.kind()) {
  case ElementKind::F32:
    return loadAs<float>(tensor, bytes);
  case ElementKind::F64:
    return loadAs<double>(tensor, bytes);
  case ElementKind::BF16:
    return loadAsBF16(tensor, bytes);
  case ElementKind::I32:
    return loadAs<int32_t>(tensor, bytes);
  case ElementKind::I64:
    return loadAs<int64_t>(tensor, bytes);
  case ElementKind::I1:
  case ElementKind::I8:
    return loadAs<int8_t>(tensor, bytes);
  }
}
