// The value of a kernel's tensors at one point of the domain, or at a vector of points.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Emitters write the loops; what stands in them is asked for by need. To store an output an emitter asks for its tensor
// at the point; that asks for the operands of the generic which makes it, and so on down to loads of the arguments. No
// intermediate tensor is ever stored unless an emitter decides so.
//
// Every value is computed in the outermost *scope* that knows the coordinates it depends on: a scalar of rank 0 before
// all loops, a statistic of a row once per row. Scopes remember values, so that shared operands are computed once.

#ifndef SINTER_LIB_TRANSFORMS_TILING_POINTEVALUATOR_H
#define SINTER_LIB_TRANSFORMS_TILING_POINTEVALUATOR_H

#include "LoopDomain.h"
#include "mlir/IR/IRMapping.h"
#include "sinter/Transforms/Tiling/Emitters.h"
#include "sinter/Transforms/Tiling/ScalarToVector.h"

namespace sinter {

/// A place in the loop nest, and the values computed there.
struct Scope {
  /// Groups of the domain whose coordinates are fixed here; bit i is group i.
  unsigned groups = 0;
  /// New values go in front of this op; null: where the builder stands.
  mlir::Operation *before = nullptr;
  /// By tensor and by the groups that the tensor lives on.
  llvm::DenseMap<std::pair<mlir::Value, unsigned>, mlir::Value> values;
};

/// While alive, values of the scopes are computed in front of `op` (which the builder is about to work in).
class AnchorScopes {
public:
  AnchorScopes(llvm::ArrayRef<Scope *> scopes, mlir::Operation *op) {
    for (Scope *scope : scopes) {
      // An op further out stays the anchor.
      if (scope->before)
        continue;
      scope->before = op;
      anchored.push_back(scope);
    }
  }
  AnchorScopes(const AnchorScopes &) = delete;
  AnchorScopes &operator=(const AnchorScopes &) = delete;
  ~AnchorScopes() {
    for (Scope *scope : anchored)
      scope->before = nullptr;
  }

private:
  llvm::SmallVector<Scope *> anchored;
};

/// What the points of one kernel function share: arguments as buffers, scalars of the kernel's body, the outermost
/// scope.
class KernelContext {
public:
  KernelContext(mlir::OpBuilder &builder, KernelEmission &emission);

  /// The buffer of a block argument with its dims merged into the domain's groups.
  mlir::Value buffer(mlir::BlockArgument tensor, llvm::ArrayRef<unsigned> dims);
  /// Scalars of the kernel's body (constants and extents) as values of the function.
  const mlir::IRMapping &scalars() const { return kernelScalars; }
  mlir::Value extent(const Extent &extent);
  mlir::Value index(int64_t value);
  /// Coordinates of the groups but the last, from a linear index over them.
  llvm::SmallVector<mlir::Value> outerCoordinates(mlir::Value linear);
  /// First and last point of work items [lo, hi) of `perItem` points each, out of `total`.
  std::pair<mlir::Value, mlir::Value> itemRange(const Extent &total, int64_t perItem);

  mlir::Block &body() { return emission.kernel.getBody().front(); }
  mlir::Operation *yield() { return body().getTerminator(); }
  mlir::BlockArgument outArgument(unsigned index);

  mlir::OpBuilder &builder;
  KernelEmission &emission;
  mlir::Location loc;
  KernelAnalysis analysis;
  LoopDomain domain;
  int64_t lanes;
  Scope entry;

private:
  void mapScalars();

  mlir::IRMapping kernelScalars;
  llvm::DenseMap<std::pair<mlir::Value, unsigned>, mlir::Value> collapsed;
};

/// One point (or vector of points along the last group) of the domain.
class PointEvaluator {
public:
  /// `scopes` from the outermost to the innermost, which must know all coordinates.
  PointEvaluator(KernelContext &context, llvm::ArrayRef<Scope *> scopes) : context(context), scopes(scopes) {}

  /// Coordinates by group; the last group's is the first lane's.
  llvm::SmallVector<mlir::Value> coordinates;
  /// Active lanes; null if all are.
  mlir::Value mask;

  /// The elements of `tensor`, which lives on `dims`: a vector if they include the last group, else a scalar.
  /// (A tensor of equal elements may give a scalar in any case.)
  mlir::Value get(mlir::Value tensor, llvm::ArrayRef<unsigned> dims);
  mlir::Value get(mlir::Value tensor) { return get(tensor, context.analysis.dimsOf(tensor)); }
  /// What a reduction accumulates here, in all lanes.
  mlir::Value element(mlir::linalg::GenericOp reduction, const Combiner &combiner);
  /// What was stored into output `index` here.
  mlir::Value loadOutput(unsigned index);
  /// Writes output `index` of the kernel.
  void store(unsigned index, mlir::Value value);
  /// Computes and writes outputs: all are computed before any is written, as one may be what another is computed from.
  void storeOutputs(llvm::ArrayRef<unsigned> indices);
  /// The same for all outputs that are not their own destination.
  void storeOutputs();
  /// Makes `value` known as the elements of `tensor` in the scope it belongs to.
  void remember(mlir::Value tensor, mlir::Value value);

private:
  Scope &scopeOf(unsigned groups);
  unsigned groupMask(llvm::ArrayRef<unsigned> dims) const;
  bool isVector(unsigned groups) const;
  mlir::Value compute(mlir::Value tensor, llvm::ArrayRef<unsigned> dims);
  mlir::Value load(mlir::BlockArgument tensor, llvm::ArrayRef<unsigned> dims);
  mlir::Value computeGeneric(mlir::OpResult result, llvm::ArrayRef<unsigned> dims);
  void mapOperands(mlir::linalg::GenericOp generic, mlir::IRMapping &values);
  void cloneRegion(mlir::linalg::GenericOp generic, mlir::IRMapping &values, mlir::Operation *skip);
  mlir::Value coordinate(unsigned group);

  KernelContext &context;
  llvm::SmallVector<Scope *> scopes;
};

/// Accumulators of one reduction: how they start and how they are combined.
struct Accumulator {
  explicit Accumulator(mlir::linalg::GenericOp reduction);

  mlir::linalg::GenericOp reduction;
  Combiner combiner;
  mlir::Type type; ///< scalar

  /// The neutral element of the combiner, in `lanes` lanes.
  mlir::Value neutral(mlir::OpBuilder &builder, mlir::Location loc, int64_t lanes) const;
  mlir::Value combine(mlir::OpBuilder &builder, mlir::Location loc, mlir::Value total, mlir::Value element) const;
  /// A fixed tree over the values: neighbours first. Null values are left out.
  mlir::Value combineAll(mlir::OpBuilder &builder, mlir::Location loc, llvm::SmallVector<mlir::Value> values) const;
  /// All lanes of a vector combined into a scalar, by halves.
  mlir::Value acrossLanes(mlir::OpBuilder &builder, mlir::Location loc, mlir::Value vector) const;
  /// True if the initial value (a linalg.fill) is the neutral element, so that it can be left out.
  bool startsNeutral() const;
};

} // namespace sinter

#endif // SINTER_LIB_TRANSFORMS_TILING_POINTEVALUATOR_H
