// Larger and smaller numbers in one instruction; see Extremes.h.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Extremes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/Matchers.h"
#include "mlir/IR/PatternMatch.h"

#include <optional>

using namespace mlir;

namespace sinter {
namespace {

bool isNumber(Value value) {
  APFloat number(0.0);
  return matchPattern(value, m_ConstantFloat(&number)) && !number.isNaN() && !number.isZero();
}

struct Extreme {
  Value a, b;
  bool maximum;

  Value create(PatternRewriter &rewriter, Location loc) const {
    return maximum ? arith::MaximumFOp::create(rewriter, loc, a, b).getResult()
                   : arith::MinimumFOp::create(rewriter, loc, a, b).getResult();
  }
};

/// a > b ? a : b, or a < b ? a : b, whichever way the comparison is written.
std::optional<Extreme> matchExtreme(arith::SelectOp select) {
  using Predicate = arith::CmpFPredicate;
  Value a = select.getTrueValue(), b = select.getFalseValue();
  auto compare = select.getCondition().getDefiningOp<arith::CmpFOp>();
  if (!compare || (compare.getPredicate() != Predicate::OGT && compare.getPredicate() != Predicate::OLT))
    return std::nullopt;
  bool greater = compare.getPredicate() == Predicate::OGT;
  if (compare.getLhs() == a && compare.getRhs() == b)
    return Extreme{a, b, greater};
  if (compare.getLhs() == b && compare.getRhs() == a)
    return Extreme{a, b, !greater};
  return std::nullopt;
}

struct SelectToExtreme : OpRewritePattern<arith::SelectOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(arith::SelectOp op, PatternRewriter &rewriter) const override {
    // PTX has no such instruction for f64.
    if (!getElementTypeOrSelf(op.getType()).isF32())
      return failure();
    // A comparison with NaN is false and chooses b, which is the NaN if a is a number.
    std::optional<Extreme> extreme = matchExtreme(op);
    if (!extreme || !isNumber(extreme->a))
      extreme = matchWithCheck(op);
    if (!extreme)
      return failure();
    rewriter.replaceOp(op, extreme->create(rewriter, op.getLoc()));
    return success();
  }

private:
  /// a is NaN ? a : an extreme of a and b.
  static std::optional<Extreme> matchWithCheck(arith::SelectOp op) {
    auto isNaN = op.getCondition().getDefiningOp<arith::CmpFOp>();
    auto inner = op.getFalseValue().getDefiningOp<arith::SelectOp>();
    std::optional<Extreme> extreme = inner ? matchExtreme(inner) : std::nullopt;
    if (!isNaN || isNaN.getPredicate() != arith::CmpFPredicate::UNO || isNaN.getLhs() != op.getTrueValue() ||
        isNaN.getRhs() != op.getTrueValue() || !extreme || extreme->a != op.getTrueValue())
      return std::nullopt;
    return extreme;
  }
};

} // namespace

void populateExtremePatterns(RewritePatternSet &patterns) {
  patterns.add<SelectToExtreme>(patterns.getContext());
}

} // namespace sinter
