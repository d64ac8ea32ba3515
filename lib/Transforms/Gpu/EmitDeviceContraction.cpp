// Which skeleton computes a product on a GPU, with which tile?
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "FmaContraction.h"
#include "MmaContraction.h"
#include "WgmmaContraction.h"

using namespace mlir;

namespace sinter {

static void emitOnTensorCores(DeviceEmission &emission, const ContractionProblem &problem) {
  MmaTile tile = MmaContraction::choose(problem);
  DeviceFunction function = emission.create("", {contractionGrid(problem, tile.block), tile.threads()});
  MmaContraction(function, problem, tile).emit();
  alignVectors(function.fn);
  function.finish();
}

/// Two functions, if the sums are cut into parts.
static void emitByMultiplyAdds(DeviceEmission &emission, const ContractionProblem &problem) {
  FmaTile tile = FmaContraction::choose(problem);
  ContractionParts parts(problem, tile.block, tile.parts);
  Grid tiles = contractionGrid(problem, tile.block), blocks = tiles;
  blocks.factor *= tile.parts;
  DeviceFunction function = emission.create("", {blocks, tile.threads(), parts.bytes()});
  FmaContraction(function, problem, tile).emit();
  alignVectors(function.fn);
  function.finish();
  if (tile.parts == 1)
    return;
  DeviceFunction combination = emission.create("_combine", {tiles, ContractionCombination::kThreads, parts.bytes()});
  ContractionCombination(combination, problem, parts).emit();
  alignVectors(combination.fn);
  combination.finish();
}

/// The counterpart of the last function for sm_90a, if it has one.
static void emitOnHopper(DeviceEmission &emission, const ContractionProblem &problem) {
  const WgmmaTile *tile = WgmmaContraction::choose(problem, emission.tf32);
  if (!tile)
    return;
  DeviceFunction function = emission.createOnHopper(WgmmaContraction::launchShape(problem, *tile));
  WgmmaContraction(function, problem, *tile).emit();
  alignVectors(function.fn);
  function.finish();
}

LogicalResult emitDeviceContraction(DeviceEmission &emission) {
  FailureOr<ContractionProblem> problem = matchContraction(emission.kernel, emission.batch);
  if (failed(problem) || !problem->sums.empty())
    return emission.kernel.emitError() << "kernel \"" << emission.kernel.getName()
                                       << "\" is no product that the contraction skeleton for GPUs knows";
  if (MmaContraction::computes(*problem, emission.tf32))
    emitOnTensorCores(emission, *problem);
  else
    emitByMultiplyAdds(emission, *problem);
  if (emission.hopper)
    emitOnHopper(emission, *problem);
  return success();
}

} // namespace sinter
