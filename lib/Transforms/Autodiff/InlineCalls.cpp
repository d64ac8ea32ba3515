// How do function bodies get into their callers? Differentiation and the training step work on straight-line ops.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/IRMapping.h"
#include "sinter/Transforms/Autodiff/Autodiff.h"
#include "llvm/ADT/STLExtras.h"

using namespace mlir;

namespace sinter {

namespace {
class Inliner {
public:
  Inliner(OpBuilder &builder, bool keepCustomRules) : builder(builder), keepCustomRules(keepCustomRules) {}

  /// Clones the body of `function` at the builder's place; the values that it returns.
  FailureOr<SmallVector<Value>> clone(FunctionOpInterface function, ValueRange arguments);
  /// The body of a call's callee in place of the call. Null callee: the call is to stay.
  FailureOr<func::FuncOp> calleeToInline(func::CallOp call);
  SmallVector<Operation *> active; // functions being cloned

private:
  OpBuilder &builder;
  bool keepCustomRules;
};
} // namespace

FailureOr<func::FuncOp> Inliner::calleeToInline(func::CallOp call) {
  auto callee = call->getParentOfType<ModuleOp>().lookupSymbol<func::FuncOp>(call.getCallee());
  if (!callee || callee.isExternal())
    return call.emitOpError("to @") << call.getCallee() << ", which has no body";
  if (llvm::is_contained(active, callee.getOperation()))
    return call.emitOpError("to @") << call.getCallee() << " is recursive: a step has no recursion";
  return keepCustomRules && callee->hasAttr("sinter.vjp") ? func::FuncOp() : callee;
}

FailureOr<SmallVector<Value>> Inliner::clone(FunctionOpInterface function, ValueRange arguments) {
  if (!function.getFunctionBody().hasOneBlock())
    return function.emitOpError("must have a body of one block: a step has no control flow");
  active.push_back(function);
  Block &body = function.getFunctionBody().front();
  IRMapping mapping;
  mapping.map(body.getArguments(), arguments);
  for (Operation &op : body.without_terminator()) {
    auto call = dyn_cast<func::CallOp>(op);
    FailureOr<func::FuncOp> callee = call ? calleeToInline(call) : func::FuncOp();
    if (failed(callee))
      return failure();
    if (!*callee) {
      builder.clone(op, mapping);
      continue;
    }
    auto operands = llvm::map_to_vector(call.getOperands(), [&](Value v) { return mapping.lookup(v); });
    FailureOr<SmallVector<Value>> results = clone(*callee, operands);
    if (failed(results))
      return failure();
    mapping.map(call.getResults(), *results);
  }
  active.pop_back();
  return llvm::map_to_vector(body.getTerminator()->getOperands(), [&](Value v) { return mapping.lookup(v); });
}

FailureOr<SmallVector<Value>> cloneBody(OpBuilder &builder, FunctionOpInterface function, ValueRange arguments,
                                        bool keepCustomRules) {
  return Inliner(builder, keepCustomRules).clone(function, arguments);
}

LogicalResult inlineCalls(FunctionOpInterface function, bool keepCustomRules) {
  SmallVector<func::CallOp> calls;
  function.walk([&](func::CallOp call) { calls.push_back(call); });
  for (func::CallOp call : calls) {
    OpBuilder builder(call);
    Inliner inliner(builder, keepCustomRules);
    inliner.active.push_back(function);
    FailureOr<func::FuncOp> callee = inliner.calleeToInline(call);
    if (failed(callee))
      return failure();
    if (!*callee)
      continue;
    FailureOr<SmallVector<Value>> results = inliner.clone(*callee, call.getOperands());
    if (failed(results))
      return failure();
    call.replaceAllUsesWith(*results);
    call.erase();
  }
  return success();
}

} // namespace sinter
