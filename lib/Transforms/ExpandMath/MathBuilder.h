// Arithmetic on one float type (scalars or vectors of it), short enough to read as formulas.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef SINTER_LIB_TRANSFORMS_EXPANDMATH_MATHBUILDER_H
#define SINTER_LIB_TRANSFORMS_EXPANDMATH_MATHBUILDER_H

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"
#include "sinter/Transforms/ExpandMath/ExpandMath.h"

namespace sinter {

/// f32, f64 or vectors of rank 1 of them.
bool isExpandable(mlir::Type type);

class MathBuilder {
public:
  using Value = mlir::Value;
  using Predicate = mlir::arith::CmpFPredicate;

  /// `type` must be expandable.
  MathBuilder(mlir::ImplicitLocOpBuilder &builder, mlir::Type type, MathTarget target);

  mlir::ImplicitLocOpBuilder &builder() { return b; }
  /// The same on another type.
  MathBuilder on(mlir::Type other) { return MathBuilder(b, other, target); }

  bool isDouble() const { return double_; }
  bool hasLibm() const { return target.libm; }
  unsigned mantissaBits() const { return double_ ? 52 : 23; }
  int64_t exponentBias() const { return double_ ? 1023 : 127; }

  Value constant(double value);
  Value integer(int64_t value);
  Value add(Value a, Value b);
  Value sub(Value a, Value b);
  Value mul(Value a, Value b);
  Value div(Value a, Value b);
  Value negate(Value a);
  Value abs(Value a);
  Value floor(Value a);
  Value sqrt(Value a);
  Value fma(Value a, Value b, Value c);
  Value copySign(Value magnitude, Value sign);
  Value compare(Predicate predicate, Value a, Value b);
  Value select(Value condition, Value a, Value b);
  /// c[0] x^(n-1) + ... + c[n-1], by Horner's rule.
  Value polynomial(Value x, llvm::ArrayRef<double> coefficients);
  /// The larger, or the smaller, of x and a bound; NaN stays NaN. One instruction on x86.
  Value atLeast(Value x, double bound);
  Value atMost(Value x, double bound);

  Value bits(Value a);
  Value fromBits(Value a);
  Value fromInteger(Value a);
  Value addInteger(Value a, Value b);
  Value subInteger(Value a, Value b);
  Value minInteger(Value a, Value b);
  Value shiftLeft(Value a, unsigned by);
  Value shiftRight(Value a, unsigned by);
  Value bitAnd(Value a, Value b);
  Value bitOr(Value a, Value b);
  Value bitXor(Value a, Value b);
  Value isNotZero(Value integer);

  /// An integer as a float, and plus some bias in the low bits of `bits` (the others are not zero).
  struct Rounded {
    Value value, bits;
  };
  /// The integer nearest to x * scale; |x * scale| < 2^(mantissa bits - 2). No trap, no poison for NaN.
  Rounded round(Value x, double scale, int64_t bias);
  /// True if the type is a vector of 512 bits and has the instructions of AVX-512: those of the next two.
  bool isAvx512() const;
  /// x 2^n, rounded once, for an integer n as a float.
  Value scale(Value x, Value n);
  /// 1 / x of f32 with a relative error of 2^-14.
  Value reciprocalEstimate(Value x);
  /// 2^(n - exponent bias) for the integer n in the low bits, which must be the exponent of a finite number.
  Value powerOfTwo(Value bits);

private:
  mlir::ImplicitLocOpBuilder &b;
  mlir::Type type, integerType;
  bool double_;
  MathTarget target;
};

} // namespace sinter

#endif // SINTER_LIB_TRANSFORMS_EXPANDMATH_MATHBUILDER_H
