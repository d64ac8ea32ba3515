/* Trains the digits model from plain C: the header that sinterc wrote, its object file or shared library, libc, libm.
 *
 *   train_digits DIGITS.csv CHECKPOINT      DIGITS.csv: 64 pixels 0 to 16 and the digit, without a header line
 *
 * Every fifth image is held out. Fails unless the loss falls, at least 95 % of these are recognized, and a model loaded
 * from the checkpoint computes the same.
 * SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
#include "digits.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PIXELS DIGITS_INPUT_SIZE
#define CLASSES DIGITS_OUTPUT_SIZE
#define EPOCHS 30

typedef struct {
  float *pixels;
  int32_t *labels;
  int64_t rows;
} images;

static int fail(const char *what, const char *why) {
  fprintf(stderr, "error: %s: %s\n", what, why);
  return 1;
}

static void append(images *to, const float *pixels, int32_t label) {
  to->pixels = realloc(to->pixels, (size_t)(to->rows + 1) * PIXELS * sizeof *to->pixels);
  to->labels = realloc(to->labels, (size_t)(to->rows + 1) * sizeof *to->labels);
  if (!to->pixels || !to->labels)
    exit(fail("reading the images", "out of memory"));
  memcpy(to->pixels + to->rows * PIXELS, pixels, PIXELS * sizeof *pixels);
  to->labels[to->rows++] = label;
}

static int read_digits(const char *path, images *train, images *test) {
  FILE *file = fopen(path, "r");
  float pixels[PIXELS];
  int64_t row = 0;
  int value, label;
  if (!file)
    return fail(path, "cannot open");
  while (fscanf(file, "%d", &value) == 1) {
    for (int i = 0; i < PIXELS; ++i) {
      pixels[i] = (float)value / 16;
      if (fscanf(file, ",%d", &value) != 1)
        return fail(path, "expected 65 numbers on a line");
    }
    label = value;
    append(row++ % 5 == 4 ? test : train, pixels, label);
  }
  fclose(file);
  return train->rows < DIGITS_BATCH ? fail(path, "too few images") : 0;
}

static int train_epoch(digits_model *model, const images *data, double *mean_loss) {
  double total = 0;
  for (int64_t first = 0; first < data->rows; first += DIGITS_BATCH) {
    const int64_t left = data->rows - first, rows = left < DIGITS_BATCH ? left : DIGITS_BATCH;
    double loss;
    if (digits_train_step(model, data->pixels + first * PIXELS, data->labels + first, rows, 0.002, &loss))
      return fail("training", digits_last_error());
    total += loss * (double)rows;
  }
  *mean_loss = total / (double)data->rows;
  return 0;
}

/* The outputs of all images, in batches with a smaller last one. */
static int predict(digits_model *model, const images *data, float *scores) {
  for (int64_t first = 0; first < data->rows; first += DIGITS_BATCH) {
    const int64_t left = data->rows - first, rows = left < DIGITS_BATCH ? left : DIGITS_BATCH;
    if (digits_predict(model, data->pixels + first * PIXELS, scores + first * CLASSES, rows))
      return fail("predicting", digits_last_error());
  }
  return 0;
}

static double accuracy(const images *data, const float *scores) {
  int64_t right = 0;
  for (int64_t row = 0; row < data->rows; ++row) {
    int best = 0;
    for (int c = 1; c < CLASSES; ++c)
      if (scores[row * CLASSES + c] > scores[row * CLASSES + best])
        best = c;
    right += best == data->labels[row];
  }
  return (double)right / (double)data->rows;
}

/* A model that starts from the checkpoint must compute what the trained one did. */
static int check_reloaded(const char *checkpoint, const images *data, const float *scores) {
  const size_t bytes = (size_t)data->rows * CLASSES * sizeof *scores;
  float *again = malloc(bytes);
  digits_model *model;
  int status = 0;
  if (!again || digits_create(1, &model) || digits_load(model, checkpoint))
    return fail("loading", digits_last_error());
  status = predict(model, data, again);
  if (!status && memcmp(again, scores, bytes) != 0)
    status = fail("loading", "the outputs differ");
  digits_destroy(model);
  free(again);
  return status;
}

int main(int argc, char **argv) {
  images train = {0}, test = {0};
  digits_model *model;
  double first_loss = 0, loss = 0;
  float *scores;
  if (argc != 3)
    return fail("command line", "expected DIGITS.csv CHECKPOINT");
  if (read_digits(argv[1], &train, &test))
    return 1;
  if (digits_create(2, &model) || digits_init(model, 1))
    return fail("creating", digits_last_error());
  for (int epoch = 1; epoch <= EPOCHS; ++epoch) {
    if (train_epoch(model, &train, &loss))
      return 1;
    if (epoch == 1)
      first_loss = loss;
  }
  scores = malloc((size_t)test.rows * CLASSES * sizeof *scores);
  if (!scores || predict(model, &test, scores))
    return 1;
  printf("%lld images, loss %.4f then %.4f, accuracy %.4f, first weight %g\n", (long long)train.rows, first_loss, loss,
         accuracy(&test, scores), *(float *)digits_parameter(model, "fc1.weight"));
  if (digits_parameter(model, "fc9.weight"))
    return fail("fc9.weight", "expected no such parameter");
  if (!(loss < 0.8 * first_loss) || accuracy(&test, scores) < 0.95)
    return fail("training", "did not learn");
  if (digits_train_step(model, train.pixels, train.labels, DIGITS_BATCH + 1, 0.002, &loss) == 0)
    return fail("rows beyond the batch", "were accepted");
  fprintf(stderr, "refused: %s\n", digits_last_error());
  if (digits_save(model, argv[2]))
    return fail("saving", digits_last_error());
  if (check_reloaded(argv[2], &test, scores))
    return 1;
  digits_destroy(model);
  free(scores);
  free(train.pixels), free(train.labels), free(test.pixels), free(test.labels);
  return 0;
}
