// How do core ops become loops over elements? The pass, and its patterns by op family.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef SINTER_CONVERSION_SINTERTOLINALG_PASSES_H
#define SINTER_CONVERSION_SINTERTOLINALG_PASSES_H

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/PatternMatch.h"
#include "mlir/Pass/Pass.h"

namespace sinter {

#define GEN_PASS_DECL
#define GEN_PASS_REGISTRATION
#include "sinter/Conversion/SinterToLinalg/Passes.h.inc"

/// Named elementwise ops, compare, select, convert, map.
void populateElementwiseToLinalgPatterns(mlir::RewritePatternSet &patterns);
/// constant, batch_size, iota, broadcast, transpose.
void populateGeneratorsToLinalgPatterns(mlir::RewritePatternSet &patterns);
/// slice, pad, concatenate.
void populateGathersToLinalgPatterns(mlir::RewritePatternSet &patterns);
/// reduce, dot_general.
void populateReductionsToLinalgPatterns(mlir::RewritePatternSet &patterns);
/// random_bits.
void populateRandomToLinalgPatterns(mlir::RewritePatternSet &patterns);

} // namespace sinter

#endif // SINTER_CONVERSION_SINTERTOLINALG_PASSES_H
