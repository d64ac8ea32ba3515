// How does a function get a derivative of the user's own? Its attribute `sinter.vjp = @rule` names a function
//   @rule(arguments..., cotangents of its float results...) -> (cotangents of its float arguments...).
// Cotangents have the types of their values, but f32 for f16 and bf16.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Rules.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "sinter/Transforms/Autodiff/Autodiff.h"

using namespace mlir;

namespace sinter {

static bool isFloatTensor(Type type) {
  auto tensor = dyn_cast<RankedTensorType>(type);
  return tensor && isa<FloatType>(tensor.getElementType());
}

/// The function that `callee`'s custom rule names, with the signature it must have; null after a diagnostic.
static func::FuncOp findRule(func::CallOp call, FlatSymbolRefAttr &name) {
  auto module = call->getParentOfType<ModuleOp>();
  auto callee = module.lookupSymbol<func::FuncOp>(call.getCallee());
  name = callee ? callee->getAttrOfType<FlatSymbolRefAttr>("sinter.vjp") : FlatSymbolRefAttr();
  if (!name) {
    call.emitOpError("to @") << call.getCallee() << " is not inlined and its callee has no derivative 'sinter.vjp'";
    return {};
  }
  auto rule = module.lookupSymbol<func::FuncOp>(name.getValue());
  if (!rule) {
    callee.emitError("'sinter.vjp' names ") << name << ", which is no function of the module";
    return {};
  }
  SmallVector<Type> inputs(callee.getArgumentTypes()), results;
  auto addCotangents = [](TypeRange types, SmallVectorImpl<Type> &to) {
    for (Type type : types)
      if (isFloatTensor(type))
        to.push_back(cotangentType(type));
  };
  addCotangents(callee.getResultTypes(), inputs);
  addCotangents(callee.getArgumentTypes(), results);
  auto expected = FunctionType::get(call.getContext(), inputs, results);
  if (rule.getFunctionType() == expected)
    return rule;
  rule.emitError("derivative of @") << callee.getName() << " must be of type " << expected << ", found "
                                    << rule.getFunctionType();
  return {};
}

static LogicalResult callRule(func::CallOp call, Vjp &v) {
  FlatSymbolRefAttr name;
  func::FuncOp rule = findRule(call, name);
  if (!rule)
    return failure();
  SmallVector<Value> operands(call.getOperands());
  for (auto [result, cotangent] : llvm::zip_equal(call.getResults(), v.resultCotangents))
    if (isFloatTensor(result.getType()))
      operands.push_back(cotangent ? cotangent
                                   : Value(constant(v.getBuilder(), v.getLoc(), cotangentType(result.getType()), 0.0)));
  auto backward = func::CallOp::create(v.getBuilder(), v.getLoc(), rule, operands);
  unsigned next = 0;
  for (auto [index, operand] : llvm::enumerate(call.getOperands()))
    if (isFloatTensor(operand.getType()))
      v.operand(index, v.wrap(backward.getResult(next++)));
  return success();
}

void addCallRule(Rules &r) {
  r.add<func::CallOp>(callRule);
}

} // namespace sinter
