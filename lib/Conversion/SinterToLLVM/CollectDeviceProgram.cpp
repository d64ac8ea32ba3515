// What does a GPU do for each step function?
//
//   sinter.launch   ->  a launch for each of its device functions, or a part of one that several share, in one phase or
//                       in several
//   memref.copy     ->  a copy
//   a view          ->  a place: a block of memory and an offset
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "ArtifactTables.h"
#include "DeviceProgram.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "sinter/Transforms/Gpu/DeviceKernel.h"
#include "sinter/Transforms/Memory/Layout.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringSwitch.h"

using namespace mlir;

namespace sinter {
namespace {

class Collector {
public:
  Collector(ModuleOp module, gpu::GPUModuleOp device, const IoTables &io) : module(module), device(device), io(io) {}

  LogicalResult collect(func::FuncOp step, uint32_t firstKernel);

  DeviceProgram program;

private:
  using Command = DeviceProgram::Command;

  void bindArguments(func::FuncOp step);
  LogicalResult add(Operation &op, SmallVector<Command> &commands);
  LogicalResult addLaunch(LaunchOp launch, SmallVector<Command> &commands);
  LogicalResult addFunction(LaunchOp launch, SymbolRefAttr symbol, int32_t architecture,
                            SmallVector<Command> &commands);
  void addPlaces(LaunchOp launch, Command &command);
  static std::vector<sinter_device_map> mapsOf(gpu::GPUFuncOp fn);
  Command commandFor(gpu::GPUFuncOp fn, DenseI64ArrayAttr grid, LaunchOp launch);
  void addCopy(memref::CopyOp copy, SmallVector<Command> &commands);
  uint32_t constantNumber(memref::GetGlobalOp op);

  ModuleOp module;
  gpu::GPUModuleOp device;
  const IoTables &io;
  uint32_t kernelRow = 0;
  llvm::StringMap<size_t> openCommand; ///< of a function that several launches share: the first one's command
  llvm::DenseMap<Value, sinter_device_place> placeOf;
};

void Collector::bindArguments(func::FuncOp step) {
  for (BlockArgument argument : step.getArguments()) {
    unsigned number = argument.getArgNumber();
    StringRef role = step.getArgAttrOfType<StringAttr>(number, kRoleAttr).getValue();
    auto space = llvm::StringSwitch<int32_t>(role)
                     .Case("state", SINTER_SPACE_STATE)
                     .Case("scratch", SINTER_SPACE_SCRATCH)
                     .Case("input", SINTER_SPACE_INPUT)
                     .Case("target", SINTER_SPACE_TARGET)
                     .Case("output", SINTER_SPACE_OUTPUT)
                     .Case("loss", SINTER_SPACE_LOSS)
                     .Case("learning_rate", SINTER_SPACE_LEARNING_RATE)
                     .Case("step", SINTER_SPACE_STEP)
                     .Case("seed", SINTER_SPACE_SEED)
                     .Default(-1);
    if (space < 0) // the number of rows
      continue;
    bool isListed = space == SINTER_SPACE_INPUT || space == SINTER_SPACE_TARGET || space == SINTER_SPACE_OUTPUT;
    uint32_t index = isListed ? io.indexOf(role, step.getArgAttrOfType<StringAttr>(number, kNameAttr).getValue()) : 0;
    placeOf[argument] = {space, index, 0};
  }
}

LogicalResult Collector::collect(func::FuncOp step, uint32_t firstKernel) {
  kernelRow = firstKernel;
  bindArguments(step);
  SmallVector<Command> &commands = program.steps.emplace_back();
  openCommand.clear();
  for (Operation &op : step.front())
    if (failed(add(op, commands)))
      return failure();
  return success();
}

LogicalResult Collector::add(Operation &op, SmallVector<Command> &commands) {
  if (auto view = dyn_cast<memref::ViewOp>(op)) {
    sinter_device_place place = placeOf.lookup(view.getSource());
    place.offset += view.getByteShift().getDefiningOp<arith::ConstantIndexOp>().value();
    placeOf[view] = place;
  } else if (auto cast = dyn_cast<memref::ReinterpretCastOp>(op)) {
    placeOf[cast] = placeOf.lookup(cast.getSource());
  } else if (auto global = dyn_cast<memref::GetGlobalOp>(op)) {
    placeOf[global] = {SINTER_SPACE_CONSTANT, constantNumber(global), 0};
  } else if (auto copy = dyn_cast<memref::CopyOp>(op)) {
    addCopy(copy, commands);
  } else if (auto launch = dyn_cast<LaunchOp>(op)) {
    return addLaunch(launch, commands);
  }
  return success();
}

uint32_t Collector::constantNumber(memref::GetGlobalOp op) {
  auto known = llvm::find_if(program.constants, [&](auto &constant) { return constant.symbol == op.getName(); });
  if (known != program.constants.end())
    return known - program.constants.begin();
  auto type = cast<MemRefType>(op.getType());
  program.constants.push_back(
      {op.getName().str(), uint64_t(type.getNumElements() * elementBytes(type.getElementType()))});
  return program.constants.size() - 1;
}

void Collector::addCopy(memref::CopyOp copy, SmallVector<Command> &commands) {
  auto type = cast<MemRefType>(copy.getSource().getType());
  uint64_t bytes = elementBytes(type.getElementType());
  for (int64_t extent : type.getShape())
    bytes *= ShapedType::isDynamic(extent) ? 1 : extent;
  Command command;
  (type.hasStaticShape() ? command.fixed : command.perRow) = bytes;
  command.places = {placeOf.lookup(copy.getSource()), placeOf.lookup(copy.getTarget())};
  commands.push_back(command);
}

void Collector::addPlaces(LaunchOp launch, Command &command) {
  for (ValueRange operands : {ValueRange(launch.getInputs()), ValueRange(launch.getOuts())})
    for (Value operand : operands)
      command.places.push_back(placeOf.lookup(operand));
}

std::vector<sinter_device_map> Collector::mapsOf(gpu::GPUFuncOp fn) {
  std::vector<sinter_device_map> maps;
  auto encoded = fn->getAttrOfType<ArrayAttr>(kMapsAttr);
  if (!encoded)
    return maps;
  for (auto numbers : encoded.getAsRange<DenseI64ArrayAttr>()) {
    TensorMapNumbers from = TensorMapNumbers::decode(numbers);
    sinter_device_map &map = maps.emplace_back(sinter_device_map());
    map.place = from.argument, map.element = from.element, map.rank = from.dims.size();
    for (auto [i, dim] : llvm::enumerate(from.dims)) {
      map.per_row[i] = dim.perRow, map.fixed[i] = dim.fixed, map.box[i] = dim.box;
      if (i > 0)
        map.strides[i - 1] = dim.strideBytes;
    }
  }
  return maps;
}

Collector::Command Collector::commandFor(gpu::GPUFuncOp fn, DenseI64ArrayAttr grid, LaunchOp launch) {
  Command command;
  command.kernel = fn.getName().str();
  command.threads = fn.getKnownBlockSize()->front();
  command.perRow = grid[0], command.fixed = grid[1], command.divisor = grid[2], command.factor = grid[3];
  command.kernelRow = kernelRow;
  addPlaces(launch, command);
  command.maps = mapsOf(fn);
  if (auto bytes = fn->getAttrOfType<IntegerAttr>(kDynamicSharedAttr))
    command.sharedBytes = bytes.getInt();
  if (auto bytes = fn->getAttrOfType<IntegerAttr>(kWorkspaceAttr)) {
    command.usesWorkspace = 1;
    program.workspaceBytes = std::max<uint64_t>(program.workspaceBytes, bytes.getInt());
  }
  return command;
}

LogicalResult Collector::addLaunch(LaunchOp launch, SmallVector<Command> &commands) {
  auto functions = launch->getAttrOfType<ArrayAttr>(kDeviceAttr);
  if (!functions)
    return launch.emitError() << "launch of @" << launch.getKernel() << " has no device functions ('" << kDeviceAttr
                              << "')";
  // What the launch is a phase of takes its place, in images of one kind or of all.
  auto inOthers = launch->getAttrOfType<SymbolRefAttr>(kPhasesAttr);
  auto inHopper = launch->getAttrOfType<SymbolRefAttr>(kHopperPhasesAttr);
  LogicalResult result = success();
  if (inOthers)
    result = addFunction(launch, inOthers, inOthers == inHopper ? 0 : -kHopper, commands);
  if (inHopper && inHopper != inOthers && succeeded(result))
    result = addFunction(launch, inHopper, kHopper, commands);
  if (!inOthers || !inHopper)
    for (auto symbol : functions.getAsRange<SymbolRefAttr>())
      if (succeeded(result))
        result = addFunction(launch, symbol, inOthers ? kHopper : inHopper ? -kHopper : 0, commands);
  ++kernelRow;
  return result;
}

/// A launch of a function; or more arguments for it, if an earlier one has begun it.
LogicalResult Collector::addFunction(LaunchOp launch, SymbolRefAttr symbol, int32_t architecture,
                                     SmallVector<Command> &commands) {
  auto fn = device.lookupSymbol<gpu::GPUFuncOp>(symbol.getLeafReference());
  auto grid = fn ? fn->getAttrOfType<DenseI64ArrayAttr>(kGridAttr) : DenseI64ArrayAttr();
  if (!grid || grid.size() != 4 || !fn.getKnownBlockSize())
    return launch.emitError() << "expected a device function with a grid and a block size, found " << symbol;
  auto part = launch->getAttrOfType<IntegerAttr>(kDevicePartAttr);
  bool isPhase = symbol == launch->getAttr(kPhasesAttr) || symbol == launch->getAttr(kHopperPhasesAttr);
  bool isLater = isPhase ? openCommand.contains(fn.getName()) : part && part.getInt() > 0;
  if (isLater) {
    addPlaces(launch, commands[openCommand.at(fn.getName())]);
    return success();
  }
  if (isPhase || part)
    openCommand[fn.getName()] = commands.size();
  auto counterpart = fn->getAttrOfType<FlatSymbolRefAttr>(kOnHopperAttr);
  if (!counterpart || architecture != kHopper) {
    commands.push_back(commandFor(fn, grid, launch));
    commands.back().architecture = counterpart ? -kHopper : architecture;
  }
  if (counterpart && architecture != -kHopper) {
    auto onHopper = device.lookupSymbol<gpu::GPUFuncOp>(counterpart.getAttr());
    commands.push_back(commandFor(onHopper, onHopper->getAttrOfType<DenseI64ArrayAttr>(kGridAttr), launch));
    commands.back().architecture = kHopper;
  }
  return success();
}

/// "sm_90a:ptx".
DeviceProgram::Image parseImage(StringRef text) {
  auto [architecture, kind] = text.split(':');
  StringRef number = architecture;
  DeviceProgram::Image image{architecture.str(), 0, architecture.ends_with("a"),
                             kind == "cubin" ? SINTER_CUBIN : SINTER_PTX};
  number.consume_front("sm_");
  number.consumeInteger(10, image.capability);
  return image;
}

} // namespace

FailureOr<DeviceProgram> collectDeviceProgram(ModuleOp module, const IoTables &io, ArrayRef<std::string> images) {
  auto device = module.lookupSymbol<gpu::GPUModuleOp>(kDeviceModule);
  if (!device)
    return DeviceProgram();
  Collector collector(module, device, io);
  uint32_t kernels = 0;
  for (StringRef name : kStepNames) {
    auto step = module.lookupSymbol<func::FuncOp>(name);
    if (!step)
      continue;
    if (name != "init" && failed(collector.collect(step, kernels)))
      return failure();
    kernels += llvm::range_size(step.getOps<LaunchOp>());
  }
  for (const std::string &image : images)
    collector.program.images.push_back(parseImage(image));
  return std::move(collector.program);
}

} // namespace sinter
