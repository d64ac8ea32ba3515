/* Trains a compiled model with libsinter_rt. */
#include <sinter-rt/sinter.h>

#include <stdio.h>

extern const sinter_artifact linear_artifact; /* emitted by the compiler */

static int report(void) {
  fprintf(stderr, "error: %s\n", sinter_last_error());
  return 1;
}

int main(void) {
  float x[64][4], y[64];
  const void *inputs[] = {x}, *targets[] = {y};
  sinter_random random = sinter_random_make(/*seed=*/1, /*stream=*/0);
  sinter_model *model;
  double loss = 0;
  if (sinter_model_create(&linear_artifact, /*threads=*/0, &model) || sinter_model_init(model, /*seed=*/1))
    return report();
  for (int step = 0; step < 200; ++step) {
    for (int row = 0; row < 64; ++row) {
      for (int i = 0; i < 4; ++i)
        x[row][i] = (float)sinter_random_unit(&random);
      y[row] = 3 * x[row][0] - x[row][2] + 1;
    }
    if (sinter_model_train_step(model, inputs, targets, /*rows=*/64, linear_artifact.learning_rate, &loss))
      return report();
  }
  printf("loss %g\n", loss);
  if (sinter_model_save(model, "linear.safetensors", NULL, 0))
    return report();
  sinter_model_destroy(model);
  return !(loss < 0.01);
}
