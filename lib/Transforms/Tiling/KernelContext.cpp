// What the points of one kernel function share: buffers, scalars, extents, ranges of work items.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "PointEvaluator.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;

namespace sinter {

KernelContext::KernelContext(OpBuilder &builder, KernelEmission &emission)
    : builder(builder), emission(emission), loc(emission.kernel.getLoc()),
      analysis(analyzeKernel(emission.kernel, emission.batch)), domain(emission.kernel, analysis),
      lanes(emission.schedule.getVector()) {
  mapScalars();
}

void KernelContext::mapScalars() {
  for (Operation &op : body()) {
    if (auto dim = dyn_cast<tensor::DimOp>(op)) {
      auto type = cast<RankedTensorType>(dim.getSource().getType());
      int64_t position = dim.getConstantIndex().value_or(0);
      kernelScalars.map(dim.getResult(),
                        type.isDynamicDim(position) ? emission.rows() : index(type.getDimSize(position)));
    } else if (auto constant = dyn_cast<arith::ConstantOp>(op); constant && !isa<ShapedType>(constant.getType())) {
      builder.clone(op, kernelScalars);
    }
  }
}

Value KernelContext::index(int64_t value) {
  return arith::ConstantIndexOp::create(builder, loc, value);
}

Value KernelContext::extent(const Extent &extent) {
  if (extent.isStatic())
    return index(extent.factor);
  if (extent.factor == 1)
    return emission.rows();
  return arith::MulIOp::create(builder, loc, emission.rows(), index(extent.factor));
}

BlockArgument KernelContext::outArgument(unsigned index) {
  return body().getArgument(emission.kernel.getInputs().size() + index);
}

Value KernelContext::buffer(BlockArgument tensor, ArrayRef<unsigned> dims) {
  SmallVector<unsigned> groups = domain.groupsOf(dims);
  if (groups.size() == dims.size())
    return emission.buffer(tensor);
  unsigned key = 0;
  for (unsigned group : groups)
    key |= 1u << group;
  Value &known = collapsed[{tensor, key}];
  if (known)
    return known;
  SmallVector<ReassociationIndices> reassociation(groups.size());
  for (auto [position, dim] : llvm::enumerate(dims))
    reassociation[llvm::find(groups, domain.groupOf(dim)) - groups.begin()].push_back(position);
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(&emission.entry());
  return known = memref::CollapseShapeOp::create(builder, loc, emission.buffer(tensor), reassociation);
}

SmallVector<Value> KernelContext::outerCoordinates(Value linear) {
  unsigned count = domain.rank() - 1;
  SmallVector<Value> coordinates(count);
  for (unsigned group = count; group-- > 1;) {
    Value size = extent(domain.extents[group]);
    coordinates[group] = arith::RemUIOp::create(builder, loc, linear, size);
    linear = arith::DivUIOp::create(builder, loc, linear, size);
  }
  if (count > 0)
    coordinates[0] = linear;
  return coordinates;
}

std::pair<Value, Value> KernelContext::itemRange(const Extent &total, int64_t perItem) {
  Value size = index(perItem);
  Value begin = arith::MulIOp::create(builder, loc, emission.lo(), size);
  Value end = arith::MulIOp::create(builder, loc, emission.hi(), size);
  return {begin, arith::MinSIOp::create(builder, loc, end, extent(total))};
}

} // namespace sinter
