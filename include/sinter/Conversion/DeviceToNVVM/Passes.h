// Passes that turn device functions into functions of the NVVM dialect.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef SINTER_CONVERSION_DEVICETONVVM_PASSES_H
#define SINTER_CONVERSION_DEVICETONVVM_PASSES_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Pass/Pass.h"

namespace sinter {

#define GEN_PASS_DECL
#define GEN_PASS_REGISTRATION
#include "sinter/Conversion/DeviceToNVVM/Passes.h.inc"

/// `name` as a C identifier: every other character becomes `_`, and a leading digit gets one in front.
std::string cIdentifier(llvm::StringRef name);

} // namespace sinter

#endif // SINTER_CONVERSION_DEVICETONVVM_PASSES_H
