// What happens before the first step? Options are merged with what a resumed checkpoint says, data are read and split,
// and the parameters get their first values.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Error.h"
#include "Trainer.h"
#include "Weights.h"

#include "sinter-rt/file.h"

#include <cmath>
#include <numeric>

namespace sinter::train {

// Before anything is made of them.
static const TrainOptions &checked(const TrainOptions &options) {
  if (!options.data.given())
    misuse("train needs data: --data FILE.csv --target COLUMN, or --inputs X --targets T");
  if (!options.resume.empty() && !options.initFrom.empty())
    misuse("--resume and --init-from exclude each other: a resumed run goes on with its own parameters");
  // Better now than after the first epoch.
  for (const std::string *path : {&options.save, &options.saveBest, &options.log, &options.profile.path})
    if (!path->empty())
      check(sinter_output_check(path->c_str()));
  return options;
}

Trainer::Trainer(const sinter_artifact &artifact, const TrainOptions &options)
    : artifact(artifact), options(checked(options)), model(createModel(artifact, options.device)),
      progress(options.quiet) {
  check(sinter_model_reserve_steps(model.get(), options.stepsPerLaunch));
  for (int64_t i = 0; i < sinter_model_steps_per_launch(model.get()); ++i)
    batches.emplace_back(artifact);
  if (options.profile.wanted())
    trace.emplace(model.get(), options.profile);
  settings.learningRate = artifact.learning_rate;
  if (!options.resume.empty())
    resume();
  applySettings();
  loadData();
  splitData();
  prepareInputs();
  if (options.resume.empty())
    initializeParameters();
  keepData();
}

void Trainer::resume() {
  sinter_file *opened = nullptr;
  check(sinter_model_load(model.get(), options.resume.c_str(), 0, &opened));
  TensorFile file(opened);
  if (!readRecord(file.get(), record))
    fail("'{}' holds no training run to resume (it can serve with --init-from)", options.resume);
  if (options.resume == options.save)
    noteSaved();
}

// A setting that shapes the course of a run cannot change half-way.
template <typename T>
static void keep(bool resumed, const std::optional<T> &given, T &setting, const char *option) {
  if (!given)
    return;
  if (resumed && *given != setting)
    fail("{} {} differs from the resumed run, which has {}: leave the option out", option, *given, setting);
  setting = *given;
}

template <typename T>
static void change(const std::optional<T> &given, T &setting) {
  if (given)
    setting = *given;
}

void Trainer::applySettings() {
  bool resumed = !options.resume.empty();
  keep(resumed, options.seed, settings.seed, "--seed");
  keep(resumed, options.validation, settings.validation, "--validation");
  keep(resumed, options.test, settings.test, "--test");
  keep(resumed, options.scale, settings.scale, "--scale");
  if (resumed && options.normalize && !settings.normalize)
    fail("--normalize differs from the resumed run, which has none: leave the option out");
  if (resumed && options.noShuffle && settings.shuffle)
    fail("--no-shuffle differs from the resumed run, which shuffles: leave the option out");
  settings.normalize |= options.normalize;
  settings.shuffle &= !options.noShuffle;
  change(options.epochs, settings.epochs);
  change(options.learningRate, settings.learningRate);
  change(options.schedule, settings.schedule);
  change(options.patience, settings.patience);
  schedule = Schedule::parse(settings.schedule);
  if (!std::isfinite(settings.learningRate) || settings.learningRate < 0)
    misuse("--lr {}: expected a number that is not negative", settings.learningRate);
  if (!(settings.validation >= 0 && settings.validation < 1) || !(settings.test >= 0 && settings.test < 1))
    misuse("--validation {} and --test {}: expected shares of the rows from 0 up to 1, 1 excluded", settings.validation,
           settings.test);
}

void Trainer::loadData() {
  Trace::Phase phase(tracing(), "load data");
  DataFiles files = withRecordedColumns(options.data, record);
  record.target = files.target;
  record.ignore = files.ignore;
  dataset = loadDataset(artifact, files, NeedTargets::Yes, record.classes);
  record.classes = dataset.classes;
  bool separate = options.validationData.given();
  if (separate && settings.validation > 0)
    misuse("--validation {} and validation files exclude each other", settings.validation);
  if (!options.resume.empty() && separate != record.separateValidation)
    fail("the resumed run {} validation files of its own: give the same data again",
         record.separateValidation ? "had" : "had no");
  record.separateValidation = separate;
  if (!separate)
    return;
  DataFiles validation = options.validationData;
  validation.target = files.target;
  validation.ignore = files.ignore;
  validation.header = files.header;
  validation.inputsOption = "--validation-inputs";
  validation.targetsOption = "--validation-targets";
  separateValidation = loadDataset(artifact, validation, NeedTargets::Yes, record.classes);
}

void Trainer::splitData() {
  split = splitRows(dataset.rows, settings.validation, settings.test, settings.seed);
  if (separateValidation) {
    split.validation.resize(static_cast<size_t>(separateValidation->rows));
    std::iota(split.validation.begin(), split.validation.end(), 0);
  }
  int64_t validationRows = static_cast<int64_t>(split.validation.size());
  if (!options.resume.empty() && (record.trainRows != trainRows() || record.validationRows != validationRows))
    fail("the resumed run had {} to train on and {} to validate, these data give {} and {}: resuming needs the same "
         "data",
         counted(record.trainRows, "row"), record.validationRows, trainRows(), validationRows);
  record.trainRows = trainRows();
  record.validationRows = validationRows;
  if (settings.patience > 0 && !validates())
    misuse("--patience {} needs validation rows: give --validation 0.2 or validation files", settings.patience);
  if (!options.saveBest.empty() && !validates())
    misuse("--save-best needs validation rows: give --validation 0.2 or validation files");
  // A limit on steps alone must not be cut short by the default number of epochs.
  int64_t needed = (options.steps + batchesPerEpoch() - 1) / batchesPerEpoch();
  if (!options.epochs && needed > settings.epochs)
    settings.epochs = needed;
}

void Trainer::prepareInputs() {
  record.preparation.scale = settings.scale;
  if (settings.normalize && options.resume.empty())
    fitNormalization(record.preparation, artifact, dataset, split.train);
}

void Trainer::initializeParameters() {
  check(sinter_model_init(model.get(), settings.seed));
  if (!options.initFrom.empty())
    loadParameters(model.get(), options.initFrom);
}

/// As steps read them. What steps are observed one by one is copied there with each of them.
void Trainer::keepData() {
  const bool onGpu = sinter_model_gpu_name(model.get()) != nullptr,
             always = options.dataOnDevice == DataOnDevice::Always;
  if (always && !onGpu)
    misuse("--data-on-device=always needs a GPU: give --device=gpu");
  const bool observed = trace && trace->takesDeviceSteps();
  if (always && observed)
    misuse(
        "--data-on-device=always and --profile exclude each other: a batch is copied with each step that is observed");
  if (!onGpu || options.dataOnDevice == DataOnDevice::Never || observed)
    return;
  sinter_status status = sinter_model_keep_rows(model.get(), dataset.rows);
  if (!always && (status == SINTER_OUT_OF_MEMORY || status == SINTER_UNSUPPORTED))
    return;
  check(status);
  Batch &piece = batches.front();
  std::vector<int64_t> numbers(static_cast<size_t>(artifact.batch));
  for (int64_t first = 0; first < dataset.rows; first += artifact.batch) {
    int64_t rows = std::min(artifact.batch, dataset.rows - first);
    std::iota(numbers.begin(), numbers.end(), first);
    piece.gather(dataset, record.preparation, numbers.data(), rows);
    check(sinter_model_write_rows(model.get(), first, rows, piece.inputs.data(), piece.targets.data()));
  }
  dataOnDevice = true;
}

static int64_t parameterCount(const sinter_model *model) {
  int64_t count = 0;
  for (uint32_t i = 0; i < sinter_model_tensor_count(model); ++i) {
    const sinter_tensor_info *info = sinter_model_tensor_info_at(model, i);
    if (info->role == SINTER_PARAMETER)
      count += static_cast<int64_t>(info->bytes / sinter_dtype_size(info->dtype));
  }
  return count;
}

void Trainer::announce() {
  progress.line(fmt::format("model {}: {}, loss {}, optimizer {}", artifact.name,
                            counted(parameterCount(model.get()), "parameter"), artifact.loss, artifact.optimizer));
  std::string parts = counted(trainRows(), "row") + " to train on";
  if (validates())
    parts += fmt::format(", {} to validate", split.validation.size());
  if (!split.test.empty())
    parts += fmt::format(", {} to test", split.test.size());
  progress.line(fmt::format("data: {}; {} of at most {} per epoch; {}", parts, counted(batchesPerEpoch(), "step"),
                            counted(artifact.batch, "row"), deviceText(model.get())) +
                (dataOnDevice ? ", which keeps the data" : ""));
  if (!options.resume.empty())
    progress.line(fmt::format("resumed '{}' after step {} (epoch {}, batch {} of {})", options.resume,
                              sinter_model_step(model.get()), record.epoch + (record.batch > 0 ? 1 : 0),
                              record.batch > 0 ? record.batch : batchesPerEpoch(), batchesPerEpoch()));
}

} // namespace sinter::train
