// Ops on tensors without elements: no kernel runs over nothing.
//
//   an empty result       -> a constant
//   reduce over nothing   -> the neutral element
//   pad of nothing        -> the padding
//   concatenate           -> without empty inputs
//
// Empty tensors come from slices and constants only: parameters, inputs and outputs have elements.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Decomposition.h"
#include "sinter/Transforms/Decompose/Passes.h"

#include <cmath>
#include <limits>

using namespace mlir;
using namespace sinter;

static bool isEmpty(Type type) {
  auto tensor = dyn_cast<RankedTensorType>(type);
  return tensor && llvm::is_contained(tensor.getShape(), 0);
}

static bool isEmpty(Value value) {
  return isEmpty(value.getType());
}

static Value splat(PatternRewriter &rewriter, Operation *op, double number) {
  return constant(rewriter, sourceLoc(op), op->getResult(0).getType(), number);
}

/// The lowest number of a type; of i1, whose order is the unsigned one, 0.
static double lowest(Type type) {
  if (isa<FloatType>(type))
    return -std::numeric_limits<double>::infinity();
  return type.isInteger(1) ? 0.0 : -std::ldexp(1.0, static_cast<int>(type.getIntOrFloatBitWidth()) - 1);
}

namespace {
struct EmptyResult : RewritePattern {
  explicit EmptyResult(MLIRContext *context) : RewritePattern(MatchAnyOpTypeTag(), /*benefit=*/10, context) {}

  LogicalResult matchAndRewrite(Operation *op, PatternRewriter &rewriter) const override {
    if (!isa_and_nonnull<SinterDialect>(op->getDialect()) || isa<ConstantOp>(op) || op->getNumResults() == 0 ||
        op->getNumRegions() > 1 || !llvm::all_of(op->getResultTypes(), [](Type type) { return isEmpty(type); }))
      return failure();
    SmallVector<Value> constants;
    for (Type type : op->getResultTypes())
      constants.push_back(constant(rewriter, sourceLoc(op), type, 0.0));
    rewriter.replaceOp(op, constants);
    return success();
  }
};

struct ReduceNothing : OpRewritePattern<ReduceOp> {
  ReduceNothing(MLIRContext *context) : OpRewritePattern(context, /*benefit=*/10) {}

  LogicalResult matchAndRewrite(ReduceOp op, PatternRewriter &rewriter) const override {
    if (!isEmpty(op.getInput()) || op.getKind() == ReduceKind::Mean)
      return failure();
    rewriter.replaceOp(
        op, splat(rewriter, op, op.getKind() == ReduceKind::Max ? lowest(getElementTypeOrSelf(op.getType())) : 0.0));
    return success();
  }
};

struct MultiplyNothing : OpRewritePattern<DotGeneralOp> {
  MultiplyNothing(MLIRContext *context) : OpRewritePattern(context, /*benefit=*/10) {}

  LogicalResult matchAndRewrite(DotGeneralOp op, PatternRewriter &rewriter) const override {
    if (!isEmpty(op.getLhs()))
      return failure();
    rewriter.replaceOp(op, splat(rewriter, op, 0.0));
    return success();
  }
};

struct PadNothing : OpRewritePattern<PadOp> {
  PadNothing(MLIRContext *context) : OpRewritePattern(context, /*benefit=*/10) {}

  LogicalResult matchAndRewrite(PadOp op, PatternRewriter &rewriter) const override {
    if (!isEmpty(op.getInput()))
      return failure();
    rewriter.replaceOp(op, splat(rewriter, op, op.getValue().convertToDouble()));
    return success();
  }
};

struct DropEmptyInputs : OpRewritePattern<ConcatenateOp> {
  DropEmptyInputs(MLIRContext *context) : OpRewritePattern(context, /*benefit=*/10) {}

  LogicalResult matchAndRewrite(ConcatenateOp op, PatternRewriter &rewriter) const override {
    SmallVector<Value> kept = llvm::filter_to_vector(op.getInputs(), [](Value input) { return !isEmpty(input); });
    if (kept.size() == op.getInputs().size())
      return failure();
    rewriter.modifyOpInPlace(op, [&] { op.getInputsMutable().assign(kept); });
    return success();
  }
};
} // namespace

void sinter::populateDecomposeEmptyPatterns(RewritePatternSet &patterns) {
  patterns.add<EmptyResult, ReduceNothing, MultiplyNothing, PadNothing, DropEmptyInputs>(patterns.getContext());
}
