// How good is a trained model on a data set?
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Error.h"
#include "Evaluate.h"
#include "Options.h"
#include "Weights.h"

#include <cstdio>
#include <nlohmann/json.hpp>
#include <numeric>

namespace sinter::train {

static std::string jsonText(const sinter_artifact &artifact, const Evaluation &evaluation, int64_t rows) {
  nlohmann::ordered_json object = {{"rows", rows}, {"loss", evaluation.loss}};
  for (size_t i = 0; i < evaluation.metrics.size(); ++i)
    object[artifact.metrics[i]] = evaluation.metrics[i];
  return object.dump();
}

int runEval(const sinter_artifact &artifact, const EvalOptions &options) {
  if (!options.data.given())
    misuse("eval needs data: --data FILE.csv --target COLUMN, or --inputs X --targets T");
  Model model = createModel(artifact, options.device);
  RunRecord record;
  loadTrained(model.get(), options.weights, record);
  DataFiles files = withRecordedColumns(options.data, record);
  record.preparation.scale = options.scale.value_or(record.preparation.scale);
  Dataset dataset = loadDataset(artifact, files, NeedTargets::Yes, record.classes);
  std::vector<int64_t> rows(static_cast<size_t>(dataset.rows));
  std::iota(rows.begin(), rows.end(), 0);
  Batch batch(artifact);
  Evaluation evaluation = evaluate(model.get(), batch, dataset, record.preparation, rows);
  std::string text = options.json ? jsonText(artifact, evaluation, dataset.rows)
                                  : counted(dataset.rows, "row") + ": " + evaluationText(artifact, evaluation);
  std::puts(text.c_str());
  return 0;
}

} // namespace sinter::train
