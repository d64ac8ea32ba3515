// What are the derivatives of contractions? Each operand's cotangent is a contraction of the result's cotangent with
// the other operand. Where they are f16 or bf16 the cotangent of the result is rounded to it first: the backward
// products are of the kind of the forward one.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Rules.h"
#include "llvm/ADT/STLExtras.h"

using namespace mlir;

namespace sinter {

/// One operand of a contraction: the value and what its dimensions are for.
struct Side {
  Expr value;
  ArrayRef<int64_t> batch, contract;
  /// Position in the result of this operand's first free dimension.
  int64_t firstFree;

  SmallVector<int64_t> free() const {
    SmallVector<int64_t> bound(batch);
    llvm::append_range(bound, contract);
    return otherDims(value.rank(), bound);
  }
  SmallVector<int64_t> freeInResult() const {
    auto positions = llvm::seq<int64_t>(firstFree, firstFree + free().size());
    return llvm::to_vector(positions);
  }
};

static Expr dot(Expr a, Expr b, ArrayRef<int64_t> aBatch, ArrayRef<int64_t> bBatch, ArrayRef<int64_t> aContract,
                ArrayRef<int64_t> bContract) {
  if (a.rank() == 0 || b.rank() == 0) {
    Type type = computeType(a.elementType());
    return convert(a, type) * convert(b, type);
  }
  return a.with(
      a.getBuilder().createOrFold<DotGeneralOp>(a.getLoc(), Value(a), Value(b), aBatch, bBatch, aContract, bContract));
}

/// The permutation that brings dimensions standing in the order `order` (a list of the wanted names) to ascending
/// order.
static SmallVector<int64_t> toAscending(ArrayRef<int64_t> order) {
  SmallVector<int64_t> permutation(order.size());
  for (auto [position, dim] : llvm::enumerate(order))
    permutation[dim] = position;
  return permutation;
}

/// The cotangent of `mine`: g contracted with `other` over other's free dimensions. The product's dimensions are mine's
/// batch, then free ones (from g) and contracted ones (from other), in either order: the one that needs no
/// transposition if there is one.
static Expr cotangent(Expr g, const Side &mine, const Side &other) {
  SmallVector<int64_t> gBatch = allDims(mine.batch.size());
  // Remaining dimensions of `other` come out ascending; here they are, as dimensions of `mine`.
  SmallVector<int64_t> contracted;
  for (int64_t dim : otherDims(other.value.rank(), other.free()))
    if (!llvm::is_contained(other.batch, dim))
      contracted.push_back(mine.contract[llvm::find(other.contract, dim) - other.contract.begin()]);
  SmallVector<int64_t> fromG(mine.batch), fromOther(mine.batch);
  llvm::append_range(fromG, mine.free());
  llvm::append_range(fromG, contracted);
  llvm::append_range(fromOther, contracted);
  llvm::append_range(fromOther, mine.free());
  if (llvm::is_sorted(fromOther) && !llvm::is_sorted(fromG))
    return dot(other.value, g, other.batch, gBatch, other.free(), other.freeInResult());
  Expr product = dot(g, other.value, gBatch, other.batch, other.freeInResult(), other.free());
  return transpose(product, toAscending(fromG));
}

static void dotGeneral(DotGeneralOp op, Vjp &v) {
  int64_t batch = op.getLhsBatch().size();
  Expr g = convert(v.g(), v.x(0).elementType());
  Side lhs{v.x(0), op.getLhsBatch(), op.getLhsContract(), batch};
  Side rhs{v.x(1), op.getRhsBatch(), op.getRhsContract(), batch + static_cast<int64_t>(lhs.free().size())};
  v.operand(0, cotangent(g, lhs, rhs));
  v.operand(1, cotangent(g, rhs, lhs));
}

/// y = x W^T + b: dx = g W, dW = g^T x, db = sum of g over rows.
static void linear(LinearOp op, Vjp &v) {
  Expr g = convert(v.g(), v.x(0).elementType());
  int64_t last = g.rank() - 1;
  SmallVector<int64_t> rows = allDims(last);
  v.operand(0, dot(g, v.x(1), {}, {}, {last}, {0}));
  v.operand(1, dot(g, v.x(0), {}, {}, rows, rows));
  if (op.getBias())
    v.operand(2, sum(v.g(), rows));
}

void addProductRules(Rules &r) {
  r.add<DotGeneralOp>(dotGeneral);
  r.add<LinearOp>(linear);
}

} // namespace sinter
