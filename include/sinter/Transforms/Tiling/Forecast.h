// What do the planners expect of a schedule, and what do its numbers mean?
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef SINTER_TRANSFORMS_TILING_FORECAST_H
#define SINTER_TRANSFORMS_TILING_FORECAST_H

#include "sinter/Analysis/KernelAnalysis.h"

#include <string>

namespace sinter {

/// The best of one form of contraction (see ContractionPlan.cpp).
struct FormForecast {
  llvm::StringRef form; ///< as contractionFormName
  bool swapped;         ///< lanes run along m
  int64_t rows, vectors;
  double cycles;      ///< of one core, over the largest batch
  std::string reason; ///< why there is none, as a clause; empty where there is
};

struct ContractionForecast {
  double cycles; ///< of the schedule that was asked about
  llvm::SmallVector<FormForecast> forms;
};

/// Fails, silently, for a kernel that is no contraction or that the schedule does not suit.
llvm::FailureOr<ContractionForecast> forecastContraction(KernelOp kernel, ScheduleAttr schedule, int64_t batch,
                                                         const TargetInfo &target);

/// What would be computed for an operand of a product where it is read, instead of being read from memory.
struct PrologueForecast {
  double weight = 0; ///< of its scalar operations per element (see `weightOf`)
  /// Tensors that are read, and where: maps of the operand's dims.
  llvm::SmallVector<std::pair<mlir::Value, mlir::AffineMap>> sources;
};

/// Predicted cycles of one core for a product alone, in its best form, with a prologue (or null) for each operand.
/// Infinite for what is no product of two tensors.
double forecastProduct(mlir::linalg::GenericOp product, llvm::ArrayRef<const PrologueForecast *> prologues,
                       int64_t batch, const TargetInfo &target);

/// True if columns of a product's result can be added up while its tiles are at hand.
bool canSumColumns(mlir::linalg::GenericOp product, int64_t batch);

/// What it would take to add up the columns of a product's result, over parts of its rows, while its tiles are at hand.
struct ColumnSumsForecast {
  int64_t rowsPerPart = 0;
  double cycles = 0;  ///< of the sums, and what they make the product longer
  double saved = 0;   ///< cycles of a kernel of columns for reading all rows, rather than one for each part
  std::string reason; ///< why it cannot be, as a clause; empty where it can
};

/// `summed` is what is added up; with other ops between the product and that, `hasEpilogue`.
ColumnSumsForecast forecastColumnSums(mlir::linalg::GenericOp product, mlir::Type summed, bool hasEpilogue,
                                      int64_t batch, const TargetInfo &target);

/// Predicted cycles for an elementwise kernel of this weight, of all elements, that reads and writes so many bytes.
double forecastElementwise(double weight, double bytes, const TargetInfo &target);

/// "direct", "packed", "dot", "packed both", "pairs"; "unknown" for others.
llvm::StringRef contractionFormName(int64_t form);

/// Predicted time of a kernel on one core with warm caches; the kernel takes the longer of the two.
struct TimeForecast {
  double arithmetic = 0; ///< microseconds, if memory were free
  double memory = 0;     ///< microseconds, if arithmetic were free
  double total() const { return std::max(arithmetic, memory); }
};
TimeForecast forecastTime(KernelOp kernel, const KernelAnalysis &analysis, int64_t batch, const TargetInfo &target);

/// The numbers of `tile` by their names, in order: "rows", "vectors", ...
llvm::SmallVector<std::pair<std::string, int64_t>> scheduleFields(ScheduleAttr schedule);

} // namespace sinter

#endif // SINTER_TRANSFORMS_TILING_FORECAST_H
