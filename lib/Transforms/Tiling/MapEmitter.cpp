// Elementwise kernels: every output at every point of the domain, vectors along the last group.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Without broadcasts the domain is one group and items are runs of elements; with them, items are runs of rows. All
// outputs of a point are computed before any is stored, so outputs may overwrite inputs.

#include "VectorLoop.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

#include <numeric>

using namespace mlir;

namespace sinter {
namespace {

class MapEmitter {
public:
  MapEmitter(OpBuilder &builder, KernelEmission &emission)
      : context(builder, emission), tile(emission.schedule.getTile()) {}

  void emit() {
    if (context.domain.rank() == 0)
      emitScalars();
    else if (context.domain.rank() == 1)
      emitRun();
    else
      emitRows();
  }

private:
  /// Rank 0: one point.
  void emitScalars() {
    auto loop = scf::ForOp::create(context.builder, context.loc, context.emission.lo(), context.emission.hi(),
                                   context.index(1));
    OpBuilder::InsertionGuard guard(context.builder);
    context.builder.setInsertionPointToStart(loop.getBody());
    Scope point;
    PointEvaluator evaluator(context, {&point});
    evaluator.storeOutputs();
  }

  /// One group: work items are runs of elements.
  void emitRun() {
    auto [begin, end] = context.itemRange(context.domain.inner(), tile[0]);
    int64_t multiple = std::gcd(tile[0], context.domain.inner().factor);
    VectorLoop(context, {&context.entry}, tile[1])
        .run(
            begin, end, multiple, [] { return VectorLoop::Values(); },
            [&](Value position, Value mask, ArrayRef<Value>) {
              return emitPoint({}, {&context.entry}, position, mask);
            });
  }

  /// Several groups: work items are runs of rows.
  void emitRows() {
    Extent outer = context.domain.outer(), inner = context.domain.inner();
    auto [begin, end] = context.itemRange(outer, mapRowsPerItem(context.domain, tile[0], context.emission.batch));
    auto loop = scf::ForOp::create(context.builder, context.loc, begin, end, context.index(1));
    AnchorScopes anchor({&context.entry}, loop);
    OpBuilder::InsertionGuard guard(context.builder);
    context.builder.setInsertionPointToStart(loop.getBody());
    SmallVector<Value> outerCoordinates = context.outerCoordinates(loop.getInductionVar());
    Scope row;
    row.groups = (1u << outerCoordinates.size()) - 1;
    VectorLoop vectors(context, {&row}, tile[1]);
    auto initial = [] { return VectorLoop::Values(); };
    auto body = [&](Value position, Value mask, ArrayRef<Value>) {
      return emitPoint(outerCoordinates, {&context.entry, &row}, position, mask);
    };
    if (inner.isStatic())
      vectors.run(inner.factor, 0, initial, body);
    else
      vectors.run(context.index(0), context.extent(inner), inner.factor, initial, body);
  }

  VectorLoop::Values emitPoint(ArrayRef<Value> outerCoordinates, SmallVector<Scope *> scopes, Value position,
                               Value mask) {
    Scope point;
    point.groups = (1u << context.domain.rank()) - 1;
    scopes.push_back(&point);
    PointEvaluator evaluator(context, scopes);
    evaluator.coordinates.assign(outerCoordinates.begin(), outerCoordinates.end());
    evaluator.coordinates.push_back(position);
    evaluator.mask = mask;
    evaluator.storeOutputs();
    return {};
  }

  KernelContext context;
  ArrayRef<int64_t> tile;
};

} // namespace

LogicalResult emitMap(OpBuilder &builder, KernelEmission &emission) {
  MapEmitter(builder, emission).emit();
  return success();
}

} // namespace sinter
