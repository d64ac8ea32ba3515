/* Steps on a GPU through sinter-rt/gpu.h alone: several per launch, losses that come later, what is refused.
 *
 * Takes nine steps one by one and in launches of 4, 4 and 1, overwriting the batches as soon as a call returns, and
 * demands the same losses and the same state, bit for bit.
 * SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
#include <sinter-rt/sinter.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define STEPS 9
#define ROWS 5
#define FEATURES 4
#define ROOM 4

extern const sinter_artifact iris_artifact;

typedef struct {
  float features[ROWS * FEATURES];
  int32_t labels[ROWS];
  const void *inputs[1], *targets[1];
} batch;

static void must(sinter_status status, const char *what) {
  if (status == SINTER_OK)
    return;
  fprintf(stderr, "error: %s: %s\n", what, sinter_last_error());
  exit(1);
}

static void refused(sinter_status status) {
  printf("%s: %s\n", status == SINTER_INVALID_ARGUMENT ? "refused" : "NOT REFUSED", sinter_last_error());
}

static sinter_step_args fill(batch *to, int step, float *loss) {
  sinter_step_args args = {0};
  for (int i = 0; i < ROWS * FEATURES; ++i)
    to->features[i] = (float)((i * 37 + step * 11) % 29) / 16;
  for (int i = 0; i < ROWS; ++i)
    to->labels[i] = (i + step) % 3;
  to->inputs[0] = to->features;
  to->targets[0] = to->labels;
  args.struct_size = (uint32_t)sizeof args;
  args.inputs = to->inputs;
  args.targets = to->targets;
  args.rows = ROWS;
  args.learning_rate = 0.01 / (1 + step);
  args.step = step + 1;
  args.loss = loss;
  return args;
}

static void compare(const void *left, const void *right, size_t bytes, const char *what) {
  if (memcmp(left, right, bytes) == 0)
    return;
  fprintf(stderr, "error: %s differ\n", what);
  exit(1);
}

/* Launches of `each` steps, and of what is left. */
static void train(sinter_gpu *gpu, const void *first_state, int each, float *losses, void *state) {
  batch batches[ROOM];
  sinter_step_args args[ROOM];
  int64_t pending = 0;
  must(sinter_gpu_upload(gpu, first_state), "uploading");
  for (int step = 0; step < STEPS; step += each) {
    const int count = STEPS - step < each ? STEPS - step : each;
    for (int i = 0; i < count; ++i)
      args[i] = fill(&batches[i], step + i, &losses[step + i]);
    must(sinter_gpu_train_steps(gpu, args, count), "training");
    memset(batches, 0xFF, sizeof batches);
    must(sinter_gpu_poll(gpu, &pending), "asking");
    if (pending > 2 * each)
      exit(fprintf(stderr, "error: %lld steps are pending\n", (long long)pending));
  }
  must(sinter_gpu_finish(gpu), "finishing");
  must(sinter_gpu_poll(gpu, &pending), "asking");
  if (pending != 0)
    exit(fprintf(stderr, "error: steps are pending after all are done\n"));
  must(sinter_gpu_download(gpu, state), "downloading");
}

int main(void) {
  const sinter_artifact *artifact = &iris_artifact;
  const size_t bytes = artifact->state_bytes;
  void *first = aligned_alloc(artifact->alignment, bytes), *scratch = malloc(artifact->scratch_bytes);
  char *one = malloc(bytes), *many = malloc(bytes);
  float one_losses[STEPS] = {0}, many_losses[STEPS] = {0};
  sinter_step_args init = {0}, args[2];
  batch batches[2];
  sinter_gpu *gpu;
  if (!first || !scratch || !one || !many)
    return 1;
  memset(first, 0, bytes);
  init.struct_size = (uint32_t)sizeof init;
  init.state = first;
  init.scratch = scratch;
  init.rows = artifact->batch;
  if (artifact->init(&init) != 0)
    return 1;

  must(sinter_gpu_create(artifact, 0, &gpu), "opening the GPU");
  train(gpu, first, 1, one_losses, one);
  must(sinter_gpu_reserve_steps(gpu, ROOM), "reserving");
  train(gpu, first, ROOM, many_losses, many);
  compare(one_losses, many_losses, sizeof one_losses, "losses");
  compare(one, many, bytes, "states");
  if (one_losses[0] == one_losses[STEPS - 1] || memcmp(first, one, bytes) == 0)
    return 1;
  must(sinter_gpu_reserve_steps(gpu, 0), "reserving");
  printf("equal; automatic: %lld\n", (long long)sinter_gpu_steps_per_launch(gpu));

  args[0] = fill(&batches[0], 0, NULL);
  args[1] = fill(&batches[1], 1, NULL);
  refused(sinter_gpu_train_steps(gpu, args, 0));
  refused(sinter_gpu_train_steps(gpu, args, 17));
  refused(sinter_gpu_reserve_steps(gpu, 257));
  args[1].rows = ROWS - 1;
  refused(sinter_gpu_train_steps(gpu, args, 2));
  args[0].rows = artifact->batch + 1;
  refused(sinter_gpu_train_steps(gpu, args, 1));
  sinter_gpu_destroy(gpu);
  free(first);
  free(scratch);
  free(one);
  free(many);
  return 0;
}
