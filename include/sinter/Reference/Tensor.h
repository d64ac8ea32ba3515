// What does a value look like while the reference interpreter runs?
// A shape and its elements in row-major order: doubles for float types (f32 too: the interpreter never rounds to f32;
// it does round to f16 and bf16 where the dialect converts to them), 64-bit integers for integer types.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef SINTER_REFERENCE_TENSOR_H
#define SINTER_REFERENCE_TENSOR_H

#include "mlir/IR/BuiltinTypes.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/Support/Error.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace sinter::reference {

enum class ElementKind { F32, F64, F16, BF16, I1, I8, I32, I64 };

/// The kind of a builtin element type; none for a type that the dialect does not have.
std::optional<ElementKind> elementKindOf(mlir::Type type);
/// "f32", "i64", ...
llvm::StringRef name(ElementKind kind);
bool isFloat(ElementKind kind);
/// True of f16 and bf16.
bool isHalf(ElementKind kind);
/// The bits of the f16 or bf16 nearest to a value, of two the one with an even last bit; infinities and NaN stay.
uint16_t halfBits(ElementKind half, double value);
/// The value of such bits.
double halfValue(ElementKind half, uint16_t bits);
/// The f16 or bf16 nearest to a value; other kinds keep it.
double rounded(ElementKind kind, double value);
/// Reduces an integer to the range of its kind: two's complement for i8 to i64, 0 or 1 for i1.
int64_t wrap(ElementKind kind, int64_t value);

class Tensor {
public:
  Tensor() = default;
  /// Zeros.
  Tensor(ElementKind kind, llvm::ArrayRef<int64_t> shape);
  /// One row-major list of elements, exactly as many as the shape holds.
  Tensor(ElementKind kind, llvm::ArrayRef<int64_t> shape, std::vector<double> elements);
  static Tensor scalar(ElementKind kind, double value);
  static Tensor integerScalar(ElementKind kind, int64_t value);

  ElementKind kind() const { return elementKind; }
  bool isFloat() const { return reference::isFloat(elementKind); }
  llvm::ArrayRef<int64_t> shape() const { return extents; }
  int64_t rank() const { return static_cast<int64_t>(extents.size()); }
  int64_t size() const { return static_cast<int64_t>(isFloat() ? reals.size() : integers.size()); }

  /// Element at a row-major position, of any kind, as a double.
  double at(int64_t position) const { return isFloat() ? reals[position] : static_cast<double>(integers[position]); }
  /// Element of an integer tensor.
  int64_t integerAt(int64_t position) const { return integers[position]; }
  /// Stores into a float tensor.
  void set(int64_t position, double value) { reals[position] = value; }
  /// Stores into an integer tensor; wraps.
  void setInteger(int64_t position, int64_t value) { integers[position] = wrap(elementKind, value); }
  /// Copies one element of a tensor of the same kind.
  void copy(int64_t position, const Tensor &from, int64_t fromPosition);
  /// All elements of a float tensor.
  llvm::ArrayRef<double> realElements() const { return reals; }
  llvm::MutableArrayRef<double> realElements() { return reals; }

  /// The same elements under another shape of as many.
  Tensor reshaped(llvm::ArrayRef<int64_t> shape) const;
  /// The same values with another kind of float.
  Tensor withKind(ElementKind kind) const;

private:
  ElementKind elementKind = ElementKind::F64;
  llvm::SmallVector<int64_t> extents;
  std::vector<double> reals;
  std::vector<int64_t> integers;
};

/// Adds the elements of a shape to a count of those that are held at once. Fails when so many, of 8 bytes each, are more
/// than this machine's memory.
llvm::Error countElements(llvm::ArrayRef<int64_t> shape, int64_t &elements);
/// Number of elements of a shape.
int64_t sizeOf(llvm::ArrayRef<int64_t> shape);
/// Row-major position of a multi-index.
int64_t positionOf(llvm::ArrayRef<int64_t> shape, llvm::ArrayRef<int64_t> index);
/// Multi-index of a row-major position.
llvm::SmallVector<int64_t> indexOf(llvm::ArrayRef<int64_t> shape, int64_t position);
/// "2x3" (nothing for rank 0).
std::string shapeText(llvm::ArrayRef<int64_t> shape);
/// "2x3xf32".
std::string typeText(const Tensor &tensor);

/// Calls `visit(index, position)` for every multi-index of a shape, last dimension fastest.
template <typename Visit>
void forEachIndex(llvm::ArrayRef<int64_t> shape, Visit visit) {
  const int64_t size = sizeOf(shape);
  llvm::SmallVector<int64_t> index(shape.size(), 0);
  for (int64_t position = 0; position < size; ++position) {
    visit(llvm::ArrayRef<int64_t>(index), position);
    for (size_t dim = shape.size(); dim-- > 0;) {
      if (++index[dim] < shape[dim])
        break;
      index[dim] = 0;
    }
  }
}

} // namespace sinter::reference

#endif // SINTER_REFERENCE_TENSOR_H
