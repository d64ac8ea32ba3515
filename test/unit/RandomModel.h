// Makes up models: any layers, widths, activations, losses and optimizers that go together.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef SINTER_TEST_UNIT_RANDOMMODEL_H
#define SINTER_TEST_UNIT_RANDOMMODEL_H

#include <cstdint>
#include <string>

struct RandomModel {
  std::string text;
  int64_t batch;
};

/// A perceptron. Depends on the seed alone.
RandomModel randomModel(uint64_t seed);

/// The same for rows that are sequences of places: layers for each place, sums over places, attention, transpositions.
RandomModel randomSequence(uint64_t seed);

#endif // SINTER_TEST_UNIT_RANDOMMODEL_H
