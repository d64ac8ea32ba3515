// Larger and smaller numbers in one instruction.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// On x86, the larger one of two numbers, or NaN, is quickest as a comparison and a choice, and so our regions and
// formulas say it. PTX has `max.NaN` and `min.NaN` for f32. Of two zeros of different signs either may be the result.

#ifndef SINTER_LIB_CONVERSION_DEVICETONVVM_EXTREMES_H
#define SINTER_LIB_CONVERSION_DEVICETONVVM_EXTREMES_H

namespace mlir {
class RewritePatternSet;
}

namespace sinter {

void populateExtremePatterns(mlir::RewritePatternSet &patterns);

} // namespace sinter

#endif // SINTER_LIB_CONVERSION_DEVICETONVVM_EXTREMES_H
