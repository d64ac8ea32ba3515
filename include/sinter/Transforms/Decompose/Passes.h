// How are composite ops written as core ops? The pass, and its patterns by op family.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef SINTER_TRANSFORMS_DECOMPOSE_PASSES_H
#define SINTER_TRANSFORMS_DECOMPOSE_PASSES_H

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/PatternMatch.h"
#include "mlir/Pass/Pass.h"
#include "sinter/Dialect/IR/SinterDialect.h"

namespace sinter {

#define GEN_PASS_DECL
#define GEN_PASS_REGISTRATION
#include "sinter/Transforms/Decompose/Passes.h.inc"

/// relu, leaky_relu, elu, silu, softplus, gelu, square.
void populateDecomposeActivationPatterns(mlir::RewritePatternSet &patterns);
/// dropout: a mask of random bits, without a key the identity.
void populateDecomposeDropoutPatterns(mlir::RewritePatternSet &patterns);
/// Ops on tensors without elements.
void populateDecomposeEmptyPatterns(mlir::RewritePatternSet &patterns);
/// linear; products without tiles; transposes around dot_general.
void populateDecomposeProductPatterns(mlir::RewritePatternSet &patterns);
/// softmax, log_softmax, layer_norm, rms_norm.
void populateDecomposeNormalizationPatterns(mlir::RewritePatternSet &patterns);
/// mse_loss, l1_loss, huber_loss, bce_with_logits, cross_entropy.
void populateDecomposeLossPatterns(mlir::RewritePatternSet &patterns);
/// reduce: means, several dimensions, leading dimensions of high rank.
void populateDecomposeReductionPatterns(mlir::RewritePatternSet &patterns);

} // namespace sinter

#endif // SINTER_TRANSFORMS_DECOMPOSE_PASSES_H
