// How well does a model do on given rows?
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Evaluate.h"
#include "Error.h"
#include "Metrics.h"

#include <algorithm>
#include <string_view>

namespace sinter::train {

void LossTotal::add(const sinter_artifact &artifact, double loss, int64_t batchRows) {
  total += artifact.loss_is_sum ? loss : loss * static_cast<double>(batchRows);
  rows += batchRows;
}

double LossTotal::value(const sinter_artifact &artifact) const {
  return artifact.loss_is_sum || rows == 0 ? total : total / static_cast<double>(rows);
}

Evaluation evaluate(sinter_model *model, Batch &batch, const Dataset &dataset, const Preparation &preparation,
                    const std::vector<int64_t> &rows, Trace *trace) {
  const sinter_artifact &artifact = *sinter_model_artifact(model);
  Metrics metrics(artifact);
  LossTotal losses;
  int64_t total = static_cast<int64_t>(rows.size());
  for (int64_t first = 0; first < total; first += artifact.batch) {
    {
      Trace::Phase phase(trace, "data", Trace::Often::PerStep);
      batch.gather(dataset, preparation, rows.data() + first, std::min(artifact.batch, total - first));
    }
    double loss;
    {
      Trace::Step step(trace, "eval_step", batch.rows);
      check(sinter_model_eval_step(model, batch.inputs.data(), batch.targets.data(), batch.outputs.data(), batch.rows,
                                   &loss));
    }
    losses.add(artifact, loss, batch.rows);
    metrics.add(batch);
  }
  return {losses.value(artifact), metrics.values()};
}

std::string evaluationText(const sinter_artifact &artifact, const Evaluation &evaluation) {
  std::string text = fmt::format("loss {:.5g}", evaluation.loss);
  for (size_t i = 0; i < evaluation.metrics.size(); ++i) {
    std::string_view name = artifact.metrics[i];
    if (name == "accuracy")
      text += fmt::format(", accuracy {:.2f} %", 100 * evaluation.metrics[i]);
    else
      text += fmt::format(", {} {:.5g}", name, evaluation.metrics[i]);
  }
  return text;
}

} // namespace sinter::train
