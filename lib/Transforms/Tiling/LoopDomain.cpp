// Which dims of a kernel's domain can be walked as one?
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "LoopDomain.h"

using namespace mlir;

namespace sinter {

using Dims = SmallVector<unsigned>;

AffineExpr Extent::expr(MLIRContext *context) const {
  AffineExpr count = getAffineConstantExpr(factor, context);
  return batch ? getAffineDimExpr(0, context) * count : count;
}

/// The dims of every tensor that the kernel touches.
static SmallVector<Dims> tensorDims(KernelOp kernel, const KernelAnalysis &analysis) {
  SmallVector<Dims> all;
  for (linalg::GenericOp generic : analysis.generics) {
    const Dims &loops = analysis.loops.find(generic)->second;
    all.push_back(loops);
    for (OpOperand &operand : generic->getOpOperands()) {
      AffineMap map = generic.getMatchingIndexingMap(&operand);
      // Rows of partial sums belong to work items.
      if (map.isProjectedPermutation())
        all.push_back(llvm::map_to_vector(map.getResults(),
                                          [&](AffineExpr e) { return loops[cast<AffineDimExpr>(e).getPosition()]; }));
    }
  }
  for (Value value : kernel.getBody().front().getTerminator()->getOperands())
    all.push_back(analysis.dimsOf(value));
  return all;
}

/// Dims whose coordinate some generic asks for.
static llvm::SmallDenseSet<unsigned> indexedDims(const KernelAnalysis &analysis) {
  llvm::SmallDenseSet<unsigned> dims;
  for (linalg::GenericOp generic : analysis.generics)
    for (auto index : generic.getRegion().front().getOps<linalg::IndexOp>())
      dims.insert(analysis.loops.find(generic)->second[index.getDim()]);
  return dims;
}

static bool keepsTogether(ArrayRef<unsigned> dims, unsigned first) {
  auto position = llvm::find(dims, first);
  if (position == dims.end())
    return !llvm::is_contained(dims, first + 1);
  return position + 1 != dims.end() && *(position + 1) == first + 1;
}

LoopDomain::LoopDomain(KernelOp kernel, const KernelAnalysis &analysis) {
  SmallVector<Dims> tensors = tensorDims(kernel, analysis);
  llvm::SmallDenseSet<unsigned> indexed = indexedDims(analysis);
  auto merges = [&](unsigned dim) {
    if (dim == 0 || ShapedType::isDynamic(analysis.domain[dim]) || indexed.contains(dim) || indexed.contains(dim - 1))
      return false;
    bool hasRows = analysis.strategy == Strategy::Row || analysis.strategy == Strategy::Column;
    if (analysis.strategy == Strategy::Loops || (hasRows && dim + 1 == analysis.rank()))
      return false;
    return llvm::all_of(tensors, [&](const Dims &dims) { return keepsTogether(dims, dim - 1); });
  };
  for (unsigned dim = 0; dim < analysis.rank(); ++dim) {
    if (!merges(dim)) {
      groups.emplace_back();
      extents.emplace_back();
    }
    groups.back().push_back(dim);
    if (ShapedType::isDynamic(analysis.domain[dim]))
      extents.back().batch = true;
    else
      extents.back().factor *= analysis.domain[dim];
  }
}

unsigned LoopDomain::groupOf(unsigned dim) const {
  auto *it = llvm::find_if(groups, [&](const Dims &group) { return llvm::is_contained(group, dim); });
  return it - groups.begin();
}

SmallVector<unsigned> LoopDomain::groupsOf(ArrayRef<unsigned> dims) const {
  Dims result;
  for (unsigned dim : dims)
    if (unsigned group = groupOf(dim); result.empty() || result.back() != group)
      result.push_back(group);
  return result;
}

Extent LoopDomain::outer() const {
  Extent product;
  for (const Extent &extent : ArrayRef(extents).drop_back(extents.empty() ? 0 : 1)) {
    product.factor *= extent.factor;
    product.batch |= extent.batch;
  }
  return product;
}

} // namespace sinter
