// In which order do rules run, and which cotangents exist? The reverse sweep over the ops of one block.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Rules.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "sinter/Interfaces/DifferentiableOpInterface.h"
#include "sinter/Transforms/Autodiff/Autodiff.h"
#include "sinter/Transforms/Autodiff/Expr.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/STLExtras.h"

using namespace mlir;

namespace sinter {

namespace {
class ReverseSweep {
public:
  ReverseSweep(OpBuilder &builder, ArrayRef<Value> wrt)
      : builder(builder), block(builder.getInsertionBlock()), wrt(wrt),
        lastForward(builder.getInsertionPoint() == block->begin() ? nullptr
                                                                  : &*std::prev(builder.getInsertionPoint())) {}

  FailureOr<SmallVector<Value>> run(ArrayRef<Seed> seeds);

private:
  void findVaried();
  void accumulate(Value primal, Value cotangent, Location loc, Operation *from);
  LogicalResult visit(Operation *op);
  LogicalResult reportNoRule(Operation *op);

  OpBuilder &builder;
  Block *block;
  ArrayRef<Value> wrt;
  Operation *lastForward; // null when the block holds no forward op

  DenseSet<Value> varied;              // float values that depend on `wrt`
  DenseMap<Value, Value> cotangents;   // of varied values that a seed depends on
  DenseMap<Value, Operation *> reader; // through which op a value's first cotangent came, for diagnostics
};
} // namespace

static bool isFloat(Value value) {
  return isa<FloatType>(getElementTypeOrSelf(value.getType()));
}

/// Forward activity: what depends on `wrt` through float values.
void ReverseSweep::findVaried() {
  varied.insert(wrt.begin(), wrt.end());
  if (!lastForward)
    return;
  for (Operation &op : llvm::make_range(block->begin(), std::next(lastForward->getIterator())))
    if (llvm::any_of(op.getOperands(), [&](Value operand) { return varied.contains(operand); }))
      for (Value result : op.getResults())
        if (isFloat(result))
          varied.insert(result);
}

void ReverseSweep::accumulate(Value primal, Value cotangent, Location loc, Operation *from) {
  assert(cotangentType(primal.getType()) == cotangent.getType() && "a cotangent has the type of its primal");
  if (!varied.contains(primal))
    return;
  auto [place, isFirst] = cotangents.try_emplace(primal, cotangent);
  if (isFirst)
    reader[primal] = from;
  else
    place->second = Expr(builder, loc, place->second) + Expr(builder, loc, cotangent);
}

/// Runs the rule of `op` if a cotangent reaches it.
LogicalResult ReverseSweep::visit(Operation *op) {
  auto fromResults = llvm::map_to_vector(op->getResults(), [&](Value result) { return cotangents.lookup(result); });
  auto needed = llvm::map_to_vector(op->getOperands(), [&](Value operand) { return varied.contains(operand); });
  if (llvm::none_of(fromResults, [](Value v) { return bool(v); }) || !llvm::is_contained(needed, true))
    return success();
  auto differentiable = dyn_cast<DifferentiableOpInterface>(op);
  if (!differentiable)
    return reportNoRule(op);
  SmallVector<Value> toOperands(op->getNumOperands());
  if (failed(differentiable.backward(builder, fromResults, needed, toOperands)))
    return failure();
  for (auto [operand, cotangent] : llvm::zip_equal(op->getOperands(), toOperands))
    if (cotangent)
      accumulate(operand, cotangent, op->getLoc(), op);
  return success();
}

FailureOr<SmallVector<Value>> ReverseSweep::run(ArrayRef<Seed> seeds) {
  findVaried();
  for (const Seed &seed : seeds)
    accumulate(seed.primal, seed.cotangent, seed.primal.getLoc(), nullptr);
  if (lastForward)
    for (Operation &op : llvm::make_range(lastForward->getReverseIterator(), block->rend()))
      if (failed(visit(&op)))
        return failure();
  auto results = llvm::map_to_vector(wrt, [&](Value value) { return cotangents.lookup(value); });
  // Rules state more than was asked for; what no result needs goes.
  eraseDeadOps(*block, builder.getInsertionPoint(), lastForward, results);
  return results;
}

void eraseDeadOps(Block &block, Block::iterator end, Operation *last, ArrayRef<Value> keep) {
  auto isKept = [&](Value value) { return llvm::is_contained(keep, value); };
  while (end != block.begin() && &*std::prev(end) != last) {
    Operation *op = &*std::prev(end);
    if (isOpTriviallyDead(op) && llvm::none_of(op->getResults(), isKept))
      op->erase();
    else
      --end;
  }
}

//===-- Diagnostics ----------------------------------------------------------------------------------------------===//

static std::string nameOf(Value value) {
  auto argument = dyn_cast<BlockArgument>(value);
  if (!argument)
    return ("the result of '" + value.getDefiningOp()->getName().getStringRef() + "'").str();
  auto function = dyn_cast_or_null<FunctionOpInterface>(argument.getOwner()->getParentOp());
  if (function)
    if (auto name = function.getArgAttrOfType<StringAttr>(argument.getArgNumber(), "sinter.name"))
      return ("'" + name.getValue() + "'").str();
  return "argument " + std::to_string(argument.getArgNumber());
}

/// Names the ops from an entry of `wrt` to `op`, and on to the seed.
LogicalResult ReverseSweep::reportNoRule(Operation *op) {
  std::string path;
  Operation *at = op;
  Value origin;
  while (at) {
    path = "'" + at->getName().getStringRef().str() + "'" + (path.empty() ? "" : " -> ") + path;
    origin = *llvm::find_if(at->getOperands(), [&](Value operand) { return varied.contains(operand); });
    at = llvm::is_contained(wrt, origin) ? nullptr : origin.getDefiningOp();
  }
  auto reached = llvm::find_if(op->getResults(), [&](Value result) { return cotangents.contains(result); });
  for (at = reader.lookup(*reached); at;) {
    path += " -> '" + at->getName().getStringRef().str() + "'";
    auto next = llvm::find_if(at->getResults(), [&](Value result) { return cotangents.contains(result); });
    at = next == at->result_end() ? nullptr : reader.lookup(*next);
  }
  InFlightDiagnostic error = op->emitOpError("has no derivative, but the gradient with respect to ");
  error << nameOf(origin) << " needs it";
  error.attachNote() << "on the path " << nameOf(origin) << " -> " << path;
  return error;
}

//===-- Entry points ---------------------------------------------------------------------------------------------===//

Type cotangentType(Type type) {
  auto tensor = dyn_cast<RankedTensorType>(type);
  return tensor ? tensor.clone(computeType(tensor.getElementType())) : type;
}

FailureOr<SmallVector<Value>> backpropagate(OpBuilder &builder, ArrayRef<Seed> seeds, ArrayRef<Value> wrt) {
  return ReverseSweep(builder, wrt).run(seeds);
}

FailureOr<SmallVector<Value>> differentiate(OpBuilder &builder, Value scalar, ArrayRef<Value> wrt) {
  Location loc = scalar.getLoc();
  Expr one = constant(builder, loc, scalar.getType(), 1.0);
  FailureOr<SmallVector<Value>> gradients = backpropagate(builder, Seed{scalar, one}, wrt);
  if (failed(gradients))
    return failure();
  for (auto [gradient, value] : llvm::zip_equal(*gradients, wrt))
    if (!gradient)
      gradient = constant(builder, loc, cotangentType(value.getType()), 0.0);
  // The seed itself is a gradient where `scalar` is in `wrt`.
  if (Operation *seed = Value(one).getDefiningOp();
      isOpTriviallyDead(seed) && !llvm::is_contained(*gradients, Value(one)))
    seed->erase();
  return gradients;
}

} // namespace sinter
