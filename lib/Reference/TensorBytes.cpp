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
  case ElementKind::F16:
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

static void storeAsHalf(const Tensor &tensor, char *to) {
  for (int64_t i = 0; i < tensor.size(); ++i) {
    const uint16_t bits = halfBits(tensor.kind(), tensor.at(i));
    std::memcpy(to + i * sizeof bits, &bits, sizeof bits);
  }
}

static void loadAsHalf(Tensor &tensor, const char *from) {
  for (int64_t i = 0; i < tensor.size(); ++i) {
    uint16_t bits;
    std::memcpy(&bits, from + i * sizeof bits, sizeof bits);
    tensor.set(i, halfValue(tensor.kind(), bits));
  }
}

void sinter::reference::storeBytes(const Tensor &tensor, void *to) {
  char *bytes = static_cast<char *>(to);
  switch (tensor.kind()) {
  case ElementKind::F32:
    return storeAs<float>(tensor, bytes);
  case ElementKind::F64:
    return storeAs<double>(tensor, bytes);
  case ElementKind::F16:
  case ElementKind::BF16:
    return storeAsHalf(tensor, bytes);
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
  case ElementKind::F16:
  case ElementKind::BF16:
    return loadAsHalf(tensor, bytes);
  case ElementKind::I32:
    return loadAs<int32_t>(tensor, bytes);
  case ElementKind::I64:
    return loadAs<int64_t>(tensor, bytes);
  case ElementKind::I1:
  case ElementKind::I8:
    return loadAs<int8_t>(tensor, bytes);
  }
}
