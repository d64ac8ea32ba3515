// How are the functions computed that libm would compute, where there is none?
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// As formulas of exp, expm1, log, log1p, sin, cos and atan, in double precision (erfc and fpowi: ErrorFunction.cpp,
// Powers.cpp). Formulas are chosen for what they do
// not cancel: with expm1 and log1p near 0, with (1 - x) (1 + x) for 1 - x^2. Where a formula overflows before its
// function does, another one takes over.

#include "Expansions.h"
#include "mlir/Dialect/Math/IR/Math.h"

#include <limits>
#include <type_traits>

using namespace mlir;

namespace sinter {

using Predicate = arith::CmpFPredicate;

static constexpr double kInfinity = std::numeric_limits<double>::infinity();
static constexpr double kHalfPi = 1.57079632679489661923, kHalfPiLow = 6.123233995736765886130e-17;
static constexpr double kLog2 = 0.69314718055994530942;

static Value half(MathBuilder &b, Value x) {
  return b.mul(x, b.constant(0.5));
}

/// e^a / 2, which may be finite where e^a is not.
static Value halfExp(MathBuilder &b, Value a) {
  Value root = expandExp(b, half(b, a));
  return b.mul(half(b, root), root);
}

/// From here on e^-a is lost in e^a.
static Value isLarge(MathBuilder &b, Value a) {
  return b.compare(Predicate::OGT, a, b.constant(22.0));
}

static Value sinhOf(MathBuilder &b, Value x) {
  Value a = b.abs(x), e = expandExpM1(b, b.atMost(a, 30.0));
  Value small = half(b, b.add(e, b.div(e, b.add(e, b.constant(1.0)))));
  return b.copySign(b.select(isLarge(b, a), halfExp(b, a), small), x);
}

static Value coshOf(MathBuilder &b, Value x) {
  Value a = b.abs(x), e = expandExp(b, a), small = half(b, b.add(e, b.div(b.constant(1.0), e)));
  return b.select(isLarge(b, a), halfExp(b, a), small);
}

/// From here on 1 is lost in x^2.
static Value isHuge(MathBuilder &b, Value a) {
  return b.compare(Predicate::OGT, a, b.constant(0x1p28));
}

static Value logOfTwice(MathBuilder &b, Value a) {
  return b.add(expandLog(b, a), b.constant(kLog2));
}

/// log(a + sqrt(a^2 + 1)) = log1p(a + a^2 / (1 + sqrt(a^2 + 1)))
static Value asinhOf(MathBuilder &b, Value x) {
  Value one = b.constant(1.0), a = b.abs(x), square = b.mul(a, a);
  Value root = b.sqrt(b.add(square, one));
  Value small = expandLog1P(b, b.add(a, b.div(square, b.add(one, root))));
  return b.copySign(b.select(isHuge(b, a), logOfTwice(b, a), small), x);
}

/// log(x + sqrt(x^2 - 1)) = log1p(t + sqrt(t^2 + 2 t)) of t = x - 1
static Value acoshOf(MathBuilder &b, Value x) {
  Value one = b.constant(1.0), t = b.sub(x, one);
  Value small = expandLog1P(b, b.add(t, b.sqrt(b.fma(t, t, b.add(t, t)))));
  Value y = b.select(isHuge(b, x), logOfTwice(b, x), small);
  return b.select(b.compare(Predicate::UGE, x, one), y, b.constant(std::numeric_limits<double>::quiet_NaN()));
}

/// log((1 + a) / (1 - a)) / 2 = log1p(2 a / (1 - a)) / 2
static Value atanhOf(MathBuilder &b, Value x) {
  Value a = b.abs(x), ratio = b.div(b.add(a, a), b.sub(b.constant(1.0), a));
  return b.copySign(half(b, expandLog1P(b, ratio)), x);
}

/// Of a >= 0: pi / 2 - atan(1 / a), pi / 4 + atan((a - 1) / (a + 1)) or a itself is reduced to at most 0.66; then a
/// quotient of polynomials (Cephes).
static Value atanOfPositive(MathBuilder &b, Value a) {
  constexpr double p[] = {-8.750608600031904122785e-1, -1.615753718733365076637e1, -7.500855792314704667340e1,
                          -1.228866684490136173410e2, -6.485021904942025371773e1};
  constexpr double q[] = {1.0,
                          2.485846490142306297962e1,
                          1.650270098316988542046e2,
                          4.328810604912902668951e2,
                          4.853903996359136964868e2,
                          1.945506571482613964425e2};
  Value one = b.constant(1.0), zero = b.constant(0.0);
  Value isFar = b.compare(Predicate::OGT, a, b.constant(2.41421356237309504880)); // tan(3 pi / 8)
  Value isNear = b.compare(Predicate::ULE, a, b.constant(0.66));
  Value middle = b.div(b.sub(a, one), b.add(a, one)), far = b.div(b.constant(-1.0), a);
  Value r = b.select(isNear, a, b.select(isFar, far, middle));
  Value turn = b.select(isNear, zero, b.select(isFar, b.constant(kHalfPi), b.constant(0.5 * kHalfPi)));
  Value low = b.select(isNear, zero, b.select(isFar, b.constant(kHalfPiLow), b.constant(0.5 * kHalfPiLow)));
  Value square = b.mul(r, r);
  Value tail = b.mul(square, b.div(b.polynomial(square, p), b.polynomial(square, q)));
  return b.add(turn, b.add(b.fma(r, tail, r), low));
}

static Value atanOf(MathBuilder &b, Value x) {
  return b.copySign(atanOfPositive(b, b.abs(x)), x);
}

static Value asinOf(MathBuilder &b, Value x) {
  Value one = b.constant(1.0), cosine = b.sqrt(b.mul(b.sub(one, x), b.add(one, x)));
  return atanOf(b, b.div(x, cosine));
}

static Value acosOf(MathBuilder &b, Value x) {
  Value one = b.constant(1.0), tangentOfHalf = b.sqrt(b.div(b.sub(one, x), b.add(one, x)));
  Value angle = atanOfPositive(b, tangentOfHalf);
  return b.add(angle, angle);
}

static Value atan2Of(MathBuilder &b, Value y, Value x) {
  Value ay = b.abs(y), ax = b.abs(x), zero = b.constant(0.0), one = b.constant(1.0);
  Value isSteep = b.compare(Predicate::OGT, ay, ax);
  Value low = b.select(isSteep, ax, ay), high = b.select(isSteep, ay, ax);
  // 0 / 0 is taken as 0, infinity / infinity as 1.
  Value ratio = b.select(b.compare(Predicate::OEQ, high, zero), zero, b.div(low, high));
  ratio = b.select(b.compare(Predicate::OEQ, low, b.constant(kInfinity)), one, ratio);
  Value angle = atanOfPositive(b, ratio);
  angle = b.select(isSteep, b.add(b.sub(b.constant(kHalfPi), angle), b.constant(kHalfPiLow)), angle);
  // -0 counts as negative.
  Value isLeft = b.compare(Predicate::OLT, b.copySign(one, x), zero);
  angle = b.select(isLeft, b.add(b.sub(b.constant(2 * kHalfPi), angle), b.constant(2 * kHalfPiLow)), angle);
  return b.select(b.compare(Predicate::UNO, x, y), b.add(x, y), b.copySign(angle, y));
}

static Value tanOf(MathBuilder &b, Value x) {
  return b.div(expandSin(b, x), expandCos(b, x));
}

/// An approximation by exp and log, and one step of Newton's method.
static Value cbrtOf(MathBuilder &b, Value x) {
  Value third = b.constant(1.0 / 3), a = b.abs(x), root = expandExp(b, b.mul(expandLog(b, a), third));
  Value better = b.fma(b.sub(b.div(a, b.mul(root, root)), root), third, root);
  Value isItsOwn =
      b.bitOr(b.compare(Predicate::OEQ, a, b.constant(0.0)), b.compare(Predicate::OEQ, a, b.constant(kInfinity)));
  return b.select(isItsOwn, x, b.copySign(better, x));
}

/// Halves go away from zero.
static Value roundOf(MathBuilder &b, Value x) {
  Value a = b.abs(x), whole = b.floor(a), one = b.constant(1.0), zero = b.constant(0.0);
  Value isUp = b.compare(Predicate::OGE, b.sub(a, whole), b.constant(0.5));
  return b.copySign(b.add(whole, b.select(isUp, one, zero)), x);
}

/// 2^n e^(f log(2)) of x = n + f; the power of an integer is exact.
static Value exp2Of(MathBuilder &b, Value x) {
  // Beyond these bounds the result is 0 or infinite.
  x = b.atMost(b.atLeast(x, -1080.0), 1030.0);
  Value n = b.round(x, 1.0, 0).value, y = expandExp(b, b.mul(b.sub(x, n), b.constant(kLog2)));
  // Two factors, because 2^n itself may be out of range.
  MathBuilder::Rounded first = b.round(n, 0.5, b.exponentBias());
  MathBuilder::Rounded second = b.round(b.sub(n, first.value), 1.0, b.exponentBias());
  return b.mul(b.mul(y, b.powerOfTwo(first.bits)), b.powerOfTwo(second.bits));
}

static Type withDoubles(Type type) {
  Type wide = Float64Type::get(type.getContext());
  auto vector = dyn_cast<VectorType>(type);
  return vector ? vector.clone(wide) : wide;
}

/// Replaces `op` by what `formula` makes of its operands, floats as f64.
static LogicalResult replaceInDouble(Operation *op, PatternRewriter &rewriter, MathTarget target,
                                     llvm::function_ref<Value(MathBuilder &, ValueRange)> formula) {
  Type type = op->getResult(0).getType(), wide = withDoubles(type);
  if (!isExpandable(type))
    return rewriter.notifyMatchFailure(op, "neither f32 nor f64");
  ImplicitLocOpBuilder builder(op->getLoc(), rewriter);
  MathBuilder b(builder, wide, target);
  SmallVector<Value> operands(op->getOperands());
  if (type != wide)
    for (Value &operand : operands)
      if (operand.getType() == type)
        operand = arith::ExtFOp::create(builder, wide, operand);
  Value result = formula(b, operands);
  if (type != wide)
    result = arith::TruncFOp::create(builder, type, result);
  rewriter.replaceOp(op, result);
  return success();
}

namespace {

template <typename OpTy, auto formula>
struct ByFormula : OpRewritePattern<OpTy> {
  ByFormula(MLIRContext *context, MathTarget target, PatternBenefit benefit)
      : OpRewritePattern<OpTy>(context, benefit), target(target) {}
  LogicalResult matchAndRewrite(OpTy op, PatternRewriter &rewriter) const override {
    return replaceInDouble(op, rewriter, target, [](MathBuilder &b, ValueRange operands) {
      if constexpr (std::is_invocable_v<decltype(formula), MathBuilder &, Value>)
        return formula(b, operands[0]);
      else
        return formula(b, operands[0], operands[1]);
    });
  }
  MathTarget target;
};

} // namespace

void populateDeviceFunctionPatterns(RewritePatternSet &patterns, MathTarget target) {
  using namespace math;
  MLIRContext *context = patterns.getContext();
  // Before the patterns that go lane by lane.
  PatternBenefit preferred = 2;
  patterns.add<ByFormula<AcosOp, acosOf>, ByFormula<AcoshOp, acoshOf>, ByFormula<AsinOp, asinOf>,
               ByFormula<AsinhOp, asinhOf>, ByFormula<AtanOp, atanOf>, ByFormula<AtanhOp, atanhOf>,
               ByFormula<Atan2Op, atan2Of>, ByFormula<CbrtOp, cbrtOf>, ByFormula<CoshOp, coshOf>,
               ByFormula<ErfcOp, expandErfc>, ByFormula<Exp2Op, exp2Of>, ByFormula<FPowIOp, expandPowI>,
               ByFormula<Log2Op, expandLog2>, ByFormula<Log10Op, expandLog10>, ByFormula<RoundOp, roundOf>,
               ByFormula<SinhOp, sinhOf>, ByFormula<TanOp, tanOf>>(context, target, preferred);
}

} // namespace sinter
