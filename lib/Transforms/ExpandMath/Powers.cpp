// How is x to the power of y, or of an integer, computed?
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// f32: as exp(y log(|x|)) in double precision, where neither the logarithm's rounding nor its product with y matters to
// a result in single precision. Sign and special values are those of the C library. (f64 would need a logarithm of
// twice the digits: that is left to libm.)
//
// Integers: by repeated squaring, of 1 / x if they are negative. Rounding errors grow with the exponent, so every
// factor is a sum of two numbers, of which the second is what the first one has rounded off.

#include "Expansions.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/Matchers.h"

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

//===----------------------------------------------------------------------===//
// Integer exponents
//===----------------------------------------------------------------------===//

/// high + low; `low` means nothing if `high` is not finite.
struct Twofold {
  Value high, low;
};

static Value isFinite(MathBuilder &b, Value x) {
  return b.compare(Predicate::OLT, b.abs(x), b.constant(std::numeric_limits<double>::infinity()));
}

static Twofold product(MathBuilder &b, const Twofold &x, const Twofold &y) {
  Value high = b.mul(x.high, y.high);
  Value low = b.fma(x.low, y.high, b.fma(x.high, y.low, b.fma(x.high, y.high, b.negate(high))));
  low = b.select(isFinite(b, high), low, b.constant(0.0));
  Value sum = b.add(high, low);
  return {sum, b.sub(low, b.sub(sum, high))};
}

static Twofold reciprocal(MathBuilder &b, Value x) {
  Value one = b.constant(1.0), high = b.div(one, x), low = b.div(b.fma(b.negate(high), x, one), x);
  return {high, b.select(isFinite(b, x), low, b.constant(0.0))};
}

/// Bits of the magnitude of an exponent, as far as is known.
static int64_t magnitudeBits(Value n) {
  APInt constant;
  if (matchPattern(n, m_ConstantInt(&constant)))
    return constant.abs().getActiveBits(); // the least number's magnitude is its own bits
  return getElementTypeOrSelf(n.getType()).getIntOrFloatBitWidth();
}

/// |x|^|n|, or (1 / |x|)^|n|: what is squared once more than needed is not used.
static Value powerByBits(MathBuilder &b, Twofold base, Value magnitude, int64_t bits) {
  ImplicitLocOpBuilder &builder = b.builder();
  auto index = [&](int64_t value) -> Value { return arith::ConstantIndexOp::create(builder, value); };
  Value zero = arith::ConstantOp::create(builder, builder.getZeroAttr(magnitude.getType()));
  Value one = arith::ConstantOp::create(builder, builder.getOneAttr(magnitude.getType()));
  auto loop = scf::ForOp::create(builder, index(0), index(bits), index(1),
                                 ValueRange{b.constant(1.0), b.constant(0.0), base.high, base.low, magnitude});
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(loop.getBody());
  ValueRange carried = loop.getRegionIterArgs();
  Twofold power{carried[0], carried[1]}, factor{carried[2], carried[3]}, next = product(b, power, factor);
  Value isSet =
      arith::CmpIOp::create(builder, arith::CmpIPredicate::ne, arith::AndIOp::create(builder, carried[4], one), zero);
  Twofold square = product(b, factor, factor);
  Value rest = arith::ShRUIOp::create(builder, carried[4], one);
  scf::YieldOp::create(builder, ValueRange{b.select(isSet, next.high, power.high), b.select(isSet, next.low, power.low),
                                           square.high, square.low, rest});
  return loop.getResult(0);
}

Value expandPowI(MathBuilder &b, Value x, Value n) {
  ImplicitLocOpBuilder &builder = b.builder();
  Value zero = arith::ConstantOp::create(builder, builder.getZeroAttr(n.getType()));
  Value one = arith::ConstantOp::create(builder, builder.getOneAttr(n.getType()));
  Value isNegative = arith::CmpIOp::create(builder, arith::CmpIPredicate::slt, n, zero);
  Value magnitude = b.select(isNegative, arith::SubIOp::create(builder, zero, n), n);
  Twofold inverse = reciprocal(b, b.abs(x));
  Twofold base{b.select(isNegative, inverse.high, b.abs(x)), b.select(isNegative, inverse.low, b.constant(0.0))};
  Value power = powerByBits(b, base, magnitude, magnitudeBits(n));
  Value isOdd = arith::CmpIOp::create(builder, arith::CmpIPredicate::ne, arith::AndIOp::create(builder, n, one), zero);
  return b.select(isOdd, b.copySign(power, x), power);
}

} // namespace sinter
