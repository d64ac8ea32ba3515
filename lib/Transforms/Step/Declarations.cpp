// What does a module declare, and does it make a training step?
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Declarations.h"
#include "sinter/Transforms/Step/Step.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;

namespace sinter {

//===-- Finding --------------------------------------------------------------------------------------------------===//

/// The only op of its kind in the module.
template <typename Op>
static FailureOr<Op> findOnly(ModuleOp module, StringRef whatFor) {
  auto found = llvm::to_vector(module.getOps<Op>());
  if (found.empty())
    return module.emitError("no '") << Op::getOperationName() << "' in the module: a training step needs " << whatFor;
  if (found.size() == 1)
    return found.front();
  InFlightDiagnostic error = found[1].emitOpError("is the second of its kind: a training step has one");
  error.attachNote(found[0].getLoc()) << "the first is here";
  return failure();
}

/// The `sinter.name` of an argument or result, else "input", "input1", "input2", ...
static std::string nameOf(DictionaryAttr attributes, StringRef standard, unsigned index) {
  if (auto name = attributes ? attributes.getAs<StringAttr>("sinter.name") : StringAttr())
    return name.getValue().str();
  return standard.str() + (index == 0 ? "" : std::to_string(index));
}

static LogicalResult nameValues(Declarations &d) {
  for (auto [i, type] : llvm::enumerate(d.model.getArgumentTypes()))
    d.inputs.push_back({nameOf(d.model.getArgAttrDict(i), "input", i), cast<RankedTensorType>(type)});
  for (auto [i, type] : llvm::enumerate(d.model.getResultTypes()))
    d.outputs.push_back({nameOf(d.model.getResultAttrDict(i), "output", i), cast<RankedTensorType>(type)});
  unsigned first = d.outputs.size();
  for (auto [i, type] : llvm::enumerate(d.loss.getArgumentTypes().drop_front(first)))
    d.targets.push_back({nameOf(d.loss.getArgAttrDict(first + i), "target", i), cast<RankedTensorType>(type)});

  llvm::StringSet<> names;
  for (const auto *list : {&d.inputs, &d.targets, &d.outputs})
    for (const NamedType &value : *list)
      if (!names.insert(value.name).second)
        return d.model.emitOpError("has two inputs, targets or outputs of the name \"")
               << value.name << "\": give them different 'sinter.name'";
  return success();
}

//===-- Checking -------------------------------------------------------------------------------------------------===//

static LogicalResult checkTensors(Operation *op, ArrayRef<Type> types, StringRef what) {
  for (auto [i, type] : llvm::enumerate(types))
    if (!isa<RankedTensorType>(type))
      return op->emitOpError() << what << " " << i << " must be a ranked tensor, found " << type;
  return success();
}

/// The loss takes the model's results, in order, and then the targets.
static LogicalResult checkLossFits(ModelOp model, LossOp loss) {
  ArrayRef<Type> outputs = model.getResultTypes(), arguments = loss.getArgumentTypes();
  if (arguments.size() < outputs.size())
    return loss.emitOpError("takes ") << arguments.size() << " arguments, but @" << model.getSymName() << " has "
                                      << outputs.size()
                                      << " results: a loss takes the model's results, then the targets";
  for (auto [i, output, argument] : llvm::enumerate(outputs, arguments.take_front(outputs.size()))) {
    if (output == argument)
      continue;
    InFlightDiagnostic error = loss.emitOpError("argument ") << i << " must be of the type of the model's result " << i
                                                             << ", " << output << ", found " << argument;
    error.attachNote(model.getLoc()) << "the model is here";
    return error;
  }
  return success();
}

FailureOr<Declarations> collectDeclarations(ModuleOp module) {
  FailureOr<ModelOp> model = findOnly<ModelOp>(module, "a model");
  if (failed(model))
    return failure();
  FailureOr<LossOp> loss = findOnly<LossOp>(module, "a loss to make small");
  if (failed(loss))
    return failure();
  FailureOr<OptimizerOp> optimizer = findOnly<OptimizerOp>(module, "an optimizer, such as 'sinter.optimizer adam'");
  if (failed(optimizer))
    return failure();
  Declarations d{*model, *loss, *optimizer, llvm::to_vector(module.getOps<ParameterOp>()), {}, {}, {}, {}};
  if (d.parameters.empty())
    return module.emitError("no 'sinter.parameter' in the module: there is nothing to train");
  if (failed(checkTensors(d.model, d.model.getArgumentTypes(), "argument")) ||
      failed(checkTensors(d.model, d.model.getResultTypes(), "result")) ||
      failed(checkTensors(d.loss, d.loss.getArgumentTypes(), "argument")) ||
      failed(checkTensors(d.loss, d.loss.getResultTypes(), "result")) || failed(checkLossFits(d.model, d.loss)) ||
      failed(nameValues(d)))
    return failure();
  d.lossType = cast<RankedTensorType>(d.loss.getResultTypes().front());
  return d;
}

//===-- The batch ------------------------------------------------------------------------------------------------===//

static bool isDynamic(Type type) {
  auto tensor = dyn_cast<RankedTensorType>(type);
  return tensor && !tensor.hasStaticShape();
}

bool hasBatchExtent(ModuleOp module) {
  for (auto model : module.getOps<ModelOp>())
    if (llvm::any_of(model.getArgumentTypes(), isDynamic))
      return true;
  for (auto loss : module.getOps<LossOp>())
    if (llvm::any_of(loss.getArgumentTypes(), isDynamic))
      return true;
  return false;
}

FailureOr<int64_t> resolveBatch(const Declarations &d, int64_t requested) {
  ModelOp model = d.model;
  if (requested < 0)
    return model.emitOpError("needs a batch of at least 1 row, found ") << requested;
  if (hasBatchExtent(model->getParentOfType<ModuleOp>())) {
    if (requested == 0)
      return model.emitOpError("has the batch extent '?': the number of rows must be given (option 'batch')");
    return requested;
  }
  int64_t rows = d.inputs.empty() || d.inputs[0].type.getRank() == 0 ? 1 : d.inputs[0].type.getDimSize(0);
  if (requested != 0 && requested != rows)
    return model.emitOpError("takes ") << rows << " rows, but a batch of " << requested
                                       << " was asked for: make the leading extent '?' to leave it open";
  return rows;
}

//===-- The loss -------------------------------------------------------------------------------------------------===//

static bool isLossFunction(Operation *op) {
  return isa<MseLossOp, L1LossOp, HuberLossOp, BceWithLogitsOp, CrossEntropyOp>(op);
}

static Operation *returnedOp(LossOp loss) {
  return loss.getBody().front().getTerminator()->getOperand(0).getDefiningOp();
}

StringRef lossName(LossOp loss) {
  Operation *op = returnedOp(loss);
  bool isWhole =
      op && isLossFunction(op) && llvm::all_of(op->getOperands(), [](Value v) { return isa<BlockArgument>(v); });
  return isWhole ? op->getName().stripDialect() : "custom";
}

bool lossIsSum(LossOp loss) {
  Operation *op = returnedOp(loss);
  if (!op)
    return false;
  if (auto reduce = dyn_cast<ReduceOp>(op))
    return reduce.getKind() == ReduceKind::Sum;
  return llvm::TypeSwitch<Operation *, bool>(op)
      .Case<MseLossOp, L1LossOp, HuberLossOp, BceWithLogitsOp, CrossEntropyOp>(
          [](auto lossOp) { return lossOp.getReduction() == Reduction::Sum; })
      .Default([](Operation *) { return false; });
}

} // namespace sinter
