// How does a module of phase `llvm` become LLVM IR, assembly or an object file?
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "sinter/Target/Emit.h"
#include "ConstantTables.h"
#include "VectorAccesses.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Target/LLVMIR/Dialect/Builtin/BuiltinToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Dialect/LLVMIR/LLVMToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Export.h"
#include "llvm/IR/LegacyPassManager.h"
#include "llvm/Passes/PassBuilder.h"
#include "llvm/Support/raw_ostream.h"
#include "llvm/Target/TargetMachine.h"

namespace sinter {

void registerLLVMTranslation(mlir::MLIRContext &context) {
  mlir::registerBuiltinDialectTranslation(context);
  mlir::registerLLVMDialectTranslation(context);
}

static void setFunctionAttributes(llvm::Module &module, const llvm::TargetMachine &machine) {
  for (llvm::Function &function : module) {
    function.setDoesNotThrow();
    if (function.isDeclaration())
      continue;
    function.addFnAttr("target-cpu", machine.getTargetCPU());
    if (!machine.getTargetFeatureString().empty())
      function.addFnAttr("target-features", machine.getTargetFeatureString());
  }
}

std::unique_ptr<llvm::Module> translateToLLVMIR(mlir::ModuleOp module, llvm::StringRef name,
                                                llvm::TargetMachine &machine, llvm::LLVMContext &context) {
  // Translation derives the alignment of loads and stores from the data layout.
  module->setAttr(mlir::LLVM::LLVMDialect::getDataLayoutAttrName(),
                  mlir::StringAttr::get(module.getContext(), machine.createDataLayout().getStringRepresentation()));
  std::unique_ptr<llvm::Module> result = mlir::translateModuleToLLVMIR(module, context, name);
  if (!result)
    return nullptr;
  result->setSourceFileName(name);
  result->setTargetTriple(machine.getTargetTriple());
  result->setDataLayout(machine.createDataLayout());
  result->setPICLevel(llvm::PICLevel::BigPIC);
  setFunctionAttributes(*result, machine);
  return result;
}

/// Kernels come vectorized, unrolled and inlined as they should be, so what is left to do is small: clean up addresses
/// and branches, move invariants out of loops, vectorize the plain loops of `loops` kernels. LLVM's default pipeline
/// takes twice as long and unrolls again what was unrolled. `indvars` and `dse` find nothing to do here, and take a
/// third of the time of all of these.
static constexpr llvm::StringLiteral kPasses =
    "globaldce,"
    "function<eager-inv>("
    "mem2reg,early-cse<memssa>,simplifycfg,instcombine<no-verify-fixpoint>,"
    "loop-mssa(loop-rotate,licm<allowspeculation>),loop-vectorize,early-cse<memssa>,"
    "loop-mssa(licm<allowspeculation>),instcombine<no-verify-fixpoint>,simplifycfg),"
    "globaldce";

static void runPasses(llvm::Module &module, llvm::TargetMachine &machine) {
  llvm::PassBuilder builder(&machine);
  llvm::LoopAnalysisManager loops;
  llvm::FunctionAnalysisManager functions;
  llvm::CGSCCAnalysisManager sccs;
  llvm::ModuleAnalysisManager modules;
  builder.registerModuleAnalyses(modules);
  builder.registerCGSCCAnalyses(sccs);
  builder.registerFunctionAnalyses(functions);
  builder.registerLoopAnalyses(loops);
  builder.crossRegisterProxies(loops, functions, sccs, modules);
  llvm::ModulePassManager passes;
  llvm::cantFail(builder.parsePassPipeline(passes, kPasses));
  passes.run(module, modules);
}

void optimize(llvm::Module &module, llvm::TargetMachine &machine, unsigned optLevel) {
  if (optLevel > 0)
    runPasses(module, machine);
  legalizeAccesses(module);
  if (optLevel > 0)
    keepConstantsInMemory(module, machine);
}

llvm::SmallVector<char, 0> generateCode(llvm::Module &module, llvm::TargetMachine &machine, CodeFormat format) {
  llvm::SmallVector<char, 0> code;
  llvm::raw_svector_ostream stream(code);
  llvm::legacy::PassManager passes;
  auto type = format == CodeFormat::Object ? llvm::CodeGenFileType::ObjectFile : llvm::CodeGenFileType::AssemblyFile;
  if (machine.addPassesToEmitFile(passes, stream, nullptr, type, /*DisableVerify=*/true))
    llvm::report_fatal_error("the target cannot emit code of this format");
  passes.run(module);
  return code;
}

} // namespace sinter
