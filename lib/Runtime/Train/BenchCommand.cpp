// How fast is a training step, and each of its kernels? Steps on random data, timed one by one after a warm-up.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Batch.h"
#include "BenchReport.h"
#include "Error.h"
#include "Options.h"
#include "Progress.h"
#include "Trace.h"

#include "sinter-rt/file.h"
#include "sinter-rt/random.h"

#include <algorithm>

namespace sinter::train {

// Floats are uniform in [-1, 1), integers below `classes`.
static void fillRandom(const sinter_io_info &io, int64_t rows, int64_t classes, sinter_random &random, void *data) {
  int64_t count = rowElements(io) * (isBatched(io) ? rows : 1);
  for (int64_t i = 0; i < count; ++i) {
    double unit = sinter_random_unit(&random);
    int64_t label = static_cast<int64_t>(unit * static_cast<double>(classes));
    if (io.dtype == SINTER_F32)
      static_cast<float *>(data)[i] = static_cast<float>(2 * unit - 1);
    else if (io.dtype == SINTER_F64)
      static_cast<double *>(data)[i] = 2 * unit - 1;
    else if (io.dtype == SINTER_I32)
      static_cast<int32_t *>(data)[i] = static_cast<int32_t>(label);
    else if (io.dtype == SINTER_I64)
      static_cast<int64_t *>(data)[i] = label;
    else if (io.dtype == SINTER_U8 || io.dtype == SINTER_BOOL)
      static_cast<uint8_t *>(data)[i] = static_cast<uint8_t>(label);
  }
}

// A GPU's step is waited for, by asking for its loss.
static double timeStep(sinter_model *model, const Batch &batch) {
  double loss = 0;
  Stopwatch watch;
  check(sinter_model_train_step(model, batch.inputs.data(), batch.targets.data(), batch.rows, 1e-6,
                                sinter_model_gpu_name(model) ? &loss : nullptr));
  return watch.seconds();
}

static StepTimes summarize(std::vector<double> seconds) {
  std::sort(seconds.begin(), seconds.end());
  return {seconds[seconds.size() / 2], seconds.front(), seconds[seconds.size() * 9 / 10]};
}

static StepTimes timeSteps(sinter_model *model, const Batch &batch, int64_t steps) {
  for (int64_t i = 0; i < std::min<int64_t>(steps, 5); ++i)
    timeStep(model, batch);
  std::vector<double> seconds;
  for (int64_t i = 0; i < steps; ++i)
    seconds.push_back(timeStep(model, batch));
  return summarize(std::move(seconds));
}

// The steps are timed once more, observed: the figures of the step itself stay undisturbed.
static BenchResult::Kernels timeKernels(sinter_model *model, const Batch &batch, int64_t steps) {
  BenchResult::Kernels kernels;
  kernels.steps = std::min(steps, BenchOptions::mostKernelSteps);
  {
    KernelTimes times(model);
    std::vector<double> seconds;
    for (int64_t i = 0; i < kernels.steps; ++i) {
      seconds.push_back(timeStep(model, batch));
      times.endStep(seconds.back());
    }
    kernels.step = summarize(std::move(seconds));
    kernels.times = times.medians();
    kernels.outside = times.outside();
  }
  int32_t type = sinter_model_artifact(model)->loss_dtype == SINTER_F64 ? SINTER_F64 : SINTER_F32;
  check(sinter_ceilings_measure(sinter_model_pool(model), type, &kernels.ceilings));
  return kernels;
}

static void profileSteps(sinter_model *model, const Batch &batch, const BenchOptions &options) {
  Trace trace(model, options.profile);
  for (int64_t i = 0; i < std::min(options.steps, options.profile.steps); ++i) {
    Trace::Step step(&trace, "train_step", batch.rows);
    timeStep(model, batch);
  }
  trace.write();
}

static void fillRandom(const sinter_artifact &artifact, int64_t seed, Batch &batch) {
  batch.rows = artifact.batch;
  sinter_random random = sinter_random_make(static_cast<uint64_t>(seed), 0);
  int64_t classes = std::max<int64_t>(classCount(artifact), 2);
  for (uint32_t i = 0; i < artifact.input_count; ++i)
    fillRandom(artifact.inputs[i], batch.rows, classes, random, batch.inputs[i]);
  for (uint32_t i = 0; i < artifact.target_count; ++i)
    fillRandom(artifact.targets[i], batch.rows, classes, random, batch.targets[i]);
}

int runBench(const sinter_artifact &artifact, const BenchOptions &options) {
  if (options.kernels)
    needsObservedLaunches(options.device, "--kernels");
  if (options.profile.wanted())
    needsObservedLaunches(options.device, "--profile");
  if (options.profile.wanted())
    check(sinter_output_check(options.profile.path.c_str()));
  Model model = createModel(artifact, options.device);
  check(sinter_model_init(model.get(), options.seed));
  Batch batch(artifact);
  fillRandom(artifact, options.seed, batch);

  BenchResult result;
  result.steps = options.steps;
  result.threads = sinter_pool_threads(sinter_model_pool(model.get()));
  result.device = deviceText(model.get());
  result.step = timeSteps(model.get(), batch, options.steps);
  if (options.kernels)
    result.kernels = timeKernels(model.get(), batch, options.steps);
  if (options.profile.wanted())
    profileSteps(model.get(), batch, options);
  if (options.json)
    printBenchJson(artifact, result);
  else
    printBench(artifact, result);
  return 0;
}

} // namespace sinter::train
