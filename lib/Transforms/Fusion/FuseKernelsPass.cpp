// The fusion pass: graph, groups, plans, order, kernels.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Emit.h"
#include "Materialize.h"
#include "Report.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "sinter/Transforms/Fusion/Passes.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringSwitch.h"

namespace sinter {
#define GEN_PASS_DEF_FUSEKERNELSPASS
#include "sinter/Transforms/Fusion/Passes.h.inc"
} // namespace sinter

using namespace mlir;
using namespace sinter;

/// The name of the module's optimizer, or nothing.
static StringRef optimizerRule(ModuleOp module) {
  auto optimizers = module.getOps<OptimizerOp>();
  return optimizers.empty() ? StringRef() : stringifyOptimizerKind((*optimizers.begin()).getKind());
}

/// A constant that becomes several state tensors is made once for each, in its place.
static void splitReturnedFills(func::FuncOp function) {
  Operation *terminator = function.getBody().front().getTerminator();
  llvm::DenseSet<Value> seen;
  for (OpOperand &returned : terminator->getOpOperands()) {
    auto fill = returned.get().getDefiningOp<linalg::GenericOp>();
    if (!fill || fill.getNumDpsInputs() != 0 || seen.insert(returned.get()).second)
      continue;
    OpBuilder builder(fill);
    returned.set(builder.clone(*fill)->getResult(cast<OpResult>(returned.get()).getResultNumber()));
  }
}

/// Removes the ops that kernels replace, users before producers.
static void eraseOld(ArrayRef<Operation *> old) {
  for (Operation *op : llvm::reverse(old))
    if (op->use_empty())
      op->erase();
}

/// Anything but linalg ops, views and what they need would be neither in a kernel nor outside of one.
static LogicalResult verifyForm(func::FuncOp function) {
  if (!function.getBody().hasOneBlock())
    return function.emitOpError("expected one block, found ") << function.getBody().getBlocks().size();
  for (Operation &op : function.getBody().front())
    if (!isa<linalg::GenericOp, linalg::FillOp, ReshapeOp, tensor::EmptyOp, tensor::DimOp, arith::ConstantOp,
             func::ReturnOp>(op))
      return op.emitOpError("expected linalg ops, views and constants where kernels are made");
  return success();
}

static void fuse(func::FuncOp function, const GroupingOptions &options, StringRef rule) {
  splitReturnedFills(function);
  if (options.transpositions)
    foldTranspositions(function, options);
  // Products on GPUs read any layout alike.
  if (!options.device)
    transposeFarOperands(function, options);
  if (options.partials)
    splitColumnSums(function, options);
  llvm::DenseSet<Operation *> prologues = choosePrologues(Graph(function), options);
  Block &block = function.getBody().front();
  SmallVector<Operation *> old =
      llvm::to_vector(llvm::map_range(block.without_terminator(), [](Operation &op) { return &op; }));

  Graph graph(function);
  Partition partition = groupNodes(graph, options, prologues);
  llvm::SetVector<Value> materialized = findMaterialized(graph, partition, options);
  std::vector<KernelPlan> plans;
  for (unsigned group : partition.groups())
    if (KernelPlan plan(graph, partition, materialized, group); !plan.outputs.empty())
      plans.push_back(std::move(plan));
  Order order(graph, plans);

  OpBuilder builder(block.getTerminator());
  KernelEmitter emitter(graph, order, builder);
  llvm::StringMap<unsigned> numbers;
  Labels labels;
  for (const Unit &unit : order.units) {
    if (!unit.plan) {
      emitter.emitView(unit.node);
      continue;
    }
    KernelLabel label = labelOf(graph, *unit.plan, order, rule);
    label.number = numbers[label.name]++;
    emitter.emitKernel(*unit.plan, label);
    reportKernel(graph, *unit.plan, label);
    labels.try_emplace(unit.plan->group, label.unique());
  }
  if (function.getContext()->getRemarkEngine()) {
    reportUpdates(graph, partition, options);
    reportPlacements(graph, order);
    reportMaterialized(graph, partition, materialized);
    reportSeparations(graph, partition, order, labels);
    reportRecomputed(graph, partition, order, labels);
  }
  for (OpOperand &returned : block.getTerminator()->getOpOperands())
    returned.set(emitter.lookup(returned.get()));
  eraseOld(old);
}

namespace {
struct FuseKernelsPass : sinter::impl::FuseKernelsPassBase<FuseKernelsPass> {
  using Base::Base;

  LogicalResult choose(GroupingOptions &options) {
    options.cheapCost = cheapCost;
    options.cacheBytes = cacheBytes;
    std::optional<TargetInfo> target =
        TargetInfo::describe(cpu, {vectorBytes, vectorRegisters, fmaPorts, fmaLatency, l1Bytes, l2Bytes, /*l3Bytes=*/0,
                                   l3LineCycles, bf16Rate});
    if (!target)
      return emitError(UnknownLoc::get(&getContext())) << TargetInfo::unknownPreset(cpu);
    options.target = *target;
    if (auto batch = getOperation()->getAttrOfType<IntegerAttr>("sinter.batch"))
      options.batch = batch.getInt();
    for (StringRef kind : without) {
      if (kind == "launches" || kind == "phases") // what later phases leave out
        continue;
      bool *flag = llvm::StringSwitch<bool *>(kind)
                       .Case("epilogues", &options.epilogues)
                       .Case("prologues", &options.prologues)
                       .Case("updates", &options.updates)
                       .Case("rows", &options.rows)
                       .Case("partials", &options.partials)
                       .Case("columns", &options.columns)
                       .Case("maps", &options.maps)
                       .Case("transpositions", &options.transpositions)
                       .Default(nullptr);
      if (!flag)
        return emitError(UnknownLoc::get(&getContext()))
               << "unknown kind of fusion '" << kind
               << "', expected epilogues, prologues, updates, rows, partials, columns, maps, transpositions, launches "
                  "or phases";
      *flag = false;
    }
    return success();
  }

  void runOnOperation() override {
    GroupingOptions options;
    options.device = device;
    if (failed(choose(options)))
      return signalPassFailure();
    StringRef rule = optimizerRule(getOperation());
    for (auto function : getOperation().getOps<func::FuncOp>()) {
      if (function.isExternal())
        continue;
      if (failed(verifyForm(function)))
        return signalPassFailure();
      fuse(function, options, rule);
    }
  }
};
} // namespace
