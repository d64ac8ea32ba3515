// How fast is a training step? Steps on random data, timed one by one after a warm-up.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Batch.h"
#include "Error.h"
#include "Options.h"
#include "Progress.h"

#include "sinter-rt/random.h"

#include <algorithm>
#include <cstring>
#include <string_view>

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

static double timeStep(sinter_model *model, const Batch &batch) {
  Stopwatch watch;
  check(sinter_model_train_step(model, batch.inputs.data(), batch.targets.data(), batch.rows, 1e-6, nullptr));
  return watch.seconds();
}

int runBench(const sinter_artifact &artifact, const BenchOptions &options) {
  Model model = createModel(artifact, options.threads);
  check(sinter_model_init(model.get(), options.seed));
  Batch batch(artifact);
  batch.rows = artifact.batch;
  sinter_random random = sinter_random_make(static_cast<uint64_t>(options.seed), 0);
  int64_t classes = std::max<int64_t>(classCount(artifact), 2);
  for (uint32_t i = 0; i < artifact.input_count; ++i)
    fillRandom(artifact.inputs[i], batch.rows, classes, random, batch.inputs[i]);
  for (uint32_t i = 0; i < artifact.target_count; ++i)
    fillRandom(artifact.targets[i], batch.rows, classes, random, batch.targets[i]);

  for (int64_t i = 0; i < std::min<int64_t>(options.steps, 5); ++i)
    timeStep(model.get(), batch);
  std::vector<double> seconds;
  for (int64_t i = 0; i < options.steps; ++i)
    seconds.push_back(timeStep(model.get(), batch));
  std::sort(seconds.begin(), seconds.end());
  double median = seconds[seconds.size() / 2];

  uint64_t flops = 0, bytes = 0;
  for (uint32_t i = 0; i < artifact.kernel_count; ++i) {
    if (artifact.kernels[i].step && std::string_view(artifact.kernels[i].step) == "train_step") {
      flops += artifact.kernels[i].flops;
      bytes += artifact.kernels[i].bytes;
    }
  }
  fmt::print("{}: {} of {}, {}\n", artifact.name, counted(options.steps, "training step"), counted(batch.rows, "row"),
             counted(sinter_pool_threads(sinter_model_pool(model.get())), "thread"));
  fmt::print("median {:.4g} ms/step, fastest {:.4g}, 90th percentile {:.4g}\n", median * 1e3, seconds.front() * 1e3,
             seconds[seconds.size() * 9 / 10] * 1e3);
  fmt::print("{:.0f} rows/s\n", static_cast<double>(batch.rows) / median);
  if (flops > 0)
    fmt::print("{:.2f} GFLOP/s, {:.2f} GB/s ({} flop and {} bytes per step)\n",
               static_cast<double>(flops) / median * 1e-9, static_cast<double>(bytes) / median * 1e-9, flops, bytes);
  return 0;
}

} // namespace sinter::train
