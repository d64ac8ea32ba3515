// How long do the launches of a compiled train_step take?
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "StepTimer.h"

#include "sinter-rt/sinter.h"

#include <chrono>
#include <cstdlib>
#include <cstring>

namespace sinter {

static double secondsNow() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

static void *zeroedBlock(uint64_t bytes, uint64_t alignment) {
  const size_t size = (bytes + alignment) & ~size_t(alignment - 1);
  void *data = std::aligned_alloc(alignment, size);
  return data ? std::memset(data, 0, size) : nullptr;
}

/// Floats are uniform in [-1, 1); integers are labels, 0 or 1, which every number of classes has.
static void fillRandom(const sinter_io_info &io, sinter_random &random, std::vector<char> &bytes) {
  const size_t size = sinter_dtype_size(io.dtype), count = bytes.size() / size;
  for (size_t i = 0; i < count; ++i) {
    const double unit = sinter_random_unit(&random);
    char *element = bytes.data() + i * size;
    if (io.dtype == SINTER_F32) {
      const float value = static_cast<float>(2 * unit - 1);
      std::memcpy(element, &value, size);
    } else if (io.dtype == SINTER_F64) {
      const double value = 2 * unit - 1;
      std::memcpy(element, &value, size);
    } else {
      const int64_t value = unit < 0.5; // little-endian, as every target is
      std::memcpy(element, &value, size);
    }
  }
}

void StepTimer::fill(const sinter_io_info *table, uint32_t count, std::vector<const void *> &pointers) {
  sinter_random random = sinter_random_make(/*seed=*/1, /*stream=*/buffers.size());
  for (uint32_t i = 0; i < count; ++i) {
    buffers.emplace_back(sinter_io_bytes(&table[i], artifact().batch));
    fillRandom(table[i], random, buffers.back());
    pointers.push_back(buffers.back().data());
  }
}

llvm::Expected<std::unique_ptr<StepTimer>> StepTimer::make(std::unique_ptr<CompiledLibrary> library,
                                                           sinter_pool *pool) {
  std::unique_ptr<StepTimer> timer(new StepTimer);
  timer->library = std::move(library);
  const sinter_artifact &artifact = timer->artifact();
  timer->state = zeroedBlock(artifact.state_bytes, artifact.alignment);
  timer->scratch = zeroedBlock(artifact.scratch_bytes, artifact.alignment);
  if (!timer->state || !timer->scratch)
    return llvm::createStringError("the system has no memory for the blocks of the step");
  timer->fill(artifact.inputs, artifact.input_count, timer->inputs);
  timer->fill(artifact.targets, artifact.target_count, timer->targets);

  sinter_step_args &args = timer->args;
  args.struct_size = sizeof args;
  args.state = timer->state;
  args.scratch = timer->scratch;
  args.inputs = timer->inputs.data();
  args.targets = timer->targets.data();
  args.loss = timer->lossBytes;
  args.rows = artifact.batch;
  args.learning_rate = 1e-6;
  args.seed = 1;
  args.parallel_for = sinter_pool_parallel_for;
  args.pool = pool;
  if (int32_t status = artifact.init(&args))
    return llvm::createStringError("'init' returned status " + llvm::Twine(status));
  args.observer = observe;
  args.observer_context = timer.get();
  return timer;
}

StepTimer::~StepTimer() {
  std::free(state);
  std::free(scratch);
}

void StepTimer::observe(void *context, uint32_t kernel, int32_t ended) {
  auto &timer = *static_cast<StepTimer *>(context);
  if (ended)
    timer.launches.push_back(secondsNow() - timer.begun);
  else
    timer.begun = secondsNow();
}

llvm::Expected<StepSample> StepTimer::run() {
  ++args.step;
  launches.clear();
  const double start = secondsNow();
  if (int32_t status = artifact().train_step(&args))
    return llvm::createStringError("'train_step' returned status " + llvm::Twine(status));
  return StepSample{launches, secondsNow() - start};
}

double StepTimer::loss() const {
  if (artifact().loss_dtype == SINTER_F64) {
    double loss;
    std::memcpy(&loss, lossBytes, sizeof loss);
    return loss;
  }
  float loss;
  std::memcpy(&loss, lossBytes, sizeof loss);
  return loss;
}

} // namespace sinter
