// sinter.value_and_grad @f(x) -> the ops of f, then those of its gradient. Innermost first, so that a function which
// itself takes gradients can be differentiated: that is how second derivatives are made.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Rules.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/SymbolTable.h"
#include "mlir/Pass/Pass.h"
#include "sinter/Dialect/IR/SinterDialect.h"
#include "sinter/Transforms/Autodiff/Autodiff.h"
#include "sinter/Transforms/Autodiff/Passes.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SetVector.h"

using namespace mlir;

namespace sinter {

#define GEN_PASS_DEF_SINTERDIFFERENTIATE
#include "sinter/Transforms/Autodiff/Passes.h.inc"

namespace {
class Expander {
public:
  explicit Expander(ModuleOp module) : module(module) {}
  /// Expands all gradients in `function`, after those in the functions it uses.
  LogicalResult expandIn(FunctionOpInterface function);

private:
  LogicalResult expandUsed(Operation *user, StringRef symbol);
  LogicalResult expand(ValueAndGradOp op);

  ModuleOp module;
  SmallVector<Operation *> active;
  DenseSet<Operation *> done;
};
} // namespace

LogicalResult Expander::expandUsed(Operation *user, StringRef symbol) {
  auto used = module.lookupSymbol<func::FuncOp>(symbol);
  if (!used || used.isExternal())
    return user->emitOpError("needs a function @") << symbol << " with a body";
  if (llvm::is_contained(active, used.getOperation()))
    return user->emitOpError("of @") << symbol << " is recursive: a recursive function cannot be differentiated";
  return expandIn(used);
}

LogicalResult Expander::expandIn(FunctionOpInterface function) {
  if (done.contains(function))
    return success();
  active.push_back(function);
  SmallVector<ValueAndGradOp> gradients;
  WalkResult walk = function.walk([&](Operation *op) {
    LogicalResult used = success();
    if (auto call = dyn_cast<func::CallOp>(op))
      used = expandUsed(op, call.getCallee());
    if (auto gradient = dyn_cast<ValueAndGradOp>(op)) {
      used = expandUsed(op, gradient.getCallee());
      gradients.push_back(gradient);
    }
    return WalkResult(used);
  });
  if (walk.wasInterrupted())
    return failure();
  for (ValueAndGradOp gradient : gradients)
    if (failed(expand(gradient)))
      return failure();
  active.pop_back();
  done.insert(function);
  return success();
}

/// A function with the callee's arguments that calls it: its arguments are distinct values even where the caller passes
/// the same value twice.
static func::FuncOp wrap(ValueAndGradOp op, func::FuncOp callee) {
  OpBuilder builder(callee);
  auto wrapper = func::FuncOp::create(builder, op.getLoc(), callee.getName(), callee.getFunctionType());
  wrapper.setPrivate();
  builder.setInsertionPointToStart(wrapper.addEntryBlock());
  auto call = func::CallOp::create(builder, op.getLoc(), callee, wrapper.getArguments());
  func::ReturnOp::create(builder, op.getLoc(), call.getResults());
  // Behind the callee, which therefore stays the one found under their common name.
  wrapper->moveAfter(callee);
  return wrapper;
}

/// Returns the gradients of the first returned value beside what `wrapper` returned.
static LogicalResult appendGradients(func::FuncOp wrapper, ArrayRef<int64_t> wrt) {
  if (failed(inlineCalls(wrapper, /*keepCustomRules=*/true)))
    return failure();
  Block &body = wrapper.getBody().front();
  Operation *terminator = body.getTerminator();
  OpBuilder builder(terminator);
  auto arguments = llvm::map_to_vector(wrt, [&](int64_t i) -> Value { return body.getArgument(i); });
  FailureOr<SmallVector<Value>> gradients = differentiate(builder, terminator->getOperand(0), arguments);
  if (failed(gradients))
    return failure();
  terminator->insertOperands(terminator->getNumOperands(), *gradients);
  eraseDeadOps(body, terminator->getIterator(), nullptr);
  return success();
}

LogicalResult Expander::expand(ValueAndGradOp op) {
  func::FuncOp wrapper = wrap(op, module.lookupSymbol<func::FuncOp>(op.getCallee()));
  OpBuilder builder(op);
  FailureOr<SmallVector<Value>> results = failure();
  if (succeeded(appendGradients(wrapper, op.getWrt())))
    results = cloneBody(builder, wrapper, op.getOperands_(), /*keepCustomRules=*/true);
  wrapper.erase();
  if (failed(results))
    return failure();
  op.replaceAllUsesWith(*results);
  op.erase();
  return success();
}

LogicalResult expandValueAndGrad(ModuleOp module) {
  Expander expander(module);
  for (auto function : llvm::to_vector(module.getOps<FunctionOpInterface>()))
    if (failed(expander.expandIn(function)))
      return failure();
  return success();
}

namespace {
struct DifferentiatePass : impl::SinterDifferentiateBase<DifferentiatePass> {
  void getDependentDialects(DialectRegistry &registry) const override { registerAutodiffRules(registry); }
  void runOnOperation() override {
    if (failed(expandValueAndGrad(getOperation())))
      signalPassFailure();
  }
};
} // namespace

} // namespace sinter
