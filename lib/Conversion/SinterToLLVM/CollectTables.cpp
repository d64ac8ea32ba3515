// Which inputs, targets, outputs and kernels does a model have?
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "ArtifactTables.h"
#include "sinter/Transforms/Memory/Layout.h"

using namespace mlir;

namespace sinter {

static SmallVector<IoEntry> *tableOf(IoTables &io, StringRef role) {
  if (role == "input")
    return &io.inputs;
  if (role == "target")
    return &io.targets;
  return role == "output" ? &io.outputs : nullptr;
}

int64_t IoTables::indexOf(StringRef role, StringRef name) const {
  SmallVector<IoEntry> *table = tableOf(const_cast<IoTables &>(*this), role);
  auto entry = llvm::find_if(*table, [&](const IoEntry &entry) { return entry.name == name; });
  assert(entry != table->end() && "collected from the same functions");
  return entry - table->begin();
}

static LogicalResult addEntry(SmallVector<IoEntry> &table, StringRef name, RankedTensorType type, Location loc) {
  for (const IoEntry &entry : table) {
    if (entry.name != name)
      continue;
    if (entry.type != type)
      return emitError(loc) << "'" << name << "' has type " << type << " here and " << entry.type
                            << " in another step function";
    return success();
  }
  table.push_back({name.str(), type});
  return success();
}

FailureOr<IoTables> collectIo(ModuleOp module) {
  IoTables io;
  for (StringRef step : {"train_step", "eval_step", "predict"}) {
    auto function = module.lookupSymbol<func::FuncOp>(step);
    for (unsigned i = 0, e = function ? function.getNumArguments() : 0; i != e; ++i) {
      auto role = function.getArgAttrOfType<StringAttr>(i, kRoleAttr);
      auto type = function.getArgAttrOfType<TypeAttr>(i, kTensorTypeAttr);
      if (!role || !type)
        continue;
      auto tensor = cast<RankedTensorType>(type.getValue());
      if (role.getValue() == "loss")
        io.lossType = tensor.getElementType();
      SmallVector<IoEntry> *table = tableOf(io, role.getValue());
      if (!table)
        continue;
      auto name = function.getArgAttrOfType<StringAttr>(i, kNameAttr);
      if (!name)
        return function.emitError() << "argument " << i << " has no `sinter.name`";
      if (failed(addEntry(*table, name.getValue(), tensor, function.getLoc())))
        return failure();
    }
  }
  return io;
}

static uint64_t countOf(func::FuncOp kernel, StringRef attribute) {
  auto count = kernel->getAttrOfType<IntegerAttr>(attribute);
  return count ? count.getInt() : 0;
}

SmallVector<KernelEntry> collectKernels(ModuleOp module) {
  SmallVector<KernelEntry> kernels;
  SymbolTable symbols(module);
  for (StringRef step : kStepNames) {
    auto function = symbols.lookup<func::FuncOp>(step);
    if (!function)
      continue;
    for (LaunchOp launch : function.getOps<LaunchOp>()) {
      auto kernel = symbols.lookup<func::FuncOp>(launch.getKernel());
      std::string schedule;
      if (Attribute attribute = kernel->getAttr("sinter.schedule"))
        llvm::raw_string_ostream(schedule) << attribute;
      kernels.push_back({kernel.getName().str(), step.str(), schedule, countOf(kernel, "sinter.flops"),
                         countOf(kernel, "sinter.bytes")});
    }
  }
  return kernels;
}

} // namespace sinter
