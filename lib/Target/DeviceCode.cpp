// How do device functions become code for a GPU?
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "sinter/Target/DeviceCode.h"

#include "mlir/Target/LLVM/ModuleToObject.h"
#include "mlir/Target/LLVMIR/Dialect/GPU/GPUToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Dialect/NVVM/NVVMToLLVMIRTranslation.h"
#include "sinter/Target/Emit.h"
#include "sinter/Target/TargetMachine.h"
#include "sinter/Transforms/Gpu/DeviceKernel.h"
#include "llvm/MC/MCSubtargetInfo.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FileUtilities.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Program.h"
#include "llvm/Support/raw_ostream.h"
#include "llvm/Target/TargetMachine.h"
#include "llvm/TargetParser/Triple.h"

namespace sinter {

static constexpr llvm::StringLiteral kTriple = "nvptx64-nvidia-cuda";
/// Of the first driver for Hopper (CUDA 12.0); later ones read it as well.
static constexpr llvm::StringLiteral kFeatures = "+ptx80";
/// Older GPUs have no asynchronous copies and no bf16.
static constexpr int32_t kOldest = 80;

llvm::Expected<DeviceArchitecture> parseDeviceArchitecture(llvm::StringRef name) {
  initializeTargets();
  std::string reason;
  llvm::Triple triple(kTriple);
  const llvm::Target *target = llvm::TargetRegistry::lookupTarget(triple, reason);
  if (!target)
    return llvm::createStringError("this LLVM has no back end for NVIDIA GPUs");
  std::unique_ptr<llvm::MCSubtargetInfo> subtarget(target->createMCSubtargetInfo(triple, "", ""));
  DeviceArchitecture result{name.str(), 0, name.ends_with("a") || name.ends_with("f")};
  llvm::StringRef number = name;
  bool isNumber =
      number.consume_front("sm_") && !number.consumeInteger(10, result.capability) && (number.empty() || number == "a");
  if (!isNumber || !subtarget->isCPUStringValid(name) || result.capability < kOldest)
    return llvm::createStringError("unknown GPU architecture '" + name + "'; expected one like sm_80, sm_89 or sm_90a");
  return result;
}

namespace {
/// Translates, optimizes and prints one module.
class PtxWriter : public mlir::LLVM::ModuleToObject {
public:
  using ModuleToObject::ModuleToObject;

  mlir::FailureOr<llvm::SmallVector<char, 0>> moduleToObject(llvm::Module &module) override {
    for (llvm::Function &function : module)
      if (function.isDeclaration() && !function.isIntrinsic())
        return getOperation().emitError()
                   << "device code calls '" << function.getName() << "', which is nowhere: a GPU has no library",
               mlir::failure();
    mlir::FailureOr<llvm::TargetMachine *> machine = getOrCreateTargetMachine();
    if (failed(machine))
      return mlir::failure();
    auto report = [&] { return getOperation().emitError(); };
    mlir::FailureOr<llvm::SmallString<0>> text = translateModuleToISA(module, **machine, report);
    if (failed(text))
      return mlir::failure();
    return llvm::SmallVector<char, 0>(text->begin(), text->end());
  }
};
} // namespace

bool isHopper(const DeviceArchitecture &architecture) {
  return architecture.exact && architecture.capability == kHopper;
}

/// The functions that code for this architecture has.
static mlir::OwningOpRef<mlir::gpu::GPUModuleOp> functionsFor(mlir::gpu::GPUModuleOp module,
                                                              const DeviceArchitecture &architecture) {
  mlir::OwningOpRef<mlir::gpu::GPUModuleOp> own = module.clone();
  for (mlir::Operation &op : llvm::make_early_inc_range(*own->getBody()))
    if (isHopper(architecture) ? op.hasAttr(kOnHopperAttr) || op.hasAttr(kNotHopperAttr) : op.hasAttr(kOnlyHopperAttr))
      op.erase();
  return own;
}

mlir::FailureOr<std::string> makePtx(mlir::gpu::GPUModuleOp module, const DeviceArchitecture &architecture,
                                     unsigned optLevel) {
  initializeTargets();
  registerLLVMTranslation(*module.getContext());
  mlir::registerGPUDialectTranslation(*module.getContext());
  mlir::registerNVVMDialectTranslation(*module.getContext());
  mlir::OwningOpRef<mlir::gpu::GPUModuleOp> own = functionsFor(module, architecture);
  PtxWriter writer(**own, kTriple, architecture.name, kFeatures, optLevel);
  std::optional<llvm::SmallVector<char, 0>> text = writer.run();
  if (!text)
    return mlir::failure();
  return llvm::StringRef(text->data(), text->size()).rtrim('\0').str();
}

std::string findPtxas() {
  const llvm::StringRef usual = "/usr/local/cuda/bin";
  for (llvm::ArrayRef<llvm::StringRef> folders : {llvm::ArrayRef<llvm::StringRef>(), llvm::ArrayRef(usual)})
    if (llvm::ErrorOr<std::string> path = llvm::sys::findProgramByName("ptxas", folders))
      return *path;
  return "";
}

llvm::Expected<llvm::SmallVector<char, 0>> makeCubin(llvm::StringRef ptx, const DeviceArchitecture &architecture,
                                                     llvm::StringRef ptxas) {
  llvm::SmallString<128> input, output, messages;
  for (auto [path, ending] : {std::pair(&input, "ptx"), std::pair(&output, "cubin"), std::pair(&messages, "txt")})
    if (std::error_code code = llvm::sys::fs::createTemporaryFile("sinter", ending, *path))
      return llvm::createStringError(code, "cannot make a temporary file for ptxas");
  llvm::FileRemover removers[] = {llvm::FileRemover(input), llvm::FileRemover(output), llvm::FileRemover(messages)};
  {
    std::error_code code;
    llvm::raw_fd_ostream stream(input, code);
    stream << ptx;
  }
  llvm::StringRef arguments[] = {ptxas, "-arch", architecture.name, "-o", output, input};
  std::optional<llvm::StringRef> redirects[] = {std::nullopt, llvm::StringRef(messages), llvm::StringRef(messages)};
  int status = llvm::sys::ExecuteAndWait(ptxas, arguments, std::nullopt, redirects);
  auto text = llvm::MemoryBuffer::getFile(status ? messages : output);
  if (status)
    return llvm::createStringError("ptxas failed with status " + llvm::Twine(status) + ": " +
                                   (text ? (*text)->getBuffer() : llvm::StringRef("no message")));
  if (!text)
    return llvm::createStringError(text.getError(), "cannot read what ptxas wrote");
  llvm::StringRef bytes = (*text)->getBuffer();
  return llvm::SmallVector<char, 0>(bytes.begin(), bytes.end());
}

} // namespace sinter
