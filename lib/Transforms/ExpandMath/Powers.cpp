// How is x to the power of y computed?
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// f32: as exp(y log(|x|)) in double precision, where neither the logarithm's rounding nor its product with y matters to
// a result in single precision. Sign and special values are those of the C library. (f64 would need a logarithm of
// twice the digits: that is left to libm.)

#include "Expansions.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/IR/TypeUtilities.h"

#include <limits>

using namespace mlir;

namespace sinter {

using Predicate = arith::CmpFPredicate;

static Value either(ImplicitLocOpBuilder &b, Value x, Value y) {
  return arith::OrIOp::create(b, x, y);
}
static Value both(ImplicitLocOpBuilder &b, Value x, Value y) {
  return arith::AndIOp::create(b, x, y);
}

/// |x|^y for numbers that are not special.
static Value powerOfMagnitude(ImplicitLocOpBuilder &builder, Value magnitude, Value y, MathTarget target) {
  Type narrow = y.getType(), wide = builder.getF64Type();
  if (auto vector = dyn_cast<VectorType>(narrow))
    wide = vector.clone(wide);
  MathBuilder b(builder, wide, target);
  auto widen = [&](Value v) { return arith::ExtFOp::create(builder, wide, v); };
  Value power = expandExp(b, b.mul(widen(y), expandLog(b, widen(magnitude))));
  return arith::TruncFOp::create(builder, narrow, power);
}

Value expandPow(ImplicitLocOpBuilder &builder, Value x, Value y, MathTarget target) {
  MathBuilder b(builder, x.getType(), target);
  Value one = b.constant(1.0), zero = b.constant(0.0), magnitude = b.abs(x);
  Value result = powerOfMagnitude(builder, magnitude, y, target);

  // From 2^24 on every float is even.
  Value isInteger = b.compare(Predicate::OEQ, math::FloorOp::create(builder, y), y);
  Value halfOfY = b.mul(y, b.constant(0.5));
  Value isOdd = both(builder, isInteger, b.compare(Predicate::ONE, math::FloorOp::create(builder, halfOfY), halfOfY));
  result = b.select(isOdd, b.copySign(result, x), result);

  // A negative number, not infinite, has powers with integers only.
  Value isNegative = both(builder, b.compare(Predicate::OLT, x, zero),
                          b.compare(Predicate::OLT, magnitude, b.constant(std::numeric_limits<double>::infinity())));
  Value isNumber = b.compare(Predicate::ORD, y, y),
        isFraction = b.compare(Predicate::UNE, math::FloorOp::create(builder, y), y);
  result = b.select(both(builder, both(builder, isNegative, isNumber), isFraction),
                    b.constant(std::numeric_limits<double>::quiet_NaN()), result);

  // 1 to any power, -1 to an infinite one, anything to the power of 0: also where an operand is NaN.
  Value isInfinite = b.compare(Predicate::OEQ, b.abs(y), b.constant(std::numeric_limits<double>::infinity()));
  Value isOne = either(builder, b.compare(Predicate::OEQ, x, one),
                       both(builder, b.compare(Predicate::OEQ, magnitude, one), isInfinite));
  return b.select(either(builder, isOne, b.compare(Predicate::OEQ, y, zero)), one, result);
}

} // namespace sinter
