// What are the derivatives of broadcast, reduce and data movement? All are linear but `reduce max`: the cotangent goes
// back by the transposed map (broadcast <-> sum, slice <-> pad, concatenate <-> slices).
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Rules.h"
#include "llvm/ADT/STLExtras.h"

using namespace mlir;

namespace sinter {

static void broadcast(BroadcastOp op, Vjp &v) {
  v.operand(0, sum(v.g(), otherDims(op.getType().getRank(), op.getDims())));
}

/// Equal maxima share the cotangent equally (as `torch.amax`).
static Expr maxCotangent(Expr g, Expr x, Expr y, ArrayRef<int64_t> dims) {
  RankedTensorType type = x.tensorType();
  Expr isMax = convert(equal(x, unreduce(y, type, dims)), type.getElementType());
  return isMax * unreduce(g / sum(isMax, dims), type, dims);
}

static void reduce(ReduceOp op, Vjp &v) {
  RankedTensorType type = v.x().tensorType();
  ArrayRef<int64_t> dims = op.getDims();
  switch (op.getKind()) {
  case ReduceKind::Sum:
    return v.operand(0, unreduce(v.g(), type, dims));
  case ReduceKind::Mean:
    return v.operand(0, unreduce(v.g() / count(v.getBuilder(), v.getLoc(), type, dims), type, dims));
  case ReduceKind::Max:
    return v.operand(0, maxCotangent(v.g(), v.x(), v.y(), dims));
  }
}

static void transpose(TransposeOp op, Vjp &v) {
  SmallVector<int64_t> inverse(op.getPermutation().size());
  for (auto [position, dim] : llvm::enumerate(op.getPermutation()))
    inverse[dim] = position;
  v.operand(0, transpose(v.g(), inverse));
}

/// The cotangent at its places, zero between and around.
static void slice(SliceOp op, Vjp &v) {
  RankedTensorType input = v.x().tensorType(), result = v.y().tensorType();
  if (!result.hasStaticShape() ? false : result.getNumElements() == 0)
    return;
  SmallVector<int64_t> low(op.getStarts()), high(input.getRank(), 0), interior(input.getRank(), 0);
  for (int64_t dim = 0; dim < input.getRank(); ++dim) {
    if (input.isDynamicDim(dim))
      continue;
    interior[dim] = op.getStrides()[dim] - 1;
    int64_t last = op.getStarts()[dim] + (result.getDimSize(dim) - 1) * op.getStrides()[dim];
    high[dim] = input.getDimSize(dim) - 1 - last;
  }
  Value padded = v.getBuilder().createOrFold<PadOp>(v.getLoc(), Value(v.g()), APFloat(0.0), low, high, interior);
  v.operand(0, v.wrap(padded));
}

static void pad(PadOp op, Vjp &v) {
  RankedTensorType input = v.x().tensorType();
  SmallVector<int64_t> starts(op.getLow()), limits, strides;
  for (int64_t dim = 0; dim < input.getRank(); ++dim) {
    bool batch = input.isDynamicDim(dim);
    int64_t stride = batch ? 1 : op.getInterior()[dim] + 1;
    strides.push_back(stride);
    limits.push_back(batch ? -1 : starts[dim] + std::max<int64_t>(0, (input.getDimSize(dim) - 1) * stride + 1));
  }
  v.operand(0, v.wrap(v.getBuilder().createOrFold<SliceOp>(v.getLoc(), Value(v.g()), starts, limits, strides)));
}

static void concatenate(ConcatenateOp op, Vjp &v) {
  int64_t dim = op.getDim(), offset = 0;
  RankedTensorType result = v.y().tensorType();
  for (auto [index, input] : llvm::enumerate(op.getInputs())) {
    int64_t extent = cast<RankedTensorType>(input.getType()).getDimSize(dim);
    SmallVector<int64_t> starts(result.getRank(), 0), strides(result.getRank(), 1), limits(result.getShape());
    llvm::replace(limits, ShapedType::kDynamic, int64_t(-1));
    starts[dim] = offset;
    limits[dim] = offset += extent;
    v.operand(index, v.wrap(v.getBuilder().createOrFold<SliceOp>(v.getLoc(), Value(v.g()), starts, limits, strides)));
  }
}

void addCoreRules(Rules &r) {
  r.add<BroadcastOp>(static_cast<void (*)(BroadcastOp, Vjp &)>(broadcast));
  r.add<ReduceOp>(static_cast<void (*)(ReduceOp, Vjp &)>(reduce));
  r.add<TransposeOp>(static_cast<void (*)(TransposeOp, Vjp &)>(transpose));
  r.add<ReshapeOp>([](Vjp &v) { v.operand(0, reshape(v.g(), v.x().tensorType().clone(v.g().elementType()))); });
  r.add<SliceOp>(slice);
  r.add<PadOp>(pad);
  r.add<ConcatenateOp>(concatenate);
}

} // namespace sinter
