// What does a row kernel do in each pass over a row?
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "RowStages.h"

using namespace mlir;

namespace sinter {

RowStages::RowStages(KernelContext &context, int64_t budget, bool keep) : context(context) {
  assignReductions();
  assignPartialSums();
  assignOutputs();
  if (keep)
    chooseKept(budget);
}

unsigned RowStages::reducingStages() const {
  return llvm::count_if(stages, [](const Stage &stage) { return !stage.reductions.empty(); });
}

void RowStages::assignReductions() {
  for (linalg::GenericOp generic : context.analysis.generics) {
    if (generic.getNumReductionLoops() == 0 || rowsPerPartOf(generic))
      continue;
    unsigned stage = stageOf(generic.getResult(0)) - 1;
    if (stages.size() <= stage)
      stages.resize(stage + 1);
    stages[stage].reductions.push_back(Accumulator(generic));
  }
}

void RowStages::assignPartialSums() {
  for (auto [index, tensor] : llvm::enumerate(context.yield()->getOperands())) {
    if (!isPartialSum(tensor))
      continue;
    partialSums.push_back({Accumulator(tensor.getDefiningOp<linalg::GenericOp>()), unsigned(index)});
    partialStage = std::max(partialStage, stageOf(tensor));
  }
  if (!partialSums.empty() && stages.size() <= partialStage)
    stages.resize(partialStage + 1);
}

/// An output is stored as soon as it is known, unless its old value is still read: then in the last pass.
void RowStages::assignOutputs() {
  unsigned last = stages.empty() ? 0 : stages.size() - 1;
  for (Value tensor : context.yield()->getOperands())
    if (isWholeRow(tensor) && !isPartialSum(tensor))
      last = std::max(last, stageOf(tensor));
  stages.resize(last + 1);
  for (auto [index, tensor] : llvm::enumerate(context.yield()->getOperands())) {
    if (tensor == context.outArgument(index) || isPartialSum(tensor))
      continue;
    if (!isWholeRow(tensor))
      rowOutputs.push_back(index);
    else
      stages[readsElements(context.outArgument(index)) ? last : stageOf(tensor)].outputs.push_back(index);
  }
}

bool RowStages::isPartialSum(Value tensor) const {
  auto generic = tensor.getDefiningOp<linalg::GenericOp>();
  return generic && rowsPerPartOf(generic);
}

bool RowStages::isWholeRow(Value tensor) const {
  return context.analysis.dimsOf(tensor).size() == context.analysis.rank();
}

/// Notes that pass `stage` needs `tensor`; what an earlier pass computed and is dear joins `reused`.
void RowStages::demand(Value tensor, unsigned stage) {
  auto generic = tensor.getDefiningOp<linalg::GenericOp>();
  if (!generic || generic.getNumReductionLoops() > 0 || !isWholeRow(tensor))
    return;
  auto [known, isNew] = firstUse.try_emplace(tensor, stage);
  if (known->second < stage && isExpensive(generic)) {
    if (!llvm::is_contained(reused, tensor))
      reused.push_back(tensor);
    return;
  }
  for (OpOperand &operand : generic->getOpOperands())
    if (generic.payloadUsesValueFromOperand(&operand))
      demand(operand.get(), stage);
}

/// An output whose final value is `tensor`, stored in the pass that computes it.
std::optional<unsigned> RowStages::outputHolding(Value tensor) {
  for (unsigned index : stages[firstUse.lookup(tensor)].outputs)
    if (context.yield()->getOperand(index) == tensor)
      return index;
  return std::nullopt;
}

/// An output of the same type that is stored in the last pass, whose old value is of no interest, and that no other
/// kept tensor lies in.
std::optional<unsigned> RowStages::outputToBorrow(Value tensor) {
  for (unsigned index : stages.back().outputs) {
    BlockArgument argument = context.outArgument(index);
    bool isTaken = llvm::any_of(kept, [&](const Kept &other) { return other.output == index; });
    if (argument.getType() == tensor.getType() && !readsElements(argument) && !isTaken)
      return index;
  }
  return std::nullopt;
}

void RowStages::chooseKept(int64_t budget) {
  const bool mayStore = budget > 0;
  for (auto [number, stage] : llvm::enumerate(stages)) {
    for (Accumulator &accumulator : stage.reductions)
      for (Value operand : accumulator.reduction.getDpsInputs())
        demand(operand, number);
    if (number == partialStage)
      for (PartialSum &sum : partialSums)
        for (Value operand : sum.accumulator.reduction.getDpsInputs())
          demand(operand, number);
    for (unsigned index : stage.outputs)
      demand(context.yield()->getOperand(index), number);
  }
  for (Value tensor : reused) {
    std::optional<unsigned> output = outputHolding(tensor);
    bool borrows = !output && mayStore && (output = outputToBorrow(tensor));
    auto type = cast<RankedTensorType>(tensor.getType());
    int64_t inner = context.domain.inner().largest(context.emission.batch);
    int64_t bytes = (inner + context.lanes) * storedBytes(type.getElementType());
    if (!output && bytes > budget)
      continue;
    if (!output)
      budget -= bytes;
    kept.push_back({tensor, firstUse.lookup(tensor), output, borrows});
  }
}

} // namespace sinter
