// Does a compiled step compute what the reference computes? Evaluates the step functions of a module in phase `step` by
// name and compares results. The caller (`sinterc --verify`) runs the compiled step on the same arguments.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef SINTER_REFERENCE_COMPARE_H
#define SINTER_REFERENCE_COMPARE_H

#include "sinter/Reference/Interpreter.h"

#include "mlir/IR/BuiltinOps.h"

#include <string>
#include <vector>

namespace sinter::reference {

/// A tensor with the `sinter.role` and `sinter.name` of the argument or result that it belongs to.
struct NamedTensor {
  std::string role;
  std::string name;
  Tensor value;
};
using NamedTensors = std::vector<NamedTensor>;

/// The entry with this role and name, or null.
const NamedTensor *find(const NamedTensors &tensors, llvm::StringRef role, llvm::StringRef name);

/// Arguments for a step function (`init`, `train_step`, `eval_step`, `predict`), in its order: floats in [-1, 1] away
/// from 0 (weights [out, in...] divided by sqrt(in)), class labels in range, optimizer state that is not negative, the
/// given step and seed, a learning rate of 0.01. Depends on the module and the seed only.
mlir::FailureOr<NamedTensors> randomArguments(mlir::ModuleOp module, llvm::StringRef function, int64_t rows,
                                              uint64_t seed, int64_t step = 1);

/// Evaluates a step function on arguments found by role and name (more of them than it takes do no harm), with the
/// interpreter. Results in the function's order, each with its role and name.
mlir::FailureOr<NamedTensors> evaluateStep(mlir::ModuleOp module, llvm::StringRef function,
                                           const NamedTensors &arguments, int64_t rows);

/// The largest differences between two tensors.
struct Difference {
  std::string role;
  std::string name;
  /// Largest |found - expected|, where, and the values there. Infinite if NaN or infinity stand where numbers should.
  double absolute = 0;
  llvm::SmallVector<int64_t> index;
  double expected = 0;
  double found = 0;
  /// absolute / largest |expected| of the tensor; `absolute` itself where all is zero. Errors of single elements near
  /// zero say nothing, since sums of large terms end there.
  double relative = 0;
  /// Set when shapes or kinds differ or the tensor is missing; the numbers above mean nothing then.
  std::string problem;
};

/// One entry per expected tensor, in order.
std::vector<Difference> compare(const NamedTensors &expected, const NamedTensors &found);

/// One line of text: "state fc1.weight: largest difference 1.2e-07 (relative 3.1e-06) at [3, 4]: expected 0.5, found
/// ...".
std::string describe(const Difference &difference);

} // namespace sinter::reference

#endif // SINTER_REFERENCE_COMPARE_H
