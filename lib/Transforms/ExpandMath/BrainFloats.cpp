// How are bf16 made of f32 and back, in integer arithmetic?
//
//   f32 -> bf16   the upper half of the bits, after adding half a unit of it, less one bit if the last bit kept is even
//   bf16 -> f32   the bits as the upper half; if they were just cut off, the others become zeros where they are
//
// The same on every target: not all have instructions for it, and those of x86 take subnormal numbers for zero.
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

/// `type` with another element type.
Type withElement(Type type, Type element) {
  auto vector = dyn_cast<VectorType>(type);
  return vector ? Type(vector.clone(element)) : element;
}

/// Integers of one type, scalars or vectors.
struct Bits {
  ImplicitLocOpBuilder b;
  Type type;

  Bits(PatternRewriter &rewriter, Location loc, Type like)
      : b(loc, rewriter), type(withElement(like, rewriter.getI32Type())) {}

  Value constant(int64_t value) {
    TypedAttr number = b.getI32IntegerAttr(static_cast<int32_t>(value));
    if (auto vector = dyn_cast<VectorType>(type))
      number = DenseElementsAttr::get(vector, Attribute(number));
    return arith::ConstantOp::create(b, number);
  }
};

/// The 32 bits of which `half` is the upper half, cut off by `Narrow`; null if it is not.
Value cutFrom(Value half) {
  auto cast = half.getDefiningOp<arith::BitcastOp>();
  auto truncated = cast ? cast.getIn().getDefiningOp<arith::TruncIOp>() : arith::TruncIOp();
  auto shifted = truncated ? truncated.getIn().getDefiningOp<arith::ShRUIOp>() : arith::ShRUIOp();
  APInt by;
  bool isHalf = shifted && matchPattern(shifted.getRhs(), m_ConstantInt(&by)) && by == kHalf;
  return isHalf ? shifted.getLhs() : Value();
}

struct Widen : OpRewritePattern<arith::ExtFOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(arith::ExtFOp op, PatternRewriter &rewriter) const override {
    Type from = op.getIn().getType(), to = op.getType();
    if (!getElementTypeOrSelf(from).isBF16() || !getElementTypeOrSelf(to).isF32())
      return rewriter.notifyMatchFailure(op, "not from bf16 to f32");
    Bits bits(rewriter, op.getLoc(), to);
    if (Value whole = cutFrom(op.getIn())) {
      rewriter.replaceOpWithNewOp<arith::BitcastOp>(
          op, to, arith::AndIOp::create(bits.b, whole, bits.constant(~int64_t(0xFFFF))));
      return success();
    }
    Value half = arith::BitcastOp::create(bits.b, withElement(from, rewriter.getI16Type()), op.getIn());
    Value upper = arith::ShLIOp::create(bits.b, arith::ExtUIOp::create(bits.b, bits.type, half), bits.constant(kHalf));
    rewriter.replaceOpWithNewOp<arith::BitcastOp>(op, to, upper);
    return success();
  }
};

struct Narrow : OpRewritePattern<arith::TruncFOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(arith::TruncFOp op, PatternRewriter &rewriter) const override {
    Type from = op.getIn().getType(), to = op.getType();
    if (!getElementTypeOrSelf(from).isF32() || !getElementTypeOrSelf(to).isBF16())
      return rewriter.notifyMatchFailure(op, "not from f32 to bf16");
    Bits bits(rewriter, op.getLoc(), from);
    ImplicitLocOpBuilder &b = bits.b;
    Value x = arith::BitcastOp::create(b, bits.type, op.getIn());
    Value last = arith::AndIOp::create(b, arith::ShRUIOp::create(b, x, bits.constant(kHalf)), bits.constant(1));
    Value rounded = arith::AddIOp::create(b, arith::AddIOp::create(b, x, bits.constant(0x7FFF)), last);
    // A NaN with low bits only must not become an infinity.
    Value isNaN = arith::CmpFOp::create(b, arith::CmpFPredicate::UNO, op.getIn(), op.getIn());
    Value quiet = arith::OrIOp::create(b, x, bits.constant(0x400000));
    Value upper = arith::ShRUIOp::create(b, arith::SelectOp::create(b, isNaN, quiet, rounded), bits.constant(kHalf));
    Value half = arith::TruncIOp::create(b, withElement(to, rewriter.getI16Type()), upper);
    rewriter.replaceOpWithNewOp<arith::BitcastOp>(op, to, half);
    return success();
  }
};

} // namespace

void populateBrainFloatPatterns(RewritePatternSet &patterns) {
  patterns.add<Widen, Narrow>(patterns.getContext());
}

} // namespace sinter
