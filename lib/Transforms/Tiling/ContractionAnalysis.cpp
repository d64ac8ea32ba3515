// Which loops of a kernel's contraction are m, n, k and batch, and how does each operand lie in memory?
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Contraction.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/Matchers.h"
#include "mlir/IR/TypeUtilities.h"
#include "sinter/Analysis/KernelAnalysis.h"
#include "sinter/Transforms/Tiling/Forecast.h"
#include "llvm/ADT/STLExtras.h"

using namespace mlir;

namespace sinter {

Type ContractionOperand::element() const {
  return cast<ShapedType>(tensor.getType()).getElementType();
}

bool ContractionOperand::isContiguousAlong(const ContractionDim &dim) const {
  return strideAlong(strides, dim) == 1 &&
         llvm::all_of(sources, [&](const Source &source) { return strideAlong(source.strides, dim) <= 1; });
}

Type ContractionProblem::element() const {
  return cast<ShapedType>(op->getResult(0).getType()).getElementType();
}

unsigned ContractionProblem::loopOfResultDim(unsigned d) const {
  linalg::GenericOp generic = op;
  return generic.getIndexingMapsArray().back().getDimPosition(d);
}

SmallVector<int64_t> loopStrides(Type type, AffineMap map, unsigned loops, int64_t batch) {
  SmallVector<int64_t> strides(loops, 0);
  auto shaped = dyn_cast<ShapedType>(type);
  if (!shaped)
    return strides;
  int64_t stride = 1;
  for (int64_t d = shaped.getRank() - 1; d >= 0; --d) {
    strides[map.getDimPosition(d)] = stride;
    stride *= shaped.isDynamicDim(d) ? batch : shaped.getDimSize(d);
  }
  return strides;
}

namespace {

/// Inputs of the kernel, or elementwise of them, read at some of the loops each; summed from zero in f32 or f64.
bool isPlainContraction(linalg::GenericOp op) {
  if (!isContraction(op) || op.getNumDpsInits() != 1)
    return false;
  auto resultType = cast<RankedTensorType>(op.getResult(0).getType());
  Type element = resultType.getElementType();
  if (!element.isF32() && !element.isF64())
    return false;
  for (Value input : op.getDpsInputs())
    if (computeType(cast<ShapedType>(input.getType()).getElementType()) != element)
      return false;
  if (!llvm::all_of(op.getIndexingMapsArray(), [](AffineMap map) { return map.isProjectedPermutation(); }))
    return false;
  auto fill = op.getDpsInits()[0].getDefiningOp<linalg::FillOp>();
  return fill && matchPattern(fill.getInputs()[0], m_AnyZeroFloat());
}

/// An elementwise generic on the domain of the contraction's result.
bool isEpilogue(linalg::GenericOp op, unsigned rank) {
  if (op.getNumLoops() != rank || op.getNumParallelLoops() != rank)
    return false;
  for (OpOperand &operand : op->getOpOperands()) {
    AffineMap map = op.getMatchingIndexingMap(&operand);
    bool onTile = operand.get().getDefiningOp<linalg::GenericOp>() || op.isDpsInit(&operand);
    if (!map.isProjectedPermutation() || (onTile && !map.isIdentity()))
      return false;
    bool isRead = !op.getMatchingBlockArgument(&operand).use_empty();
    if (isRead && !onTile && isa<ShapedType>(operand.get().getType()) && !isa<BlockArgument>(operand.get()))
      return false;
  }
  return true;
}

/// A generic before the contraction that is read by it alone, as one operand.
bool isPrologueOfContraction(linalg::GenericOp op) {
  auto user = op->hasOneUse() ? dyn_cast<linalg::GenericOp>(*op->user_begin()) : linalg::GenericOp();
  return isPrologue(op) && user && isContraction(user) &&
         llvm::all_of(op.getDpsInputs(), [](Value input) { return isa<BlockArgument>(input); });
}

/// Sums of the columns of what is on the result's domain, in the type of the product's sums.
bool isColumnSum(linalg::GenericOp op, linalg::GenericOp product) {
  Type element = getElementTypeOrSelf(product.getResult(0).getType());
  return rowsPerPartOf(op) && getElementTypeOrSelf(op.getResult(0).getType()) == element &&
         llvm::all_of(op.getDpsInputOperands(), [&](OpOperand *operand) {
           AffineMap map = op.getMatchingIndexingMap(operand);
           bool onTile = operand->get().getDefiningOp<linalg::GenericOp>();
           return map.isProjectedPermutation() && (onTile ? map.isIdentity() : isa<BlockArgument>(operand->get()));
         });
}

/// The contraction with what is before and behind it, if the body holds nothing else.
LogicalResult collectBody(KernelOp kernel, ContractionProblem &problem) {
  for (Operation &op : kernel.getBody().front()) {
    auto generic = dyn_cast<linalg::GenericOp>(op);
    if (!generic) {
      if (!isa<linalg::FillOp, tensor::EmptyOp, tensor::DimOp, arith::ConstantOp, YieldOp>(op))
        return failure();
      continue;
    }
    if (!problem.op) {
      auto isRead = [](Value input) { return isa<BlockArgument>(input) || input.getDefiningOp<linalg::GenericOp>(); };
      if (isPlainContraction(generic) && llvm::all_of(generic.getDpsInputs(), isRead))
        problem.op = generic;
      else if (!isPrologueOfContraction(generic))
        return failure();
    } else if (isEpilogue(generic, cast<ShapedType>(problem.op.getResult(0).getType()).getRank())) {
      problem.epilogue.push_back(generic);
    } else if (isColumnSum(generic, problem.op)) {
      problem.sums.push_back(generic);
      problem.rowsPerPart = *rowsPerPartOf(generic);
    } else {
      return failure();
    }
  }
  if (!problem.op)
    return failure();
  for (Value yielded : kernel.getBody().front().getTerminator()->getOperands())
    if (!yielded.getDefiningOp<linalg::GenericOp>())
      return failure();
  return success();
}

/// Joins neighbouring loops of one group that are contiguous in every operand, and drops loops of one iteration.
SmallVector<ContractionDim> collapse(ArrayRef<unsigned> loops, ArrayRef<ContractionDim> all,
                                     ArrayRef<SmallVector<int64_t>> operands, bool mayJoin) {
  SmallVector<ContractionDim> result;
  for (unsigned loop : loops) {
    const ContractionDim &dim = all[loop];
    if (dim.extent == 1 && !dim.dynamic)
      continue;
    bool joins = mayJoin && !result.empty() && !dim.dynamic && llvm::all_of(operands, [&](ArrayRef<int64_t> strides) {
                   return strides[result.back().loops.back()] == strides[loop] * dim.extent;
                 });
    if (!joins) {
      result.push_back(dim);
      continue;
    }
    result.back().loops.push_back(loop);
    result.back().extent *= dim.extent;
    result.back().perRow *= dim.extent;
  }
  return result;
}

/// Takes the dim to be blocked out of its group: the last one with unit stride in an operand, else the last one.
ContractionDim takeMain(SmallVector<ContractionDim> &group, ArrayRef<ArrayRef<int64_t>> operands) {
  if (group.empty())
    return {};
  unsigned pick = group.size() - 1;
  for (unsigned i = 0; i < group.size(); ++i)
    if (llvm::any_of(operands, [&](ArrayRef<int64_t> strides) { return strideAlong(strides, group[i]) == 1; }))
      pick = i;
  ContractionDim main = group[pick];
  group.erase(group.begin() + pick);
  return main;
}

/// Fails for a loop that only one operand or only the result has.
LogicalResult classify(const ContractionProblem &p, SmallVector<unsigned> (&groups)[4]) {
  enum { Batch, M, N, K };
  linalg::GenericOp op = p.op;
  for (auto [loop, kind] : llvm::enumerate(op.getIteratorTypesArray())) {
    bool inLhs = op.getIndexingMapsArray()[0].isFunctionOfDim(loop);
    bool inRhs = op.getIndexingMapsArray()[1].isFunctionOfDim(loop);
    bool reduction = kind == utils::IteratorType::reduction;
    if ((reduction && !(inLhs && inRhs)) || (!inLhs && !inRhs))
      return failure();
    groups[reduction ? K : inLhs && inRhs ? Batch : inLhs ? M : N].push_back(loop);
  }
  return success();
}

/// Extent of every loop, from the operands' shapes.
SmallVector<ContractionDim> loopExtents(const ContractionProblem &p) {
  linalg::GenericOp op = p.op;
  SmallVector<ContractionDim> dims(op.getNumLoops());
  for (OpOperand &operand : op->getOpOperands()) {
    auto type = cast<ShapedType>(operand.get().getType());
    AffineMap map = op.getMatchingIndexingMap(&operand);
    for (int64_t d = 0; d < type.getRank(); ++d) {
      unsigned loop = map.getDimPosition(d);
      dims[loop].loops = {loop};
      dims[loop].dynamic |= type.isDynamicDim(d);
      dims[loop].extent = type.isDynamicDim(d) ? p.batch : type.getDimSize(d);
    }
  }
  return dims;
}

/// What is read for input `number` of the contraction.
ContractionOperand operandOf(const ContractionProblem &p, unsigned number) {
  linalg::GenericOp op = p.op;
  unsigned loops = op.getNumLoops();
  AffineMap map = op.getIndexingMapsArray()[number];
  ContractionOperand result;
  result.tensor = op.getDpsInputs()[number];
  result.strides = loopStrides(result.tensor.getType(), map, loops, p.batch);
  // Outside of a kernel, what makes the operand is another kernel's.
  if (isa<KernelOp>(op->getParentOp()))
    result.prologue = result.tensor.getDefiningOp<linalg::GenericOp>();
  if (!result.prologue) {
    result.sources.push_back({result.tensor, {}, result.strides});
    return result;
  }
  result.weight = weightOf(result.prologue);
  for (OpOperand *input : result.prologue.getDpsInputOperands())
    if (BlockArgument scalar = result.prologue.getMatchingBlockArgument(input); !scalar.use_empty())
      result.sources.push_back(
          {input->get(), scalar,
           loopStrides(input->get().getType(), result.prologue.getMatchingIndexingMap(input).compose(map), loops,
                       p.batch)});
  return result;
}

/// Strides of everything that is read and written, per loop of the contraction; the result's come first.
SmallVector<SmallVector<int64_t>> allStrides(const ContractionProblem &p) {
  linalg::GenericOp op = p.op;
  unsigned loops = op.getNumLoops();
  OpOperand &init = op.getDpsInitsMutable()[0];
  SmallVector<SmallVector<int64_t>> result{
      loopStrides(init.get().getType(), op.getMatchingIndexingMap(&init), loops, p.batch)};
  for (const ContractionOperand *operand : {&p.lhs, &p.rhs})
    for (const ContractionOperand::Source &source : operand->sources)
      result.push_back(source.strides);
  AffineMap resultMap = op.getIndexingMapsArray().back();
  for (linalg::GenericOp generic : p.epilogue)
    for (OpOperand &operand : generic->getOpOperands())
      if (auto type = dyn_cast<ShapedType>(operand.get().getType()))
        result.push_back(
            loopStrides(type, generic.getMatchingIndexingMap(&operand).compose(resultMap), loops, p.batch));
  return result;
}

bool usesIndices(linalg::GenericOp op) {
  return !op.getRegion().front().getOps<linalg::IndexOp>().empty();
}

} // namespace

/// Names the loops of `p.op`, whose operands and epilogue are set.
static FailureOr<ContractionProblem> nameLoops(ContractionProblem p) {
  SmallVector<unsigned> groups[4];
  if (failed(classify(p, groups)))
    return failure();
  auto strides = allStrides(p);
  auto extents = loopExtents(p);
  bool mayJoin = llvm::none_of(p.epilogue, usesIndices);
  auto outer = collapse(groups[0], extents, strides, mayJoin), m = collapse(groups[1], extents, strides, mayJoin),
       n = collapse(groups[2], extents, strides, mayJoin);
  p.outerK = collapse(groups[3], extents, strides, true);

  // n is the side on which the result is contiguous.
  auto isContiguous = [&](const ContractionDim &dim) { return strideAlong(strides[0], dim) == 1; };
  if (n.empty() || (llvm::any_of(m, isContiguous) && llvm::none_of(n, isContiguous))) {
    std::swap(m, n);
    std::swap(p.lhs, p.rhs);
  }
  p.n = takeMain(n, {strides[0]});
  p.m = takeMain(m, {p.lhs.strides});
  p.k = takeMain(p.outerK, {p.lhs.strides, p.rhs.strides});
  for (auto *group : {&outer, &m, &n})
    llvm::append_range(p.outer, *group);
  auto isDynamic = [](const ContractionDim &dim) { return dim.dynamic; };
  if (auto first = llvm::find_if(p.outer, isDynamic); first != p.outer.end())
    std::rotate(p.outer.begin(), first, first + 1);
  if (llvm::count_if(p.outer, isDynamic) > 1)
    return failure();
  return p;
}

FailureOr<ContractionProblem> matchContraction(KernelOp kernel, int64_t batch) {
  ContractionProblem p;
  p.batch = batch;
  if (failed(collectBody(kernel, p)))
    return failure();
  p.lhs = operandOf(p, 0), p.rhs = operandOf(p, 1);
  auto named = nameLoops(std::move(p));
  if (failed(named) || named->sums.empty())
    return named;
  auto hasItsParts = [&](linalg::GenericOp sum) {
    return rowsPerPartOf(sum) == named->rowsPerPart &&
           cast<RankedTensorType>(sum.getResult(0).getType()).getDimSize(0) == partsOf(*named);
  };
  if (!hasColumns(*named) || !llvm::all_of(named->sums, hasItsParts))
    return failure();
  return named;
}

FailureOr<ContractionProblem> describeProduct(linalg::GenericOp product,
                                              llvm::ArrayRef<const PrologueForecast *> prologues, int64_t batch) {
  if (!isPlainContraction(product))
    return failure();
  ContractionProblem p;
  p.op = product, p.batch = batch;
  ContractionOperand *operands[] = {&p.lhs, &p.rhs};
  for (auto [i, operand] : llvm::enumerate(operands)) {
    *operand = operandOf(p, i);
    if (!prologues[i])
      continue;
    operand->weight = prologues[i]->weight;
    operand->sources.clear();
    AffineMap map = product.getIndexingMapsArray()[i];
    for (const auto &[tensor, place] : prologues[i]->sources)
      operand->sources.push_back(
          {tensor, {}, loopStrides(tensor.getType(), place.compose(map), product.getNumLoops(), batch)});
  }
  return nameLoops(std::move(p));
}

} // namespace sinter
