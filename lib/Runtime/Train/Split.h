// Which rows train, which validate, which test, and in what order? Decided by the seed alone (Philox), never by threads
// or time.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef SINTER_LIB_RUNTIME_TRAIN_SPLIT_H
#define SINTER_LIB_RUNTIME_TRAIN_SPLIT_H

#include <cstdint>
#include <vector>

namespace sinter::train {

/// Row numbers of each part, ascending.
struct Split {
  std::vector<int64_t> train, validation, test;
};

/// Draws round(fraction * rows) rows for validation and for test, at least one each when its fraction is not zero.
/// Throws an Error when nothing is left to train on.
Split splitRows(int64_t rows, double validationFraction, double testFraction, int64_t seed);

/// The rows of `part` in the order of `epoch` (from 1).
std::vector<int64_t> shuffled(const std::vector<int64_t> &part, int64_t seed, int64_t epoch);

} // namespace sinter::train

#endif // SINTER_LIB_RUNTIME_TRAIN_SPLIT_H
