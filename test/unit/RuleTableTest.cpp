// Does every op that computes floats from floats have a derivative rule? A new op without one fails here.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/IR/MLIRContext.h"
#include "sinter/Dialect/IR/SinterDialect.h"
#include "sinter/Interfaces/DifferentiableOpInterface.h"
#include "sinter/Transforms/Autodiff/Autodiff.h"
#include "llvm/ADT/StringSet.h"

#include <gtest/gtest.h>

using namespace mlir;

namespace {

/// Declarations, ops without float operands, and ops that exist outside of straight-line code only.
const llvm::StringSet<> withoutDerivative = {
    "sinter.batch_size",     "sinter.compare",   "sinter.constant",    "sinter.get",     "sinter.iota",
    "sinter.kernel",         "sinter.launch",    "sinter.loss",        "sinter.metrics", "sinter.model",
    "sinter.optimizer",      "sinter.parameter", "sinter.random_bits", "sinter.return",  "sinter.state",
    "sinter.value_and_grad", "sinter.yield"};

TEST(RuleTable, CoversTheDialect) {
  DialectRegistry registry;
  registry.insert<arith::ArithDialect, math::MathDialect>();
  sinter::registerAutodiffRules(registry);
  MLIRContext context(registry, MLIRContext::Threading::DISABLED);
  context.loadAllAvailableDialects();
  int rules = 0;
  for (RegisteredOperationName name : context.getRegisteredOperations()) {
    if (name.getDialectNamespace() != "sinter")
      continue;
    const bool hasRule = name.hasInterface<sinter::DifferentiableOpInterface>();
    EXPECT_NE(hasRule, withoutDerivative.contains(name.getStringRef())) << name.getStringRef().str();
    rules += hasRule;
  }
  EXPECT_GT(rules, 50);
}

} // namespace
