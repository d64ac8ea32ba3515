// The value of a kernel's tensors at one point of the domain, or at a vector of points.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "PointEvaluator.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/Matchers.h"

#include <numeric>

using namespace mlir;

namespace sinter {

//===-- Points ---------------------------------------------------------------------------------------------------===//

unsigned PointEvaluator::groupMask(ArrayRef<unsigned> dims) const {
  unsigned mask = 0;
  for (unsigned dim : dims)
    mask |= 1u << context.domain.groupOf(dim);
  return mask;
}

bool PointEvaluator::isVector(unsigned groups) const {
  return context.lanes > 1 && context.domain.rank() > 0 && (groups >> (context.domain.rank() - 1) & 1);
}

Scope &PointEvaluator::scopeOf(unsigned groups) {
  for (Scope *scope : scopes)
    if ((groups & ~scope->groups) == 0)
      return *scope;
  llvm_unreachable("the innermost scope knows all coordinates");
}

void PointEvaluator::remember(Value tensor, Value value) {
  unsigned groups = groupMask(context.analysis.dimsOf(tensor));
  scopeOf(groups).values[{tensor, groups}] = value;
}

Value PointEvaluator::get(Value tensor, ArrayRef<unsigned> dims) {
  unsigned groups = groupMask(dims);
  Scope &scope = scopeOf(groups);
  if (Value known = scope.values.lookup({tensor, groups}))
    return known;
  OpBuilder::InsertionGuard guard(context.builder);
  if (scope.before)
    context.builder.setInsertionPoint(scope.before);
  Value value = compute(tensor, dims);
  scope.values[{tensor, groups}] = value;
  return value;
}

Value PointEvaluator::compute(Value tensor, ArrayRef<unsigned> dims) {
  if (auto argument = dyn_cast<BlockArgument>(tensor))
    return load(argument, dims);
  if (auto fill = tensor.getDefiningOp<linalg::FillOp>())
    return context.scalars().lookup(fill.getInputs()[0]);
  if (auto constant = tensor.getDefiningOp<arith::ConstantOp>()) {
    auto element = cast<TypedAttr>(cast<SplatElementsAttr>(constant.getValue()).getSplatValue<Attribute>());
    return arith::ConstantOp::create(context.builder, context.loc, element);
  }
  return computeGeneric(cast<OpResult>(tensor), dims);
}

Value PointEvaluator::load(BlockArgument tensor, ArrayRef<unsigned> dims) {
  Value buffer = context.buffer(tensor, dims);
  bool vector = isVector(groupMask(dims));
  auto indices = llvm::map_to_vector(context.domain.groupsOf(dims), [&](unsigned group) { return coordinates[group]; });
  Type element = cast<RankedTensorType>(tensor.getType()).getElementType();
  return loadElements(context.builder, context.loc, buffer, indices, vector ? context.lanes : 1, element,
                      vector ? mask : Value());
}

void PointEvaluator::mapOperands(linalg::GenericOp generic, IRMapping &values) {
  const auto &loops = context.analysis.loops.find(generic)->second;
  for (OpOperand &operand : generic->getOpOperands()) {
    BlockArgument argument = generic.getMatchingBlockArgument(&operand);
    if (argument.use_empty())
      continue;
    auto dims = llvm::map_to_vector(generic.getMatchingIndexingMap(&operand).getResults(),
                                    [&](AffineExpr e) { return loops[cast<AffineDimExpr>(e).getPosition()]; });
    values.map(argument, get(operand.get(), dims));
  }
}

Value PointEvaluator::coordinate(unsigned group) {
  Value first = coordinates[group];
  if (context.lanes == 1 || group + 1 != context.domain.rank())
    return first;
  SmallVector<int64_t> offsets(context.lanes);
  std::iota(offsets.begin(), offsets.end(), 0);
  auto type = VectorType::get({context.lanes}, context.builder.getIndexType());
  auto attr = DenseIntElementsAttr::get(type, offsets);
  Value step = arith::ConstantOp::create(context.builder, context.loc, type, attr);
  Value start = vector::BroadcastOp::create(context.builder, context.loc, type, first);
  return arith::AddIOp::create(context.builder, context.loc, start, step);
}

void PointEvaluator::cloneRegion(linalg::GenericOp generic, IRMapping &values, Operation *skip) {
  const auto &loops = context.analysis.loops.find(generic)->second;
  auto indexOf = [&](unsigned loop) { return coordinate(context.domain.groupOf(loops[loop])); };
  ScalarToVector(context.builder, context.loc, context.lanes)
      .clone(generic.getRegion().front(), values, indexOf, nullptr, skip);
}

Value PointEvaluator::computeGeneric(OpResult result, ArrayRef<unsigned> dims) {
  auto generic = cast<linalg::GenericOp>(result.getOwner());
  assert(generic.getNumReductionLoops() == 0 && "results of reductions are remembered by the emitter");
  IRMapping values = context.scalars();
  mapOperands(generic, values);
  cloneRegion(generic, values, /*skip=*/nullptr);
  unsigned groups = groupMask(dims);
  Operation *yield = generic.getRegion().front().getTerminator();
  for (auto [tensor, scalar] : llvm::zip_equal(generic.getResults(), yield->getOperands()))
    scopeOf(groups).values[{tensor, groups}] = values.lookup(scalar);
  return values.lookup(yield->getOperand(result.getResultNumber()));
}

Value PointEvaluator::element(linalg::GenericOp reduction, const Combiner &combiner) {
  IRMapping values = context.scalars();
  // The accumulator itself is not an operand of what is accumulated.
  BlockArgument accumulator = reduction.getRegion().front().getArguments().back();
  const auto &loops = context.analysis.loops.find(reduction)->second;
  for (OpOperand *operand : reduction.getDpsInputOperands()) {
    auto dims = llvm::map_to_vector(reduction.getMatchingIndexingMap(operand).getResults(),
                                    [&](AffineExpr e) { return loops[cast<AffineDimExpr>(e).getPosition()]; });
    BlockArgument argument = reduction.getMatchingBlockArgument(operand);
    if (argument != accumulator && !argument.use_empty())
      values.map(argument, get(operand->get(), dims));
  }
  cloneRegion(reduction, values, combiner.op);
  return ScalarToVector(context.builder, context.loc, context.lanes).broadcast(values.lookup(combiner.element));
}

Value PointEvaluator::loadOutput(unsigned index) {
  return load(context.outArgument(index), context.analysis.dimsOf(context.yield()->getOperand(index)));
}

void PointEvaluator::store(unsigned index, Value value) {
  BlockArgument argument = context.outArgument(index);
  SmallVector<unsigned> dims = context.analysis.dimsOf(context.yield()->getOperand(index));
  if (isVector(groupMask(dims)))
    value = ScalarToVector(context.builder, context.loc, context.lanes).broadcast(value);
  auto indices = llvm::map_to_vector(context.domain.groupsOf(dims), [&](unsigned group) { return coordinates[group]; });
  storeElements(context.builder, context.loc, value, context.buffer(argument, dims), indices,
                isa<VectorType>(value.getType()) ? mask : Value());
}

void PointEvaluator::storeOutputs(ArrayRef<unsigned> indices) {
  auto values = llvm::map_to_vector(indices, [&](unsigned index) { return get(context.yield()->getOperand(index)); });
  for (auto [index, value] : llvm::zip_equal(indices, values))
    store(index, value);
}

void PointEvaluator::storeOutputs() {
  SmallVector<unsigned> indices;
  for (unsigned index = 0; index < context.yield()->getNumOperands(); ++index)
    if (context.yield()->getOperand(index) != context.outArgument(index))
      indices.push_back(index);
  storeOutputs(indices);
}

//===-- Accumulators ---------------------------------------------------------------------------------------------===//

Accumulator::Accumulator(linalg::GenericOp reduction)
    : reduction(reduction), combiner(*matchCombiner(reduction)),
      type(cast<RankedTensorType>(reduction.getResult(0).getType()).getElementType()) {}

static TypedAttr neutralElement(const Combiner &combiner, Type type) {
  Builder builder(type.getContext());
  if (isa<arith::MaximumFOp>(combiner.op))
    return FloatAttr::get(type, APFloat::getInf(cast<FloatType>(type).getFloatSemantics(), /*Negative=*/true));
  if (isa<arith::MaxSIOp>(combiner.op))
    return IntegerAttr::get(type, APInt::getSignedMinValue(type.getIntOrFloatBitWidth()));
  return builder.getZeroAttr(type);
}

Value Accumulator::neutral(OpBuilder &builder, Location loc, int64_t lanes) const {
  TypedAttr element = neutralElement(combiner, type);
  if (lanes > 1)
    element = DenseElementsAttr::get(VectorType::get({lanes}, type), ArrayRef<Attribute>(element));
  return arith::ConstantOp::create(builder, loc, element);
}

Value Accumulator::combine(OpBuilder &builder, Location loc, Value total, Value element) const {
  if (isa<arith::AddFOp>(combiner.op))
    return arith::AddFOp::create(builder, loc, total, element);
  if (isa<arith::AddIOp>(combiner.op))
    return arith::AddIOp::create(builder, loc, total, element);
  if (isa<arith::MaxUIOp>(combiner.op))
    return arith::MaxUIOp::create(builder, loc, total, element);
  return ScalarToVector(builder, loc, 1).maximum(element, total);
}

Value Accumulator::combineAll(OpBuilder &builder, Location loc, SmallVector<Value> values) const {
  llvm::erase(values, Value());
  while (values.size() > 1) {
    SmallVector<Value> next;
    for (size_t i = 0; i + 1 < values.size(); i += 2)
      next.push_back(combine(builder, loc, values[i], values[i + 1]));
    if (values.size() % 2)
      next.push_back(values.back());
    values = std::move(next);
  }
  return values.front();
}

Value Accumulator::acrossLanes(OpBuilder &builder, Location loc, Value vector) const {
  if (!isa<VectorType>(vector.getType()))
    return vector;
  auto kind = vector::CombiningKind::ADD;
  if (isa<arith::MaximumFOp>(combiner.op))
    kind = vector::CombiningKind::MAXIMUMF;
  if (isa<arith::MaxSIOp>(combiner.op))
    kind = vector::CombiningKind::MAXSI;
  if (isa<arith::MaxUIOp>(combiner.op))
    kind = vector::CombiningKind::MAXUI;
  // `reassoc` is what makes the sum a tree; its shape is fixed by the number of lanes.
  auto flags =
      isa<FloatType>(type) ? arith::FastMathFlags::reassoc | arith::FastMathFlags::nsz : arith::FastMathFlags::none;
  return vector::ReductionOp::create(builder, loc, kind, vector, flags);
}

bool Accumulator::startsNeutral() const {
  linalg::GenericOp generic = reduction;
  auto fill = generic.getDpsInits()[0].getDefiningOp<linalg::FillOp>();
  TypedAttr value;
  return fill && matchPattern(fill.getInputs()[0], m_Constant(&value)) && value == neutralElement(combiner, type);
}

} // namespace sinter
