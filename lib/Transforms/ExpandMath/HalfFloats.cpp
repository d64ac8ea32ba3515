// How are bf16 and f16 made of f32 and back, in integer arithmetic?
//
//   f32 -> bf16   the upper half of the bits, after adding half a unit of it, less one bit if the last bit kept is even
//   bf16 -> f32   the bits as the upper half; if they were just cut off, the others become zeros where they are
//   f32 -> f16    the same with 13 bits that are dropped and an exponent that is 112 less; numbers below 2^-14 are
//                 rounded by adding 1/2, whose last bit is the unit of subnormal f16
//   f16 -> f32    the bits 13 places up, times 2^112: exact for subnormal numbers, too
//
// bf16 the same on every target: not all have instructions for it, and those of x86 take subnormal numbers for zero.
// f16 only where the target lacks instructions (x86 without F16C): those that there are round as IEEE 754 says.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"
#include "mlir/IR/Matchers.h"
#include "mlir/IR/PatternMatch.h"
#include "mlir/IR/TypeUtilities.h"
#include "sinter/Transforms/ExpandMath/ExpandMath.h"

using namespace mlir;

namespace sinter {

namespace {

constexpr int64_t kHalf = 16; ///< bits

// Bits of f32, and where those of f16 are in them.
constexpr int64_t kInfinity = 0x7F800000;
constexpr int64_t kDropped = 13;            ///< bits of the fraction that f16 has not
constexpr int64_t kRebias = 112 << 23;      ///< what the exponents differ by
constexpr int64_t kLeastNormal = 113 << 23; ///< 2^-14
constexpr int64_t kOverflow = 0x477FF000;   ///< 65520, half a unit above the largest f16
constexpr int64_t kOneHalf = 126 << 23;     ///< 0.5
constexpr int64_t kF16Infinity = 0x7C00;
constexpr int64_t kF16NaN = 0x7E00;

/// `type` with another element type.
Type withElement(Type type, Type element) {
  auto vector = dyn_cast<VectorType>(type);
  return vector ? Type(vector.clone(element)) : element;
}

/// Integers of 32 bits, scalars or vectors, and the f32 that they are bits of.
struct Bits {
  ImplicitLocOpBuilder b;
  Type type, real;

  Bits(PatternRewriter &rewriter, Location loc, Type like)
      : b(loc, rewriter), type(withElement(like, rewriter.getI32Type())),
        real(withElement(like, rewriter.getF32Type())) {}

  Value constant(int64_t value) {
    TypedAttr number = b.getI32IntegerAttr(static_cast<int32_t>(value));
    if (auto vector = dyn_cast<VectorType>(type))
      number = DenseElementsAttr::get(vector, Attribute(number));
    return arith::ConstantOp::create(b, number);
  }
  Value of(Value x) { return arith::BitcastOp::create(b, type, x); }
  Value toReal(Value x) { return arith::BitcastOp::create(b, real, x); }
  Value add(Value x, Value y) { return arith::AddIOp::create(b, x, y); }
  Value bitAnd(Value x, int64_t y) { return arith::AndIOp::create(b, x, constant(y)); }
  Value bitOr(Value x, Value y) { return arith::OrIOp::create(b, x, y); }
  Value left(Value x, int64_t by) { return arith::ShLIOp::create(b, x, constant(by)); }
  Value right(Value x, int64_t by) { return arith::ShRUIOp::create(b, x, constant(by)); }
  Value isLess(Value x, int64_t y) { return arith::CmpIOp::create(b, arith::CmpIPredicate::ult, x, constant(y)); }
  Value select(Value condition, Value x, Value y) { return arith::SelectOp::create(b, condition, x, y); }
  /// What rounds the lowest `dropped` bits to the nearest, of two to the even one, if they are cut off afterwards.
  Value roundUp(Value x, int64_t dropped) {
    return add(add(x, constant((1 << (dropped - 1)) - 1)), bitAnd(right(x, dropped), 1));
  }

  /// A number of 16 bits, and back.
  Value fromHalf(Value half) {
    Value bits = arith::BitcastOp::create(b, withElement(half.getType(), b.getI16Type()), half);
    return arith::ExtUIOp::create(b, type, bits);
  }
  Value toHalf(Value x, Type half) {
    Value bits = arith::TruncIOp::create(b, withElement(half, b.getI16Type()), x);
    return arith::BitcastOp::create(b, half, bits);
  }
};

/// The 32 bits of which `half` is the upper half, cut off by `NarrowToBrain`; null if it is not.
Value cutFrom(Value half) {
  auto cast = half.getDefiningOp<arith::BitcastOp>();
  auto truncated = cast ? cast.getIn().getDefiningOp<arith::TruncIOp>() : arith::TruncIOp();
  auto shifted = truncated ? truncated.getIn().getDefiningOp<arith::ShRUIOp>() : arith::ShRUIOp();
  APInt by;
  bool isHalf = shifted && matchPattern(shifted.getRhs(), m_ConstantInt(&by)) && by == kHalf;
  return isHalf ? shifted.getLhs() : Value();
}

bool converts(Operation *op, bool (*from)(Type), bool (*to)(Type)) {
  return from(getElementTypeOrSelf(op->getOperand(0).getType())) &&
         to(getElementTypeOrSelf(op->getResult(0).getType()));
}
bool isF32(Type type) {
  return type.isF32();
}
bool isF16(Type type) {
  return type.isF16();
}
bool isBF16(Type type) {
  return type.isBF16();
}

struct WidenBrain : OpRewritePattern<arith::ExtFOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(arith::ExtFOp op, PatternRewriter &rewriter) const override {
    if (!converts(op, isBF16, isF32))
      return rewriter.notifyMatchFailure(op, "not from bf16 to f32");
    Bits bits(rewriter, op.getLoc(), op.getType());
    Value whole = cutFrom(op.getIn());
    rewriter.replaceOp(
        op, bits.toReal(whole ? bits.bitAnd(whole, ~int64_t(0xFFFF)) : bits.left(bits.fromHalf(op.getIn()), kHalf)));
    return success();
  }
};

struct NarrowToBrain : OpRewritePattern<arith::TruncFOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(arith::TruncFOp op, PatternRewriter &rewriter) const override {
    if (!converts(op, isF32, isBF16))
      return rewriter.notifyMatchFailure(op, "not from f32 to bf16");
    Bits bits(rewriter, op.getLoc(), op.getIn().getType());
    Value x = bits.of(op.getIn()), rounded = bits.roundUp(x, kHalf);
    // A NaN with low bits only must not become an infinity.
    Value isNaN = arith::CmpFOp::create(bits.b, arith::CmpFPredicate::UNO, op.getIn(), op.getIn());
    Value quiet = bits.bitOr(x, bits.constant(0x400000));
    rewriter.replaceOp(op, bits.toHalf(bits.right(bits.select(isNaN, quiet, rounded), kHalf), op.getType()));
    return success();
  }
};

struct WidenF16 : OpRewritePattern<arith::ExtFOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(arith::ExtFOp op, PatternRewriter &rewriter) const override {
    if (!converts(op, isF16, isF32))
      return rewriter.notifyMatchFailure(op, "not from f16 to f32");
    Bits bits(rewriter, op.getLoc(), op.getType());
    Value half = bits.fromHalf(op.getIn());
    Value magnitude = bits.left(bits.bitAnd(half, 0x7FFF), kDropped),
          sign = bits.left(bits.bitAnd(half, 0x8000), kHalf);
    Value power = bits.toReal(bits.constant((127 + 112) << 23)); // 2^112
    Value finite = bits.of(arith::MulFOp::create(bits.b, bits.toReal(magnitude), power));
    Value other = bits.bitOr(magnitude, bits.constant(kInfinity)); // infinity, NaN
    Value result = bits.select(bits.isLess(magnitude, kF16Infinity << kDropped), finite, other);
    rewriter.replaceOp(op, bits.toReal(bits.bitOr(result, sign)));
    return success();
  }
};

struct NarrowToF16 : OpRewritePattern<arith::TruncFOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(arith::TruncFOp op, PatternRewriter &rewriter) const override {
    if (!converts(op, isF32, isF16))
      return rewriter.notifyMatchFailure(op, "not from f32 to f16");
    Bits bits(rewriter, op.getLoc(), op.getIn().getType());
    Value x = bits.of(op.getIn()), magnitude = bits.bitAnd(x, 0x7FFFFFFF);
    Value normal = bits.right(bits.roundUp(bits.add(magnitude, bits.constant(-kRebias)), kDropped), kDropped);
    Value half = bits.toReal(bits.constant(kOneHalf));
    Value sum = bits.of(arith::AddFOp::create(bits.b, bits.toReal(magnitude), half));
    Value small = bits.add(sum, bits.constant(-kOneHalf));
    Value finite = bits.select(bits.isLess(magnitude, kLeastNormal), small, normal);
    Value other =
        bits.select(bits.isLess(magnitude, kInfinity + 1), bits.constant(kF16Infinity), bits.constant(kF16NaN));
    Value result = bits.select(bits.isLess(magnitude, kOverflow), finite, other);
    Value sign = bits.bitAnd(bits.right(x, kHalf), 0x8000);
    rewriter.replaceOp(op, bits.toHalf(bits.bitOr(result, sign), op.getType()));
    return success();
  }
};

} // namespace

void populateHalfFloatPatterns(RewritePatternSet &patterns, MathTarget target) {
  patterns.add<WidenBrain, NarrowToBrain>(patterns.getContext());
  if (!target.f16)
    patterns.add<WidenF16, NarrowToF16>(patterns.getContext());
}

} // namespace sinter
