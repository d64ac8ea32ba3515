// Elementwise kernels on a GPU: each thread computes one 16-byte vector of neighbours of every output.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// All outputs of a point are computed before any is stored, so outputs may overwrite inputs. Where the number of
// elements is no multiple of a vector's, one thread computes the last ones singly; where that would happen in every
// row, all are computed singly.

#include "Skeletons.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;

namespace sinter {
namespace {

constexpr int64_t kThreads = 256;

class MapSkeleton {
public:
  MapSkeleton(DeviceFunction &function, KernelContext &context, KernelContext &single, int64_t lanes)
      : function(function), context(context), single(single), lanes(lanes), math(context.builder, context.loc) {}

  void emit();

private:
  void emitRun(Value first);
  void emitVectorOfRow(Value vector);
  void emitPoint(KernelContext &of, ArrayRef<Value> outer, Value position);

  DeviceFunction &function;
  KernelContext &context, &single; ///< of vectors, of scalars
  int64_t lanes;
  IndexMath math;
};

void MapSkeleton::emit() {
  Value id = function.globalThreadId();
  if (context.domain.rank() == 0)
    emitIf(context.builder, context.loc, math.less(id, math.constant(1)), [&] { emitPoint(context, {}, Value()); });
  else if (context.domain.rank() == 1)
    emitRun(math.mul(id, lanes));
  else
    emitVectorOfRow(id);
}

/// One group: a vector, or what is left behind the last one.
void MapSkeleton::emitRun(Value first) {
  OpBuilder &builder = context.builder;
  const Extent &extent = context.domain.inner();
  Value end = context.extent(extent), next = math.add(first, lanes);
  Value whole = arith::CmpIOp::create(builder, context.loc, arith::CmpIPredicate::sle, next, end);
  emitIf(builder, context.loc, whole, [&] { emitPoint(context, {}, first); });
  if (extent.factor % lanes == 0)
    return;
  Value isNone = arith::ConstantIntOp::create(builder, context.loc, 1, 1);
  Value partial = arith::XOrIOp::create(builder, context.loc, whole, isNone);
  emitIf(builder, context.loc, partial, [&] {
    auto loop = scf::ForOp::create(builder, context.loc, first, end, math.constant(1));
    OpBuilder::InsertionGuard guard(builder);
    builder.setInsertionPointToStart(loop.getBody());
    emitPoint(single, {}, loop.getInductionVar());
  });
}

/// Several groups: vector number `id` of all rows.
void MapSkeleton::emitVectorOfRow(Value id) {
  Extent inner = context.domain.inner(), outer = context.domain.outer();
  Value perRow = inner.isStatic() ? math.constant(inner.factor / lanes) : context.extent(inner);
  Value row = math.div(id, perRow), position = math.mul(math.rem(id, perRow), lanes);
  Value inside = math.less(row, context.extent(outer));
  emitIf(context.builder, context.loc, inside, [&] { emitPoint(context, context.outerCoordinates(row), position); });
}

void MapSkeleton::emitPoint(KernelContext &of, ArrayRef<Value> outer, Value position) {
  Scope point;
  point.groups = (1u << of.domain.rank()) - 1;
  PointEvaluator evaluator(of, {&point});
  evaluator.coordinates.assign(outer.begin(), outer.end());
  if (position)
    evaluator.coordinates.push_back(position);
  evaluator.storeOutputs();
}

/// Threads that are needed for all points.
Grid gridOf(const LoopDomain &domain, int64_t lanes, int64_t batch) {
  if (domain.rank() == 0)
    return {};
  Extent inner = domain.inner(), outer = domain.outer();
  if (domain.rank() == 1)
    return inner.batch ? Grid{inner.factor, 0, kThreads * lanes} : Grid{0, inner.factor, kThreads * lanes};
  int64_t points = outer.factor * (inner.isStatic() ? inner.factor / lanes : inner.factor);
  if (outer.batch && inner.batch)
    return {0, points * batch * batch, kThreads};
  return outer.batch || inner.batch ? Grid{points, 0, kThreads} : Grid{0, points, kThreads};
}

} // namespace

LogicalResult emitDeviceMap(DeviceEmission &emission) {
  LoopDomain domain(emission.kernel, emission.analysis);
  int64_t lanes = domain.rank() == 0 ? 1 : widestLanes(emission.kernel);
  if (domain.rank() > 1 && (!domain.inner().isStatic() || domain.inner().factor % lanes != 0))
    lanes = 1;
  DeviceFunction function = emission.create("", {gridOf(domain, lanes, emission.batch), kThreads});
  KernelContext context(function.builder, function.emission), single(function.builder, function.emission);
  context.lanes = lanes;
  single.lanes = 1;
  MapSkeleton(function, context, single, lanes).emit();
  alignVectors(function.fn);
  function.finish();
  return success();
}

} // namespace sinter
