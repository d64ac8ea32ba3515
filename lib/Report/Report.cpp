// One report of everything, collected while a model passes through the phases.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "sinter/Report/Report.h"

#include "Kernels.h"
#include "Locations.h"
#include "Memory.h"
#include "StepGraph.h"
#include "sinter/Transforms/Tiling/ScheduleFile.h"

using namespace mlir;

namespace sinter {

struct ReportBuilder::Function {
  std::string name;
  llvm::json::Array arguments, results, ops;
  std::vector<llvm::json::Object> kernels;
  llvm::json::Object memory;
};

ReportBuilder::ReportBuilder(ReportSubject subject) : subject(std::move(subject)) {}
ReportBuilder::~ReportBuilder() = default;

ReportBuilder::Function &ReportBuilder::function(StringRef name) {
  for (std::unique_ptr<Function> &function : functions)
    if (function->name == name)
      return *function;
  functions.push_back(std::make_unique<Function>());
  functions.back()->name = name.str();
  return *functions.back();
}

void ReportBuilder::readStep(ModuleOp module) {
  model = module.getSymName().value_or("model").str();
  if (auto rows = module->getAttrOfType<IntegerAttr>(kBatchAttr))
    batch = rows.getInt();
  for (auto step : module.getOps<func::FuncOp>()) {
    if (step.isExternal() || !isStepFunction(step))
      continue;
    Function &entry = function(step.getName());
    entry.ops = readOps(step);
    entry.arguments = readArguments(step);
    entry.results = readResults(step);
  }
}

/// Each op learns in which kernels it is: several if it is computed again, or decomposed. Numbers that no op has were
/// written into the text's locations by somebody else.
static void linkOps(llvm::json::Array &ops, MutableArrayRef<llvm::json::Object> kernels) {
  std::vector<llvm::json::Array> kernelsOf(ops.size());
  for (auto [number, kernel] : llvm::enumerate(kernels)) {
    llvm::json::Array own;
    for (const llvm::json::Value &op : *kernel.getArray("ops"))
      if (uint64_t index = *op.getAsInteger(); index < kernelsOf.size()) {
        kernelsOf[index].push_back(number);
        own.push_back(op);
      }
    kernel["ops"] = std::move(own);
  }
  for (auto [op, list] : llvm::zip_equal(ops, kernelsOf))
    (*op.getAsObject())["kernels"] = std::move(list);
}

void ReportBuilder::readKernels(ModuleOp module) {
  llvm::DenseMap<Operation *, int64_t> numbers; // never iterated over
  for (auto &[id, kernel] : nameKernels(module)) {
    Function &entry = function(StringRef(id).split('/').first);
    numbers[kernel] = entry.kernels.size();
    entry.kernels.push_back(readKernel(kernel, id, batch, subject.target, numbers));
  }
  for (std::unique_ptr<Function> &entry : functions)
    linkOps(entry->ops, entry->kernels);
}

LogicalResult ReportBuilder::readTiles(ModuleOp module) {
  SmallVector<StateSlot> slots = layoutState(module);
  StepPlanContext context{batch, slots, {}};
  for (auto [number, slot] : llvm::enumerate(slots))
    context.slotOf.try_emplace(slot.op.getName(), number);
  state = readStateBlock(slots);
  for (auto step : module.getOps<func::FuncOp>()) {
    if (!isStepFunction(step))
      continue;
    FailureOr<StepPlan> plan = planStep(step, context);
    if (failed(plan))
      return failure();
    Function &entry = function(step.getName());
    SmallVector<LaunchOp> launches = llvm::to_vector(step.getOps<LaunchOp>());
    if (launches.size() != entry.kernels.size())
      return step.emitError() << "expected a launch for each of " << entry.kernels.size() << " kernels, found "
                              << launches.size();
    for (auto [kernel, launch] : llvm::zip_equal(entry.kernels, launches)) {
      readLaunch(kernel, launch, batch);
      joinBuffers(kernel, launch, *plan);
    }
    entry.memory = readMemory(*plan, context);
    scratchBytes = std::max(scratchBytes, plan->scratchBytes);
  }
  return success();
}

static llvm::json::Object describe(const TargetInfo &target, StringRef triple, StringRef cpu) {
  return llvm::json::Object{{"triple", triple.str()},
                            {"cpu", cpu.str()},
                            {"vectorBytes", target.vectorBytes},
                            {"vectorRegisters", target.vectorRegisters},
                            {"fmaPorts", target.fmaPorts},
                            {"fmaLatency", target.fmaLatency},
                            {"bf16Rate", target.bf16Rate},
                            {"l1Bytes", target.l1Bytes},
                            {"l2Bytes", target.l2Bytes},
                            {"l3Bytes", target.l3Bytes},
                            {"l3LineCycles", target.l3LineCycles},
                            {"gigahertz", target.gigahertz},
                            {"gigabytesPerSecond", target.gigabytesPerSecond}};
}

/// What the planners assume of one core.
static std::vector<Ceiling> assumedCeilings(const TargetInfo &target) {
  auto peak = [&](int64_t bytes) { return target.vectorBytes / bytes * target.fmaPorts * 2 * target.gigahertz; };
  return {{Ceiling::Compute, "multiply-adds of f32, one core, assumed", double(peak(4))},
          {Ceiling::Compute, "multiply-adds of f64, one core, assumed", double(peak(8))},
          {Ceiling::Bandwidth, "L3 or memory, one core, assumed", target.gigabytesPerSecond}};
}

static llvm::json::Array describe(ArrayRef<Ceiling> ceilings) {
  llvm::json::Array result;
  for (const Ceiling &ceiling : ceilings) {
    bool computes = ceiling.kind == Ceiling::Compute;
    result.push_back(llvm::json::Object{{"name", ceiling.name},
                                        {"kind", computes ? "compute" : "bandwidth"},
                                        {"unit", computes ? "GFLOP/s" : "GB/s"},
                                        {"value", rounded(ceiling.value)},
                                        {"threads", ceiling.threads},
                                        {"measured", ceiling.measured}});
  }
  return result;
}

llvm::json::Value ReportBuilder::finish(llvm::json::Array remarks) {
  llvm::json::Array entries;
  for (std::unique_ptr<Function> &entry : functions) {
    llvm::json::Array kernels;
    for (llvm::json::Object &kernel : entry->kernels)
      kernels.push_back(std::move(kernel));
    entries.push_back(llvm::json::Object{{"name", entry->name},
                                         {"arguments", std::move(entry->arguments)},
                                         {"results", std::move(entry->results)},
                                         {"ops", std::move(entry->ops)},
                                         {"kernels", std::move(kernels)},
                                         {"memory", std::move(entry->memory)}});
  }
  std::vector<Ceiling> ceilings = assumedCeilings(subject.target);
  ceilings.insert(ceilings.end(), subject.measured.begin(), subject.measured.end());
  llvm::json::Value schedules = nullptr;
  if (!subject.schedules.empty())
    schedules = subject.schedules;
  return llvm::json::Object{
      {"schema", "sinter-report"},
      {"version", kReportVersion},
      {"compiler", subject.compiler},
      {"model", llvm::json::Object{{"name", model}, {"file", subject.file}, {"digest", subject.digest}}},
      {"options", llvm::json::Object{{"batch", batch},
                                     {"optimization", subject.optLevel},
                                     {"keepGradients", subject.keepGradients},
                                     {"schedules", std::move(schedules)}}},
      {"target", describe(subject.target, subject.triple, subject.cpu)},
      {"ceilings", describe(ceilings)},
      {"functions", std::move(entries)},
      {"blocks", llvm::json::Object{{"state", std::move(state)}, {"scratch", readScratchBlock(scratchBytes)}}},
      {"remarks", std::move(remarks)}};
}

} // namespace sinter
