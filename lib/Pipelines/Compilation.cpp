// One model on its way through the phases to machine code.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "sinter/Pipelines/Compilation.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/IR/Verifier.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Support/FileUtilities.h"
#include "sinter/Conversion/SinterToLLVM/IoTables.h"
#include "sinter/Dialect/IR/SinterDialect.h"
#include "sinter/Pipelines/Pipelines.h"
#include "sinter/Target/CHeader.h"
#include "sinter/Transforms/Memory/Layout.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Config/llvm-config.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/SHA256.h"
#include "llvm/Support/SourceMgr.h"
#include "llvm/Target/TargetMachine.h"

using namespace mlir;

namespace sinter {

std::string compilerVersion() {
  return "sinter " SINTER_VERSION " (LLVM " LLVM_VERSION_STRING ")";
}

Compilation::Compilation(MLIRContext &context, CompilationOptions options, TimingScope &timing)
    : context(context), options(std::move(options)), timing(timing) {}

Compilation::~Compilation() = default;

llvm::Error Compilation::selectTarget() {
  TimingScope scope = timing.nest("Select target");
  for (const std::string &name : options.gpus) {
    llvm::Expected<DeviceArchitecture> gpu = parseDeviceArchitecture(name);
    if (!gpu)
      return gpu.takeError();
    gpus.push_back(*gpu);
  }
  if (options.cubin && !gpus.empty())
    ptxas = findPtxas();
  return createTargetMachine(options.target).moveInto(machine);
}

/// Digest of the text, of the schedules and of every option that changes the code.
std::string Compilation::digestOf(StringRef text, StringRef schedules) const {
  llvm::SHA256 hash;
  hash.update(text);
  std::string rest;
  llvm::raw_string_ostream(rest) << '\0' << machine->getTargetTriple().str() << '\0' << machine->getTargetCPU() << '\0'
                                 << machine->getTargetFeatureString() << '\0' << options.target.optLevel << '\0'
                                 << options.batch.value_or(0) << '\0' << options.keepGradients << '\0'
                                 << llvm::join(options.unfused, ",") << '\0' << llvm::join(options.gpus, ",") << '\0'
                                 << options.tf32 << '\0' << schedules << '\0' << compilerVersion();
  hash.update(rest);
  return llvm::toHex(hash.final(), /*LowerCase=*/true);
}

LogicalResult Compilation::load(StringRef path) {
  std::string message;
  std::unique_ptr<llvm::MemoryBuffer> file = openInputFile(path, &message);
  if (!file)
    return emitError(UnknownLoc::get(&context)) << message;
  return parse(std::move(file), path == "-" ? "model" : llvm::sys::path::filename(path));
}

LogicalResult Compilation::loadText(StringRef text, StringRef name) {
  return parse(llvm::MemoryBuffer::getMemBufferCopy(text, name), name);
}

LogicalResult Compilation::parse(std::unique_ptr<llvm::MemoryBuffer> file, StringRef name) {
  TimingScope scope = timing.nest("Parse");
  std::string message;
  std::unique_ptr<llvm::MemoryBuffer> schedules;
  if (!options.schedules.empty() && !(schedules = openInputFile(options.schedules, &message)))
    return emitError(UnknownLoc::get(&context)) << "schedules: " << message;
  sourceDigest = digestOf(file->getBuffer(), schedules ? schedules->getBuffer() : StringRef());
  sourceName = name.str();
  auto sources = std::make_shared<llvm::SourceMgr>();
  sources->AddNewSourceBuffer(std::move(file), llvm::SMLoc());
  op = parseSourceFile<ModuleOp>(sources, &context);
  if (!op)
    return failure();
  current = phaseOf(*op);
  if (current == Phase::Model)
    return runPhase(Phase::Model);
  if (failed(verifyPhase(*op, current)) || failed(checkChoices()))
    return failure();
  return current == Phase::Buffers ? summarize() : success();
}

/// The step is built already, and with it what these options say.
LogicalResult Compilation::checkChoices() {
  if (options.batch)
    return emitError(op->getLoc()) << "the batch cannot be chosen any more: the module is in phase `"
                                   << phaseName(current) << "`";
  if (!options.schedules.empty() && current >= Phase::Kernels)
    return emitError(op->getLoc()) << "schedules cannot be chosen any more: the module is in phase `"
                                   << phaseName(current) << "`";
  auto isGradient = [](StateOp state) { return state.getRole() == StateRole::Gradient; };
  if (options.keepGradients && llvm::none_of(op->getOps<StateOp>(), isGradient))
    return emitError(op->getLoc()) << "gradients cannot be kept any more: the module is in phase `"
                                   << phaseName(current) << "`, and its state has none";
  return success();
}

std::unique_ptr<Compilation> Compilation::fork() {
  auto copy = std::make_unique<Compilation>(context, options, timing);
  llvm::cantFail(copy->selectTarget()); // as it was selected before
  copy->op = op->clone();
  copy->current = current;
  copy->sourceDigest = sourceDigest;
  copy->sourceName = sourceName;
  copy->step = step;
  return copy;
}

LogicalResult Compilation::advanceTo(Phase phase) {
  for (Phase next : kPhases)
    if (next > current && next <= phase && failed(runPhase(next)))
      return failure();
  return success();
}

/// "sm_90a:cubin", "sm_90a:ptx", ...
static std::vector<std::string> deviceImages(ArrayRef<DeviceArchitecture> gpus, bool cubin) {
  std::vector<std::string> images;
  for (const DeviceArchitecture &gpu : gpus) {
    if (cubin)
      images.push_back(gpu.name + ":cubin");
    images.push_back(gpu.name + ":ptx");
  }
  return images;
}

static PhaseOptions phaseOptions(const CompilationOptions &options, const llvm::TargetMachine &machine,
                                 StringRef sourceDigest, ModuleOp module) {
  PhaseOptions phases;
  phases.step.batch = options.batch.value_or(hasBatchExtent(module) ? Compilation::kDefaultBatch : 0);
  phases.step.keepGradients = options.keepGradients;
  phases.kernels.target = describeTarget(machine);
  phases.kernels.schedules = options.schedules;
  phases.kernels.unfused = options.unfused;
  phases.tiles.groupLaunches = !llvm::is_contained(options.unfused, "launches");
  phases.llvm.fusePhases = phases.tiles.groupLaunches && !llvm::is_contained(options.unfused, "phases");
  phases.llvm.targetTriple = machine.getTargetTriple().str();
  phases.llvm.targetCpu = machine.getTargetCPU().str();
  phases.llvm.sourceDigest = sourceDigest.str();
  phases.llvm.compilerVersion = compilerVersion();
  phases.llvm.fma = hasFma(machine);
  phases.llvm.avx512 = hasAvx512(machine);
  phases.llvm.f16 = convertsF16(machine);
  phases.llvm.bf16Pairs = multipliesBF16Pairs(machine);
  phases.llvm.program = options.program;
  return phases;
}

LogicalResult Compilation::runPhase(Phase phase) {
  TimingScope scope = timing.nest(("Phase " + phaseName(phase)).str());
  PassManager manager(&context);
  manager.enableTiming(scope);
  manager.enableVerifier(false); // once behind the phase, rather than behind each of its passes
  PhaseOptions phases = phaseOptions(options, *machine, sourceDigest, *op);
  phases.kernels.device = phases.tiles.device = !gpus.empty();
  phases.kernels.tf32 = phases.tiles.tf32 = options.tf32;
  phases.kernels.hopper = phases.tiles.hopper =
      llvm::any_of(gpus, [](const DeviceArchitecture &gpu) { return isHopper(gpu); });
  phases.llvm.deviceImages = deviceImages(gpus, !ptxas.empty());
  buildPhase(manager, phase, phases);
  if (failed(manager.run(*op)) || failed(verify(*op)))
    return failure();
  current = phase;
  return phase == Phase::Buffers ? summarize() : success();
}

LogicalResult Compilation::summarize() {
  auto number = [&](StringRef name) { return (*op)->getAttrOfType<IntegerAttr>(name).getInt(); };
  step.emplace();
  step->name = artifactPrefix(*op);
  step->batch = number(kBatchAttr);
  step->stateBytes = number(kStateBytesAttr);
  step->scratchBytes = number(kScratchBytesAttr);
  for (auto function : op->getOps<func::FuncOp>())
    step->kernels += function->hasAttr("sinter.kernel");
  FailureOr<std::string> header = makeCHeader(*op, compilerVersion());
  if (failed(header))
    return failure();
  step->header = std::move(*header);
  return success();
}

static gpu::GPUModuleOp deviceModule(ModuleOp module) {
  auto modules = module.getOps<gpu::GPUModuleOp>();
  return modules.empty() ? gpu::GPUModuleOp() : *modules.begin();
}

FailureOr<std::string> Compilation::makeDevicePtx() {
  gpu::GPUModuleOp device = deviceModule(*op);
  if (!device || gpus.empty())
    return emitError(op->getLoc()) << "there is no device code in this module", failure();
  return makePtx(device, gpus.front(), options.target.optLevel);
}

/// What drivers want of an ELF image.
static constexpr unsigned kImageAlignment = 8;

/// Gives a declared image its bytes.
static void defineImage(ModuleOp module, StringRef prefix, size_t number, StringRef bytes) {
  auto declared = module.lookupSymbol<LLVM::GlobalOp>((prefix + "_device_image_" + Twine(number)).str());
  OpBuilder builder(declared);
  auto type = LLVM::LLVMArrayType::get(builder.getI8Type(), bytes.size());
  LLVM::GlobalOp::create(builder, declared.getLoc(), type, /*isConstant=*/true, LLVM::Linkage::Private,
                         declared.getSymName(), builder.getStringAttr(bytes), kImageAlignment);
  declared.erase();
}

LogicalResult Compilation::embedDeviceCode() {
  gpu::GPUModuleOp device = deviceModule(*op);
  if (!device)
    return success();
  if (gpus.empty())
    return device.emitError("this module has device code: say for which GPUs, --gpu=sm_90a");
  TimingScope scope = timing.nest("Generate device code");
  size_t number = 0;
  for (const DeviceArchitecture &gpu : gpus) {
    FailureOr<std::string> ptx = makePtx(device, gpu, options.target.optLevel);
    if (failed(ptx))
      return failure();
    if (!ptxas.empty()) {
      auto cubin = makeCubin(*ptx, gpu, ptxas);
      if (!cubin)
        return emitError(UnknownLoc::get(&context)) << llvm::toString(cubin.takeError());
      defineImage(*op, step->name, number++, StringRef(cubin->data(), cubin->size()));
    }
    defineImage(*op, step->name, number++, StringRef(ptx->c_str(), ptx->size() + 1));
  }
  device.erase();
  return success();
}

std::unique_ptr<llvm::Module> Compilation::makeLLVMIR(llvm::LLVMContext &llvmContext, bool optimized) {
  if (failed(embedDeviceCode()))
    return nullptr;
  TimingScope translation = timing.nest("Translate to LLVM IR");
  registerLLVMTranslation(context);
  std::unique_ptr<llvm::Module> module = translateToLLVMIR(*op, sourceName, *machine, llvmContext);
  translation.stop();
  if (module && optimized) {
    TimingScope scope = timing.nest("Optimize LLVM IR");
    optimize(*module, *machine, options.target.optLevel);
  }
  return module;
}

FailureOr<SmallVector<char, 0>> Compilation::generate(CodeFormat format) {
  llvm::LLVMContext llvmContext;
  std::unique_ptr<llvm::Module> module = makeLLVMIR(llvmContext);
  if (!module)
    return failure();
  TimingScope scope = timing.nest("Generate machine code");
  return generateCode(*module, *machine, format);
}

FailureOr<std::vector<SmallVector<char, 0>>> Compilation::generateParts() {
  llvm::LLVMContext llvmContext;
  std::unique_ptr<llvm::Module> module = makeLLVMIR(llvmContext, /*optimized=*/false);
  if (!module)
    return failure();
  TimingScope scope = timing.nest("Optimize and generate machine code, in parallel");
  return generateObjectParts(
      *module, [&] { return llvm::cantFail(createTargetMachine(options.target)); }, options.target.optLevel);
}

} // namespace sinter
