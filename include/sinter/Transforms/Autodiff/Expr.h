// How are formulas over tensors written in C++? As values with arithmetic: `g * (1 - square(y))` builds sinter ops.
// Derivative rules, optimizers and initializers are all written with it.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef SINTER_TRANSFORMS_AUTODIFF_EXPR_H
#define SINTER_TRANSFORMS_AUTODIFF_EXPR_H

#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinTypes.h"
#include "sinter/Dialect/IR/SinterDialect.h"

namespace sinter {

/// A tensor, or a scalar inside the region of a `sinter.map`, together with the place where ops on it are built.
/// Arithmetic on tensors builds `sinter` ops, on scalars `arith` and `math` ops; what folds is folded at once.
/// Operands of binary operators have equal types, but a tensor of rank 0 meets any shape (it is broadcast) and a
/// `double` becomes a constant of the other operand's type.
class Expr {
public:
  Expr() = default;
  Expr(mlir::OpBuilder &builder, mlir::Location loc, mlir::Value value) : builder(&builder), loc(loc), value(value) {}

  explicit operator bool() const { return static_cast<bool>(value); }
  operator mlir::Value() const { return value; }

  mlir::OpBuilder &getBuilder() const { return *builder; }
  mlir::Location getLoc() const { return mlir::Location(loc); }
  mlir::Type getType() const { return value.getType(); }
  bool isTensor() const { return llvm::isa<mlir::RankedTensorType>(getType()); }
  mlir::RankedTensorType tensorType() const { return llvm::cast<mlir::RankedTensorType>(getType()); }
  mlir::Type elementType() const { return mlir::getElementTypeOrSelf(getType()); }
  int64_t rank() const { return tensorType().getRank(); }
  int64_t extent(int64_t dim) const { return tensorType().getDimSize(dim); }

  /// The same place, another value.
  Expr with(mlir::Value other) const { return Expr(*builder, loc, other); }
  /// A constant of this expression's type.
  Expr constant(double number) const;

private:
  mlir::OpBuilder *builder = nullptr;
  mlir::LocationAttr loc;
  mlir::Value value;
};

/// A constant of `type`, a float or integer tensor or scalar.
Expr constant(mlir::OpBuilder &builder, mlir::Location loc, mlir::Type type, double number);

//===-- Elementwise: tensors and scalars -------------------------------------------------------------------------===//

Expr operator-(Expr x);
Expr operator+(Expr a, Expr b);
Expr operator-(Expr a, Expr b);
Expr operator*(Expr a, Expr b);
Expr operator/(Expr a, Expr b);
Expr max(Expr a, Expr b);
Expr min(Expr a, Expr b);
Expr pow(Expr a, Expr b);

inline Expr operator+(Expr a, double b) {
  return a + a.constant(b);
}
inline Expr operator-(Expr a, double b) {
  return a - a.constant(b);
}
inline Expr operator*(Expr a, double b) {
  return a * a.constant(b);
}
inline Expr operator/(Expr a, double b) {
  return a / a.constant(b);
}
inline Expr operator+(double a, Expr b) {
  return b.constant(a) + b;
}
inline Expr operator-(double a, Expr b) {
  return b.constant(a) - b;
}
inline Expr operator*(double a, Expr b) {
  return b.constant(a) * b;
}
inline Expr operator/(double a, Expr b) {
  return b.constant(a) / b;
}
inline Expr max(Expr a, double b) {
  return max(a, a.constant(b));
}
inline Expr min(Expr a, double b) {
  return min(a, a.constant(b));
}

Expr abs(Expr x);
Expr sign(Expr x);
Expr exp(Expr x);
Expr log(Expr x);
Expr sqrt(Expr x);
Expr sin(Expr x);
Expr cos(Expr x);
Expr tanh(Expr x);
Expr erf(Expr x);
Expr sigmoid(Expr x);
Expr square(Expr x);

/// Ordered comparison, elementwise: a tensor of i1, or an i1.
Expr compare(CompareKind kind, Expr a, Expr b);
inline Expr operator>(Expr a, Expr b) {
  return compare(CompareKind::GT, a, b);
}
inline Expr operator<(Expr a, Expr b) {
  return compare(CompareKind::LT, a, b);
}
inline Expr operator>(Expr a, double b) {
  return a > a.constant(b);
}
inline Expr operator<(Expr a, double b) {
  return a < a.constant(b);
}
inline Expr operator>=(Expr a, double b) {
  return compare(CompareKind::GE, a, a.constant(b));
}
inline Expr equal(Expr a, Expr b) {
  return compare(CompareKind::EQ, a, b);
}

/// `condition ? a : b`, elementwise.
Expr select(Expr condition, Expr a, Expr b);
inline Expr select(Expr condition, Expr a, double b) {
  return select(condition, a, a.constant(b));
}
inline Expr select(Expr condition, double a, Expr b) {
  return select(condition, b.constant(a), b);
}

/// The element type changed to `type` (tensors; scalars between float types).
Expr convert(Expr x, mlir::Type type);

//===-- Tensors only ---------------------------------------------------------------------------------------------===//

/// Extent `i` of `x` becomes extent `dims[i]` of `type`.
Expr broadcast(Expr x, mlir::RankedTensorType type, llvm::ArrayRef<int64_t> dims);
/// A tensor of rank 0 at every place of `type`.
Expr broadcast(Expr scalar, mlir::RankedTensorType type);
/// Undoes the loss of dimensions `dims` by a reduction of a tensor of type `type`.
Expr unreduce(Expr x, mlir::RankedTensorType type, llvm::ArrayRef<int64_t> dims);
Expr reduce(ReduceKind kind, Expr x, llvm::ArrayRef<int64_t> dims);
inline Expr sum(Expr x, llvm::ArrayRef<int64_t> dims) {
  return reduce(ReduceKind::Sum, x, dims);
}
inline Expr mean(Expr x, llvm::ArrayRef<int64_t> dims) {
  return reduce(ReduceKind::Mean, x, dims);
}
/// Over all dimensions, to rank 0.
Expr sum(Expr x);
/// The number of elements of `type` along `dims`, a tensor of rank 0 of its element type; the batch extent counts the
/// rows of the call.
Expr count(mlir::OpBuilder &builder, mlir::Location loc, mlir::RankedTensorType type, llvm::ArrayRef<int64_t> dims);
Expr transpose(Expr x, llvm::ArrayRef<int64_t> permutation);
Expr reshape(Expr x, mlir::RankedTensorType type);
Expr iota(mlir::OpBuilder &builder, mlir::Location loc, mlir::RankedTensorType type, int64_t dim);

/// 0, 1, ..., rank - 1.
llvm::SmallVector<int64_t> allDims(int64_t rank);
/// The dimensions below `rank` that are not in `dims`, ascending.
llvm::SmallVector<int64_t> otherDims(int64_t rank, llvm::ArrayRef<int64_t> dims);

} // namespace sinter

#endif // SINTER_TRANSFORMS_AUTODIFF_EXPR_H
