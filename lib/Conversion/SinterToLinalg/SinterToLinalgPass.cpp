// Which ops go, which stay?
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Transforms/DialectConversion.h"
#include "sinter/Conversion/SinterToLinalg/Passes.h"
#include "sinter/Dialect/IR/SinterDialect.h"

namespace sinter {
#define GEN_PASS_DEF_CONVERTSINTERTOLINALGPASS
#include "sinter/Conversion/SinterToLinalg/Passes.h.inc"
} // namespace sinter

using namespace mlir;

namespace {
struct ConvertSinterToLinalgPass : sinter::impl::ConvertSinterToLinalgPassBase<ConvertSinterToLinalgPass> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    sinter::populateElementwiseToLinalgPatterns(patterns);
    sinter::populateGeneratorsToLinalgPatterns(patterns);
    sinter::populateGathersToLinalgPatterns(patterns);
    sinter::populateReductionsToLinalgPatterns(patterns);
    sinter::populateRandomToLinalgPatterns(patterns);

    ConversionTarget target(getContext());
    target.addIllegalDialect<sinter::SinterDialect>();
    target.addLegalOp<sinter::KernelOp, sinter::ReshapeOp>();
    target.addDynamicallyLegalOp<sinter::YieldOp>(
        [](Operation *op) { return isa<sinter::KernelOp>(op->getParentOp()); });
    target.markUnknownOpDynamicallyLegal([](Operation *) { return true; });
    if (failed(applyPartialConversion(getOperation(), target, std::move(patterns))))
      signalPassFailure();
  }
};
} // namespace
