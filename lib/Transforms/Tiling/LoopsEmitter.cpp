// Kernels that fit no better skeleton: one generic as plain loops over scalars (gathers, odd reductions), or a
// transposition, in squares of vectors.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Parallel loops in order, then the reduction loops; work items are runs of iterations of the outermost parallel loop.

#include "LoopPoint.h"
#include "Transposition.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;

namespace sinter {
namespace {

class LoopsEmitter {
public:
  LoopsEmitter(OpBuilder &builder, KernelEmission &emission)
      : context(builder, emission), builder(builder), loc(context.loc), point(context) {}

  LogicalResult emit();

private:
  void emitParallel(unsigned depth);

  KernelContext context;
  OpBuilder &builder;
  Location loc;
  LoopPoint point;
};

LogicalResult LoopsEmitter::emit() {
  if (failed(point.check()))
    return failure();
  OpBuilder::InsertionGuard guard(builder);
  int64_t perItem = context.emission.schedule.getTile()[0];
  Extent total;
  if (!point.parallel.empty()) {
    int64_t extent = context.analysis.domain[point.parallel[0]];
    total = ShapedType::isDynamic(extent) ? Extent{1, true} : Extent{extent, false};
  }
  auto [begin, end] = context.itemRange(total, perItem);
  if (context.lanes > 1) {
    emitSquares(context, *matchTransposition(context.analysis, context.lanes), begin, end);
    return success();
  }
  auto loop = scf::ForOp::create(builder, loc, begin, end, context.index(1));
  builder.setInsertionPointToStart(loop.getBody());
  if (!point.parallel.empty())
    point.coordinates[point.parallel[0]] = loop.getInductionVar();
  emitParallel(1);
  return success();
}

void LoopsEmitter::emitParallel(unsigned depth) {
  if (depth >= point.parallel.size())
    return point.emit();
  OpBuilder::InsertionGuard guard(builder);
  unsigned dim = point.parallel[depth];
  auto loop = scf::ForOp::create(builder, loc, context.index(0), point.extent(dim), context.index(1));
  builder.setInsertionPointToStart(loop.getBody());
  point.coordinates[dim] = loop.getInductionVar();
  emitParallel(depth + 1);
}

} // namespace

LogicalResult emitLoops(OpBuilder &builder, KernelEmission &emission) {
  return LoopsEmitter(builder, emission).emit();
}

} // namespace sinter
