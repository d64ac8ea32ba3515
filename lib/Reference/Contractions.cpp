// How are elements combined? Reductions, dot_general and linear, one accumulator per result element.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "EvaluationTable.h"

#include "sinter/Dialect/IR/SinterDialect.h"

#include <cmath>
#include <limits>

using namespace mlir;
using namespace sinter;
using namespace sinter::reference;

//===-- Reduce ---------------------------------------------------------------------------------------------------===//

static double combine(ReduceKind kind, double sofar, double x) {
  if (kind != ReduceKind::Max)
    return sofar + x;
  return std::isnan(sofar) ? sofar : std::isnan(x) || x > sofar ? x : sofar;
}

static int64_t combine(ReduceKind kind, int64_t sofar, int64_t x) {
  if (kind == ReduceKind::Max)
    return sofar > x ? sofar : x;
  return static_cast<int64_t>(static_cast<uint64_t>(sofar) + static_cast<uint64_t>(x));
}

static void fillNeutral(ReduceKind kind, Tensor &result) {
  if (kind != ReduceKind::Max)
    return; // zeros already
  const int64_t lowest = result.kind() == ElementKind::I1    ? 0
                         : result.kind() == ElementKind::I8  ? std::numeric_limits<int8_t>::min()
                         : result.kind() == ElementKind::I32 ? std::numeric_limits<int32_t>::min()
                                                             : std::numeric_limits<int64_t>::min();
  for (int64_t i = 0; i < result.size(); ++i) {
    if (result.isFloat())
      result.set(i, -std::numeric_limits<double>::infinity());
    else
      result.setInteger(i, lowest);
  }
}

static Tensor evaluateReduce(ReduceOp op, Frame &frame) {
  const Tensor &input = frame.get(op.getInput());
  Tensor result = frame.zeros(op.getResult());
  fillNeutral(op.getKind(), result);
  SmallVector<int64_t> kept;
  for (int64_t dim = 0; dim < input.rank(); ++dim)
    if (!llvm::is_contained(op.getDims(), dim))
      kept.push_back(dim);

  forEachIndex(input.shape(), [&](ArrayRef<int64_t> index, int64_t position) {
    const int64_t to = positionOf(result.shape(), llvm::map_to_vector(kept, [&](int64_t dim) { return index[dim]; }));
    if (result.isFloat())
      result.set(to, combine(op.getKind(), result.at(to), input.at(position)));
    else
      result.setInteger(to, combine(op.getKind(), result.integerAt(to), input.integerAt(position)));
  });
  if (op.getKind() != ReduceKind::Mean)
    return result;
  double count = 1;
  for (int64_t dim : op.getDims())
    count *= static_cast<double>(input.shape()[dim]);
  return mapReal(result, [=](double sum) { return sum / count; });
}

//===-- Products -------------------------------------------------------------------------------------------------===//

/// What each multi-index over some dimensions of a tensor adds to an element's row-major position.
static std::vector<int64_t> offsetsOver(const Tensor &tensor, ArrayRef<int64_t> dims) {
  SmallVector<int64_t> strides(tensor.rank(), 1);
  for (int64_t dim = tensor.rank() - 2; dim >= 0; --dim)
    strides[dim] = strides[dim + 1] * tensor.shape()[dim + 1];
  std::vector<int64_t> offsets;
  forEachIndex(llvm::map_to_vector(dims, [&](int64_t dim) { return tensor.shape()[dim]; }),
               [&](ArrayRef<int64_t> index, int64_t) {
                 int64_t offset = 0;
                 for (auto [dim, i] : llvm::zip_equal(dims, index))
                   offset += i * strides[dim];
                 offsets.push_back(offset);
               });
  return offsets;
}

static SmallVector<int64_t> freeDims(const Tensor &tensor, ArrayRef<int64_t> batch, ArrayRef<int64_t> contract) {
  SmallVector<int64_t> dims;
  for (int64_t dim = 0; dim < tensor.rank(); ++dim)
    if (!llvm::is_contained(batch, dim) && !llvm::is_contained(contract, dim))
      dims.push_back(dim);
  return dims;
}

/// result[batch, m, n] = sum over k of lhs[batch, m, k] rhs[batch, n, k].
static void contract(const Tensor &lhs, ArrayRef<int64_t> lhsBatch, ArrayRef<int64_t> lhsContract, const Tensor &rhs,
                     ArrayRef<int64_t> rhsBatch, ArrayRef<int64_t> rhsContract, Tensor &result) {
  const std::vector<int64_t> lhsB = offsetsOver(lhs, lhsBatch), rhsB = offsetsOver(rhs, rhsBatch);
  const std::vector<int64_t> lhsM = offsetsOver(lhs, freeDims(lhs, lhsBatch, lhsContract));
  const std::vector<int64_t> rhsN = offsetsOver(rhs, freeDims(rhs, rhsBatch, rhsContract));
  const std::vector<int64_t> lhsK = offsetsOver(lhs, lhsContract), rhsK = offsetsOver(rhs, rhsContract);
  const double *left = lhs.realElements().data(), *right = rhs.realElements().data();
  int64_t position = 0;
  for (size_t b = 0; b < lhsB.size(); ++b)
    for (int64_t m : lhsM)
      for (int64_t n : rhsN) {
        double sum = 0;
        for (size_t k = 0; k < lhsK.size(); ++k)
          sum += left[lhsB[b] + m + lhsK[k]] * right[rhsB[b] + n + rhsK[k]];
        result.set(position++, sum);
      }
}

static Tensor evaluateDotGeneral(DotGeneralOp op, Frame &frame) {
  Tensor result = frame.zeros(op.getResult());
  contract(frame.get(op.getLhs()), op.getLhsBatch(), op.getLhsContract(), frame.get(op.getRhs()), op.getRhsBatch(),
           op.getRhsContract(), result);
  return result;
}

/// result[..., o] = bias[o] + sum over i of input[..., i] weight[o, i].
static Tensor evaluateLinear(LinearOp op, Frame &frame) {
  const Tensor &input = frame.get(op.getInput());
  Tensor result = frame.zeros(op.getResult());
  contract(input, {}, {input.rank() - 1}, frame.get(op.getWeight()), {}, {1}, result);
  if (!op.getBias())
    return result;
  const Tensor &bias = frame.get(op.getBias());
  for (int64_t i = 0; i < result.size(); ++i)
    result.set(i, result.at(i) + bias.at(i % bias.size()));
  return result;
}

void sinter::reference::addContractions(EvaluationTable &table) {
  table.add<ReduceOp>(evaluateReduce);
  table.add<DotGeneralOp>(evaluateDotGeneral);
  table.add<LinearOp>(evaluateLinear);
}
