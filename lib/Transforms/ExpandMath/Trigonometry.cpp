// How are sin and cos computed from additions, products and bits?
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// x = n pi / 2 + r with an integer n and |r| <= pi / 4. sin(r) and cos(r) are polynomials, n modulo 4 says which of
// them and with which sign (f32: coefficients of Cephes, f64: of FreeBSD's k_sin.c and k_cos.c). pi / 2 has three
// parts, and multiply-adds make r exact to the last place as long as n is below 2^17, or 2^27: more arguments than
// models ever see. If a lane holds a larger one (or infinity or NaN), all lanes are computed by libm, in a loop.

#include "Expansions.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;

namespace sinter {

static constexpr double kTwoOverPi = 0.63661977236758134308;

/// (sin(r) - r) / r^3 as a polynomial of r^2.
static constexpr double kSin32[] = {-1.9515295891e-4, 8.3321608736e-3, -1.6666654611e-1};
static constexpr double kSin64[] = {1.58969099521155010221e-10, -2.50507602534068634195e-08,
                                    2.75573137070700676789e-06, -1.98412698298579493134e-04,
                                    8.33333333332248946124e-03, -1.66666666666666324348e-01};
/// (cos(r) - 1 + r^2 / 2) / r^4.
static constexpr double kCos32[] = {2.443315711809948e-5, -1.388731625493765e-3, 4.166664568298827e-2};
static constexpr double kCos64[] = {-1.13596475577881948265e-11, 2.08757232129817482790e-09,
                                    -2.75573143513906633035e-07, 2.48015872894767294178e-05,
                                    -1.38888888888741095749e-03, 4.16666666666666019037e-02};

/// sin(x + quadrants * pi / 2) for arguments that are not too large.
static Value sineOf(MathBuilder &b, Value x, int64_t quadrants) {
  bool wide = b.isDouble();
  MathBuilder::Rounded n = b.round(x, kTwoOverPi, quadrants);
  Value r = b.fma(n.value, b.constant(wide ? -1.5707963267948966 : -1.57079637050628662109375), x);
  r = b.fma(n.value, b.constant(wide ? -6.123233995736766e-17 : 4.37113900018624283e-8), r);
  r = b.fma(n.value, b.constant(wide ? 1.4973849048591833e-33 : 1.71512451000617e-15), r);
  return sineOfReduced(b, r, n.bits);
}

Value sineOfReduced(MathBuilder &b, Value r, Value quadrant) {
  bool wide = b.isDouble();
  Value square = b.mul(r, r), cube = b.mul(square, r);
  Value sine = b.fma(wide ? b.polynomial(square, kSin64) : b.polynomial(square, kSin32), cube, r);
  Value tail = b.mul(wide ? b.polynomial(square, kCos64) : b.polynomial(square, kCos32), b.mul(square, square));
  // 1 - r^2 / 2 is rounded; what that loses is added to the tail (k_cos.c).
  Value half = b.mul(square, b.constant(0.5)), one = b.constant(1.0), most = b.sub(one, half);
  Value cosine = b.add(most, b.add(b.sub(b.sub(one, most), half), tail));
  // Odd quadrants: the cosine. The second bit is the sign.
  Value isOdd = b.isNotZero(b.bitAnd(quadrant, b.integer(1)));
  Value sign = b.bitAnd(b.shiftLeft(quadrant, wide ? 62 : 30), b.integer(wide ? INT64_MIN : INT32_MIN));
  return b.fromBits(b.bitXor(b.bits(b.select(isOdd, cosine, sine)), sign));
}

/// One call of libm per lane, in a loop: this is short code that hardly ever runs.
template <typename OpTy>
static Value inLibm(ImplicitLocOpBuilder &b, Value x) {
  auto type = dyn_cast<VectorType>(x.getType());
  if (!type)
    return OpTy::create(b, x);
  auto index = [&](int64_t number) { return arith::ConstantIndexOp::create(b, number); };
  auto body = [](OpBuilder &inner, Location at, Value lane, ValueRange carried) {
    Value number = vector::ExtractOp::create(inner, at, carried[0], OpFoldResult(lane));
    Value result = OpTy::create(inner, at, number);
    Value next = vector::InsertOp::create(inner, at, result, carried[0], OpFoldResult(lane));
    scf::YieldOp::create(inner, at, next);
  };
  return scf::ForOp::create(b, index(0), index(type.getNumElements()), index(1), x, body).getResult(0);
}

/// Without libm: lane by lane in double precision.
static Value lanesInDouble(MathBuilder &b, Value x, int64_t quadrants) {
  ImplicitLocOpBuilder &builder = b.builder();
  MathBuilder doubles = b.on(builder.getF64Type());
  auto one = [&](Value lane) -> Value {
    if (b.isDouble())
      return expandLargeAngle(doubles, lane, quadrants);
    Value wide = arith::ExtFOp::create(builder, builder.getF64Type(), lane);
    return arith::TruncFOp::create(builder, builder.getF32Type(), expandLargeAngle(doubles, wide, quadrants));
  };
  auto type = dyn_cast<VectorType>(x.getType());
  if (!type)
    return one(x);
  SmallVector<Value> lanes;
  for (int64_t lane = 0; lane < type.getNumElements(); ++lane)
    lanes.push_back(one(vector::ExtractOp::create(builder, x, lane)));
  return vector::FromElementsOp::create(builder, type, lanes);
}

/// sin(x + quadrants * pi / 2), where x is not too large.
static Value shiftedSine(MathBuilder &b, Value x, int64_t quadrants) {
  Value y = sineOf(b, x, quadrants);
  if (quadrants == 0) // -0 has lost its sign in the sums that reduce it
    y = b.select(b.compare(arith::CmpFPredicate::OEQ, x, b.constant(0)), x, y);
  return y;
}

template <typename OpTy>
static Value expandPeriodic(MathBuilder &b, Value x, int64_t quadrants) {
  ImplicitLocOpBuilder &builder = b.builder();
  Value isLarge = b.compare(arith::CmpFPredicate::UGE, b.abs(x), b.constant(b.isDouble() ? 0x1p27 : 0x1p17));
  Value isAnyLarge = isLarge;
  if (isa<VectorType>(x.getType()))
    isAnyLarge = vector::ReductionOp::create(builder, vector::CombiningKind::OR, isLarge);
  auto choice = scf::IfOp::create(builder, x.getType(), isAnyLarge, /*addThenBlock=*/true, /*addElseBlock=*/true);
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(choice.thenBlock());
  Value large = b.hasLibm() ? inLibm<OpTy>(builder, x) : lanesInDouble(b, x, quadrants);
  if (!b.hasLibm() && isLarge != isAnyLarge) // the reduction of large angles is wrong for small ones
    large = b.select(isLarge, large, shiftedSine(b, x, quadrants));
  scf::YieldOp::create(builder, large);
  builder.setInsertionPointToStart(choice.elseBlock());
  scf::YieldOp::create(builder, shiftedSine(b, x, quadrants));
  return choice.getResult(0);
}

Value expandSin(MathBuilder &b, Value x) {
  return expandPeriodic<math::SinOp>(b, x, 0);
}

Value expandCos(MathBuilder &b, Value x) {
  return expandPeriodic<math::CosOp>(b, x, 1);
}

} // namespace sinter
