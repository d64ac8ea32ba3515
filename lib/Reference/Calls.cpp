// How do functions and parameters come in? Calls, `sinter.get`, and the one op that has no value of its own.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "EvaluationTable.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "sinter/Dialect/IR/SinterDialect.h"

using namespace mlir;
using namespace sinter;
using namespace sinter::reference;

static constexpr int maxCallDepth = 200;

static LogicalResult evaluateCall(func::CallOp op, Frame &frame) {
  auto callee = SymbolTable::lookupNearestSymbolFrom<FunctionOpInterface>(op, op.getCalleeAttr());
  if (!callee)
    return op.emitOpError("there is no function '") << op.getCallee() << "'";
  if (frame.depth >= maxCallDepth)
    return op.emitOpError("more than ") << maxCallDepth << " calls inside one another";
  SmallVector<Tensor> arguments;
  for (Value operand : op.getOperands())
    arguments.push_back(frame.get(operand));
  FailureOr<SmallVector<Tensor>> results =
      evaluateAtDepth(callee, arguments, frame.environment, /*wanted=*/{}, frame.depth + 1);
  if (failed(results))
    return failure();
  for (auto [result, tensor] : llvm::zip_equal(op.getResults(), *results))
    frame.set(result, std::move(tensor));
  return success();
}

static LogicalResult evaluateGet(GetOp op, Frame &frame) {
  for (auto [symbol, result] : llvm::zip_equal(op.getParameters(), op.getValues())) {
    StringRef name = cast<FlatSymbolRefAttr>(symbol).getValue();
    auto entry = frame.environment.parameters.find(name.str());
    if (entry == frame.environment.parameters.end())
      return op.emitOpError("no value is given for parameter '") << name << "'";
    frame.set(result, entry->second);
  }
  return success();
}

static LogicalResult evaluateValueAndGrad(ValueAndGradOp op, Frame &) {
  return op.emitOpError("the reference interpreter does not differentiate: expand with sinter-differentiate first");
}

void sinter::reference::addCalls(EvaluationTable &table) {
  table.addChecked<func::CallOp>(evaluateCall);
  table.addChecked<GetOp>(evaluateGet);
  table.addChecked<ValueAndGradOp>(evaluateValueAndGrad);
}
