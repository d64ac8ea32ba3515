// Where do ops get their derivative rules? When their dialects are loaded.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Rules.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "sinter/Transforms/Autodiff/Autodiff.h"

using namespace mlir;

namespace sinter {

static void addDialectRules(MLIRContext *context, SinterDialect *, arith::ArithDialect *, math::MathDialect *) {
  Rules rules(context);
  addElementwiseRules(rules);
  addActivationRules(rules);
  addScalarRules(rules);
  addCoreRules(rules);
  addProductRules(rules);
  addCompositeRules(rules);
  addLossRules(rules);
  addMapRule(rules);
}

static void addFunctionRules(MLIRContext *context, func::FuncDialect *) {
  Rules rules(context);
  addCallRule(rules);
}

void registerAutodiffRules(DialectRegistry &registry) {
  registry.insert<SinterDialect, func::FuncDialect>();
  registry.addExtension(addDialectRules);
  registry.addExtension(addFunctionRules);
}

} // namespace sinter
