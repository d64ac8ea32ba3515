// How are the interpreter's values stored and addressed?
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "sinter/Reference/Tensor.h"

#include "llvm/ADT/APFloat.h"
#include "llvm/Support/FormatVariadic.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>

#include <unistd.h>

using namespace mlir;
using namespace sinter::reference;

std::optional<ElementKind> sinter::reference::elementKindOf(Type type) {
  if (type.isF32())
    return ElementKind::F32;
  if (type.isF64())
    return ElementKind::F64;
  if (type.isF16())
    return ElementKind::F16;
  if (type.isBF16())
    return ElementKind::BF16;
  if (type.isInteger(1))
    return ElementKind::I1;
  if (type.isInteger(8))
    return ElementKind::I8;
  if (type.isInteger(32))
    return ElementKind::I32;
  if (type.isInteger(64))
    return ElementKind::I64;
  return std::nullopt;
}

llvm::StringRef sinter::reference::name(ElementKind kind) {
  switch (kind) {
  case ElementKind::F32:
    return "f32";
  case ElementKind::F64:
    return "f64";
  case ElementKind::F16:
    return "f16";
  case ElementKind::BF16:
    return "bf16";
  case ElementKind::I1:
    return "i1";
  case ElementKind::I8:
    return "i8";
  case ElementKind::I32:
    return "i32";
  case ElementKind::I64:
    return "i64";
  }
  return "?";
}

bool sinter::reference::isFloat(ElementKind kind) {
  return kind == ElementKind::F32 || kind == ElementKind::F64 || isHalf(kind);
}

bool sinter::reference::isHalf(ElementKind kind) {
  return kind == ElementKind::F16 || kind == ElementKind::BF16;
}

static const llvm::fltSemantics &semanticsOf(ElementKind half) {
  return half == ElementKind::F16 ? llvm::APFloat::IEEEhalf() : llvm::APFloat::BFloat();
}

uint16_t sinter::reference::halfBits(ElementKind half, double value) {
  llvm::APFloat nearest(value);
  bool losesInfo;
  nearest.convert(semanticsOf(half), llvm::APFloat::rmNearestTiesToEven, &losesInfo);
  return static_cast<uint16_t>(nearest.bitcastToAPInt().getZExtValue());
}

double sinter::reference::halfValue(ElementKind half, uint16_t bits) {
  return llvm::APFloat(semanticsOf(half), llvm::APInt(16, bits)).convertToDouble();
}

double sinter::reference::rounded(ElementKind kind, double value) {
  return isHalf(kind) ? halfValue(kind, halfBits(kind, value)) : value;
}

int64_t sinter::reference::wrap(ElementKind kind, int64_t value) {
  switch (kind) {
  case ElementKind::I1:
    return value & 1;
  case ElementKind::I8:
    return static_cast<int8_t>(value);
  case ElementKind::I32:
    return static_cast<int32_t>(value);
  default:
    return value;
  }
}

Tensor::Tensor(ElementKind kind, llvm::ArrayRef<int64_t> shape) : elementKind(kind), extents(shape) {
  if (isFloat())
    reals.assign(sizeOf(shape), 0.0);
  else
    integers.assign(sizeOf(shape), 0);
}

Tensor::Tensor(ElementKind kind, llvm::ArrayRef<int64_t> shape, std::vector<double> elements) : Tensor(kind, shape) {
  assert(static_cast<int64_t>(elements.size()) == sizeOf(shape) && "one value per element");
  if (isFloat()) {
    reals = std::move(elements);
    return;
  }
  for (size_t position = 0; position < elements.size(); ++position)
    setInteger(position, static_cast<int64_t>(elements[position]));
}

Tensor Tensor::scalar(ElementKind kind, double value) {
  return Tensor(kind, {}, {value});
}

Tensor Tensor::integerScalar(ElementKind kind, int64_t value) {
  Tensor tensor(kind, {});
  tensor.setInteger(0, value);
  return tensor;
}

void Tensor::copy(int64_t position, const Tensor &from, int64_t fromPosition) {
  if (isFloat())
    reals[position] = from.reals[fromPosition];
  else
    integers[position] = from.integers[fromPosition];
}

Tensor Tensor::reshaped(llvm::ArrayRef<int64_t> shape) const {
  assert(sizeOf(shape) == size() && "as many elements");
  Tensor result = *this;
  result.extents.assign(shape.begin(), shape.end());
  return result;
}

Tensor Tensor::withKind(ElementKind kind) const {
  assert(isFloat() && reference::isFloat(kind) && "float kinds only");
  Tensor result = *this;
  result.elementKind = kind;
  return result;
}

int64_t sinter::reference::sizeOf(llvm::ArrayRef<int64_t> shape) {
  int64_t size = 1;
  for (int64_t extent : shape)
    size *= extent;
  return size;
}

llvm::Error sinter::reference::countElements(llvm::ArrayRef<int64_t> shape, int64_t &elements) {
  constexpr double elementBytes = sizeof(double);
  const double memory = double(sysconf(_SC_PHYS_PAGES)) * double(sysconf(_SC_PAGESIZE));
  double bytes = elementBytes;
  for (int64_t extent : shape)
    bytes *= double(extent);
  bytes += double(elements) * elementBytes;
  if (bytes > memory)
    return llvm::createStringError(llvm::formatv(
        "up to here the reference interpreter needs {0:F1} GB, with 8 bytes an element; this machine has {1:F1} GB",
        bytes / 1e9, memory / 1e9));
  elements += sizeOf(shape);
  return llvm::Error::success();
}

int64_t sinter::reference::positionOf(llvm::ArrayRef<int64_t> shape, llvm::ArrayRef<int64_t> index) {
  int64_t position = 0;
  for (size_t dim = 0; dim < shape.size(); ++dim)
    position = position * shape[dim] + index[dim];
  return position;
}

llvm::SmallVector<int64_t> sinter::reference::indexOf(llvm::ArrayRef<int64_t> shape, int64_t position) {
  llvm::SmallVector<int64_t> index(shape.size(), 0);
  for (size_t dim = shape.size(); dim-- > 0;) {
    index[dim] = position % shape[dim];
    position /= shape[dim];
  }
  return index;
}

std::string sinter::reference::shapeText(llvm::ArrayRef<int64_t> shape) {
  std::string text;
  for (int64_t extent : shape)
    text += (text.empty() ? "" : "x") + std::to_string(extent);
  return text;
}

std::string sinter::reference::typeText(const Tensor &tensor) {
  std::string shape = shapeText(tensor.shape());
  return (shape.empty() ? shape : shape + "x") + name(tensor.kind()).str();
}
