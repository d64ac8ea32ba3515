// What happens to the inputs on their way from the file to the step? x becomes (x * scale - mean) / deviation, with
// mean and deviation of each feature fitted on the training part alone. The constants travel in the checkpoint.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef SINTER_LIB_RUNTIME_TRAIN_PREPARATION_H
#define SINTER_LIB_RUNTIME_TRAIN_PREPARATION_H

#include "Dataset.h"

namespace sinter::train {

struct Preparation {
  double scale = 1;
  /// Of each feature of every input in turn; empty without --normalize.
  std::vector<double> mean, deviation;

  bool normalizes() const { return !mean.empty(); }
};

/// Fits mean and deviation (of the population; 1 for a constant feature) on `rows` of the scaled inputs.
void fitNormalization(Preparation &preparation, const sinter_artifact &artifact, const Dataset &dataset,
                      const std::vector<int64_t> &rows);

/// Writes rows `order[0 .. count)` of `source` to `out` as `dtype` (sinter_dtype), as they are.
void gatherRows(const Array &source, const int64_t *order, int64_t count, int32_t dtype, void *out);

/// As above for an input: floats are prepared, `firstFeature` is the position of the input's first feature in
/// `preparation`; integers are taken as they are.
void gatherPrepared(const Array &source, const int64_t *order, int64_t count, int32_t dtype,
                    const Preparation &preparation, int64_t firstFeature, void *out);

} // namespace sinter::train

#endif // SINTER_LIB_RUNTIME_TRAIN_PREPARATION_H
