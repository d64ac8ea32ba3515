// What is the right answer? Evaluates functions of `sinter` ops slowly and readably, in double precision.
// It shares nothing with the lowering: own scalar semantics, own random numbers, plain loops. It is the judge in tests
// and behind `sinterc --verify`. See docs/reference-interpreter.md.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef SINTER_REFERENCE_INTERPRETER_H
#define SINTER_REFERENCE_INTERPRETER_H

#include "sinter/Reference/Tensor.h"

#include "mlir/Interfaces/FunctionInterfaces.h"
#include "mlir/Support/LLVM.h"

#include <map>
#include <string>

namespace sinter::reference {

/// What an evaluation needs beside the arguments.
struct Environment {
  /// Value of every extent `?`; at least 1.
  int64_t rows = 1;
  /// Values of `sinter.get`, by symbol name.
  std::map<std::string, Tensor> parameters;
  /// Conversions to f16 and bf16 round. Without, functions are smooth and derivatives, in which rounding counts as the
  /// identity, can be compared with differences.
  bool rounds = true;
};

/// Evaluates a `func.func`, `sinter.model` or `sinter.loss`. Arguments must have the kinds and shapes of the function's
/// types with `?` read as `environment.rows`. Fails, with a diagnostic at the op, on an op that it does not know (other
/// dialects, `value_and_grad`), on arguments that do not fit, a missing parameter, or a class label out of range.
///
/// `wanted` lists the results to compute, in order (all, if empty); ops that none of them needs are skipped.
mlir::FailureOr<llvm::SmallVector<Tensor>> evaluate(mlir::FunctionOpInterface function,
                                                    llvm::ArrayRef<Tensor> arguments, const Environment &environment,
                                                    llvm::ArrayRef<unsigned> wanted = {});

} // namespace sinter::reference

#endif // SINTER_REFERENCE_INTERPRETER_H
