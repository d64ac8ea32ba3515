// How does training run?
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Trainer.h"
#include "Error.h"
#include "Interrupt.h"

#include <algorithm>
#include <cmath>

namespace sinter::train {

int Trainer::run() {
  InterruptGuard guard;
  log.emplace(options.log, artifact, validates(), options.resume.empty() ? 0 : sinter_model_step(model.get()));
  announce();
  while (record.epoch < settings.epochs && !shouldStopEarly()) {
    if (options.stopAfter > 0 && record.epoch >= options.stopAfter)
      return stop(Ending::Limit);
    Trace::Phase epoch(tracing(), "epoch");
    Ending ending = trainEpoch();
    if (ending != Ending::EpochDone)
      return stop(ending);
    finishEpoch();
  }
  if (shouldStopEarly())
    progress.line(fmt::format("stopped early: the validation loss has not improved since epoch {} ({:.5g})",
                              record.bestEpoch, record.bestLoss));
  testAtEnd();
  if (!options.save.empty()) {
    if (lastSaved.empty())
      save(); // nothing was left to train
    progress.line(fmt::format("saved '{}' ({}, {})", options.save, counted(record.epoch, "epoch"),
                              durationText(watch.seconds())));
  }
  return InterruptGuard::requested() ? interruptedStatus : 0;
}

void Trainer::writeTrace() const {
  if (trace)
    trace->write();
}

void Trainer::save() {
  Trace::Phase phase(tracing(), "checkpoint");
  saveCheckpoint(model.get(), options.save, record);
  noteSaved();
}

void Trainer::noteSaved() {
  lastSaved = fmt::format("'{}' keeps the state after step {} (epoch {})", options.save, sinter_model_step(model.get()),
                          record.epoch + (record.batch > 0 ? 1 : 0));
}

Trainer::Ending Trainer::trainEpoch() {
  std::vector<int64_t> order = settings.shuffle ? shuffled(split.train, settings.seed, record.epoch + 1) : split.train;
  int64_t batches = batchesPerEpoch();
  progress.begin(record.epoch + 1, settings.epochs, record.batch, batches,
                 (settings.epochs - record.epoch) * batches - record.batch);
  epochWatch = Stopwatch();
  epochRows = 0;
  while (sentBatches() < batches) {
    const bool interrupted = InterruptGuard::requested();
    const int64_t count = interrupted ? 0 : batchesToSend();
    if (count == 0) {
      collect(order, Wait::Yes);
      return interrupted ? Ending::Interrupted : Ending::Limit;
    }
    sendBatches(order, count);
    collect(order, Wait::No);
  }
  collect(order, Wait::Yes);
  return Ending::EpochDone;
}

// As many as one launch takes: full ones, or the smaller last one of the epoch; none when --steps is reached.
int64_t Trainer::batchesToSend() const {
  int64_t next = sentBatches(),
          count = std::min<int64_t>(static_cast<int64_t>(batches.size()), batchesPerEpoch() - next);
  if (options.steps > 0)
    count = std::clamp<int64_t>(options.steps - sinter_model_step(model.get()), 0, count);
  if (trace && trace->takesDeviceSteps())
    count = std::min<int64_t>(count, 1);
  if (count > 1 && rowsOfBatch(next + count - 1) < artifact.batch)
    --count;
  return count;
}

void Trainer::sendBatches(const std::vector<int64_t> &order, int64_t count) {
  std::vector<sinter_batch> arguments;
  int64_t first = sentBatches(), step = sinter_model_step(model.get());
  for (int64_t i = 0; i < count; ++i) {
    Batch &batch = batches[static_cast<size_t>(i)];
    const int64_t rows = rowsOfBatch(first + i), *numbers = order.data() + (first + i) * artifact.batch;
    if (!dataOnDevice) {
      Trace::Phase phase(tracing(), "data", Trace::Often::PerStep);
      batch.gather(dataset, record.preparation, numbers, rows);
    }
    double rate =
        schedule.rate(settings.learningRate, step + i + 1, batchesPerEpoch(), batchesPerEpoch() * settings.epochs);
    sent.push_back({step + i + 1, first + i, rows, rate, 0});
    if (dataOnDevice)
      arguments.push_back({nullptr, nullptr, rows, rate, &sent.back().loss, numbers});
    else
      arguments.push_back(batch.arguments(rate, &sent.back().loss));
  }
  Trace::Step traced(tracing(), "train_step", arguments[0].rows);
  if (trace && trace->takesDeviceSteps())
    trace->takeStep(arguments[0]);
  else
    check(sinter_model_train_steps(model.get(), arguments.data(), count));
}

// Losses that have arrived, in the order of their steps.
void Trainer::collect(const std::vector<int64_t> &order, Wait wait) {
  int64_t pending = 0;
  if (wait == Wait::Yes)
    check(sinter_model_finish(model.get()));
  else
    check(sinter_model_poll(model.get(), &pending));
  for (; static_cast<int64_t>(sent.size()) > pending; sent.pop_front())
    account(sent.front(), order);
}

void Trainer::account(const SentStep &step, const std::vector<int64_t> &order) {
  if (!std::isfinite(step.loss))
    failNotFinite(step, order);
  LossTotal losses{record.lossTotal, record.lossRows};
  losses.add(artifact, step.loss, step.rows);
  record.lossTotal = losses.total;
  record.lossRows = losses.rows;
  epochRows += step.rows;
  ++record.batch;
  last = step;
  progress.step(step.loss, step.rows);
  // The last line of an epoch waits for the validation.
  if (options.logSteps && record.batch < batchesPerEpoch())
    log->write(logLine(step, step.loss, step.rows), nullptr);
}

std::string Trainer::lastCheckpoint() const {
  if (!lastSaved.empty())
    return lastSaved;
  return options.save.empty() ? "no checkpoint was asked for" : fmt::format("'{}' was not written", options.save);
}

static const char *notFiniteText(double value) {
  return std::isnan(value) ? "NaN" : "infinite";
}

// Later batches may have taken the place of the one that is to blame.
void Trainer::failNotFinite(const SentStep &step, const std::vector<int64_t> &order) {
  const int64_t *rows = order.data() + step.batch * artifact.batch;
  Batch &batch = batches.front();
  batch.gather(dataset, record.preparation, rows, step.rows);
  const int64_t bad = batch.firstNotFinite();
  std::string cause =
      bad >= 0 ? fmt::format("row {} of the data (counted from 0) holds a number that is not finite", rows[bad])
               : std::string("the data of this batch are finite, so try a smaller learning rate");
  fail("the loss is {} at step {} (epoch {}, batch {} of {}) with learning rate {}: {}; {}", notFiniteText(step.loss),
       step.number, record.epoch + 1, step.batch + 1, batchesPerEpoch(), step.learningRate, cause, lastCheckpoint());
}

MetricsLog::Line Trainer::logLine(const SentStep &step, double loss, int64_t rows) const {
  return {record.epoch + 1, step.number, rows, step.learningRate, loss, watch.seconds()};
}

void Trainer::saveBest(const Evaluation &evaluation) {
  if (!(evaluation.loss < record.bestLoss))
    return;
  record.bestLoss = evaluation.loss;
  record.bestEpoch = record.epoch;
  if (options.saveBest.empty())
    return;
  Trace::Phase phase(tracing(), "checkpoint");
  saveCheckpoint(model.get(), options.saveBest, record);
}

// Validates, logs, reports and saves the epoch whose batches are all done.
void Trainer::finishEpoch() {
  double seconds = epochWatch.seconds(), loss = LossTotal{record.lossTotal, record.lossRows}.value(artifact);
  if (const char *name = findNotFinite(model.get()))
    fail("'{}' is not finite after step {} (epoch {}, batch {}) with learning rate {}; {}", name,
         sinter_model_step(model.get()), record.epoch + 1, record.batch, last.learningRate, lastCheckpoint());
  std::optional<Evaluation> evaluation;
  if (validates()) {
    progress.clear();
    Trace::Phase phase(tracing(), "validation");
    evaluation =
        evaluate(model.get(), batches.front(), validationDataset(), record.preparation, split.validation, tracing());
    if (!std::isfinite(evaluation->loss))
      fail("the validation loss is {} after step {} (epoch {}); {}", notFiniteText(evaluation->loss),
           sinter_model_step(model.get()), record.epoch + 1, lastCheckpoint());
  }
  MetricsLog::Line line = options.logSteps ? logLine(last, last.loss, last.rows) : logLine(last, loss, record.lossRows);
  log->write(line, evaluation ? &*evaluation : nullptr);
  log->flush();

  ++record.epoch;
  record.batch = record.lossRows = 0;
  record.lossTotal = 0;
  std::string text = fmt::format("epoch {}/{}  loss {:.5g}", record.epoch, settings.epochs, loss);
  if (evaluation)
    text += "  validation " + evaluationText(artifact, *evaluation);
  progress.line(fmt::format("{}  lr {:.4g}  {:.0f} rows/s  {}", text, last.learningRate,
                            static_cast<double>(epochRows) / std::max(seconds, 1e-9), durationText(seconds)));
  if (evaluation)
    saveBest(*evaluation);
  if (!options.save.empty())
    save();
}

bool Trainer::shouldStopEarly() const {
  return settings.patience > 0 && record.epoch - record.bestEpoch >= settings.patience;
}

int Trainer::stop(Ending ending) {
  log->flush();
  std::string saved = "nothing was saved (no --save)";
  if (!options.save.empty()) {
    if (const char *name = findNotFinite(model.get()))
      fail("'{}' is not finite after step {}; {}", name, sinter_model_step(model.get()), lastCheckpoint());
    save();
    saved = fmt::format("saved '{}'; go on with --resume '{}'", options.save, options.save);
  }
  progress.line(fmt::format("{} after step {} (epoch {}, batch {} of {}): {}",
                            ending == Ending::Interrupted ? "interrupted" : "stopped", sinter_model_step(model.get()),
                            record.epoch + (record.batch > 0 ? 1 : 0),
                            record.batch > 0 ? record.batch : batchesPerEpoch(), batchesPerEpoch(), saved));
  return ending == Ending::Interrupted ? interruptedStatus : 0;
}

void Trainer::testAtEnd() {
  if (split.test.empty())
    return;
  Trace::Phase phase(tracing(), "test");
  Evaluation evaluation = evaluate(model.get(), batches.front(), dataset, record.preparation, split.test, tracing());
  progress.line(fmt::format("test {}", evaluationText(artifact, evaluation)));
}

int runTrain(const sinter_artifact &artifact, const TrainOptions &options) {
  Trainer trainer(artifact, options);
  int status = trainer.run();
  trainer.writeTrace();
  return status;
}

} // namespace sinter::train
