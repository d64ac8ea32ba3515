/* Can an artifact be written by hand? prediction = x w + b, mean squared error, SGD with momentum 0.9.
 *
 * Rows are cut into items of ROWS_PER_ITEM by shape alone; each item writes its own partial gradient, and the partials
 * are added in the order of the items, so that the result does not depend on the number of threads.
 *
 * SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
#include "linear_artifact.h"

#include <stddef.h>

#ifndef LINEAR_ABI_VERSION
#define LINEAR_ABI_VERSION SINTER_ABI_VERSION
#endif

enum { ROWS_PER_ITEM = 8, ITEMS = LINEAR_BATCH / ROWS_PER_ITEM, VALUES = LINEAR_FEATURES + 1 };
static const float momentum = 0.9f;

/* The state block: each tensor at a multiple of 64 bytes. */
typedef struct State {
  _Alignas(64) float weight[LINEAR_FEATURES];
  _Alignas(64) float bias[1];
  _Alignas(64) float weightMomentum[LINEAR_FEATURES];
  _Alignas(64) float biasMomentum[1];
} State;

/* The scratch block. */
typedef struct Scratch {
  float gradient[ITEMS][VALUES]; /* by item: d loss / d weight, d loss / d bias */
  float loss[ITEMS];
} Scratch;

static int acceptable(const sinter_step_args *args) {
  return args->struct_size == sizeof *args && args->rows >= 1 && args->rows <= LINEAR_BATCH;
}

static float predictRow(const State *state, const float *x) {
  float sum = state->bias[0];
  for (int i = 0; i < LINEAR_FEATURES; ++i)
    sum += x[i] * state->weight[i];
  return sum;
}

/* Loss and gradient of the rows of items lo .. hi - 1. */
static void differentiateItems(void *context, int64_t lo, int64_t hi) {
  const sinter_step_args *args = context;
  const float *x = args->inputs[0], *y = args->targets[0];
  Scratch *scratch = args->scratch;
  for (int64_t item = lo; item < hi; ++item) {
    float *gradient = scratch->gradient[item];
    for (int i = 0; i < VALUES; ++i)
      gradient[i] = 0.0f;
    scratch->loss[item] = 0.0f;
    const int64_t end = (item + 1) * ROWS_PER_ITEM < args->rows ? (item + 1) * ROWS_PER_ITEM : args->rows;
    for (int64_t row = item * ROWS_PER_ITEM; row < end; ++row) {
      const float *features = x + row * LINEAR_FEATURES;
      const float error = predictRow(args->state, features) - y[row];
      scratch->loss[item] += error * error;
      for (int i = 0; i < LINEAR_FEATURES; ++i)
        gradient[i] += 2.0f * error * features[i];
      gradient[LINEAR_FEATURES] += 2.0f * error;
    }
  }
}

static void observe(const sinter_step_args *args, uint32_t kernel, int32_t ended) {
  if (args->observer)
    args->observer(args->observer_context, kernel, ended);
}

static void forEachItem(const sinter_step_args *args, sinter_task task) {
  const int64_t items = (args->rows + ROWS_PER_ITEM - 1) / ROWS_PER_ITEM;
  if (args->parallel_for)
    args->parallel_for(args->pool, task, (void *)(uintptr_t)args, items);
  else
    task((void *)(uintptr_t)args, 0, items);
}

/* Adds the partial results up, into those of item 0, and writes the mean loss. */
static void reduceItems(const sinter_step_args *args) {
  Scratch *scratch = args->scratch;
  const int64_t items = (args->rows + ROWS_PER_ITEM - 1) / ROWS_PER_ITEM;
  for (int64_t item = 1; item < items; ++item) {
    scratch->loss[0] += scratch->loss[item];
    for (int i = 0; i < VALUES; ++i)
      scratch->gradient[0][i] += scratch->gradient[item][i];
  }
  for (int i = 0; i < VALUES; ++i)
    scratch->gradient[0][i] /= (float)args->rows;
  *(float *)args->loss = scratch->loss[0] / (float)args->rows;
}

static void update(float *parameter, float *velocity, const float *gradient, int count, double learningRate) {
  for (int i = 0; i < count; ++i) {
    velocity[i] = momentum * velocity[i] + gradient[i];
    parameter[i] -= (float)learningRate * velocity[i];
  }
}

/* Weights uniform in [-0.5, 0.5) by a hash of seed and index (splitmix64); all else 0. */
static int32_t init(const sinter_step_args *args) {
  if (args->struct_size != sizeof *args)
    return 1;
  State *state = args->state;
  for (int i = 0; i < LINEAR_FEATURES; ++i) {
    uint64_t hash = (uint64_t)args->seed + 0x9E3779B97F4A7C15u * (uint64_t)(i + 1);
    hash = (hash ^ hash >> 30) * 0xBF58476D1CE4E5B9u;
    hash = (hash ^ hash >> 27) * 0x94D049BB133111EBu;
    state->weight[i] = (float)(hash >> 40) / 16777216.0f - 0.5f;
    state->weightMomentum[i] = 0.0f;
  }
  state->bias[0] = 0.0f;
  state->biasMomentum[0] = 0.0f;
  return 0;
}

static int32_t trainStep(const sinter_step_args *args) {
  if (!acceptable(args) || args->step < 1)
    return 1;
  State *state = args->state;
  const Scratch *scratch = args->scratch;
  observe(args, 0, 0);
  forEachItem(args, differentiateItems);
  observe(args, 0, 1);
  observe(args, 1, 0);
  reduceItems(args);
  const float *gradient = scratch->gradient[0];
  update(state->weight, state->weightMomentum, gradient, LINEAR_FEATURES, args->learning_rate);
  update(state->bias, state->biasMomentum, gradient + LINEAR_FEATURES, 1, args->learning_rate);
  observe(args, 1, 1);
  return 0;
}

static void predictItems(void *context, int64_t lo, int64_t hi) {
  const sinter_step_args *args = context;
  const float *x = args->inputs[0];
  float *prediction = args->outputs[0];
  const int64_t end = hi * ROWS_PER_ITEM < args->rows ? hi * ROWS_PER_ITEM : args->rows;
  for (int64_t row = lo * ROWS_PER_ITEM; row < end; ++row)
    prediction[row] = predictRow(args->state, x + row * LINEAR_FEATURES);
}

static int32_t predict(const sinter_step_args *args) {
  if (!acceptable(args))
    return 1;
  observe(args, 2, 0);
  forEachItem(args, predictItems);
  observe(args, 2, 1);
  return 0;
}

static int32_t evalStep(const sinter_step_args *args) {
  if (!acceptable(args))
    return 1;
  forEachItem(args, differentiateItems);
  reduceItems(args);
  forEachItem(args, predictItems);
  return 0;
}

static const int64_t weightShape[] = {LINEAR_FEATURES, 1}, biasShape[] = {1};
static const int64_t inputShape[] = {SINTER_BATCH_EXTENT, LINEAR_FEATURES}, columnShape[] = {SINTER_BATCH_EXTENT, 1};

#define TENSOR(NAME, ROLE, RANK, SHAPE, MEMBER)                                                                        \
  {NAME, SINTER_F32, ROLE, RANK, 0, SHAPE, offsetof(State, MEMBER), sizeof(((State *)0)->MEMBER)}

static const sinter_tensor_info tensors[] = {
    TENSOR("weight", SINTER_PARAMETER, 2, weightShape, weight),
    TENSOR("bias", SINTER_PARAMETER, 1, biasShape, bias),
    TENSOR("weight.momentum", SINTER_OPTIMIZER_STATE, 2, weightShape, weightMomentum),
    TENSOR("bias.momentum", SINTER_OPTIMIZER_STATE, 1, biasShape, biasMomentum),
};
static const sinter_io_info inputs[] = {{"x", SINTER_F32, 2, inputShape}};
static const sinter_io_info targets[] = {{"y", SINTER_F32, 2, columnShape}};
static const sinter_io_info outputs[] = {{"prediction", SINTER_F32, 2, columnShape}};
static const sinter_kernel_info kernels[] = {
    {"differentiate", "train_step", "by hand", LINEAR_BATCH * (4 * VALUES), 4 * LINEAR_BATCH * VALUES},
    {"reduce_and_update", "train_step", "by hand", VALUES * (ITEMS + 4), 4 * VALUES * (ITEMS + 4)},
    {"predict", "predict", "by hand", 2 * LINEAR_BATCH * LINEAR_FEATURES, 4 * LINEAR_BATCH * VALUES},
};
static const char *const metrics[] = {"mae"};

#ifdef LINEAR_IS_PROGRAM
#define linear_artifact sinter_program_artifact
#endif

const sinter_artifact linear_artifact = {
    .magic = SINTER_ARTIFACT_MAGIC,
    .abi_version = LINEAR_ABI_VERSION,
    .struct_size = sizeof(sinter_artifact),
    .alignment = 64,
    .name = "linear",
    .compiler_version = "written by hand",
    .target_triple = "",
    .target_cpu = "",
    .source_digest = "0123456789abcdef",
    .batch = LINEAR_BATCH,
    .state_bytes = sizeof(State),
    .scratch_bytes = sizeof(Scratch),
    .tensors = tensors,
    .inputs = inputs,
    .targets = targets,
    .outputs = outputs,
    .kernels = kernels,
    .metrics = metrics,
    .tensor_count = sizeof tensors / sizeof *tensors,
    .input_count = 1,
    .target_count = 1,
    .output_count = 1,
    .kernel_count = sizeof kernels / sizeof *kernels,
    .metric_count = 1,
    .loss = "mse",
    .optimizer = "sgd {learning_rate = 0.05, momentum = 0.9}",
    .loss_dtype = SINTER_F32,
    .learning_rate = 0.05,
    .init = init,
    .train_step = trainStep,
    .eval_step = evalStep,
    .predict = predict,
};
