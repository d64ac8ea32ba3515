// How is x to the power of y computed?
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// f32: as exp(y log(|x|)) in double precision, where neither the logarithm's rounding nor its product with y matters to
// a result in single precision. Sign and special values are those of the C library. (f64 would need a logarithm of
// twice the digits: that is left to libm.)

#include "Expansions.h"
#include "mlir/Dialect/Arith/IR/Arith.h"

#include <limits>

using namespace mlir;

namespace sinter {

using Predicate = arith::CmpFPredicate;

/// |x|^y for numbers that are not special.
static Value powerOfMagnitude(MathBuilder &b, Value magnitude, Value y) {
  if (b.isDouble()) {
    // What the product rounds off would be the larger part of the error.
    Value logarithm = expandLog(b, magnitude), product = b.mul(y, logarithm);
    Value rest = b.fma(y, logarithm, b.negate(product)), power = expandExp(b, product);
    Value isSmall = b.compare(Predicate::OLT, b.abs(rest), b.constant(1.0));
    return b.select(isSmall, b.fma(power, rest, power), power);
  }
  Type narrow = y.getType(), wide = b.builder().getF64Type();
  if (auto vector = dyn_cast<VectorType>(narrow))
    wide = vector.clone(wide);
  MathBuilder doubles = b.on(wide);
  auto widen = [&](Value v) { return arith::ExtFOp::create(b.builder(), wide, v); };
  Value power = expandExp(doubles, doubles.mul(widen(y), expandLog(doubles, widen(magnitude))));
  return arith::TruncFOp::create(b.builder(), narrow, power);
}

Value expandPow(MathBuilder &b, Value x, Value y) {
  constexpr double infinity = std::numeric_limits<double>::infinity(), nan = std::numeric_limits<double>::quiet_NaN();
  Value one = b.constant(1.0), magnitude = b.abs(x);
  Value result = powerOfMagnitude(b, magnitude, y);

  // From 2^24 (f64: 2^53) on every float is even.
  Value wholeY = b.floor(y), halfOfY = b.mul(y, b.constant(0.5));
  Value isOdd = b.bitAnd(b.compare(Predicate::OEQ, wholeY, y), b.compare(Predicate::ONE, b.floor(halfOfY), halfOfY));
  result = b.select(isOdd, b.copySign(result, x), result);

  // A negative number, not infinite, has powers with integers only.
  Value isNegative = b.bitAnd(b.compare(Predicate::OLT, x, b.constant(0.0)),
                              b.compare(Predicate::OLT, magnitude, b.constant(infinity)));
  Value isFraction = b.compare(Predicate::ONE, wholeY, y);
  result = b.select(b.bitAnd(isNegative, isFraction), b.constant(nan), result);

  // 1 to any power, -1 to an infinite one, anything to the power of 0: also where an operand is NaN.
  Value isUnit =
      b.bitAnd(b.compare(Predicate::OEQ, magnitude, one), b.compare(Predicate::OEQ, b.abs(y), b.constant(infinity)));
  Value isOne =
      b.bitOr(b.bitOr(b.compare(Predicate::OEQ, x, one), isUnit), b.compare(Predicate::OEQ, y, b.constant(0.0)));
  return b.select(isOne, one, result);
}

} // namespace sinter
