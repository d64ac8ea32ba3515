// Ops that read their input at computed places: tensor.extract inside the loop, with indices that are always in range.
//
//   slice        x[start + i stride]
//   pad          x[(i - low) / (interior + 1)] where that is an element of x, else the padding value
//   concatenate  the first input that reaches beyond i, at i minus the extents before it
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Generic.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "sinter/Conversion/SinterToLinalg/Passes.h"
#include "sinter/Dialect/IR/SinterDialect.h"

using namespace mlir;
using namespace sinter;

namespace {
/// Index arithmetic at one element of the result.
struct Indices {
  OpBuilder &builder;
  Location loc;

  Value loop(int64_t dim) { return linalg::IndexOp::create(builder, loc, dim); }
  Value constant(int64_t value) { return arith::ConstantIndexOp::create(builder, loc, value); }
  Value add(Value a, int64_t b) { return b ? arith::AddIOp::create(builder, loc, a, constant(b)).getResult() : a; }
  Value mul(Value a, int64_t b) { return b == 1 ? a : arith::MulIOp::create(builder, loc, a, constant(b)).getResult(); }
  Value divide(Value a, int64_t b) { return arith::DivUIOp::create(builder, loc, a, constant(b)); }
  Value remainder(Value a, int64_t b) { return arith::RemUIOp::create(builder, loc, a, constant(b)); }
  /// Unsigned, so that negative numbers are large.
  Value below(Value a, int64_t b) {
    return arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::ult, a, constant(b));
  }
  Value isZero(Value a) { return arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::eq, a, constant(0)); }
  Value both(Value a, Value b) { return a ? arith::AndIOp::create(builder, loc, a, b).getResult() : b; }
  Value choose(Value c, Value a, Value b) { return arith::SelectOp::create(builder, loc, c, a, b); }
  Value extract(Value tensor, ValueRange indices) { return tensor::ExtractOp::create(builder, loc, tensor, indices); }
};

struct ConvertSlice : OpRewritePattern<SliceOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(SliceOp op, PatternRewriter &rewriter) const override {
    auto body = [&](OpBuilder &builder, Location loc, ValueRange) -> SmallVector<Value> {
      Indices at{builder, loc};
      SmallVector<Value> indices;
      for (auto [dim, start, stride] : llvm::enumerate(op.getStarts(), op.getStrides()))
        indices.push_back(at.add(at.mul(at.loop(dim), stride), start));
      return {at.extract(op.getInput(), indices)};
    };
    return replaceWithElementwise(rewriter, op, {}, {}, body);
  }
};

struct ConvertPad : OpRewritePattern<PadOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(PadOp op, PatternRewriter &rewriter) const override {
    auto type = cast<RankedTensorType>(op.getInput().getType());
    if (type.hasStaticShape() && type.getNumElements() == 0)
      return replaceWithElementwise(rewriter, op, {}, {}, [&](OpBuilder &builder, Location loc, ValueRange) {
        return SmallVector<Value>{padding(builder, loc, op)};
      });
    auto body = [&](OpBuilder &builder, Location loc, ValueRange) -> SmallVector<Value> {
      Indices at{builder, loc};
      Value inside;
      SmallVector<Value> indices;
      for (int64_t dim = 0; dim < type.getRank(); ++dim)
        indices.push_back(source(at, op, dim, inside));
      Value element = at.extract(op.getInput(), indices);
      return {inside ? at.choose(inside, element, padding(builder, loc, op)) : element};
    };
    return replaceWithElementwise(rewriter, op, {}, {}, body);
  }

private:
  static Value padding(OpBuilder &builder, Location loc, PadOp op) {
    return scalarConstant(builder, loc, getElementTypeOrSelf(op.getType()), op.getValue().convertToDouble());
  }

  /// The input's index along `dim`, 0 where there is no element; `inside` gets the condition that there is one.
  static Value source(Indices &at, PadOp op, int64_t dim, Value &inside) {
    int64_t low = op.getLow()[dim], high = op.getHigh()[dim], pitch = op.getInterior()[dim] + 1;
    Value index = at.loop(dim);
    if (low == 0 && high == 0 && pitch == 1)
      return index;
    int64_t extent = cast<RankedTensorType>(op.getInput().getType()).getDimSize(dim);
    Value offset = at.add(index, -low);
    Value here = at.below(offset, (extent - 1) * pitch + 1);
    if (pitch > 1)
      here = at.both(here, at.isZero(at.remainder(offset, pitch)));
    inside = at.both(inside, here);
    Value place = pitch > 1 ? at.divide(offset, pitch) : offset;
    return at.choose(here, place, at.constant(0));
  }
};

struct ConvertConcatenate : OpRewritePattern<ConcatenateOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(ConcatenateOp op, PatternRewriter &rewriter) const override {
    int64_t dim = op.getDim(), rank = cast<RankedTensorType>(op.getType()).getRank();
    auto body = [&](OpBuilder &builder, Location loc, ValueRange) -> SmallVector<Value> {
      Indices at{builder, loc};
      SmallVector<Value> indices;
      for (int64_t i = 0; i < rank; ++i)
        indices.push_back(at.loop(i));
      Value position = indices[dim], result;
      int64_t begin = 0;
      for (Value input : op.getInputs()) {
        int64_t extent = cast<RankedTensorType>(input.getType()).getDimSize(dim);
        if (extent == 0)
          continue;
        Value offset = at.add(position, -begin), here = at.below(offset, extent);
        indices[dim] = at.choose(here, offset, at.constant(0));
        Value element = at.extract(input, indices);
        result = result ? at.choose(here, element, result) : element;
        begin += extent;
      }
      if (!result)
        result = scalarConstant(builder, loc, getElementTypeOrSelf(op.getType()), 0.0);
      return {result};
    };
    return replaceWithElementwise(rewriter, op, {}, {}, body);
  }
};
} // namespace

void sinter::populateGathersToLinalgPatterns(RewritePatternSet &patterns) {
  patterns.add<ConvertSlice, ConvertPad, ConvertConcatenate>(patterns.getContext());
}
