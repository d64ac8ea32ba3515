// How do the four functions of a training step come from the declarations?
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "StepFunctions.h"
#include "Initializers.h"
#include "sinter/Transforms/Autodiff/Autodiff.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringMap.h"

using namespace mlir;

namespace sinter {

SmallVector<StateTensor> layOutState(const Declarations &d, Optimizer &optimizer, bool keepGradients) {
  SmallVector<StateTensor> state;
  for (ParameterOp parameter : d.parameters)
    state.push_back({parameter.getSymName().str(), StateRole::Parameter, parameter.getTensorType()});
  for (ParameterOp parameter : d.parameters)
    for (const Moment &moment : optimizer.moments())
      state.push_back({(parameter.getSymName() + "." + moment.name).str(), StateRole::OptimizerState,
                       parameter.getTensorType(), moment.initial});
  if (keepGradients)
    for (ParameterOp parameter : d.parameters)
      state.push_back({(parameter.getSymName() + ".grad").str(), StateRole::Gradient, parameter.getTensorType()});
  return state;
}

namespace {

/// A value of a step function: `sinter.role`, `sinter.name` and type.
struct Slot {
  StringRef role;
  std::string name;
  Type type;
};

/// The signature of a step function, in the making.
struct Signature {
  SmallVector<Slot> arguments, results;
  static void append(SmallVector<Slot> &slots, StringRef role, ArrayRef<NamedType> values) {
    for (const NamedType &value : values)
      slots.push_back({role, value.name, value.type});
  }
  static void append(SmallVector<Slot> &slots, ArrayRef<StateTensor> state) {
    for (const StateTensor &tensor : state)
      slots.push_back({"state", tensor.name, tensor.type});
  }
};

} // namespace

/// A public function with this signature and an empty body; `builder` is left at its start.
static func::FuncOp createFunction(OpBuilder &builder, Location loc, StringRef name, const Signature &signature) {
  auto types = [](ArrayRef<Slot> slots) {
    return llvm::map_to_vector(slots, [](const Slot &slot) { return slot.type; });
  };
  auto type = builder.getFunctionType(types(signature.arguments), types(signature.results));
  auto function = func::FuncOp::create(builder, loc, name, type);
  auto attributes = [&](const Slot &slot) {
    return builder.getDictionaryAttr({builder.getNamedAttr("sinter.name", builder.getStringAttr(slot.name)),
                                      builder.getNamedAttr("sinter.role", builder.getStringAttr(slot.role))});
  };
  for (auto [i, slot] : llvm::enumerate(signature.arguments))
    function.setArgAttrs(i, attributes(slot));
  for (auto [i, slot] : llvm::enumerate(signature.results))
    function.setResultAttrs(i, attributes(slot));
  builder.setInsertionPointToStart(function.addEntryBlock());
  return function;
}

/// Parameters as arguments of a function.
static void appendParameters(Signature &signature, const Declarations &d) {
  for (ParameterOp parameter : d.parameters)
    signature.arguments.push_back({"state", parameter.getSymName().str(), parameter.getTensorType()});
}

/// `sinter.get` becomes the argument that holds the parameter.
static void replaceGets(func::FuncOp function, const Declarations &d) {
  llvm::StringMap<Value> values;
  for (ParameterOp parameter : d.parameters)
    values[parameter.getSymName()] = function.getArgument(values.size());
  function.walk([&](GetOp get) {
    for (auto [symbol, value] : llvm::zip_equal(get.getParameters().getAsRange<FlatSymbolRefAttr>(), get.getValues()))
      value.replaceAllUsesWith(values[symbol.getValue()]);
    get.erase();
  });
}

/// Without a key, dropout is the identity.
static void removeDropout(func::FuncOp function) {
  function.walk([](DropoutOp dropout) {
    if (dropout.getSeed())
      return;
    dropout.getResult().replaceAllUsesWith(dropout.getInput());
    dropout.erase();
  });
}

/// First stream of dropout: streams below belong to initializers.
static const int64_t firstDropoutStream = 1000000;

/// Gives every dropout the key of the step and a stream of its own.
static void keyDropout(func::FuncOp function, Value seed, Value step) {
  int64_t stream = firstDropoutStream;
  function.walk([&](DropoutOp dropout) {
    if (dropout.getSeed())
      return;
    dropout.getSeedMutable().assign(seed);
    dropout.getStepMutable().assign(step);
    dropout.setStream(stream++);
  });
}

//===-- init -----------------------------------------------------------------------------------------------------===//

func::FuncOp buildInit(OpBuilder &builder, const Declarations &d, ArrayRef<StateTensor> state) {
  OpBuilder::InsertionGuard guard(builder);
  Signature signature;
  auto counter = RankedTensorType::get({}, builder.getI64Type());
  signature.arguments.push_back({"seed", "seed", counter});
  Signature::append(signature.results, state);
  ModelOp model = d.model;
  func::FuncOp function = createFunction(builder, model.getLoc(), "init", signature);
  Value seed = function.getArgument(0), step = constant(builder, model.getLoc(), counter, 0.0);
  SmallVector<Value> values;
  for (auto [i, parameter] : llvm::enumerate(d.parameters))
    values.push_back(initialValue(builder, parameter, i, seed, step));
  for (const StateTensor &tensor : state.drop_front(d.parameters.size()))
    values.push_back(constant(builder, model.getLoc(), tensor.type, tensor.initial));
  func::ReturnOp::create(builder, model.getLoc(), values);
  return function;
}

//===-- predict and eval_step ------------------------------------------------------------------------------------===//

/// The arguments of `function` in `role`, in order.
static SmallVector<Value> argumentsOf(func::FuncOp function, StringRef role) {
  SmallVector<Value> values;
  for (BlockArgument argument : function.getArguments())
    if (function.getArgAttrOfType<StringAttr>(argument.getArgNumber(), "sinter.role").getValue() == role)
      values.push_back(argument);
  return values;
}

/// Clones the model, and the loss where there is one, into `function`: the outputs, then the loss.
static FailureOr<SmallVector<Value>> cloneForward(OpBuilder &builder, func::FuncOp function, ModelOp model, LossOp loss,
                                                  bool keepCustomRules) {
  FailureOr<SmallVector<Value>> outputs = cloneBody(builder, model, argumentsOf(function, "input"), keepCustomRules);
  if (failed(outputs) || !loss)
    return outputs;
  SmallVector<Value> arguments(*outputs);
  llvm::append_range(arguments, argumentsOf(function, "target"));
  FailureOr<SmallVector<Value>> results = cloneBody(builder, loss, arguments, keepCustomRules);
  if (failed(results))
    return failure();
  outputs->push_back(results->front());
  return outputs;
}

/// Ends a function that computes the forward pass only.
static func::FuncOp finishForward(OpBuilder &builder, func::FuncOp function, const Declarations &d, LossOp loss) {
  FailureOr<SmallVector<Value>> results = cloneForward(builder, function, d.model, loss, /*keepCustomRules=*/false);
  if (failed(results))
    return {};
  ModelOp model = d.model;
  func::ReturnOp::create(builder, model.getLoc(), *results);
  replaceGets(function, d);
  removeDropout(function);
  return function;
}

func::FuncOp buildEvalStep(OpBuilder &builder, const Declarations &d) {
  OpBuilder::InsertionGuard guard(builder);
  Signature signature;
  appendParameters(signature, d);
  Signature::append(signature.arguments, "input", d.inputs);
  Signature::append(signature.arguments, "target", d.targets);
  Signature::append(signature.results, "output", d.outputs);
  signature.results.push_back({"loss", "loss", d.lossType});
  LossOp loss = d.loss;
  return finishForward(builder, createFunction(builder, loss.getLoc(), "eval_step", signature), d, loss);
}

func::FuncOp buildPredict(OpBuilder &builder, const Declarations &d) {
  OpBuilder::InsertionGuard guard(builder);
  Signature signature;
  appendParameters(signature, d);
  Signature::append(signature.arguments, "input", d.inputs);
  Signature::append(signature.results, "output", d.outputs);
  ModelOp model = d.model;
  return finishForward(builder, createFunction(builder, model.getLoc(), "predict", signature), d, LossOp());
}

//===-- train_step -----------------------------------------------------------------------------------------------===//

static func::FuncOp createTrainStep(OpBuilder &builder, const Declarations &d, ArrayRef<StateTensor> state) {
  Signature signature;
  Signature::append(signature.arguments, state);
  Signature::append(signature.arguments, "input", d.inputs);
  Signature::append(signature.arguments, "target", d.targets);
  auto counter = RankedTensorType::get({}, builder.getI64Type());
  signature.arguments.push_back({"learning_rate", "learning_rate", RankedTensorType::get({}, builder.getF64Type())});
  signature.arguments.push_back({"step", "step", counter});
  signature.arguments.push_back({"seed", "seed", counter});
  Signature::append(signature.results, state);
  signature.results.push_back({"loss", "loss", d.lossType});
  OptimizerOp optimizer = d.optimizer;
  return createFunction(builder, optimizer.getLoc(), "train_step", signature);
}

/// The gradients of `loss` with respect to the parameters. All of them must matter.
static FailureOr<SmallVector<Expr>> buildGradients(OpBuilder &builder, func::FuncOp function, const Declarations &d,
                                                   Value loss) {
  SmallVector<ParameterOp> declared(d.parameters);
  SmallVector<Value> parameters(function.getArguments().take_front(declared.size()));
  for (auto [parameter, value] : llvm::zip_equal(declared, parameters))
    if (value.use_empty())
      return parameter.emitError("parameter @") << parameter.getSymName() << " is never used";
  OptimizerOp optimizer = d.optimizer;
  const double scale = optimizer.getOption("loss_scale");
  Expr seed = constant(builder, loss.getLoc(), loss.getType(), scale);
  FailureOr<SmallVector<Value>> gradients = backpropagate(builder, Seed{loss, seed}, parameters);
  if (failed(gradients))
    return failure();
  SmallVector<Expr> result;
  for (auto [parameter, gradient] : llvm::zip_equal(declared, *gradients)) {
    if (!gradient)
      return parameter.emitError("parameter @") << parameter.getSymName() << " has no influence on the loss";
    Expr scaled(builder, parameter.getLoc(), gradient);
    result.push_back(scale == 1.0 ? scaled : scaled * (1.0 / scale));
  }
  return result;
}

/// Every parameter and its moments after the step, in the order of the state.
static SmallVector<Value> buildUpdates(OpBuilder &builder, func::FuncOp function, const Declarations &d,
                                       Optimizer &optimizer, ArrayRef<Expr> gradients) {
  OptimizerOp op = d.optimizer;
  Expr rate(builder, op.getLoc(), argumentsOf(function, "learning_rate").front());
  Expr step(builder, op.getLoc(), argumentsOf(function, "step").front());
  optimizer.prepare(rate, convert(step, builder.getF64Type()));
  SmallVector<Value> parameters, moments;
  unsigned count = d.parameters.size(), perParameter = optimizer.moments().size();
  for (auto [i, gradient] : llvm::enumerate(gradients)) {
    ParameterState before{gradient.with(function.getArgument(i)), {}};
    for (unsigned m = 0; m < perParameter; ++m)
      before.moments.push_back(gradient.with(function.getArgument(count + i * perParameter + m)));
    ParameterState after = optimizer.update(before, gradient);
    parameters.push_back(after.parameter);
    for (auto [moment, value] : llvm::zip_equal(optimizer.moments(), after.moments))
      moments.push_back(withoutSubnormals(moment, value));
  }
  llvm::append_range(parameters, moments);
  return parameters;
}

/// After differentiation, functions with a derivative of their own are functions like any other.
static LogicalResult inlineCustomRules(func::FuncOp function, const Declarations &d) {
  if (failed(inlineCalls(function, /*keepCustomRules=*/false)))
    return failure();
  replaceGets(function, d);
  WalkResult walk = function.walk([](DropoutOp dropout) {
    if (dropout.getSeed())
      return WalkResult::advance();
    dropout.emitOpError("without a key in a function with 'sinter.vjp': its derivative could not find the mask again");
    return WalkResult::interrupt();
  });
  return failure(walk.wasInterrupted());
}

func::FuncOp buildTrainStep(OpBuilder &builder, const Declarations &d, ArrayRef<StateTensor> state,
                            Optimizer &optimizer, bool keepGradients) {
  OpBuilder::InsertionGuard guard(builder);
  func::FuncOp function = createTrainStep(builder, d, state);
  FailureOr<SmallVector<Value>> forward = cloneForward(builder, function, d.model, d.loss, /*keepCustomRules=*/true);
  if (failed(forward))
    return {};
  replaceGets(function, d);
  keyDropout(function, argumentsOf(function, "seed").front(), argumentsOf(function, "step").front());

  Value loss = forward->back();
  FailureOr<SmallVector<Expr>> gradients = buildGradients(builder, function, d, loss);
  if (failed(gradients))
    return {};
  SmallVector<Expr> used(*gradients);
  OptimizerOp op = d.optimizer;
  if (double limit = op.getOption("clip_global_norm"); limit > 0.0)
    clipGlobalNorm(used, limit);
  SmallVector<Value> results = buildUpdates(builder, function, d, optimizer, used);
  if (keepGradients)
    llvm::append_range(results, *gradients);
  results.push_back(loss);
  func::ReturnOp::create(builder, function.getLoc(), results);
  return succeeded(inlineCustomRules(function, d)) ? function : func::FuncOp();
}

} // namespace sinter
