// random_bits as a loop: Philox4x32-10 (Salmon, Moraes, Dror, Shaw: Parallel random numbers: as easy as 1, 2, 3; SC
// 2011).
//
//   element e -> word 0 of philox(counter = (e, stream, step), key = seed)
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Generic.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "sinter/Conversion/SinterToLinalg/Passes.h"
#include "sinter/Dialect/IR/SinterDialect.h"

using namespace mlir;
using namespace sinter;

namespace {
/// 32-bit words of one element.
struct Words {
  OpBuilder &builder;
  Location loc;

  Value constant(uint32_t value) {
    return arith::ConstantOp::create(builder, loc, builder.getI32IntegerAttr(static_cast<int32_t>(value)));
  }
  Value constant64(uint64_t value) {
    return arith::ConstantOp::create(builder, loc, builder.getI64IntegerAttr(static_cast<int64_t>(value)));
  }
  Value low(Value wide) { return arith::TruncIOp::create(builder, loc, builder.getI32Type(), wide); }
  Value high(Value wide) { return low(arith::ShRUIOp::create(builder, loc, wide, constant64(32))); }
  arith::MulUIExtendedOp wideProduct(Value a, uint32_t b) {
    return arith::MulUIExtendedOp::create(builder, loc, a, constant(b));
  }
  Value exclusiveOr(Value a, Value b) { return arith::XOrIOp::create(builder, loc, a, b); }
  Value add(Value a, uint32_t b) { return arith::AddIOp::create(builder, loc, a, constant(b)); }
};
} // namespace

/// Word 0 after ten rounds from four words of a counter and two of a key. A loop: ten copies would be most of a small
/// model's code.
static Value philox(Words w, ValueRange start) {
  constexpr uint32_t multiplier0 = 0xD2511F53, multiplier1 = 0xCD9E8D57;
  constexpr uint32_t weyl0 = 0x9E3779B9, weyl1 = 0xBB67AE85;
  auto index = [&](int64_t number) { return arith::ConstantIndexOp::create(w.builder, w.loc, number); };
  auto round = [&](OpBuilder &builder, Location loc, Value, ValueRange words) {
    Words w{builder, loc};
    auto product0 = w.wideProduct(words[0], multiplier0), product1 = w.wideProduct(words[2], multiplier1);
    Value key0 = words[4], key1 = words[5];
    SmallVector<Value> next{w.exclusiveOr(w.exclusiveOr(product1.getHigh(), words[1]), key0),
                            product1.getLow(),
                            w.exclusiveOr(w.exclusiveOr(product0.getHigh(), words[3]), key1),
                            product0.getLow(),
                            w.add(key0, weyl0),
                            w.add(key1, weyl1)};
    scf::YieldOp::create(builder, loc, next);
  };
  return scf::ForOp::create(w.builder, w.loc, index(0), index(10), index(1), start, round).getResult(0);
}

/// The element's row-major index. Only the leading extent may be the batch, which no stride depends on.
static Value rowMajorIndex(OpBuilder &builder, Location loc, RankedTensorType type) {
  Value sum;
  int64_t stride = 1;
  for (int64_t dim = type.getRank() - 1; dim >= 0; --dim) {
    Value index = linalg::IndexOp::create(builder, loc, dim);
    if (stride != 1)
      index = arith::MulIOp::create(builder, loc, index, arith::ConstantIndexOp::create(builder, loc, stride));
    sum = sum ? arith::AddIOp::create(builder, loc, index, sum).getResult() : index;
    if (dim > 0)
      stride *= type.getDimSize(dim);
  }
  return sum ? sum : arith::ConstantIndexOp::create(builder, loc, 0).getResult();
}

namespace {
struct ConvertRandomBits : OpRewritePattern<RandomBitsOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(RandomBitsOp op, PatternRewriter &rewriter) const override {
    auto type = cast<RankedTensorType>(op.getType());
    if (type.getRank() > 1 && type.getNumDynamicDims() > (type.isDynamicDim(0) ? 1 : 0))
      return op.emitOpError("expected '?' as the leading extent only, found ") << type;
    AffineMap scalar = AffineMap::get(type.getRank(), 0, getContext());
    auto body = [&](OpBuilder &builder, Location loc, ValueRange inputs) -> SmallVector<Value> {
      Words w{builder, loc};
      Value index = rowMajorIndex(builder, loc, type);
      Value element = arith::IndexCastOp::create(builder, loc, builder.getI32Type(), index);
      Value stream = w.constant(static_cast<uint32_t>(op.getStream()));
      Value seed = inputs[0], step = inputs[1];
      return {philox(w, {element, stream, w.low(step), w.high(step), w.low(seed), w.high(seed)})};
    };
    return replaceWithElementwise(rewriter, op, op->getOperands(), {scalar, scalar}, body);
  }
};
} // namespace

void sinter::populateRandomToLinalgPatterns(RewritePatternSet &patterns) {
  patterns.add<ConvertRandomBits>(patterns.getContext());
}
