// How are both halves of products of 32-bit integers computed on vectors?
//
// Processors multiply 32 bits to 64 in every second lane only. So the even lanes and, shifted down, the odd ones are
// multiplied as lanes of 64 bits whose upper halves are zero, and the halves of these products interleaved: two
// multiplications, a shift and two shuffles. LLVM would widen each lane by itself, and narrow it again.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"
#include "mlir/IR/PatternMatch.h"
#include "sinter/Transforms/ExpandMath/ExpandMath.h"

using namespace mlir;

namespace sinter {

namespace {

struct ExpandWideProduct : OpRewritePattern<arith::MulUIExtendedOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(arith::MulUIExtendedOp op, PatternRewriter &rewriter) const override {
    auto type = dyn_cast<VectorType>(op.getLhs().getType());
    if (!type || type.getRank() != 1 || type.getNumElements() % 2 || !type.getElementType().isInteger(32))
      return rewriter.notifyMatchFailure(op, "not a vector of an even number of 32-bit integers");
    ImplicitLocOpBuilder b(op.getLoc(), rewriter);
    auto wide = VectorType::get({type.getNumElements() / 2}, b.getI64Type());
    auto constant = [&](int64_t value) {
      return arith::ConstantOp::create(b, DenseElementsAttr::get(wide, b.getI64IntegerAttr(value)));
    };
    Value half = constant(32), lower = constant(0xFFFFFFFF);
    Value x = vector::BitCastOp::create(b, wide, op.getLhs()), y = vector::BitCastOp::create(b, wide, op.getRhs());
    auto even = [&](Value v) -> Value { return arith::AndIOp::create(b, v, lower); };
    auto odd = [&](Value v) -> Value { return arith::ShRUIOp::create(b, v, half); };
    auto words = [&](Value v) -> Value { return vector::BitCastOp::create(b, type, v); };
    Value evens = words(arith::MulIOp::create(b, even(x), even(y)));
    Value odds = words(arith::MulIOp::create(b, odd(x), odd(y)));
    rewriter.replaceOp(op, {interleaved(b, evens, odds, 0), interleaved(b, evens, odds, 1)});
    return success();
  }

private:
  /// Words `first`, `first` + 2, ... of both, in turns.
  static Value interleaved(ImplicitLocOpBuilder &b, Value evens, Value odds, int64_t first) {
    int64_t lanes = cast<VectorType>(evens.getType()).getNumElements();
    SmallVector<int64_t> picks;
    for (int64_t lane = 0; lane < lanes; lane += 2)
      picks.append({lane + first, lanes + lane + first});
    return vector::ShuffleOp::create(b, evens, odds, picks);
  }
};

} // namespace

void populateWideProductPatterns(RewritePatternSet &patterns) {
  patterns.add<ExpandWideProduct>(patterns.getContext());
}

} // namespace sinter
