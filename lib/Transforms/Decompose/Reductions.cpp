// Reductions in the forms that kernels have.
//
//   mean(x)                       -> sum(x) (1 / count)
//   over all but the last         -> at once, if these are rows that follow each other
//   over several others           -> one by one: the last one first, else from the first one on
//   over dimension 0, rank 3 up   -> on the matrix [extent 0, all others]
//
// What is left combines the last dimension (row kernels), all others (column kernels) or, seldom, one in the middle.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Decomposition.h"
#include "sinter/Transforms/Decompose/Passes.h"
#include "llvm/ADT/STLExtras.h"

using namespace mlir;
using namespace sinter;

static Expr meanAsSum(ReduceOp op, Expr x) {
  Expr reciprocal = 1.0 / count(x.getBuilder(), x.getLoc(), x.tensorType(), op.getDims());
  return sum(x, op.getDims()) * reciprocal;
}

static Expr oneByOne(ReduceOp op, Expr x) {
  SmallVector<int64_t> rest(op.getDims());
  if (rest.back() == x.rank() - 1) {
    int64_t last = rest.pop_back_val();
    return reduce(op.getKind(), reduce(op.getKind(), x, {last}), rest);
  }
  int64_t first = rest.front();
  rest.erase(rest.begin());
  for (int64_t &dim : rest)
    --dim;
  return reduce(op.getKind(), reduce(op.getKind(), x, {first}), rest);
}

/// The rows of a table of rows and columns, whose first extent may be the batch's.
static bool areRows(ArrayRef<int64_t> dims, RankedTensorType type) {
  return int64_t(dims.size()) == type.getRank() - 1 && dims.back() == type.getRank() - 2 &&
         !ShapedType::isDynamicShape(type.getShape().drop_front());
}

static Expr leadingAsColumns(ReduceOp op, Expr x) {
  RankedTensorType type = x.tensorType(), result = op.getType();
  auto matrix = RankedTensorType::get({type.getDimSize(0), result.getNumElements()}, type.getElementType());
  return reshape(reduce(op.getKind(), reshape(x, matrix), {0}), result);
}

static Expr reduction(ReduceOp op, Decomposition<ReduceOp>::Wrap wrap) {
  Expr x = wrap(op.getInput());
  ArrayRef<int64_t> dims = op.getDims();
  if (op.getKind() == ReduceKind::Mean)
    return meanAsSum(op, x);
  if (areRows(dims, x.tensorType()))
    return Expr();
  if (dims.size() > 1)
    return oneByOne(op, x);
  if (x.rank() > 2 && dims.front() == 0 && op.getType().hasStaticShape())
    return leadingAsColumns(op, x);
  return Expr();
}

void sinter::populateDecomposeReductionPatterns(RewritePatternSet &patterns) {
  addDecomposition<ReduceOp>(patterns, reduction);
}
