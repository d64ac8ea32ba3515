// How good are the outputs? Accuracy, mean absolute error and R2, added up batch by batch in row order.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef SINTER_LIB_RUNTIME_TRAIN_METRICS_H
#define SINTER_LIB_RUNTIME_TRAIN_METRICS_H

#include "Batch.h"

#include <string>
#include <vector>

namespace sinter::train {

class Metrics {
public:
  /// The metrics that `artifact` declares. Throws an Error for one that this runtime does not know.
  explicit Metrics(const sinter_artifact &artifact);

  /// Adds the outputs and targets of a batch.
  void add(const Batch &batch);

  /// Values in the order of the artifact's metrics; NaN when undefined (R2 of constant targets).
  ///   accuracy  share of rows (of positions, for outputs of several positions) whose class is right
  ///   mae       mean of |output - target| over all elements
  ///   r2        1 - sum (target - output)^2 / sum (target - mean target)^2, averaged over the columns
  std::vector<double> values() const;

private:
  void addAccuracy(const Batch &batch);
  void addErrors(const Batch &batch);
  double accuracy() const;
  double r2() const;

  const sinter_artifact &artifact;
  bool wantsAccuracy = false, wantsErrors = false;
  int64_t right = 0, judged = 0, elements = 0, rows = 0;
  double absolute = 0;
  // Per column: shifted by the first target, so that large offsets do not cancel.
  std::vector<double> shift, sum, sumSquares, residual;
};

/// The class of each position of output 0 of one row or more: the largest of the last extent (the first of equals), or
/// the side of the threshold for a single number (0 for logits, 0.5 for probabilities).
class ClassReader {
public:
  explicit ClassReader(const sinter_artifact &artifact);
  int64_t positionsPerRow() const { return positions; }
  int64_t classAt(const void *output, int64_t position) const;

private:
  int32_t dtype;
  int64_t width, positions;
  double threshold;
};

} // namespace sinter::train

#endif // SINTER_LIB_RUNTIME_TRAIN_METRICS_H
