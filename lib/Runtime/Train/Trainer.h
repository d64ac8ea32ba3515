// How does training run? Epochs of shuffled batches, each followed by validation, a log line and a checkpoint; it ends
// by itself, by early stopping, by a limit, on Ctrl-C, or at a loss that is not finite.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef SINTER_LIB_RUNTIME_TRAIN_TRAINER_H
#define SINTER_LIB_RUNTIME_TRAIN_TRAINER_H

#include "Batch.h"
#include "Evaluate.h"
#include "MetricsLog.h"
#include "Progress.h"
#include "RunRecord.h"
#include "Schedule.h"
#include "Split.h"
#include "Trace.h"

#include <algorithm>
#include <deque>
#include <optional>

namespace sinter::train {

class Trainer {
public:
  Trainer(const sinter_artifact &artifact, const TrainOptions &options);

  /// Returns the exit status.
  int run();
  /// Writes the recording that --profile asks for.
  void writeTrace() const;

private:
  enum class Ending { EpochDone, Interrupted, Limit };

  /// A training step whose loss has not been looked at yet: on a GPU, losses come later.
  struct SentStep {
    int64_t number, batch; // from 1; from 0 within the epoch
    int64_t rows;
    double learningRate, loss;
  };

  // Preparation, in this order.
  void resume();
  void applySettings();
  void loadData();
  void splitData();
  void prepareInputs();
  void initializeParameters();
  void keepData();
  void announce();

  Ending trainEpoch();
  int64_t batchesToSend() const;
  void sendBatches(const std::vector<int64_t> &order, int64_t count);
  enum class Wait { No, Yes };
  void collect(const std::vector<int64_t> &order, Wait wait);
  void account(const SentStep &step, const std::vector<int64_t> &order);
  void finishEpoch();
  void saveBest(const Evaluation &evaluation);
  void save();
  void noteSaved();
  int stop(Ending ending);
  void testAtEnd();
  bool shouldStopEarly() const;
  [[noreturn]] void failNotFinite(const SentStep &step, const std::vector<int64_t> &order);
  std::string lastCheckpoint() const;

  int64_t batchesPerEpoch() const { return (trainRows() + artifact.batch - 1) / artifact.batch; }
  int64_t rowsOfBatch(int64_t index) const { return std::min(artifact.batch, trainRows() - index * artifact.batch); }
  int64_t sentBatches() const { return record.batch + static_cast<int64_t>(sent.size()); } // of the epoch
  int64_t trainRows() const { return static_cast<int64_t>(split.train.size()); }
  Trace *tracing() { return trace ? &*trace : nullptr; }
  bool validates() const { return !split.validation.empty(); }
  const Dataset &validationDataset() const { return separateValidation ? *separateValidation : dataset; }
  MetricsLog::Line logLine(const SentStep &step, double loss, int64_t rows) const;

  const sinter_artifact &artifact;
  const TrainOptions &options;
  RunRecord record;
  RunSettings &settings = record.settings;
  Model model;
  std::optional<Trace> trace; // of the model: ends before it
  std::vector<Batch> batches; // as many as a launch takes
  std::deque<SentStep> sent;  // elements do not move
  SentStep last = {};         // that was looked at
  Dataset dataset;
  bool dataOnDevice = false; // all rows of it
  std::optional<Dataset> separateValidation;
  Split split;
  Schedule schedule;
  Progress progress;
  Stopwatch watch, epochWatch;
  std::optional<MetricsLog> log;
  std::string lastSaved; // what --save holds, as a clause; empty before the first checkpoint of this process
  int64_t epochRows = 0; // trained on in this epoch by this process
};

} // namespace sinter::train

#endif // SINTER_LIB_RUNTIME_TRAIN_TRAINER_H
