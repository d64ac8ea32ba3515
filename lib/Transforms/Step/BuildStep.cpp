// Declarations -> the state table and init, train_step, eval_step and predict.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "StepFunctions.h"
#include "mlir/Pass/Pass.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Transforms/Passes.h"
#include "sinter/Transforms/Autodiff/Autodiff.h"
#include "sinter/Transforms/Autodiff/Passes.h"
#include "sinter/Transforms/Step/Passes.h"
#include "sinter/Transforms/Step/Step.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringSet.h"

using namespace mlir;

namespace sinter {

#define GEN_PASS_DEF_SINTERBUILDSTEP
#include "sinter/Transforms/Step/Passes.h.inc"

/// What the runtime wants to know about the step beside its functions.
static void describe(ModuleOp module, const Declarations &d, int64_t batch) {
  Builder builder(module.getContext());
  ModelOp model = d.model;
  OptimizerOp optimizer = d.optimizer;
  StringRef name = module.getSymName() ? *module.getSymName() : model.getSymName();
  module->setAttr("sinter.batch", builder.getI64IntegerAttr(batch));
  module->setAttr("sinter.model_name", builder.getStringAttr(name));
  module->setAttr("sinter.loss_name", builder.getStringAttr(lossName(d.loss)));
  module->setAttr("sinter.loss_is_sum", builder.getBoolAttr(lossIsSum(d.loss)));
  module->setAttr("sinter.learning_rate", builder.getF64FloatAttr(optimizer.getOption("learning_rate")));
}

static void buildStateTable(OpBuilder &builder, Location loc, ArrayRef<StateTensor> state) {
  for (const StateTensor &tensor : state)
    StateOp::create(builder, loc, tensor.name, tensor.role, tensor.type);
}

/// Names that the step gives itself must not be the user's.
static LogicalResult checkNames(const Declarations &d, ArrayRef<StateTensor> state) {
  static const StringRef functions[] = {"init", "train_step", "eval_step", "predict"};
  for (ParameterOp parameter : d.parameters)
    if (llvm::is_contained(functions, parameter.getSymName()))
      return parameter.emitError("parameter @") << parameter.getSymName() << " has the name of a function of the step";
  llvm::StringSet<> names;
  for (const StateTensor &tensor : state)
    if (!names.insert(tensor.name).second) {
      ModelOp model = d.model;
      return model->getParentOfType<ModuleOp>().emitError("the state would hold two tensors of the name \"")
             << tensor.name << "\": rename that parameter";
    }
  return success();
}

static LogicalResult buildStep(ModuleOp module, const StepOptions &options) {
  FailureOr<Declarations> d = collectDeclarations(module);
  if (failed(d))
    return failure();
  FailureOr<int64_t> batch = resolveBatch(*d, options.batch);
  if (failed(batch))
    return failure();
  // Behind these, so that calls to a user's @init still find it while the step's own @init is made.
  auto replaced = llvm::to_vector(module.getOps<FunctionOpInterface>());
  std::unique_ptr<Optimizer> optimizer = makeOptimizer(d->optimizer);
  SmallVector<StateTensor> state = layOutState(*d, *optimizer, options.keepGradients);
  if (failed(checkNames(*d, state)))
    return failure();

  OpBuilder builder = OpBuilder::atBlockEnd(module.getBody());
  buildStateTable(builder, module.getLoc(), state);
  if (!buildInit(builder, *d, state) || !buildTrainStep(builder, *d, state, *optimizer, options.keepGradients) ||
      !buildEvalStep(builder, *d) || !buildPredict(builder, *d))
    return failure();
  describe(module, *d, *batch);
  for (FunctionOpInterface function : replaced)
    function.erase();
  return success();
}

namespace {
struct BuildStepPass : impl::SinterBuildStepBase<BuildStepPass> {
  using SinterBuildStepBase::SinterBuildStepBase;
  void getDependentDialects(DialectRegistry &registry) const override { registerAutodiffRules(registry); }
  void runOnOperation() override {
    if (failed(buildStep(getOperation(), {batch, keepGradients})))
      signalPassFailure();
  }
};
} // namespace

void buildStepPipeline(OpPassManager &manager, const StepOptions &options) {
  manager.addPass(createSinterDifferentiate());
  manager.addPass(createSinterBuildStep({options.batch, options.keepGradients}));
  manager.addPass(createCanonicalizerPass());
  manager.addPass(createCSEPass());
  manager.addPass(createCanonicalizerPass());
  manager.addPass(createSymbolDCEPass());
}

} // namespace sinter
