// How are the rows of a kernel spread over a GPU, and is there another way on Hopper?
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "RowSkeleton.h"
#include "Skeletons.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Remarks.h"

#include <cmath>

using namespace mlir;

namespace sinter {

static Grid gridOf(const KernelAnalysis &analysis, const LoopDomain &domain, const DeviceRowShape &shape) {
  if (analysis.rowsPerPart > 0)
    return {0, analysis.parts, 1};
  Extent outer = domain.outer();
  return outer.batch ? Grid{outer.factor, 0, shape.rowsAtOnce(), shape.cluster}
                     : Grid{0, outer.factor, shape.rowsAtOnce(), shape.cluster};
}

/// Matrices of the whole domain that the kernel reads.
static SmallVector<BlockArgument> matricesRead(KernelOp kernel, const KernelAnalysis &analysis) {
  SmallVector<BlockArgument> matrices;
  for (BlockArgument argument : kernel.getBody().getArguments()) {
    auto isRead = [](OpOperand &use) {
      auto generic = dyn_cast<linalg::GenericOp>(use.getOwner());
      return generic && !generic.getMatchingBlockArgument(&use).use_empty();
    };
    if (cast<RankedTensorType>(argument.getType()).getRank() == analysis.rank() &&
        llvm::any_of(argument.getUses(), isRead))
      matrices.push_back(argument);
  }
  return matrices;
}

static int64_t partialSums(KernelOp kernel) {
  return llvm::count_if(kernel.getBody().front().getTerminator()->getOperands(), [](Value result) {
    auto generic = result.getDefiningOp<linalg::GenericOp>();
    return generic && rowsPerPartOf(generic);
  });
}

/// Passes over a row, which end with reductions but for the last.
static int64_t passesOf(const KernelAnalysis &analysis) {
  unsigned last = 0;
  for (auto [tensor, stage] : analysis.stage)
    last = std::max(last, stage);
  return last + 1;
}

static void emitWith(DeviceFunction function, const DeviceRowShape &shape, ArrayRef<BlockArgument> matrices) {
  KernelContext context(function.builder, function.emission);
  context.lanes = shape.lanes;
  emitRowSkeleton(function, context, shape, matrices);
  alignVectors(function.fn);
  function.finish();
}

/// Says of rows of blocks whether they are rows of clusters on sm_90a.
static void report(KernelOp kernel, const DeviceClusters &clusters) {
  auto about = remark::RemarkOpts::name("clusters")
                   .category("schedule")
                   .function(kernel->getParentOfType<func::FuncOp>().getName());
  auto tell = [&](auto sent, StringRef whose) {
    sent << remark::add("rows of '{0}' belong to {1} on sm_90a", kernel.getName(), whose)
         << remark::metric("Kernel", kernel.getName()) << remark::metric("Blocks", clusters.shape.cluster)
         << remark::metric("NanosecondsOfClusters", std::llround(clusters.time * 1e3))
         << remark::metric("NanosecondsOfBlocks", std::llround(clusters.timeOfBlocks * 1e3));
  };
  if (areWorthwhile(clusters))
    tell(remark::passed(kernel.getLoc(), about), "clusters of blocks");
  else
    tell(remark::missed(kernel.getLoc(), about), "blocks");
}

LogicalResult emitDeviceRow(DeviceEmission &emission) {
  LoopDomain domain(emission.kernel, emission.analysis);
  SmallVector<BlockArgument> matrices = matricesRead(emission.kernel, emission.analysis);
  DeviceRows rows{domain.outer().largest(emission.batch),
                  domain.inner().largest(emission.batch),
                  domain.inner().isStatic(),
                  widestElement(emission.kernel),
                  static_cast<int64_t>(matrices.size()),
                  partialSums(emission.kernel),
                  passesOf(emission.analysis)};
  DeviceRowShape shape(rows);
  emitWith(emission.create("", {gridOf(emission.analysis, domain, shape), shape.threads}), shape, matrices);
  std::optional<DeviceClusters> clusters = emission.hopper ? bestClusters(rows) : std::nullopt;
  if (!clusters)
    return success();
  report(emission.kernel, *clusters);
  if (areWorthwhile(*clusters)) {
    LaunchShape launch{gridOf(emission.analysis, domain, clusters->shape), clusters->shape.threads};
    launch.cluster = clusters->shape.cluster;
    launch.residents = clusters->shape.residents(); // else the assembler bounds registers, and spills
    emitWith(emission.createOnHopper(launch), clusters->shape, matrices);
  }
  return success();
}

} // namespace sinter
