// How much work is a kernel: operations, bytes, and an estimate of time?
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "KernelCost.h"
#include "sinter/Analysis/TimeEstimate.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/TypeUtilities.h"
#include "llvm/ADT/TypeSwitch.h"

#include <algorithm>

using namespace mlir;

namespace sinter {

static double elements(ArrayRef<int64_t> shape, int64_t batch) {
  double count = 1;
  for (int64_t extent : shape)
    count *= ShapedType::isDynamic(extent) ? batch : extent;
  return count;
}

/// Price of an op on one element in additions, about what vector code costs.
static double weight(Operation &op) {
  return llvm::TypeSwitch<Operation *, double>(&op)
      .Case<arith::ConstantOp, linalg::IndexOp, arith::IndexCastOp>([](auto) { return 0; })
      .Case<arith::DivFOp, math::SqrtOp, math::RsqrtOp>([](auto) { return 4; })
      .Case<math::ExpOp, math::Exp2Op, math::ExpM1Op, math::LogOp, math::Log1pOp>([](auto) { return 14; })
      .Case<arith::TruncFOp>([](auto truncate) { return truncate.getType().isBF16() ? 7 : 1; })
      .Case<math::TanhOp, math::ErfOp>([](auto) { return 24; })
      .Case<math::AbsFOp, math::FmaOp, math::CopySignOp, math::FloorOp, math::CeilOp>([](auto) { return 1; })
      .Case<arith::DivSIOp, arith::DivUIOp, arith::RemSIOp, arith::RemUIOp>([](auto) { return 20; })
      .Default([](Operation *other) { return isa<math::MathDialect>(other->getDialect()) ? 50 : 1; });
}

static double flops(Operation &op) {
  if (op.getNumResults() != 1 || !isa<FloatType>(getElementTypeOrSelf(op.getResult(0).getType())))
    return 0;
  if (isa<arith::ConstantOp, arith::SelectOp, arith::ExtFOp, arith::TruncFOp, arith::BitcastOp>(op))
    return 0;
  return isa<math::FmaOp>(op) ? 2 : 1;
}

/// Every op that a point runs, with how often: the bodies of loops as often as these turn.
static void forEachOp(Block &block, double times, llvm::function_ref<void(Operation &, double)> visit) {
  for (Operation &op : block.without_terminator()) {
    auto loop = dyn_cast<scf::ForOp>(op);
    if (!loop)
      visit(op, times);
    else
      forEachOp(*loop.getBody(), times * loop.getStaticTripCount().value_or(APInt(64, 1)).getZExtValue(), visit);
  }
}

double weightOf(linalg::GenericOp generic) {
  double total = 0;
  forEachOp(generic.getRegion().front(), 1, [&](Operation &op, double times) { total += times * weight(op); });
  return total;
}

bool isExpensive(linalg::GenericOp generic) {
  return weightOf(generic) > 8;
}

void measure(KernelOp kernel, int64_t batch, KernelAnalysis &analysis) {
  for (linalg::GenericOp generic : analysis.generics) {
    double points = elements(generic.getStaticLoopRanges(), batch);
    forEachOp(generic.getRegion().front(), points, [&](Operation &op, double times) {
      analysis.flops += times * flops(op);
      analysis.weightedOps += times * weight(op);
    });
  }
  auto add = [&](Value operand) {
    auto type = cast<RankedTensorType>(operand.getType());
    analysis.bytes += elements(type.getShape(), batch) * storedBytes(type.getElementType());
  };
  for (BlockArgument argument : kernel.getBody().getArguments().drop_back(kernel.getOuts().size()))
    if (!llvm::all_of(argument.getUsers(), [](Operation *user) { return isa<tensor::DimOp>(user); }))
      add(argument);
  llvm::for_each(kernel.getOuts(), add);
  // Destinations that are read too, by a generic that uses the old value.
  for (BlockArgument argument : kernel.getBody().getArguments().take_back(kernel.getOuts().size()))
    if (readsElements(argument))
      add(argument);
}

bool readsElements(Value tensor) {
  return llvm::any_of(tensor.getUses(), [](OpOperand &use) {
    auto generic = dyn_cast<linalg::GenericOp>(use.getOwner());
    return generic && generic.payloadUsesValueFromOperand(&use);
  });
}

double arithmeticMicroseconds(const KernelAnalysis &analysis, const TargetInfo &target, Type element) {
  double perCycle = double(target.lanes(element)) * target.fmaPorts;
  if (analysis.strategy == Strategy::Contraction)
    perCycle *= 2;
  if (analysis.strategy == Strategy::Loops)
    perCycle = 1;
  return analysis.weightedOps / perCycle / (target.gigahertz * 1e3);
}

double trafficMicroseconds(const KernelAnalysis &analysis, const TargetInfo &target) {
  return analysis.bytes / (target.gigabytesPerSecond * 1e3);
}

double estimateMicroseconds(const KernelAnalysis &analysis, const TargetInfo &target, Type element) {
  return std::max(arithmeticMicroseconds(analysis, target, element), trafficMicroseconds(analysis, target));
}

Type laneType(KernelOp kernel) {
  Type best;
  auto rank = [](Type element) { return std::make_pair(isa<FloatType>(element), storedBytes(element)); };
  auto consider = [&](bool scalars) {
    for (Type type : kernel.getBody().getArgumentTypes()) {
      auto tensor = cast<RankedTensorType>(type);
      if ((tensor.getRank() > 0 || scalars) && (!best || rank(tensor.getElementType()) > rank(best)))
        best = tensor.getElementType();
    }
  };
  consider(/*scalars=*/false);
  if (!best)
    consider(/*scalars=*/true);
  return computeType(best);
}

} // namespace sinter
