/* Steps on a GPU through sinter-rt/gpu.h alone: several per launch, losses that come later, rows that stay on the GPU,
 * what is refused.
 *
 * Takes nine steps one by one, in launches of 4, 4 and 1, and in those with batches of rows on the GPU, overwriting the
 * batches, or the numbers of their rows, as soon as a call returns, and demands the same losses and the same state, bit
 * for bit.
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

/* Row i of step s becomes number (i + 2 s) mod ROWS of the rows of step s, which lie one behind the other. */
static void keep(sinter_gpu *gpu) {
  must(sinter_gpu_keep_rows(gpu, STEPS * ROWS), "keeping rows");
  for (int step = 0; step < STEPS; ++step) {
    batch mixed, given;
    sinter_step_args args = fill(&given, step, NULL);
    mixed.inputs[0] = mixed.features;
    mixed.targets[0] = mixed.labels;
    for (int i = 0; i < ROWS; ++i) {
      const int at = (i + 2 * step) % ROWS;
      memcpy(mixed.features + at * FEATURES, given.features + i * FEATURES, FEATURES * sizeof(float));
      mixed.labels[at] = given.labels[i];
    }
    must(sinter_gpu_write_rows(gpu, step * ROWS, args.rows, mixed.inputs, mixed.targets), "writing rows");
  }
}

/* Launches of `each` steps, and of what is left. */
static void train(sinter_gpu *gpu, const void *first_state, int each, int kept, float *losses, void *state) {
  batch batches[ROOM];
  int64_t numbers[ROOM][ROWS];
  const int64_t *lists[ROOM];
  sinter_step_args args[ROOM];
  int64_t pending = 0;
  must(sinter_gpu_upload(gpu, first_state), "uploading");
  for (int step = 0; step < STEPS; step += each) {
    const int count = STEPS - step < each ? STEPS - step : each;
    for (int i = 0; i < count; ++i) {
      args[i] = fill(&batches[i], step + i, &losses[step + i]);
      for (int row = 0; row < ROWS; ++row)
        numbers[i][row] = (step + i) * ROWS + (row + 2 * (step + i)) % ROWS;
      lists[i] = numbers[i];
    }
    if (kept)
      memset(batches, 0xFF, sizeof batches);
    must(kept ? sinter_gpu_train_rows(gpu, args, lists, count) : sinter_gpu_train_steps(gpu, args, count), "training");
    memset(batches, 0xFF, sizeof batches);
    memset(numbers, 0xFF, sizeof numbers);
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
  train(gpu, first, 1, 0, one_losses, one);
  must(sinter_gpu_reserve_steps(gpu, ROOM), "reserving");
  train(gpu, first, ROOM, 0, many_losses, many);
  compare(one_losses, many_losses, sizeof one_losses, "losses");
  compare(one, many, bytes, "states");
  const uint64_t without = sinter_gpu_bytes(gpu);
  keep(gpu);
  memset(many, 0, bytes);
  memset(many_losses, 0, sizeof many_losses);
  train(gpu, first, ROOM, 1, many_losses, many);
  compare(one_losses, many_losses, sizeof one_losses, "losses of kept rows");
  compare(one, many, bytes, "states of kept rows");
  if (sinter_gpu_bytes(gpu) < without + STEPS * ROWS * (FEATURES + 1) * 4)
    return 1;
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
  args[0].rows = ROWS;
  const int64_t beyond[ROWS] = {0, 1, STEPS * ROWS, 0, 0}, *list = beyond;
  refused(sinter_gpu_train_rows(gpu, args, &list, 1));
  refused(sinter_gpu_write_rows(gpu, STEPS * ROWS - 1, 2, batches[0].inputs, batches[0].targets));
  refused(sinter_gpu_keep_rows(gpu, -1));
  must(sinter_gpu_keep_rows(gpu, 0), "letting rows go");
  refused(sinter_gpu_train_rows(gpu, args, &list, 1));
  sinter_gpu_destroy(gpu);
  free(first);
  free(scratch);
  free(one);
  free(many);
  return 0;
}
