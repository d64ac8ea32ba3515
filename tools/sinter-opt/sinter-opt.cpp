// sinter-opt: runs passes of Sinter and of MLIR on a file. For lit tests and for looking at one pass at a time.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "mlir/InitAllDialects.h"
#include "mlir/InitAllExtensions.h"
#include "mlir/InitAllPasses.h"
#include "mlir/Tools/mlir-opt/MlirOptMain.h"
#include "sinter/Conversion/DeviceToNVVM/Passes.h"
#include "sinter/Conversion/SinterToLLVM/Passes.h"
#include "sinter/Conversion/SinterToLinalg/Passes.h"
#include "sinter/Dialect/IR/SinterDialect.h"
#include "sinter/Pipelines/Passes.h"
#include "sinter/Pipelines/Pipelines.h"
#include "sinter/Transforms/Autodiff/Autodiff.h"
#include "sinter/Transforms/Autodiff/Passes.h"
#include "sinter/Transforms/Decompose/Passes.h"
#include "sinter/Transforms/ExpandMath/Passes.h"
#include "sinter/Transforms/Fusion/Passes.h"
#include "sinter/Transforms/Gpu/Passes.h"
#include "sinter/Transforms/Memory/Passes.h"
#include "sinter/Transforms/Step/Passes.h"
#include "sinter/Transforms/Tiling/Passes.h"

int main(int argc, char **argv) {
  mlir::registerAllPasses();
  sinter::registerAutodiffPasses();
  sinter::registerStepPasses();
  sinter::registerDecomposePasses();
  sinter::registerSinterToLinalgPasses();
  sinter::registerFusionPasses();
  sinter::registerExpandMathPasses();
  sinter::registerMemoryPasses();
  sinter::registerSinterToLLVMPasses();
  sinter::registerTilingPasses();
  sinter::registerGpuPasses();
  sinter::registerDeviceToNVVMPasses();
  sinter::registerPipelinesPasses();
  sinter::registerPhasePipelines();
  mlir::DialectRegistry registry;
  mlir::registerAllDialects(registry);
  mlir::registerAllExtensions(registry);
  registry.insert<sinter::SinterDialect>();
  sinter::registerAutodiffRules(registry);
  return mlir::asMainReturnCode(mlir::MlirOptMain(argc, argv, "sinter-opt: Sinter pass driver\n", registry));
}
