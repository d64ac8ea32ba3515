// The pass: polynomials first, then what is left on vectors goes lane by lane.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "sinter/Transforms/ExpandMath/ExpandMath.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/Transforms/RegionUtils.h"
#include "mlir/Transforms/WalkPatternRewriteDriver.h"
#include "sinter/Transforms/ExpandMath/Passes.h"

using namespace mlir;

namespace sinter {
#define GEN_PASS_DEF_EXPANDMATHPASS
#include "sinter/Transforms/ExpandMath/Passes.h.inc"

namespace {

struct ExpandMathPass : impl::ExpandMathPassBase<ExpandMathPass> {
  using ExpandMathPassBase::ExpandMathPassBase;

  void runOnOperation() override {
    // Products of pairs become conversions; formulas come before the functions in them.
    MathTarget target{fma, avx512, libm, f16, bf16Pairs};
    if (fma) {
      apply(populateMultiplyAddPatterns);
      removeDead();
    }
    apply([&](RewritePatternSet &patterns) {
      populatePairProductPatterns(patterns, target);
      populateMathFormulaPatterns(patterns, target);
      populateQuotientPatterns(patterns, target);
      populateSubnormalPatterns(patterns, target);
    });
    removeDead();
    apply([&](RewritePatternSet &patterns) {
      populateMathPolynomialPatterns(patterns, target);
      if (!libm && fma)
        populateDeviceFunctionPatterns(patterns, target);
      populateMathToScalarPatterns(patterns);
      populateHalfFloatPatterns(patterns, target);
      populateWideProductPatterns(patterns);
    });
    if (!fma)
      apply(populateSplitFmaPatterns);
  }

  /// Functions that formulas replaced would be expanded for nothing.
  void removeDead() {
    IRRewriter rewriter(&getContext());
    (void)runRegionDCE(rewriter, getOperation()->getRegions());
  }

  /// One walk suffices: no pattern makes an op that another one matches.
  void apply(llvm::function_ref<void(RewritePatternSet &)> populate) {
    RewritePatternSet patterns(&getContext());
    populate(patterns);
    walkAndApplyPatterns(getOperation(), std::move(patterns));
  }
};

} // namespace
} // namespace sinter
