// linear as dot_general plus bias, and dot_general without transposes around it.
//
//   linear(x, W, b)                -> dot_general(x, W) contract [last] x [1] + broadcast b
//   dot_general(a, b)              -> sum(a * broadcast b), if that is all there is to it
//   dot_general(transpose(a), b)   -> dot_general(a, b) on a's dimensions
//   transpose(dot_general(a, b))   -> dot_general(b, a), matrices
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Decomposition.h"
#include "sinter/Transforms/Decompose/Passes.h"
#include "llvm/ADT/STLExtras.h"

using namespace mlir;
using namespace sinter;

static Expr linear(LinearOp op, Decomposition<LinearOp>::Wrap wrap) {
  Expr x = wrap(op.getInput());
  ArrayRef<int64_t> none;
  int64_t last = x.rank() - 1, one = 1;
  Expr product = x.with(DotGeneralOp::create(x.getBuilder(), x.getLoc(), op.getType(), op.getInput(), op.getWeight(),
                                             none, none, ArrayRef(last), ArrayRef(one)));
  if (!op.getBias())
    return product;
  return product + broadcast(wrap(op.getBias()), product.tensorType(), {last});
}

/// The product with an operand that has no free dimensions: sum(full * broadcast(other)) over the contracted ones.
static Expr scaledAndSummed(Expr full, ArrayRef<int64_t> fullBatch, ArrayRef<int64_t> fullContract, Expr other,
                            ArrayRef<int64_t> otherBatch, ArrayRef<int64_t> otherContract) {
  // Where each dimension of `other` goes, in the order of those of `full`.
  SmallVector<std::pair<int64_t, int64_t>> pairs;
  for (auto [fullDims, dimsOfOther] : {std::pair(fullBatch, otherBatch), std::pair(fullContract, otherContract)})
    for (auto [dim, otherDim] : llvm::zip_equal(fullDims, dimsOfOther))
      pairs.push_back({dim, otherDim});
  llvm::sort(pairs);
  SmallVector<int64_t> dims = llvm::to_vector(llvm::make_first_range(pairs));
  SmallVector<int64_t> order = llvm::to_vector(llvm::make_second_range(pairs));
  SmallVector<int64_t> summed(fullContract);
  llvm::sort(summed);
  Expr total = sum(full * broadcast(transpose(other, order), full.tensorType(), dims), summed);

  SmallVector<int64_t> kept = otherDims(full.rank(), summed), permutation;
  for (int64_t dim : fullBatch)
    permutation.push_back(llvm::find(kept, dim) - kept.begin());
  llvm::append_range(permutation, otherDims(kept.size(), permutation));
  return transpose(total, permutation);
}

/// The product of all pairs, each operand's batch dimensions first, then its free ones.
static Expr outerProduct(DotGeneralOp op, Expr lhs, Expr rhs) {
  auto inFront = [](Expr x, ArrayRef<int64_t> batch) {
    SmallVector<int64_t> order(batch);
    llvm::append_range(order, otherDims(x.rank(), batch));
    return transpose(x, order);
  };
  int64_t batch = op.getLhsBatch().size();
  SmallVector<int64_t> left = allDims(lhs.rank()), right = allDims(batch);
  for (int64_t dim = lhs.rank(); dim < op.getType().getRank(); ++dim)
    right.push_back(dim);
  return broadcast(inFront(lhs, op.getLhsBatch()), op.getType(), left) *
         broadcast(inFront(rhs, op.getRhsBatch()), op.getType(), right);
}

/// Tiles make sense where each operand is read again for every index of the other: with a free dimension on both sides
/// and something to sum.
static Expr untiled(DotGeneralOp op, Decomposition<DotGeneralOp>::Wrap wrap) {
  int64_t bound = op.getLhsBatch().size() + op.getLhsContract().size();
  bool isTiled = wrap(op.getLhs()).rank() != bound && wrap(op.getRhs()).rank() != bound && !op.getLhsContract().empty();
  if (isTiled)
    return {};
  Type type = op.getType().getElementType(); // f16 and bf16 are widened
  Expr lhs = convert(wrap(op.getLhs()), type), rhs = convert(wrap(op.getRhs()), type);
  if (rhs.rank() == bound)
    return scaledAndSummed(lhs, op.getLhsBatch(), op.getLhsContract(), rhs, op.getRhsBatch(), op.getRhsContract());
  if (lhs.rank() == bound)
    return scaledAndSummed(rhs, op.getRhsBatch(), op.getRhsContract(), lhs, op.getLhsBatch(), op.getLhsContract());
  return outerProduct(op, lhs, rhs);
}

static SmallVector<int64_t> through(ArrayRef<int64_t> permutation, ArrayRef<int64_t> dims) {
  return llvm::to_vector(llvm::map_range(dims, [&](int64_t dim) { return permutation[dim]; }));
}

namespace {
/// Contractions read operands in any layout: a transposition of one is only another naming of its dimensions.
struct FoldTransposeIntoOperand : OpRewritePattern<DotGeneralOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(DotGeneralOp op, PatternRewriter &rewriter) const override {
    bool changed = false;
    changed |= foldSide(op, op.getLhsMutable(), op.getLhsBatch(), op.getLhsContract(), rewriter,
                        [&](auto batch, auto contract) { op.setLhsBatch(batch), op.setLhsContract(contract); });
    changed |= foldSide(op, op.getRhsMutable(), op.getRhsBatch(), op.getRhsContract(), rewriter,
                        [&](auto batch, auto contract) { op.setRhsBatch(batch), op.setRhsContract(contract); });
    return success(changed);
  }

private:
  template <typename SetDims>
  static bool foldSide(DotGeneralOp op, OpOperand &operand, ArrayRef<int64_t> batch, ArrayRef<int64_t> contract,
                       PatternRewriter &rewriter, SetDims setDims) {
    auto transpose = operand.get().getDefiningOp<TransposeOp>();
    if (!transpose)
      return false;
    ArrayRef<int64_t> permutation = transpose.getPermutation();
    SmallVector<int64_t> bound(batch);
    llvm::append_range(bound, contract);
    // The result lists free dimensions in ascending order, before and after.
    SmallVector<int64_t> free = through(permutation, otherDims(permutation.size(), bound));
    if (!llvm::is_sorted(free))
      return false;
    SmallVector<int64_t> newBatch = through(permutation, batch), newContract = through(permutation, contract);
    rewriter.modifyOpInPlace(op, [&] {
      setDims(newBatch, newContract);
      operand.set(transpose.getInput());
    });
    return true;
  }
};

/// (A B)^T = B^T A^T: the operands change places.
struct FoldTransposeOfProduct : OpRewritePattern<TransposeOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(TransposeOp op, PatternRewriter &rewriter) const override {
    auto product = op.getInput().getDefiningOp<DotGeneralOp>();
    if (!product || !product->hasOneUse() || !product.getLhsBatch().empty() || op.getType().getRank() != 2)
      return rewriter.notifyMatchFailure(op, "it is not of a product of matrices that is used only here");
    auto lhs = cast<RankedTensorType>(product.getLhs().getType());
    if (lhs.getRank() != static_cast<int64_t>(product.getLhsContract().size()) + 1)
      return rewriter.notifyMatchFailure(op, "both result dimensions come from one operand");
    if (op.getPermutation()[0] == 0)
      return rewriter.notifyMatchFailure(op, "it is the identity");
    rewriter.replaceOpWithNewOp<DotGeneralOp>(op, op.getType(), product.getRhs(), product.getLhs(), ArrayRef<int64_t>(),
                                              ArrayRef<int64_t>(), product.getRhsContract(), product.getLhsContract());
    return success();
  }
};
} // namespace

void sinter::populateDecomposeProductPatterns(RewritePatternSet &patterns) {
  addDecomposition<LinearOp>(patterns, linear);
  addDecomposition<DotGeneralOp>(patterns, untiled);
  patterns.add<FoldTransposeIntoOperand, FoldTransposeOfProduct>(patterns.getContext());
}
