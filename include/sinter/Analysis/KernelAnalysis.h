// Which skeleton does a kernel's body fit, over which points does it run, and what does it cost?
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef SINTER_ANALYSIS_KERNELANALYSIS_H
#define SINTER_ANALYSIS_KERNELANALYSIS_H

#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "sinter/Analysis/TargetInfo.h"
#include "sinter/Dialect/IR/SinterDialect.h"

#include <string>

namespace sinter {

/// A kernel's body, understood. All of it follows from the body; nothing is guessed from names.
///
/// The *domain* is the index space of the kernel: extents, with `ShapedType::kDynamic` for the batch. Every generic
/// runs over some dims of the domain, in order; a tensor of the body lives on the dims of the generic that makes it.
/// Example (softmax of [?, 10]): domain [?, 10]; the row maximum lives on [0], the exponentials on [0, 1]. Partial sums
/// of columns have rows of their own, one for each part of the domain's: they count as living on [0, 1].
struct KernelAnalysis {
  /// The skeleton that fits; nothing if none does, then `reason` says why.
  std::optional<Strategy> strategy;
  /// Why no skeleton (or not a better one than `loops`) fits.
  std::string reason;
  llvm::SmallVector<int64_t> domain;
  /// Generics in program order, and the dims of the domain that their loops run over.
  llvm::SmallVector<mlir::linalg::GenericOp> generics;
  llvm::DenseMap<mlir::Operation *, llvm::SmallVector<unsigned>> loops;
  /// `row` only: the pass over the inner dim in which a tensor's elements can first be computed. The result of a
  /// reduction belongs to the pass after the one that reduces; partial sums of columns belong to the first pass that
  /// can add. Tensors that are not listed belong to pass 0.
  llvm::DenseMap<mlir::Value, unsigned> stage;
  /// The rows of a part, and (`row` only) how many parts there are, if the kernel adds up columns over parts of its
  /// rows; else 0.
  int64_t rowsPerPart = 0, parts = 0;
  /// Work of one run over `batch` rows: scalar floating-point operations; the same weighted by their price (additions
  /// are 1, divisions and exponentials several); bytes read and written, each tensor once.
  double flops = 0, weightedOps = 0, bytes = 0;

  unsigned rank() const { return domain.size(); }
  /// Dims that a value of the body lives on, when `rank`, `loops` and the strategy say so (yielded values, block
  /// arguments).
  llvm::SmallVector<unsigned> dimsOf(mlir::Value tensor) const;
};

/// `batch` is the largest number of rows: the value of `?` in the costs.
KernelAnalysis analyzeKernel(KernelOp kernel, int64_t batch);

/// A product of two tensors, widened or not, summed over a common dim, neither of which spans the whole loop nest (else
/// a row or a column kernel does better).
bool isContraction(mlir::linalg::GenericOp generic);

/// True if a generic's region follows from elements of its operands and constants alone: no indices, nothing gathered,
/// no loops.
bool computesPlainly(mlir::linalg::GenericOp generic);

/// True if a generic can be what an operand of a contraction is made of where it is read: one result, of parallel
/// loops, that computes plainly.
bool isPrologue(mlir::linalg::GenericOp generic);

/// The only input of a generic that yields its elements as they are, in an order of dimensions of its own; null for
/// other generics.
mlir::OpOperand *transposedOperand(mlir::linalg::GenericOp generic);

/// How a reduction combines elements: one of addf, addi, maximumf, maxsi between the accumulator and `element`.
struct Combiner {
  mlir::Operation *op;
  /// The value of the region that is accumulated.
  mlir::Value element;
};

/// The combiner of a single-result reduction whose region uses its accumulator once; nothing for other regions.
std::optional<Combiner> matchCombiner(mlir::linalg::GenericOp generic);

/// The number of a row of a tensor of this shape, whose last dimension is the columns, from the coordinates of all
/// dimensions: d0 * 8 + d1 for [?, 8, 4]. All extents between the first and the last are fixed.
mlir::AffineExpr rowNumber(llvm::ArrayRef<int64_t> shape, mlir::MLIRContext *context);

/// The number of rows that are added up, if a generic adds up columns over parts of the rows:
/// `p[r floordiv N, c] += e[..., c]` with r the row's number; nothing for other generics.
std::optional<int64_t> rowsPerPartOf(mlir::linalg::GenericOp generic);

/// Does a generic read the elements of this tensor (rather than only overwrite or reduce into it)?
bool readsElements(mlir::Value tensor);

/// Price of a generic's region on one element in additions, about what vector code costs.
double weightOf(mlir::linalg::GenericOp generic);

/// Is a generic's region dear enough (an exponential, a division...) that keeping its result beats computing it again?
bool isExpensive(mlir::linalg::GenericOp generic);

/// Estimated time in microseconds of a kernel on one core with warm second-level caches:
/// the larger of its arithmetic (a vector operation per port and cycle, multiply-adds count as two) and its memory
/// traffic.
double estimateMicroseconds(const KernelAnalysis &analysis, const TargetInfo &target, mlir::Type element);

/// Sharing a kernel among threads costs a few microseconds; shorter kernels stay in the calling thread.
constexpr double kParallelMicroseconds = 20.0;
/// Cycles that two threads take to begin and end a loop, with what one has to tell the other.
constexpr double kLoopCycles = 3000;

/// The type that decides the number of lanes: the widest floating-point element of the tensors of rank above 0
/// (of all tensors if there are none), f32 for f16 and bf16; else the widest integer.
mlir::Type laneType(KernelOp kernel);

} // namespace sinter

#endif // SINTER_ANALYSIS_KERNELANALYSIS_H
