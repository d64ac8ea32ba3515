// How does a module of phase `llvm` become LLVM IR, assembly or an object file?
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef SINTER_TARGET_EMIT_H
#define SINTER_TARGET_EMIT_H

#include "mlir/IR/BuiltinOps.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/Module.h"
#include <memory>
#include <vector>

namespace llvm {
class TargetMachine;
} // namespace llvm

namespace sinter {

/// Registers what `translateToLLVMIR` needs from `context`.
void registerLLVMTranslation(mlir::MLIRContext &context);

/// LLVM IR for `machine`, named `name`. Null, with a diagnostic, when an op has no translation.
std::unique_ptr<llvm::Module> translateToLLVMIR(mlir::ModuleOp module, llvm::StringRef name,
                                                llvm::TargetMachine &machine, llvm::LLVMContext &context);

/// Runs LLVM's passes of `optLevel` (0 to 3).
void optimize(llvm::Module &module, llvm::TargetMachine &machine, unsigned optLevel);

enum class CodeFormat { Assembly, Object };

/// Machine code of the module, as text or as a relocatable object. `module` is consumed by code generation.
llvm::SmallVector<char, 0> generateCode(llvm::Module &module, llvm::TargetMachine &machine, CodeFormat format);

/// Optimizes and compiles a module that is not optimized yet in several parts at once, for the linker to put together:
/// its functions are spread over the parts by size, never by the number of processors, so the objects are the same on
/// every machine. Local symbols become hidden ones. `makeMachine` is called once per part, from several threads.
std::vector<llvm::SmallVector<char, 0>>
generateObjectParts(llvm::Module &module, llvm::function_ref<std::unique_ptr<llvm::TargetMachine>()> makeMachine,
                    unsigned optLevel);

} // namespace sinter

#endif // SINTER_TARGET_EMIT_H
