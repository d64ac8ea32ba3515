// Sums of columns over the rows that a block works on, one after the other.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A block has the rows of one part, and leaves a row of sums:
//
//   rows 0..31     block 0   ->   sums[0][c]
//   rows 32..63    block 1   ->   sums[1][c]
//
// A thread has the same columns of every row, so it adds them up in registers, carried by the loop over rows; threads
// of a block that have the same columns of different rows combine their sums in shared memory at the end. Where a
// thread has more columns than registers, the sums are in memory all the time, and each belongs to one thread.

#ifndef SINTER_LIB_TRANSFORMS_GPU_ROWPARTIALSUMS_H
#define SINTER_LIB_TRANSFORMS_GPU_ROWPARTIALSUMS_H

#include "../Tiling/RowStages.h"
#include "DeviceFunction.h"

namespace sinter {

class RowPartialSums {
public:
  RowPartialSums(DeviceFunction &function, KernelContext &context, const DeviceRowShape &shape,
                 llvm::ArrayRef<RowStages::PartialSum> sums);

  /// Sums of no rows: the first values that the loop over rows carries. Those in memory are set.
  llvm::SmallVector<mlir::Value> initial();
  /// Adds the elements at `evaluator`'s point, which is the thread's access `number`; none if `exists` (null: true) is
  /// false.
  void add(PointEvaluator &evaluator, int64_t number, mlir::Value exists, llvm::MutableArrayRef<mlir::Value> carried);
  /// Writes the sums that the loop over rows has left.
  void store(llvm::ArrayRef<mlir::Value> carried);

private:
  void addInMemory(const RowStages::PartialSum &sum, mlir::Value element, mlir::Value position);
  void storeOwn(llvm::ArrayRef<mlir::Value> own, mlir::Value lane, mlir::Value buffer, mlir::Value row);
  void storeCombined(const RowStages::PartialSum &sum, mlir::Value slots);
  mlir::Value buffer(const RowStages::PartialSum &sum);
  /// The column where an access of the thread begins, and whether there is one (null: always).
  mlir::Value columnOf(mlir::Value access) { return math.mul(access, shape.lanes); }
  mlir::Value isAccess(mlir::Value access, int64_t largest);

  DeviceFunction &function;
  KernelContext &context;
  mlir::OpBuilder &builder;
  mlir::Location loc;
  const DeviceRowShape &shape;
  llvm::ArrayRef<RowStages::PartialSum> sums;
  IndexMath math;
  mlir::Value thread, part;
};

} // namespace sinter

#endif // SINTER_LIB_TRANSFORMS_GPU_ROWPARTIALSUMS_H
