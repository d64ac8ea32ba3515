// How is a kernel's body written?
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef SINTER_LIB_TRANSFORMS_FUSION_EMIT_H
#define SINTER_LIB_TRANSFORMS_FUSION_EMIT_H

#include "Names.h"
#include "mlir/IR/IRMapping.h"

namespace sinter {

/// Writes kernels and views before the function's return.
class KernelEmitter {
public:
  KernelEmitter(const Graph &graph, const Order &order, mlir::OpBuilder &builder);

  KernelOp emitKernel(const KernelPlan &plan, const KernelLabel &label);
  void emitView(unsigned node);
  /// What a value of the old ops is now.
  mlir::Value lookup(mlir::Value value) const { return values.lookupOrDefault(value); }

private:
  mlir::Value batchExtent();
  mlir::Value destinationFor(mlir::Value output);

  const Graph &graph;
  const Order &order;
  mlir::OpBuilder &builder;
  mlir::IRMapping values;
  mlir::BlockArgument batchArgument;
  mlir::Value rows;
};

/// Writes the stages of `plan` into the body of `kernel`. `tensors` maps values read from outside and destinations of
/// outputs (by output) to block arguments.
void emitBody(const Graph &graph, const KernelPlan &plan, KernelOp kernel, const mlir::IRMapping &inputs,
              const mlir::IRMapping &destinations);

} // namespace sinter

#endif // SINTER_LIB_TRANSFORMS_FUSION_EMIT_H
