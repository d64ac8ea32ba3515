// Which function evaluates which op? One table entry per op, added by family.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef SINTER_LIB_REFERENCE_EVALUATIONTABLE_H
#define SINTER_LIB_REFERENCE_EVALUATIONTABLE_H

#include "sinter/Reference/Interpreter.h"

#include "mlir/IR/Operation.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/StringMap.h"

#include <functional>

namespace sinter::reference {

/// The values of one function body while it runs.
class Frame {
public:
  Frame(const Environment &environment, int depth, llvm::ArrayRef<int64_t> scalarShape = {})
      : environment(environment), depth(depth), scalarShape(scalarShape) {}

  const Tensor &get(mlir::Value value) const {
    auto entry = values.find(value);
    assert(entry != values.end() && "operands are evaluated before their users");
    return entry->second;
  }
  void set(mlir::Value value, Tensor tensor) { values[value] = std::move(tensor); }

  /// The shape of a value, `?` read as the number of rows; `scalarShape` for a value of scalar type.
  llvm::SmallVector<int64_t> shapeOf(mlir::Value value) const;
  /// The kind of a value's elements (of a scalar's type in a region).
  ElementKind kindOf(mlir::Value value) const;
  /// Zeros of a value's type.
  Tensor zeros(mlir::Value value) const { return Tensor(kindOf(value), shapeOf(value)); }

  const Environment &environment;
  /// Number of calls that this frame is inside of.
  const int depth;
  /// In the region of a `sinter.map` each scalar stands for a whole tensor of the map's shape, so that the region is
  /// evaluated op by op as well.
  const llvm::SmallVector<int64_t> scalarShape;

private:
  llvm::DenseMap<mlir::Value, Tensor> values;
};

using Evaluator = std::function<mlir::LogicalResult(mlir::Operation *, Frame &)>;

class EvaluationTable {
public:
  /// The table of all ops, made once.
  static const EvaluationTable &get();

  /// Adds an op of one result whose evaluation cannot fail: `evaluate(op, frame) -> Tensor`.
  template <typename OpTy, typename Evaluate>
  void add(Evaluate evaluate) {
    entries[OpTy::getOperationName()] = [evaluate](mlir::Operation *op, Frame &frame) {
      frame.set(op->getResult(0), evaluate(llvm::cast<OpTy>(op), frame));
      return mlir::success();
    };
  }
  /// Adds an op: `evaluate(op, frame) -> LogicalResult` sets all results or emits an error.
  template <typename OpTy, typename Evaluate>
  void addChecked(Evaluate evaluate) {
    entries[OpTy::getOperationName()] = [evaluate](mlir::Operation *op, Frame &frame) {
      return evaluate(llvm::cast<OpTy>(op), frame);
    };
  }
  const Evaluator *find(llvm::StringRef name) const {
    auto entry = entries.find(name);
    return entry == entries.end() ? nullptr : &entry->second;
  }

private:
  llvm::StringMap<Evaluator> entries;
};

// One function per family of ops, each in a file of its own.
void addElementwise(EvaluationTable &table);
void addActivations(EvaluationTable &table);
void addScalarArithmetic(EvaluationTable &table);
void addScalarIntegers(EvaluationTable &table);
void addScalarMath(EvaluationTable &table);
void addDataMovement(EvaluationTable &table);
void addContractions(EvaluationTable &table);
void addNormalizations(EvaluationTable &table);
void addLosses(EvaluationTable &table);
void addRandom(EvaluationTable &table);
void addCalls(EvaluationTable &table);

/// Runs the ops of a block up to its terminator; `needed`, if given, holds the ops to run.
mlir::LogicalResult evaluateBlock(mlir::Block &block, Frame &frame,
                                  const llvm::DenseSet<mlir::Operation *> *needed = nullptr);

/// `evaluate`, inside of `depth` calls.
mlir::FailureOr<llvm::SmallVector<Tensor>> evaluateAtDepth(mlir::FunctionOpInterface function,
                                                           llvm::ArrayRef<Tensor> arguments,
                                                           const Environment &environment,
                                                           llvm::ArrayRef<unsigned> wanted, int depth);

//===-- Loops that many ops share --------------------------------------------------------------------------------===//

/// result[i] = function(x[i]) for float tensors.
template <typename Function>
Tensor mapReal(const Tensor &x, Function function) {
  Tensor result(x.kind(), x.shape());
  for (int64_t i = 0; i < x.size(); ++i)
    result.set(i, function(x.at(i)));
  return result;
}

/// result[i] = function(a[i], b[i]) for float tensors.
template <typename Function>
Tensor mapReal(const Tensor &a, const Tensor &b, Function function) {
  Tensor result(a.kind(), a.shape());
  for (int64_t i = 0; i < a.size(); ++i)
    result.set(i, function(a.at(i), b.at(i)));
  return result;
}

/// result[i] = function(a[i], b[i]) for integer tensors, wrapped to the result's kind.
template <typename Function>
Tensor mapInteger(ElementKind kind, const Tensor &a, const Tensor &b, Function function) {
  Tensor result(kind, a.shape());
  for (int64_t i = 0; i < a.size(); ++i)
    result.setInteger(i, function(a.integerAt(i), b.integerAt(i)));
  return result;
}

/// A tensor of kind i1 from function(i).
template <typename Function>
Tensor predicate(llvm::ArrayRef<int64_t> shape, Function function) {
  Tensor result(ElementKind::I1, shape);
  for (int64_t i = 0; i < result.size(); ++i)
    result.setInteger(i, function(i) ? 1 : 0);
  return result;
}

/// Rounds to zero; saturates at the ends of i64, NaN gives 0.
int64_t truncateToInteger(double value);

/// Conversion of the element kind as `sinter.convert` does it.
Tensor convertElements(const Tensor &input, ElementKind kind);

/// The elements of a literal, `?` of a splat read as `shape` has it; fails without a diagnostic if it is not dense.
mlir::FailureOr<Tensor> literal(mlir::Attribute value, ElementKind kind, llvm::ArrayRef<int64_t> shape);

} // namespace sinter::reference

#endif // SINTER_LIB_REFERENCE_EVALUATIONTABLE_H
