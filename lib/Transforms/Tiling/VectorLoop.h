// A loop over the last group of the domain, vectors at a time.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef SINTER_LIB_TRANSFORMS_TILING_VECTORLOOP_H
#define SINTER_LIB_TRANSFORMS_TILING_VECTORLOOP_H

#include "PointEvaluator.h"

namespace sinter {

/// Emits, for [begin, end): a loop of `unroll` vectors per iteration, then single vectors, then one masked vector.
/// Loops carry `unroll` slots of values each (accumulators); vector number i uses slot i modulo `unroll`.
class VectorLoop {
public:
  using Values = llvm::SmallVector<mlir::Value>;
  /// Emits one vector at `position`, only lanes of `mask` (null: all), and returns the slot's new values. When vectors
  /// are emitted without a loop, `slot` values that were never set are null.
  using Body = llvm::function_ref<Values(mlir::Value position, mlir::Value mask, llvm::ArrayRef<mlir::Value> slot)>;

  /// Values of `enclosing` are computed in front of the loops.
  VectorLoop(KernelContext &context, llvm::ArrayRef<Scope *> enclosing, int64_t unroll)
      : context(context), enclosing(enclosing), unroll(unroll) {}

  /// [0, extent) known at compile time. `initial()` makes the values that a slot starts with.
  llvm::SmallVector<Values> run(int64_t extent, unsigned carried, llvm::function_ref<Values()> initial, Body body);
  /// [begin, end) known at run time. `multiple` divides end - begin.
  llvm::SmallVector<Values> run(mlir::Value begin, mlir::Value end, int64_t multiple,
                                llvm::function_ref<Values()> initial, Body body);

private:
  void loop(mlir::Value begin, mlir::Value end, int64_t vectors, llvm::SmallVector<Values> &slots, Body body);
  void maskedTail(mlir::Value begin, mlir::Value end, Values &slot, Body body);

  KernelContext &context;
  llvm::SmallVector<Scope *> enclosing;
  int64_t unroll;
};

} // namespace sinter

#endif // SINTER_LIB_TRANSFORMS_TILING_VECTORLOOP_H
