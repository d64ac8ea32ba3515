// Dropout as core ops: random bits, a mask, a choice.
//
//   select(bits >> 8 >= ceil(rate 2^24), x / (1 - rate), 0)
//
// The comparison of integers is the comparison of the uniform number (bits >> 8) 2^-24 with the rate, exactly.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Decomposition.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "sinter/Transforms/Decompose/Passes.h"
#include <cmath>

using namespace mlir;
using namespace sinter;

/// i1 where the uniform number made of a word is `rate` or more.
static Value keepMask(OpBuilder &builder, Location loc, Value words, double rate) {
  Type bit = builder.getI1Type();
  auto mask = MapOp::create(builder, loc, TypeRange{cast<RankedTensorType>(words.getType()).clone(bit)}, words);
  OpBuilder::InsertionGuard guard(builder);
  Block *block = builder.createBlock(&mask.getBody(), {}, builder.getI32Type(), loc);
  Value eight = arith::ConstantIntOp::create(builder, loc, 8, 32);
  Value limit = arith::ConstantIntOp::create(builder, loc, static_cast<int64_t>(std::ceil(rate * 0x1p24)), 32);
  Value high = arith::ShRUIOp::create(builder, loc, block->getArgument(0), eight);
  Value keep = arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::uge, high, limit);
  YieldOp::create(builder, loc, keep);
  return mask.getResult(0);
}

static Expr dropout(DropoutOp op, Decomposition<DropoutOp>::Wrap wrap) {
  Expr x = wrap(op.getInput());
  double rate = op.getRate().convertToDouble();
  if (!op.getSeed())
    return x;
  OpBuilder &builder = x.getBuilder();
  auto wordType = x.tensorType().clone(builder.getI32Type());
  Value words = RandomBitsOp::create(builder, x.getLoc(), wordType, op.getSeed(), op.getStep(), op.getStreamAttr());
  return select(x.with(keepMask(builder, x.getLoc(), words, rate)), x * (1.0 / (1.0 - rate)), 0.0);
}

void sinter::populateDecomposeDropoutPatterns(RewritePatternSet &patterns) {
  addDecomposition<DropoutOp>(patterns, dropout);
}
