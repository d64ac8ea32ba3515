// Where does each tensor of the state lie, and how large is a tensor in memory?
//
// All sizes are in bytes, all tensors dense and row-major, `?` counted as the batch. A predicate (i1) takes one byte.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef SINTER_TRANSFORMS_MEMORY_LAYOUT_H
#define SINTER_TRANSFORMS_MEMORY_LAYOUT_H

#include "sinter/Dialect/IR/SinterDialect.h"

namespace sinter {

/// Both blocks, and every tensor in them, start at a multiple of this many bytes.
constexpr int64_t kBlockAlignment = 64;

/// What each argument of a step function is for, and its name in the artifact.
constexpr llvm::StringLiteral kRoleAttr = "sinter.role";
constexpr llvm::StringLiteral kNameAttr = "sinter.name";
/// On a memref argument: the tensor type it stands for, `?` included.
constexpr llvm::StringLiteral kTensorTypeAttr = "sinter.type";
constexpr llvm::StringLiteral kBatchAttr = "sinter.batch";
constexpr llvm::StringLiteral kStateBytesAttr = "sinter.state_bytes";
constexpr llvm::StringLiteral kScratchBytesAttr = "sinter.scratch_bytes";

int64_t elementBytes(mlir::Type elementType);

/// The memref of `type` with every `?` replaced by `batch`.
mlir::MemRefType largestMemRefType(mlir::RankedTensorType type, int64_t batch);

/// Bytes of `type` with every `?` replaced by `batch`.
int64_t tensorBytes(mlir::RankedTensorType type, int64_t batch);

struct StateSlot {
  StateOp op;
  int64_t offset; ///< bytes from the start of the state block
  int64_t bytes;
};

/// The `sinter.state` ops of `module` in order, each at the next multiple of `kBlockAlignment`.
llvm::SmallVector<StateSlot> layoutState(mlir::ModuleOp module);

/// Size of the state block, a multiple of `kBlockAlignment`.
int64_t stateBlockBytes(llvm::ArrayRef<StateSlot> slots);

/// True for the functions that make up a training step: those whose arguments or results carry a role.
bool isStepFunction(mlir::FunctionOpInterface function);

} // namespace sinter

#endif // SINTER_TRANSFORMS_MEMORY_LAYOUT_H
