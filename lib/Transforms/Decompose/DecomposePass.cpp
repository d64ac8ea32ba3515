// Which patterns make a function of core ops?
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "mlir/Transforms/GreedyPatternRewriteDriver.h"
#include "sinter/Transforms/Decompose/Passes.h"

namespace sinter {
#define GEN_PASS_DEF_DECOMPOSEPASS
#include "sinter/Transforms/Decompose/Passes.h.inc"
} // namespace sinter

using namespace mlir;

namespace {
struct DecomposePass : sinter::impl::DecomposePassBase<DecomposePass> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    sinter::populateDecomposeActivationPatterns(patterns);
    sinter::populateDecomposeDropoutPatterns(patterns);
    sinter::populateDecomposeEmptyPatterns(patterns);
    sinter::populateDecomposeProductPatterns(patterns);
    sinter::populateDecomposeNormalizationPatterns(patterns);
    sinter::populateDecomposeLossPatterns(patterns);
    sinter::populateDecomposeReductionPatterns(patterns);
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns))))
      signalPassFailure();
  }
};
} // namespace
