/* A hand-written artifact for the tests of the trainer: softmax regression with cross-entropy, inverted dropout on the
 * inputs, and SGD with momentum. It depends on everything that resuming must restore: parameters, optimizer state, step
 * number, seed and learning rate.
 *
 * Rows are cut into items of ROWS_PER_ITEM by shape alone; items write partial gradients that are added in their order.
 *
 * SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
#include <sinter-rt/artifact.h>

#include <math.h>
#include <stddef.h>
#include <string.h>

#ifndef FEATURES
#define FEATURES 4
#endif
#ifndef CLASSES
#define CLASSES 3
#endif
enum { BATCH = 8, ROWS_PER_ITEM = 2, ITEMS = BATCH / ROWS_PER_ITEM };
static const float momentum = 0.5f;

typedef struct Values {
  _Alignas(64) float weight[CLASSES][FEATURES];
  _Alignas(64) float bias[CLASSES];
} Values;

typedef struct State {
  Values parameter, velocity;
} State;

typedef struct Scratch {
  Values gradient[ITEMS];
  float loss[ITEMS];
} Scratch;

static uint32_t hash(uint64_t x) {
  x = (x ^ (x >> 31)) * 0x7fb5d329728ea185u;
  x = (x ^ (x >> 27)) * 0x81dadef4bc2dd44du;
  return (uint32_t)(x >> 33);
}

/* One input in eight is dropped in training. */
static float dropped(const sinter_step_args *args, int64_t row, int feature) {
  const uint64_t place = (uint64_t)args->step << 32 | (uint64_t)row << 16 | (uint64_t)feature;
  return hash(place + (uint64_t)args->seed * 0x9e3779b97f4a7c15u) % 8 == 0 ? 0.0f : 8.0f / 7.0f;
}

static void logits(const Values *values, const float *x, float *out) {
  for (int c = 0; c < CLASSES; ++c) {
    out[c] = values->bias[c];
    for (int f = 0; f < FEATURES; ++f)
      out[c] += x[f] * values->weight[c][f];
  }
}

/* Turns logits into probabilities; returns the negative logarithm of that of `label`. */
static float crossEntropy(float *out, int32_t label) {
  float largest = out[0], sum = 0.0f;
  const float wanted = out[label];
  for (int c = 1; c < CLASSES; ++c)
    largest = out[c] > largest ? out[c] : largest;
  for (int c = 0; c < CLASSES; ++c)
    sum += out[c] = expf(out[c] - largest);
  for (int c = 0; c < CLASSES; ++c)
    out[c] /= sum;
  return logf(sum) + largest - wanted;
}

static void differentiateRow(const sinter_step_args *args, int64_t row, Scratch *scratch, int64_t item) {
  const State *state = args->state;
  const float *source = (const float *)args->inputs[0] + row * FEATURES;
  const int32_t label = ((const int32_t *)args->targets[0])[row];
  float x[FEATURES], p[CLASSES];
  for (int f = 0; f < FEATURES; ++f)
    x[f] = source[f] * dropped(args, row, f);
  logits(&state->parameter, x, p);
  scratch->loss[item] += crossEntropy(p, label);
  for (int c = 0; c < CLASSES; ++c) {
    const float difference = p[c] - (c == label ? 1.0f : 0.0f);
    scratch->gradient[item].bias[c] += difference;
    for (int f = 0; f < FEATURES; ++f)
      scratch->gradient[item].weight[c][f] += difference * x[f];
  }
}

static void differentiateItems(void *context, int64_t lo, int64_t hi) {
  const sinter_step_args *args = context;
  Scratch *scratch = args->scratch;
  for (int64_t item = lo; item < hi; ++item) {
    memset(&scratch->gradient[item], 0, sizeof scratch->gradient[item]);
    scratch->loss[item] = 0.0f;
    for (int64_t row = item * ROWS_PER_ITEM; row < (item + 1) * ROWS_PER_ITEM && row < args->rows; ++row)
      differentiateRow(args, row, scratch, item);
  }
}

static int refused(const sinter_step_args *args) {
  return args->struct_size != sizeof *args || args->rows < 1 || args->rows > BATCH;
}

static int32_t init(const sinter_step_args *args) {
  State *state = args->state;
  memset(state, 0, sizeof *state);
  for (int c = 0; c < CLASSES; ++c)
    for (int f = 0; f < FEATURES; ++f)
      state->parameter.weight[c][f] =
          (float)hash((uint64_t)args->seed * 1000003u + (uint64_t)(c * FEATURES + f)) / 2147483648.0f * 0.02f - 0.01f;
  return 0;
}

static void update(float *value, float *velocity, float gradient, const sinter_step_args *args) {
  *velocity = momentum * *velocity + gradient / (float)args->rows;
  *value -= (float)args->learning_rate * *velocity;
}

static void observe(const sinter_step_args *args, uint32_t kernel, int32_t ended) {
  if (args->observer)
    args->observer(args->observer_context, kernel, ended);
}

static int32_t trainStep(const sinter_step_args *args) {
  if (refused(args))
    return 1;
  State *state = args->state;
  Scratch *scratch = args->scratch;
  const int64_t items = (args->rows + ROWS_PER_ITEM - 1) / ROWS_PER_ITEM;
  observe(args, 0, 0);
  if (args->parallel_for)
    args->parallel_for(args->pool, differentiateItems, (void *)(uintptr_t)args, items);
  else
    differentiateItems((void *)(uintptr_t)args, 0, items);
  observe(args, 0, 1);
  observe(args, 1, 0);
  float loss = 0.0f;
  for (int64_t i = 0; i < items; ++i)
    loss += scratch->loss[i];
  *(float *)args->loss = loss / (float)args->rows;
  for (int c = 0; c < CLASSES; ++c) {
    for (int f = 0; f < FEATURES; ++f) {
      float gradient = 0.0f;
      for (int64_t i = 0; i < items; ++i)
        gradient += scratch->gradient[i].weight[c][f];
      update(&state->parameter.weight[c][f], &state->velocity.weight[c][f], gradient, args);
    }
    float gradient = 0.0f;
    for (int64_t i = 0; i < items; ++i)
      gradient += scratch->gradient[i].bias[c];
    update(&state->parameter.bias[c], &state->velocity.bias[c], gradient, args);
  }
  observe(args, 1, 1);
  return 0;
}

static int32_t predict(const sinter_step_args *args) {
  if (refused(args))
    return 1;
  const State *state = args->state;
  for (int64_t row = 0; row < args->rows; ++row)
    logits(&state->parameter, (const float *)args->inputs[0] + row * FEATURES,
           (float *)args->outputs[0] + row * CLASSES);
  return 0;
}

static int32_t evalStep(const sinter_step_args *args) {
  if (predict(args) != 0)
    return 1;
  float loss = 0.0f;
  for (int64_t row = 0; row < args->rows; ++row) {
    float p[CLASSES];
    memcpy(p, (const float *)args->outputs[0] + row * CLASSES, sizeof p);
    loss += crossEntropy(p, ((const int32_t *)args->targets[0])[row]);
  }
  *(float *)args->loss = loss / (float)args->rows;
  return 0;
}

static const int64_t weightShape[] = {CLASSES, FEATURES}, biasShape[] = {CLASSES};
static const int64_t inputShape[] = {SINTER_BATCH_EXTENT, FEATURES}, outputShape[] = {SINTER_BATCH_EXTENT, CLASSES};
static const int64_t targetShape[] = {SINTER_BATCH_EXTENT};

#define TENSOR(name, role, rank, shape, member)                                                                        \
  {name, SINTER_F32, role, rank, 0, shape, offsetof(State, member), sizeof(((State *)0)->member)}
static const sinter_tensor_info tensors[] = {
    TENSOR("weight", SINTER_PARAMETER, 2, weightShape, parameter.weight),
    TENSOR("bias", SINTER_PARAMETER, 1, biasShape, parameter.bias),
    TENSOR("weight.momentum", SINTER_OPTIMIZER_STATE, 2, weightShape, velocity.weight),
    TENSOR("bias.momentum", SINTER_OPTIMIZER_STATE, 1, biasShape, velocity.bias),
};
static const sinter_io_info inputs[] = {{"x", SINTER_F32, 2, inputShape}};
static const sinter_io_info targets[] = {{"label", SINTER_I32, 1, targetShape}};
static const sinter_io_info outputs[] = {{"logits", SINTER_F32, 2, outputShape}};
static const sinter_kernel_info kernels[] = {
    {"softmax_regression", "train_step", "rows_per_item = 2", 4 * BATCH * FEATURES * CLASSES, 4 * BATCH * FEATURES},
    {"momentum \"sgd\"", "train_step", "", 4 * CLASSES * (FEATURES + 1), 16 * CLASSES * (FEATURES + 1)},
};
static const char *const metrics[] = {"accuracy"};

#ifndef MODEL_NAME
#define MODEL_NAME "softmax"
#endif
#ifndef ARTIFACT
#define ARTIFACT sinter_program_artifact
#endif
const sinter_artifact ARTIFACT = {
    .magic = SINTER_ARTIFACT_MAGIC,
    .abi_version = SINTER_ABI_VERSION,
    .struct_size = sizeof(sinter_artifact),
    .alignment = 64,
    .name = MODEL_NAME,
    .compiler_version = "by hand",
    .target_triple = "any",
    .target_cpu = "any",
    .source_digest = "0123",
    .batch = BATCH,
    .state_bytes = sizeof(State),
    .scratch_bytes = sizeof(Scratch),
    .tensors = tensors,
    .inputs = inputs,
    .targets = targets,
    .outputs = outputs,
    .kernels = kernels,
    .metrics = metrics,
    .tensor_count = 4,
    .input_count = 1,
    .target_count = 1,
    .output_count = 1,
    .kernel_count = 2,
    .metric_count = 1,
    .loss = "cross_entropy",
    .optimizer = "sgd {learning_rate = 0.1, momentum = 0.5}",
    .loss_dtype = SINTER_F32,
    .learning_rate = 0.1,
    .init = init,
    .train_step = trainStep,
    .eval_step = evalStep,
    .predict = predict,
};
