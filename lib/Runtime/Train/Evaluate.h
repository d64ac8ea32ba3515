// How well does a model do on given rows? One pass without updates.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef SINTER_LIB_RUNTIME_TRAIN_EVALUATE_H
#define SINTER_LIB_RUNTIME_TRAIN_EVALUATE_H

#include "Batch.h"
#include "Trace.h"

#include <string>
#include <vector>

namespace sinter::train {

/// A loss over many batches: the mean over rows, or the sum when the model's loss is a sum.
struct LossTotal {
  double total = 0;
  int64_t rows = 0;

  void add(const sinter_artifact &artifact, double loss, int64_t batchRows);
  double value(const sinter_artifact &artifact) const;
};

struct Evaluation {
  double loss = 0;
  std::vector<double> metrics; // in the order of the artifact's
};

/// Evaluates `rows` of `dataset` in their order; `batch` is working space.
/// The steps go into `trace`, if there is one.
Evaluation evaluate(sinter_model *model, Batch &batch, const Dataset &dataset, const Preparation &preparation,
                    const std::vector<int64_t> &rows, Trace *trace = nullptr);

/// "loss 0.0931, accuracy 97.22 %"
std::string evaluationText(const sinter_artifact &artifact, const Evaluation &evaluation);

} // namespace sinter::train

#endif // SINTER_LIB_RUNTIME_TRAIN_EVALUATE_H
