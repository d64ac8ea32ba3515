// sinter-lsp-server: diagnostics, hover and go-to-definition for .mlir files with sinter ops, in any LSP editor.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "mlir/InitAllDialects.h"
#include "mlir/Tools/mlir-lsp-server/MlirLspServerMain.h"
#include "sinter/Dialect/IR/SinterDialect.h"

int main(int argc, char **argv) {
  mlir::DialectRegistry registry;
  mlir::registerAllDialects(registry);
  registry.insert<sinter::SinterDialect>();
  return mlir::failed(mlir::MlirLspServerMain(argc, argv, registry));
}
