// Which op of the model does a core op come from? Its location says so, where neither CSE nor folding looks.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef SINTER_TRANSFORMS_DECOMPOSE_SOURCE_H
#define SINTER_TRANSFORMS_DECOMPOSE_SOURCE_H

#include "mlir/IR/Operation.h"

namespace sinter {

/// The mnemonic of the composite op that `loc` names, or nothing.
inline llvm::StringRef compositeName(mlir::Location loc) {
  auto fused = llvm::dyn_cast<mlir::FusedLoc>(loc);
  auto name = fused ? llvm::dyn_cast_or_null<mlir::StringAttr>(fused.getMetadata()) : mlir::StringAttr();
  return name ? name.getValue() : llvm::StringRef();
}

/// The location for core ops made from `op`: names `op`, or the composite that `op` itself was made from.
inline mlir::Location sourceLoc(mlir::Operation *op) {
  if (!compositeName(op->getLoc()).empty())
    return op->getLoc();
  auto name = mlir::StringAttr::get(op->getContext(), op->getName().stripDialect());
  return mlir::FusedLoc::get(op->getContext(), {op->getLoc()}, name);
}

} // namespace sinter

#endif // SINTER_TRANSFORMS_DECOMPOSE_SOURCE_H
