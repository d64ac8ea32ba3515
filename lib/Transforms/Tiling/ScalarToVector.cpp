// A generic's scalar region, computed for a whole vector of points.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "sinter/Transforms/Tiling/ScalarToVector.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;

namespace sinter {

static bool isVector(Value value) {
  return isa<VectorType>(value.getType());
}

Value ScalarToVector::broadcast(Value value) {
  if (lanes == 1 || isVector(value))
    return value;
  auto type = VectorType::get({lanes}, value.getType());
  Attribute constant;
  if (matchPattern(value, m_Constant(&constant)))
    return arith::ConstantOp::create(builder, loc, DenseElementsAttr::get(type, constant));
  return vector::BroadcastOp::create(builder, loc, type, value);
}

Value ScalarToVector::selectExtreme(Value a, Value b, bool maximum) {
  if (!isa<FloatType>(getElementTypeOrSelf(a.getType())))
    return maximum ? arith::MaxSIOp::create(builder, loc, a, b).getResult()
                   : arith::MinSIOp::create(builder, loc, a, b).getResult();
  auto isConstant = [](Value v) {
    APFloat number(0.0);
    return matchPattern(v, m_ConstantFloat(&number)) && !number.isNaN();
  };
  if (isConstant(b))
    std::swap(a, b);
  // One instruction on x86, which yields b if either is NaN; vectors with a check of a three, of which one waits for b.
  if (isVector(a) && !isConstant(a)) {
    auto flags = arith::FastMathFlags::nsz; // which of two zeros it is does not matter
    return maximum ? arith::MaximumFOp::create(builder, loc, a, b, flags).getResult()
                   : arith::MinimumFOp::create(builder, loc, a, b, flags).getResult();
  }
  auto predicate = maximum ? arith::CmpFPredicate::OGT : arith::CmpFPredicate::OLT;
  Value wins = arith::CmpFOp::create(builder, loc, predicate, a, b);
  Value extreme = arith::SelectOp::create(builder, loc, wins, a, b);
  if (isConstant(a))
    return extreme;
  Value isNaN = arith::CmpFOp::create(builder, loc, arith::CmpFPredicate::UNO, a, a);
  return arith::SelectOp::create(builder, loc, isNaN, a, extreme);
}

Value ScalarToVector::maximum(Value a, Value b) {
  if (isVector(a) != isVector(b)) {
    a = broadcast(a);
    b = broadcast(b);
  }
  return selectExtreme(a, b, /*maximum=*/true);
}

/// Constants that a region captures from the kernel's body come along.
void ScalarToVector::captureConstants(Operation &op, IRMapping &values) {
  for (Value operand : op.getOperands()) {
    Operation *producer = operand.getDefiningOp();
    if (producer && !values.contains(operand) && producer->hasTrait<OpTrait::ConstantLike>())
      builder.clone(*producer, values);
  }
}

/// What a loop carries is a vector if it starts as one or becomes one.
llvm::DenseSet<Value> ScalarToVector::vectorsIn(scf::ForOp loop, const IRMapping &values) {
  llvm::DenseSet<Value> vectors;
  auto isWide = [&](Value v) { return vectors.contains(v) || isVector(values.lookupOrDefault(v)); };
  auto spread = [&](ValueRange from, ValueRange to) {
    bool grew = false;
    for (auto [source, target] : llvm::zip_equal(from, to))
      grew |= isWide(source) && vectors.insert(target).second;
    return grew;
  };
  spread(loop.getInitArgs(), loop.getRegionIterArgs());
  do {
    for (Operation &op : loop.getBody()->without_terminator())
      if (llvm::any_of(op.getOperands(), isWide))
        vectors.insert_range(op.getResults());
  } while (spread(loop.getBody()->getTerminator()->getOperands(), loop.getRegionIterArgs()));
  return vectors;
}

void ScalarToVector::cloneLoop(scf::ForOp loop, IRMapping &values) {
  llvm::DenseSet<Value> vectors = vectorsIn(loop, values);
  auto carry = [&](ValueRange carried) {
    return llvm::map_to_vector(llvm::zip_equal(carried, loop.getRegionIterArgs()), [&](auto pair) {
      Value value = values.lookupOrDefault(std::get<0>(pair));
      return vectors.contains(std::get<1>(pair)) ? broadcast(value) : value;
    });
  };
  auto at = [&](Value bound) { return values.lookupOrDefault(bound); };
  auto copy = scf::ForOp::create(builder, loc, at(loop.getLowerBound()), at(loop.getUpperBound()), at(loop.getStep()),
                                 carry(loop.getInitArgs()));
  values.map(loop.getBody()->getArguments(), copy.getBody()->getArguments());
  {
    OpBuilder::InsertionGuard guard(builder);
    builder.setInsertionPointToStart(copy.getBody());
    for (Operation &op : loop.getBody()->without_terminator())
      cloneOp(op, values);
    scf::YieldOp::create(builder, loc, carry(loop.getBody()->getTerminator()->getOperands()));
  }
  values.map(loop.getResults(), copy.getResults());
}

void ScalarToVector::cloneOp(Operation &op, IRMapping &values) {
  captureConstants(op, values);
  if (auto loop = dyn_cast<scf::ForOp>(op))
    return cloneLoop(loop, values);
  bool vectorize = llvm::any_of(op.getOperands(), [&](Value v) { return isVector(values.lookupOrDefault(v)); });
  SmallVector<Value> operands;
  for (Value operand : op.getOperands()) {
    Value value = values.lookupOrDefault(operand);
    operands.push_back(vectorize ? broadcast(value) : value);
  }
  if (isa<arith::MaximumFOp, arith::MinimumFOp>(op)) {
    values.map(op.getResult(0), selectExtreme(operands[0], operands[1], isa<arith::MaximumFOp>(op)));
    return;
  }
  Operation *copy = builder.clone(op, values);
  copy->setLoc(loc);
  copy->setOperands(operands);
  if (vectorize)
    for (OpResult result : copy->getResults())
      result.setType(VectorType::get({lanes}, result.getType()));
}

void ScalarToVector::clone(Block &body, IRMapping &values, IndexOf indexOf, ExtractOf extractOf, Operation *skip) {
  for (Operation &op : body.without_terminator()) {
    if (&op == skip)
      continue;
    if (auto index = dyn_cast<linalg::IndexOp>(op)) {
      values.map(index.getResult(), indexOf(index.getDim()));
    } else if (auto extract = dyn_cast<tensor::ExtractOp>(op)) {
      auto indices = llvm::map_to_vector(extract.getIndices(), [&](Value v) { return values.lookupOrDefault(v); });
      values.map(extract.getResult(), extractOf(extract.getTensor(), indices));
    } else {
      cloneOp(op, values);
    }
  }
}

Value constantMask(OpBuilder &builder, Location loc, int64_t lanes, int64_t active) {
  SmallVector<bool> bits(lanes);
  std::fill_n(bits.begin(), std::min(lanes, active), true);
  auto type = VectorType::get({lanes}, builder.getI1Type());
  return arith::ConstantOp::create(builder, loc, DenseElementsAttr::get(type, bits));
}

Value loadElements(OpBuilder &builder, Location loc, Value buffer, ValueRange indices, int64_t lanes, Type element,
                   Value mask) {
  Type stored = cast<MemRefType>(buffer.getType()).getElementType();
  Value value;
  if (lanes == 1) {
    value = memref::LoadOp::create(builder, loc, buffer, indices);
  } else if (auto type = VectorType::get({lanes}, stored); mask) {
    Value zero = arith::ConstantOp::create(builder, loc, builder.getZeroAttr(type));
    value = vector::MaskedLoadOp::create(builder, loc, type, buffer, indices, mask, zero);
  } else {
    value = vector::LoadOp::create(builder, loc, type, buffer, indices);
  }
  if (stored == element)
    return value;
  Type type = lanes == 1 ? element : VectorType::get({lanes}, element);
  return arith::TruncIOp::create(builder, loc, type, value);
}

void storeElements(OpBuilder &builder, Location loc, Value value, Value buffer, ValueRange indices, Value mask) {
  Type stored = cast<MemRefType>(buffer.getType()).getElementType();
  auto vector = dyn_cast<VectorType>(value.getType());
  if (getElementTypeOrSelf(value.getType()) != stored) {
    Type type = vector ? Type(VectorType::get(vector.getShape(), stored)) : stored;
    value = arith::ExtUIOp::create(builder, loc, type, value);
  }
  if (!vector)
    memref::StoreOp::create(builder, loc, value, buffer, indices);
  else if (mask)
    vector::MaskedStoreOp::create(builder, loc, buffer, indices, mask, value);
  else
    vector::StoreOp::create(builder, loc, value, buffer, indices);
}

} // namespace sinter
