// Which types do the core ops' results have, and when do operands not fit? The constraints are numbered in CoreOps.td.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "sinter/Dialect/IR/SinterDialect.h"

using namespace mlir;
using namespace sinter;

Value sinter::rootOf(Value value) {
  while (auto reshape = value.getDefiningOp<ReshapeOp>())
    value = reshape.getInput();
  return value;
}

bool sinter::isHalf(Type element) {
  return element.isF16() || element.isBF16();
}

Type sinter::computeType(Type element) {
  return isHalf(element) ? Float32Type::get(element.getContext()) : element;
}

static RankedTensorType tensorOf(Value value) {
  return cast<RankedTensorType>(value.getType());
}

/// True if `dims` are distinct and within [0, rank).
static bool areDistinctDims(ArrayRef<int64_t> dims, int64_t rank) {
  llvm::SmallBitVector seen(rank);
  for (int64_t dim : dims) {
    if (dim < 0 || dim >= rank || seen.test(dim))
      return false;
    seen.set(dim);
  }
  return true;
}

static LogicalResult setResult(SmallVectorImpl<Type> &results, ArrayRef<int64_t> shape, Type element) {
  results.push_back(RankedTensorType::get(shape, element));
  return success();
}

//===-- reduce ---------------------------------------------------------------------------------------------------===//

LogicalResult ReduceOp::inferReturnTypes(MLIRContext *, std::optional<Location> location, Adaptor adaptor,
                                         SmallVectorImpl<Type> &results) {
  RankedTensorType input = tensorOf(adaptor.getInput());
  ArrayRef<int64_t> dims = adaptor.getDims();
  if (!areDistinctDims(dims, input.getRank()) || !llvm::is_sorted(dims)) // C1
    return emitOptionalError(location, "dims [", dims, "] are not increasing dimensions of ", input);
  if (adaptor.getKind() == ReduceKind::Mean && !isa<FloatType>(input.getElementType())) // C2
    return emitOptionalError(location, "'mean' needs a float type, found ", input);
  SmallVector<int64_t> shape;
  for (int64_t d = 0; d < input.getRank(); ++d)
    if (!llvm::is_contained(dims, d))
      shape.push_back(input.getDimSize(d));
  return setResult(results, shape, input.getElementType());
}

//===-- dot_general ----------------------------------------------------------------------------------------------===//

static LogicalResult checkPairs(std::optional<Location> location, StringRef what, RankedTensorType lhs,
                                RankedTensorType rhs, ArrayRef<int64_t> lhsDims, ArrayRef<int64_t> rhsDims) {
  if (lhsDims.size() != rhsDims.size())
    return emitOptionalError(location, what, " dimensions [", lhsDims, "] and [", rhsDims, "] differ in number");
  for (auto [l, r] : llvm::zip_equal(lhsDims, rhsDims))
    if (lhs.getDimSize(l) != rhs.getDimSize(r))
      return emitOptionalError(location, what, " extents differ: dimension ", l, " of ", lhs, " and dimension ", r,
                               " of ", rhs);
  return success();
}

LogicalResult DotGeneralOp::inferReturnTypes(MLIRContext *, std::optional<Location> location, Adaptor adaptor,
                                             SmallVectorImpl<Type> &results) {
  RankedTensorType lhs = tensorOf(adaptor.getLhs()), rhs = tensorOf(adaptor.getRhs());
  if (lhs.getElementType() != rhs.getElementType()) // C1
    return emitOptionalError(location, "element types differ: ", lhs, " and ", rhs, "; expected equal ones");
  auto lhsUsed = llvm::to_vector(llvm::concat<const int64_t>(adaptor.getLhsBatch(), adaptor.getLhsContract()));
  auto rhsUsed = llvm::to_vector(llvm::concat<const int64_t>(adaptor.getRhsBatch(), adaptor.getRhsContract()));
  if (!areDistinctDims(lhsUsed, lhs.getRank())) // C2
    return emitOptionalError(location, "dimensions [", lhsUsed, "] are not distinct dimensions of ", lhs);
  if (!areDistinctDims(rhsUsed, rhs.getRank()))
    return emitOptionalError(location, "dimensions [", rhsUsed, "] are not distinct dimensions of ", rhs);
  if (failed(checkPairs(location, "batch", lhs, rhs, adaptor.getLhsBatch(), adaptor.getRhsBatch())) ||
      failed(checkPairs(location, "contracting", lhs, rhs, adaptor.getLhsContract(), adaptor.getRhsContract())))
    return failure();
  SmallVector<int64_t> shape;
  for (int64_t d : adaptor.getLhsBatch())
    shape.push_back(lhs.getDimSize(d));
  for (int64_t d = 0; d < lhs.getRank(); ++d)
    if (!llvm::is_contained(lhsUsed, d))
      shape.push_back(lhs.getDimSize(d));
  for (int64_t d = 0; d < rhs.getRank(); ++d)
    if (!llvm::is_contained(rhsUsed, d))
      shape.push_back(rhs.getDimSize(d));
  return setResult(results, shape, computeType(lhs.getElementType()));
}

//===-- Data movement --------------------------------------------------------------------------------------------===//

LogicalResult TransposeOp::inferReturnTypes(MLIRContext *, std::optional<Location> location, Adaptor adaptor,
                                            SmallVectorImpl<Type> &results) {
  RankedTensorType input = tensorOf(adaptor.getInput());
  ArrayRef<int64_t> permutation = adaptor.getPermutation();
  if (static_cast<int64_t>(permutation.size()) != input.getRank() ||
      !areDistinctDims(permutation, input.getRank())) // C1
    return emitOptionalError(location, "[", permutation, "] is not a permutation of the dimensions of ", input);
  SmallVector<int64_t> shape;
  for (int64_t d : permutation)
    shape.push_back(input.getDimSize(d));
  return setResult(results, shape, input.getElementType());
}

LogicalResult SliceOp::inferReturnTypes(MLIRContext *, std::optional<Location> location, Adaptor adaptor,
                                        SmallVectorImpl<Type> &results) {
  RankedTensorType input = tensorOf(adaptor.getInput());
  size_t rank = input.getRank();
  if (adaptor.getStarts().size() != rank || adaptor.getLimits().size() != rank || adaptor.getStrides().size() != rank)
    return emitOptionalError(location, "needs one range per dimension of ", input, ", found ",
                             adaptor.getStarts().size());
  SmallVector<int64_t> shape;
  for (size_t d = 0; d < rank; ++d) {
    int64_t start = adaptor.getStarts()[d], limit = adaptor.getLimits()[d], stride = adaptor.getStrides()[d];
    bool whole = start == 0 && limit == -1 && stride == 1;
    bool inside = 0 <= start && start <= limit && limit <= input.getDimSize(d) && stride >= 1; // C1
    if (input.isDynamicDim(d) ? !whole : !inside)                                              // C2
      return emitOptionalError(location, "range ", start, ":", limit, ":", stride, " does not fit dimension ", d,
                               " of ", input);
    shape.push_back(input.isDynamicDim(d) ? ShapedType::kDynamic : llvm::divideCeil(limit - start, stride));
  }
  return setResult(results, shape, input.getElementType());
}

LogicalResult PadOp::inferReturnTypes(MLIRContext *, std::optional<Location> location, Adaptor adaptor,
                                      SmallVectorImpl<Type> &results) {
  RankedTensorType input = tensorOf(adaptor.getInput());
  size_t rank = input.getRank();
  if (adaptor.getLow().size() != rank || adaptor.getHigh().size() != rank || adaptor.getInterior().size() != rank)
    return emitOptionalError(location, "needs one entry per dimension of ", input, " in low, high and interior");
  SmallVector<int64_t> shape;
  for (size_t d = 0; d < rank; ++d) {
    int64_t low = adaptor.getLow()[d], high = adaptor.getHigh()[d], interior = adaptor.getInterior()[d];
    if (low < 0 || high < 0 || interior < 0) // C1
      return emitOptionalError(location, "padding of dimension ", d, " is negative: ", low, ", ", high, ", ", interior);
    if (input.isDynamicDim(d) && (low || high || interior)) // C2
      return emitOptionalError(location, "the batch extent of ", input, " cannot be padded");
    int64_t extent = input.getDimSize(d);
    shape.push_back(input.isDynamicDim(d) ? extent : low + extent + std::max<int64_t>(extent - 1, 0) * interior + high);
  }
  return setResult(results, shape, input.getElementType());
}

LogicalResult ConcatenateOp::inferReturnTypes(MLIRContext *, std::optional<Location> location, Adaptor adaptor,
                                              SmallVectorImpl<Type> &results) {
  if (adaptor.getInputs().empty()) // C1
    return emitOptionalError(location, "needs at least one input");
  RankedTensorType first = tensorOf(adaptor.getInputs().front());
  int64_t dim = adaptor.getDim();
  if (dim < 0 || dim >= first.getRank() || first.isDynamicDim(dim))
    return emitOptionalError(location, "dim ", dim, " is not a static dimension of ", first);
  SmallVector<int64_t> shape(first.getShape());
  shape[dim] = 0;
  for (Value input : adaptor.getInputs()) {
    RankedTensorType type = tensorOf(input);
    bool fits = type.getRank() == first.getRank() && type.getElementType() == first.getElementType();
    for (int64_t d = 0; fits && d < first.getRank(); ++d)
      fits = d == dim ? !type.isDynamicDim(d) : type.getDimSize(d) == first.getDimSize(d);
    if (!fits)
      return emitOptionalError(location, "inputs ", first, " and ", type, " do not fit along dimension ", dim);
    shape[dim] += type.getDimSize(dim);
  }
  return setResult(results, shape, first.getElementType());
}

//===-- linear ---------------------------------------------------------------------------------------------------===//

LogicalResult LinearOp::inferReturnTypes(MLIRContext *, std::optional<Location> location, Adaptor adaptor,
                                         SmallVectorImpl<Type> &results) {
  RankedTensorType input = tensorOf(adaptor.getInput()), weight = tensorOf(adaptor.getWeight());
  if (input.getRank() < 1 || weight.getRank() != 2) // C3
    return emitOptionalError(location, "needs an input of rank 1 or more and a weight of rank 2, found ", input,
                             " and ", weight);
  if (input.getElementType() != weight.getElementType())
    return emitOptionalError(location, "element types differ: input ", input, ", weight ", weight,
                             "; expected equal ones");
  if (input.getShape().back() != weight.getDimSize(1)) // C1
    return emitOptionalError(location, "the input's last extent and the weight's second differ: input ", input,
                             ", weight ", weight);
  if (adaptor.getBias()) {
    RankedTensorType expected = RankedTensorType::get({weight.getDimSize(0)}, computeType(weight.getElementType()));
    if (adaptor.getBias().getType() != expected) // C2
      return emitOptionalError(location, "expected a bias of type ", expected, ", found ", adaptor.getBias().getType());
  }
  SmallVector<int64_t> shape(input.getShape());
  shape.back() = weight.getDimSize(0);
  return setResult(results, shape, computeType(input.getElementType()));
}

//===-- Losses ---------------------------------------------------------------------------------------------------===//

static LogicalResult setScalar(SmallVectorImpl<Type> &results, RankedTensorType output) {
  return setResult(results, {}, output.getElementType());
}

template <typename AdaptorT>
static LogicalResult inferPairedLoss(std::optional<Location> location, AdaptorT adaptor,
                                     SmallVectorImpl<Type> &results) {
  if (adaptor.getOutput().getType() != adaptor.getTarget().getType()) // C1
    return emitOptionalError(location, "output and target differ: ", adaptor.getOutput().getType(), " and ",
                             adaptor.getTarget().getType());
  return setScalar(results, tensorOf(adaptor.getOutput()));
}

LogicalResult MseLossOp::inferReturnTypes(MLIRContext *, std::optional<Location> location, Adaptor adaptor,
                                          SmallVectorImpl<Type> &results) {
  return inferPairedLoss(location, adaptor, results);
}
LogicalResult L1LossOp::inferReturnTypes(MLIRContext *, std::optional<Location> location, Adaptor adaptor,
                                         SmallVectorImpl<Type> &results) {
  return inferPairedLoss(location, adaptor, results);
}
LogicalResult BceWithLogitsOp::inferReturnTypes(MLIRContext *, std::optional<Location> location, Adaptor adaptor,
                                                SmallVectorImpl<Type> &results) {
  return inferPairedLoss(location, adaptor, results);
}
LogicalResult HuberLossOp::inferReturnTypes(MLIRContext *, std::optional<Location> location, Adaptor adaptor,
                                            SmallVectorImpl<Type> &results) {
  if (!(adaptor.getDelta().convertToDouble() > 0)) // C2
    return emitOptionalError(location, "delta must be positive, found ", adaptor.getDelta().convertToDouble());
  return inferPairedLoss(location, adaptor, results);
}

LogicalResult CrossEntropyOp::inferReturnTypes(MLIRContext *, std::optional<Location> location, Adaptor adaptor,
                                               SmallVectorImpl<Type> &results) {
  RankedTensorType output = tensorOf(adaptor.getOutput()), target = tensorOf(adaptor.getTarget());
  if (output.getRank() != 2 || output.isDynamicDim(1)) // C1
    return emitOptionalError(location, "expected an output of shape [rows, classes], found ", output);
  bool indices = target.getRank() == 1 && target.getDimSize(0) == output.getDimSize(0) &&
                 (target.getElementType().isInteger(32) || target.getElementType().isInteger(64));
  if (!indices && target != output) // C2
    return emitOptionalError(location, "expected class indices (i32 or i64, one per row) or probabilities of type ",
                             output, " as the target, found ", target);
  double smoothing = adaptor.getLabelSmoothing().convertToDouble();
  if (!(smoothing >= 0 && smoothing <= 1)) // C3
    return emitOptionalError(location, "label_smoothing must be in [0, 1], found ", smoothing);
  return setScalar(results, output);
}
