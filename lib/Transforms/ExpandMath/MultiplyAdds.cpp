// Which products are rounded only together with what they are added to?
//
//   a b + c, a b - c, c - a b     of f32 and f64, where nothing else uses a b
//
// One instruction instead of two, and one rounding: as C compilers do by default, and PyTorch's on GPUs. Where two
// products are added, the first one is.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "MathBuilder.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "sinter/Transforms/ExpandMath/ExpandMath.h"

using namespace mlir;

namespace sinter {

namespace {

/// The product that `value` is, if `user` alone needs it. One of another block may be there to be computed less often.
arith::MulFOp productFor(Operation *user, Value value) {
  auto product = value.getDefiningOp<arith::MulFOp>();
  return product && product->hasOneUse() && product->getBlock() == user->getBlock() ? product : nullptr;
}

template <typename SumOp> struct FuseProduct : OpRewritePattern<SumOp> {
  using OpRewritePattern<SumOp>::OpRewritePattern;
  LogicalResult matchAndRewrite(SumOp op, PatternRewriter &rewriter) const override {
    constexpr bool isDifference = std::is_same_v<SumOp, arith::SubFOp>;
    arith::MulFOp first = productFor(op, op.getLhs()), second = first ? nullptr : productFor(op, op.getRhs());
    if (!isExpandable(op.getType()) || (!first && !second))
      return rewriter.notifyMatchFailure(op, "no product of f32 or f64 that is used here only");
    auto negated = [&](Value value) -> Value { return arith::NegFOp::create(rewriter, op.getLoc(), value); };
    arith::MulFOp product = first ? first : second;
    Value a = product.getLhs(), addend = first ? op.getRhs() : op.getLhs();
    if (isDifference && first)
      addend = negated(addend);
    else if (isDifference)
      a = negated(a);
    rewriter.replaceOpWithNewOp<math::FmaOp>(op, a, product.getRhs(), addend);
    return success();
  }
};

} // namespace

void populateMultiplyAddPatterns(RewritePatternSet &patterns) {
  patterns.add<FuseProduct<arith::AddFOp>, FuseProduct<arith::SubFOp>>(patterns.getContext());
}

} // namespace sinter
