// Which skeleton computes a product on a GPU, with which tile?
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "FmaContraction.h"
#include "MmaContraction.h"

using namespace mlir;

namespace sinter {

template <typename Skeleton>
static void emitAs(DeviceEmission &emission, const ContractionProblem &problem) {
  auto tile = Skeleton::choose(problem);
  DeviceFunction function = emission.create("", {contractionGrid(problem, tile.block), tile.threads()});
  Skeleton(function, problem, tile).emit();
  alignVectors(function.fn);
  function.finish();
}

LogicalResult emitDeviceContraction(DeviceEmission &emission) {
  FailureOr<ContractionProblem> problem = matchContraction(emission.kernel, emission.batch);
  if (failed(problem))
    return emission.kernel.emitError() << "kernel \"" << emission.kernel.getName()
                                       << "\" is no product that the contraction skeleton for GPUs knows";
  if (MmaContraction::computes(*problem, emission.tf32))
    emitAs<MmaContraction>(emission, *problem);
  else
    emitAs<FmaContraction>(emission, *problem);
  return success();
}

} // namespace sinter
