// How is a derivative rule written? As one line of a table: `rules.add<TanhOp>([](Vjp &v) { ... })`.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef SINTER_LIB_TRANSFORMS_AUTODIFF_RULES_H
#define SINTER_LIB_TRANSFORMS_AUTODIFF_RULES_H

#include "sinter/Interfaces/DifferentiableOpInterface.h"
#include "sinter/Transforms/Autodiff/Expr.h"

namespace sinter {

/// The vector-Jacobian product of one op: what its rule reads (operands, results, cotangents of results) and writes
/// (cotangents of operands). What is written for an operand that nobody asked for is dropped, and so are its ops.
class Vjp {
public:
  Vjp(mlir::Operation *op, mlir::OpBuilder &builder, llvm::ArrayRef<mlir::Value> resultCotangents,
      llvm::ArrayRef<bool> needed, llvm::MutableArrayRef<mlir::Value> operandCotangents)
      : op(op), builder(builder), resultCotangents(resultCotangents), needed(needed),
        operandCotangents(operandCotangents) {}

  mlir::OpBuilder &getBuilder() { return builder; }
  mlir::Location getLoc() { return op->getLoc(); }
  mlir::Operation *getOperation() { return op; }

  /// The cotangent of the only result.
  Expr g() { return wrap(resultCotangents.front()); }
  /// Operand and result `i`.
  Expr x(unsigned i = 0) { return wrap(op->getOperand(i)); }
  Expr y(unsigned i = 0) { return wrap(op->getResult(i)); }
  Expr wrap(mlir::Value value) { return Expr(builder, op->getLoc(), value); }

  bool needs(unsigned i) { return needed[i]; }
  /// States the cotangent of operand `i`, of the type `cotangentType` of the operand's.
  void operand(unsigned i, Expr cotangent) {
    if (needed[i])
      operandCotangents[i] = cotangent;
  }

  mlir::Operation *op;
  mlir::OpBuilder &builder;
  llvm::ArrayRef<mlir::Value> resultCotangents;
  llvm::ArrayRef<bool> needed;
  llvm::MutableArrayRef<mlir::Value> operandCotangents;
};

/// Calls a rule of `(Op, Vjp &)` or of `(Vjp &)`.
template <typename Op, typename Rule>
auto apply(const Rule &rule, Vjp &v) {
  if constexpr (std::is_invocable_v<const Rule &, Vjp &>)
    return rule(v);
  else
    return rule(llvm::cast<Op>(v.getOperation()), v);
}

/// The table of rules of one context.
class Rules {
public:
  explicit Rules(mlir::MLIRContext *context) : context(context) {}

  /// `rule` is a captureless function of `(Op, Vjp &)`, or of `(Vjp &)` when the attributes of the op do not matter. It
  /// returns nothing, or a `LogicalResult` if it can fail.
  template <typename Op, typename Rule>
  void add(Rule rule) {
    static const Rule table = rule;
    struct Model : DifferentiableOpInterface::ExternalModel<Model, Op> {
      llvm::LogicalResult backward(mlir::Operation *op, mlir::OpBuilder &builder,
                                   llvm::ArrayRef<mlir::Value> resultCotangents, llvm::ArrayRef<bool> needed,
                                   llvm::MutableArrayRef<mlir::Value> operandCotangents) const {
        Vjp v(op, builder, resultCotangents, needed, operandCotangents);
        if constexpr (std::is_same_v<std::invoke_result_t<decltype(&apply<Op, Rule>), const Rule &, Vjp &>, void>) {
          apply<Op>(table, v);
          return llvm::success();
        } else {
          return apply<Op>(table, v);
        }
      }
    };
    Op::template attachInterface<Model>(*context);
  }

  /// One formula for a tensor op and its scalar twin, g, x, y -> cotangent of x (y = op(x)).
  template <typename TensorOp, typename ScalarOp, typename Formula>
  void unary(Formula formula) {
    static const Formula table = formula;
    auto rule = [](Vjp &v) { v.operand(0, table(v.g(), v.x(), v.y())); };
    add<TensorOp>(rule);
    if constexpr (!std::is_same_v<TensorOp, ScalarOp>)
      add<ScalarOp>(rule);
  }

  /// The same for two operands: g, a, b, y -> cotangent of a, and of b (y = op(a, b)).
  template <typename TensorOp, typename ScalarOp, typename Left, typename Right>
  void binary(Left left, Right right) {
    static const Left leftTable = left;
    static const Right rightTable = right;
    auto rule = [](Vjp &v) {
      v.operand(0, leftTable(v.g(), v.x(0), v.x(1), v.y()));
      v.operand(1, rightTable(v.g(), v.x(0), v.x(1), v.y()));
    };
    add<TensorOp>(rule);
    if constexpr (!std::is_same_v<TensorOp, ScalarOp>)
      add<ScalarOp>(rule);
  }

  /// For ops that are constant between jumps: their derivative is zero.
  template <typename... Op>
  void zero() {
    (add<Op>([](Vjp &) {}), ...);
  }

private:
  mlir::MLIRContext *context;
};

//===-- The table, by op family ----------------------------------------------------------------------------------===//

void addElementwiseRules(Rules &rules);
void addActivationRules(Rules &rules);
void addScalarRules(Rules &rules);
void addCoreRules(Rules &rules);
void addProductRules(Rules &rules);
void addCompositeRules(Rules &rules);
void addLossRules(Rules &rules);
void addMapRule(Rules &rules);
void addCallRule(Rules &rules);

/// Erases the ops of `block` before `end` that nothing reads, back to the op `last` (null: to the block's start).
/// Results in `keep` count as read.
void eraseDeadOps(mlir::Block &block, mlir::Block::iterator end, mlir::Operation *last,
                  llvm::ArrayRef<mlir::Value> keep = {});

} // namespace sinter

#endif // SINTER_LIB_TRANSFORMS_AUTODIFF_RULES_H
