// How are pairs of bf16 multiplied and added to f32?
//
//   acc[i] + a[2i + 1] b[2i + 1] + a[2i] b[2i]    in this order, rounded after each addition
//
// By the instruction of AVX512-BF16, or with the same result, but for subnormal numbers, by widening and multiply-adds:
// a schedule that was made for one processor is right on all.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/Dialect/X86Vector/X86VectorDialect.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"
#include "mlir/IR/PatternMatch.h"
#include "sinter/Transforms/ExpandMath/ExpandMath.h"

using namespace mlir;

namespace sinter {

namespace {

struct CallInstruction : OpRewritePattern<x86vector::DotBF16Op> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(x86vector::DotBF16Op op, PatternRewriter &rewriter) const override {
    auto name = rewriter.getStringAttr(op.getIntrinsicName());
    rewriter.replaceOpWithNewOp<LLVM::CallIntrinsicOp>(op, op.getType(), name,
                                                       ValueRange{op.getSrc(), op.getA(), op.getB()});
    return success();
  }
};

/// The second (odd) or the first elements of all pairs, as f32: the upper halves of 32 bits, or the lower ones moved
/// up.
Value widen(ImplicitLocOpBuilder &b, Value pairs, VectorType real, bool second) {
  auto bits = cast<VectorType>(real.clone(b.getI32Type()));
  auto constant = [&](int32_t value) {
    return arith::ConstantOp::create(b, DenseElementsAttr::get(bits, Attribute(b.getI32IntegerAttr(value))));
  };
  constexpr int32_t half = 16, upper = ~0xFFFF;
  Value both = vector::BitCastOp::create(b, bits, pairs);
  Value one = second ? Value(arith::AndIOp::create(b, both, constant(upper)))
                     : Value(arith::ShLIOp::create(b, both, constant(half)));
  return arith::BitcastOp::create(b, real, one);
}

struct MultiplyWidened : OpRewritePattern<x86vector::DotBF16Op> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(x86vector::DotBF16Op op, PatternRewriter &rewriter) const override {
    ImplicitLocOpBuilder b(op.getLoc(), rewriter);
    VectorType real = op.getSrc().getType();
    Value sum = op.getSrc();
    for (bool second : {true, false})
      sum = vector::FMAOp::create(b, widen(b, op.getA(), real, second), widen(b, op.getB(), real, second), sum);
    rewriter.replaceOp(op, sum);
    return success();
  }
};

} // namespace

void populatePairProductPatterns(RewritePatternSet &patterns, MathTarget target) {
  if (target.bf16Pairs)
    patterns.add<CallInstruction>(patterns.getContext());
  else
    patterns.add<MultiplyWidened>(patterns.getContext());
}

} // namespace sinter
