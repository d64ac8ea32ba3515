// How is a decomposition written? As a function from an op to the expression that replaces it.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef SINTER_LIB_TRANSFORMS_DECOMPOSE_DECOMPOSITION_H
#define SINTER_LIB_TRANSFORMS_DECOMPOSE_DECOMPOSITION_H

#include "mlir/IR/PatternMatch.h"
#include "sinter/Transforms/Autodiff/Expr.h"
#include "sinter/Transforms/Decompose/Source.h"

namespace sinter {

/// Replaces every `OpT` by `formula(op, wrap)`, where `wrap` makes an expression of an operand. A null expression
/// leaves the op as it is.
template <typename OpT>
struct Decomposition : mlir::OpRewritePattern<OpT> {
  using Wrap = llvm::function_ref<Expr(mlir::Value)>;
  using Formula = Expr (*)(OpT op, Wrap wrap);
  Decomposition(mlir::MLIRContext *context, Formula formula) : mlir::OpRewritePattern<OpT>(context), formula(formula) {}

  mlir::LogicalResult matchAndRewrite(OpT op, mlir::PatternRewriter &rewriter) const override {
    mlir::Location loc = sourceLoc(op);
    Expr result = formula(op, [&](mlir::Value operand) { return Expr(rewriter, loc, operand); });
    if (!result)
      return rewriter.notifyMatchFailure(op, "it is in core form");
    rewriter.replaceOp(op, mlir::Value(result));
    return mlir::success();
  }

private:
  Formula formula;
};

template <typename OpT>
void addDecomposition(mlir::RewritePatternSet &patterns, typename Decomposition<OpT>::Formula formula) {
  patterns.add<Decomposition<OpT>>(patterns.getContext(), formula);
}

} // namespace sinter

#endif // SINTER_LIB_TRANSFORMS_DECOMPOSE_DECOMPOSITION_H
