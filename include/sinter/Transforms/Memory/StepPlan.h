// Where does each tensor of one step function live, and what has to be copied?
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef SINTER_TRANSFORMS_MEMORY_STEPPLAN_H
#define SINTER_TRANSFORMS_MEMORY_STEPPLAN_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "sinter/Transforms/Memory/Layout.h"
#include "llvm/ADT/StringMap.h"

namespace sinter {

/// Roles of arguments other than state, in the order that the rewritten function takes them; results go between
/// "target" and "learning_rate".
constexpr llvm::StringLiteral kArgumentRoles[] = {"input", "target", "learning_rate", "step", "seed"};

/// The kinds of memory a tensor can live in, and what `Buffer::index` numbers.
enum class Space {
  State,    ///< state block: slot of the table
  Scratch,  ///< scratch block
  Argument, ///< caller's buffer of an input, target or scalar: argument of the function
  Result,   ///< caller's buffer of an output or the loss: result of the function
  Constant  ///< read-only data
};

struct Buffer {
  Space space;
  int64_t index;
  int64_t bytes;
  int64_t first, last; ///< op numbers of the first write and the last access
  mlir::Value origin;  ///< first value in it
  int64_t offset = 0;  ///< in its block (State, Scratch)
};

/// Before op number `position`, the contents of `from`, a `type`, go to `to`.
struct Copy {
  int64_t position;
  unsigned from, to;
  mlir::RankedTensorType type;
  llvm::StringRef reason; ///< why the contents cannot be made or stay where they are wanted, as a clause
};

struct StepPlan {
  mlir::func::FuncOp function;
  llvm::SmallVector<Buffer> buffers;
  llvm::DenseMap<mlir::Value, unsigned> bufferOf;
  llvm::DenseMap<mlir::OpOperand *, unsigned> destinationOf; ///< for each `outs` of a launch
  llvm::SmallVector<Copy> copies;                            ///< in order of position
  llvm::SmallVector<unsigned> resultBuffers;                 ///< for each result of role output or loss; ~0u for state
  int64_t scratchBytes = 0;
  int64_t scratchBound = 0; ///< the least that any placement needs
};

struct StepPlanContext {
  int64_t batch;
  llvm::ArrayRef<StateSlot> slots;
  llvm::StringMap<unsigned> slotOf; ///< by name
};

/// Plans the memory of `function`. Emits a diagnostic and fails if the function is not of phase `tiles`.
llvm::FailureOr<StepPlan> planStep(mlir::func::FuncOp function, const StepPlanContext &context);

/// Replaces `plan.function` by its form on memrefs. `scratchBytes` is the size of the scratch block of the module.
void rewriteStep(const StepPlan &plan, const StepPlanContext &context, int64_t stateBytes, int64_t scratchBytes);

} // namespace sinter

#endif // SINTER_TRANSFORMS_MEMORY_STEPPLAN_H
