// How fast is a training step, and each of its kernels? Steps on random data, timed one by one after a warm-up.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Batch.h"
#include "BenchReport.h"
#include "Error.h"
#include "Options.h"
#include "Progress.h"
#include "Split.h"
#include "Trace.h"

#include "sinter-rt/file.h"
#include "sinter-rt/random.h"

#include <algorithm>
#include <numeric>

namespace sinter::train {

// So small that parameters stay where they are.
static constexpr double benchLearningRate = 1e-6;

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

static double timeStep(sinter_model *model, const Batch &batch) {
  Stopwatch watch;
  check(sinter_model_train_step(model, batch.inputs.data(), batch.targets.data(), batch.rows, benchLearningRate,
                                nullptr));
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

// `copies` of a batch stay on the GPU; false if they do not fit, or rows cannot be told apart.
static bool keepRows(sinter_model *model, const Batch &batch, int64_t copies) {
  sinter_status status = sinter_model_keep_rows(model, copies * batch.rows);
  if (status == SINTER_OUT_OF_MEMORY || status == SINTER_UNSUPPORTED)
    return false;
  check(status);
  for (int64_t i = 0; i < copies; ++i)
    check(sinter_model_write_rows(model, i * batch.rows, batch.rows, batch.inputs.data(), batch.targets.data()));
  return true;
}

// In rounds of several launches, as launches overlap: first with batches that are copied, then with those on the
// device, then with batches gathered there.
static void timeOnGpu(sinter_model *model, const Batch &batch, int64_t steps, BenchResult &result) {
  const int64_t perLaunch = std::min(steps, sinter_model_steps_per_launch(model));
  const int64_t rounds = std::clamp<int64_t>(steps / perLaunch, 1, 10);
  const int64_t launches = (steps + rounds * perLaunch - 1) / (rounds * perLaunch);
  const auto perStep = [&](double seconds) { return seconds / static_cast<double>(launches * perLaunch); };
  std::vector<sinter_batch> batches(static_cast<size_t>(perLaunch), batch.arguments(benchLearningRate, nullptr));
  const auto launch = [&](int64_t count) {
    for (int64_t i = 0; i < count; ++i)
      check(sinter_model_train_steps(model, batches.data(), perLaunch));
    check(sinter_model_finish(model));
  };
  const auto timed = [&] {
    launch(2); // records the graphs of both slots
    std::vector<double> seconds;
    for (int64_t i = 0; i < rounds; ++i) {
      Stopwatch watch;
      launch(launches);
      seconds.push_back(perStep(watch.seconds()));
    }
    return summarize(std::move(seconds));
  };
  result.step = timed();
  std::vector<double> wall, device;
  for (int64_t i = 0; i < rounds; ++i) {
    Stopwatch watch;
    double seconds = 0;
    check(sinter_model_time_launches(model, launches, &seconds));
    wall.push_back(perStep(watch.seconds()));
    device.push_back(perStep(seconds));
  }
  result.steps = rounds * launches * perLaunch;
  result.replays = {perLaunch, summarize(std::move(device)), summarize(std::move(wall))};
  constexpr int64_t copies = 16;
  if (!keepRows(model, batch, copies))
    return;
  std::vector<int64_t> order(static_cast<size_t>(copies * batch.rows));
  std::iota(order.begin(), order.end(), 0);
  order = shuffled(order, /*seed=*/1, /*epoch=*/1);
  for (int64_t i = 0; i < perLaunch; ++i)
    batches[static_cast<size_t>(i)] = {nullptr,           nullptr, batch.rows,
                                       benchLearningRate, nullptr, order.data() + i % copies * batch.rows};
  result.gathered = timed();
  check(sinter_model_keep_rows(model, 0));
}

// The steps are timed once more, observed: the figures of the step itself stay undisturbed.
static double timeObservedStep(sinter_model *model, const Batch &batch, KernelTimes &times) {
  if (!sinter_model_gpu_name(model))
    return timeStep(model, batch);
  double end = 0;
  for (const sinter_gpu_span &span : timeTrainStep(model, batch.arguments(benchLearningRate, nullptr))) {
    times.add(span.kernel, static_cast<int64_t>((span.end - span.start) * 1e9));
    end = std::max(end, span.end);
  }
  return end;
}

static BenchResult::Kernels timeKernels(sinter_model *model, const Batch &batch, int64_t steps) {
  BenchResult::Kernels kernels;
  kernels.steps = std::min(steps, BenchOptions::mostKernelSteps);
  {
    KernelTimes times(model);
    std::vector<double> seconds;
    for (int64_t i = 0; i < kernels.steps; ++i) {
      seconds.push_back(timeObservedStep(model, batch, times));
      times.endStep(seconds.back());
    }
    kernels.step = summarize(std::move(seconds));
    kernels.times = times.medians();
    kernels.outside = times.outside();
  }
  check(sinter_model_ceilings(model, &kernels.ceilings));
  return kernels;
}

static void profileSteps(sinter_model *model, const Batch &batch, const BenchOptions &options) {
  Trace trace(model, options.profile);
  for (int64_t i = 0; i < std::min(options.steps, options.profile.steps); ++i) {
    Trace::Step step(&trace, "train_step", batch.rows);
    if (trace.takesDeviceSteps())
      trace.takeStep(batch.arguments(benchLearningRate, nullptr));
    else
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
  if (options.profile.wanted())
    check(sinter_output_check(options.profile.path.c_str()));
  Model model = createModel(artifact, options.device);
  check(sinter_model_reserve_steps(model.get(), options.stepsPerLaunch));
  check(sinter_model_init(model.get(), options.seed));
  Batch batch(artifact);
  fillRandom(artifact, options.seed, batch);

  BenchResult result;
  result.steps = options.steps;
  result.threads = sinter_pool_threads(sinter_model_pool(model.get()));
  result.device = deviceText(model.get());
  if (sinter_model_gpu_name(model.get()))
    timeOnGpu(model.get(), batch, options.steps, result);
  else
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
