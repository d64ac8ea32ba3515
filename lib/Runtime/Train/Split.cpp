// Which rows train, which validate, which test, and in what order?
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Split.h"
#include "Error.h"

#include "sinter-rt/random.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace sinter::train {

// Streams of random numbers: 0 splits, N shuffles epoch N.
static constexpr uint64_t splitStream = 0;

static int64_t partSize(int64_t rows, double fraction) {
  return fraction > 0 ? std::max<int64_t>(1, std::llround(fraction * static_cast<double>(rows))) : 0;
}

Split splitRows(int64_t rows, double validationFraction, double testFraction, int64_t seed) {
  int64_t validation = partSize(rows, validationFraction), test = partSize(rows, testFraction);
  if (validation + test >= rows)
    fail("no rows are left to train on: of {}, {} go to validation and {} to the test", counted(rows, "row"),
         validation, test);
  std::vector<int64_t> order(static_cast<size_t>(rows));
  std::iota(order.begin(), order.end(), 0);
  if (validation + test > 0) {
    sinter_random random = sinter_random_make(static_cast<uint64_t>(seed), splitStream);
    sinter_random_shuffle(&random, order.data(), rows);
  }
  auto firstTest = order.end() - test, firstValidation = firstTest - validation;
  Split split;
  split.train.assign(order.begin(), firstValidation);
  split.validation.assign(firstValidation, firstTest);
  split.test.assign(firstTest, order.end());
  for (std::vector<int64_t> *part : {&split.train, &split.validation, &split.test})
    std::sort(part->begin(), part->end());
  return split;
}

std::vector<int64_t> shuffled(const std::vector<int64_t> &part, int64_t seed, int64_t epoch) {
  std::vector<int64_t> order = part;
  sinter_random random = sinter_random_make(static_cast<uint64_t>(seed), static_cast<uint64_t>(epoch));
  sinter_random_shuffle(&random, order.data(), static_cast<int64_t>(order.size()));
  return order;
}

} // namespace sinter::train
