/* How does a plain C program drive an artifact? Trains linear regression on y = 2 x0 - x1 + 0.5 x3 + 3, saves a
 * checkpoint (to the path given as argument), loads it into a second model and compares.
 *
 * SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
#include <sinter-rt/sinter.h>

#include "linear_artifact.h"

#include <math.h>
#include <stdio.h>

static int fail(const char *what) {
  fprintf(stderr, "error: %s: %s\n", what, sinter_last_error());
  return 1;
}

/* One batch of data, from the library's random numbers. */
static void fillBatch(sinter_random *random, float *x, float *y) {
  for (int row = 0; row < LINEAR_BATCH; ++row) {
    float *features = x + row * LINEAR_FEATURES;
    for (int i = 0; i < LINEAR_FEATURES; ++i)
      features[i] = (float)(2.0 * sinter_random_unit(random) - 1.0);
    y[row] = 2.0f * features[0] - features[1] + 0.5f * features[3] + 3.0f;
  }
}

int main(int argc, char **argv) {
  float x[LINEAR_BATCH * LINEAR_FEATURES], y[LINEAR_BATCH], first[LINEAR_BATCH], second[LINEAR_BATCH];
  const void *inputs[] = {x}, *targets[] = {y};
  void *outputs[] = {first}, *reloadedOutputs[] = {second};
  const char *path = argc > 1 ? argv[1] : "linear.safetensors";
  sinter_random random = sinter_random_make(42, 0);
  sinter_model *model, *reloaded;
  double loss = 0.0;

  if (sinter_model_create(&linear_artifact, 0, &model) != SINTER_OK)
    return fail("creating the model");
  if (sinter_model_init(model, 1) != SINTER_OK)
    return fail("initializing the model");
  for (int step = 0; step < 300; ++step) {
    fillBatch(&random, x, y);
    if (sinter_model_train_step(model, inputs, targets, LINEAR_BATCH, linear_artifact.learning_rate, &loss))
      return fail("training");
  }
  printf("loss after %lld steps: %g\n", (long long)sinter_model_step(model), loss);
  if (!(loss < 1e-6))
    return fail("the loss did not become small");

  if (sinter_model_save(model, path, NULL, 0) != SINTER_OK)
    return fail("saving");
  if (sinter_model_create(&linear_artifact, 1, &reloaded) != SINTER_OK ||
      sinter_model_load(reloaded, path, 0, NULL) != SINTER_OK)
    return fail("loading");
  if (sinter_model_predict(model, inputs, outputs, LINEAR_BATCH) != SINTER_OK ||
      sinter_model_predict(reloaded, inputs, reloadedOutputs, LINEAR_BATCH) != SINTER_OK)
    return fail("predicting");
  for (int row = 0; row < LINEAR_BATCH; ++row)
    if (first[row] != second[row] || fabsf(first[row] - y[row]) > 1e-2f)
      return fail("predictions differ");
  sinter_model_destroy(reloaded);
  sinter_model_destroy(model);
  return 0;
}
