// Where are the recorded PyTorch runs, and does a trainer follow them?
// The recordings are not part of the repository: $SINTER_SHARED, or shared/ beside the checkout, holds them.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef SINTER_TEST_UNIT_RECORDINGS_H
#define SINTER_TEST_UNIT_RECORDINGS_H

#include "Trainer.h"

#include "llvm/Support/JSON.h"

std::string sharedFolder();
/// Null if there is no such file, or no JSON in it.
llvm::json::Value readJson(const std::string &path);
double largestDifference(const sinter::reference::Tensor &a, const sinter::reference::Tensor &b);

/// Every recording that a multilayer perceptron expresses.
std::vector<const char *> recordingNames();

struct RecordingTolerance {
  double loss;      ///< relative, of each step, to the recorded one in float64
  double gradient;  ///< of the first step: norm of the difference relative to the norm
  double parameter; ///< at the end: largest difference
  size_t steps = SIZE_MAX;
};

/// Trains a recording's model (see GoldenModels.h) in this kind of float and expects what was recorded. Skips the test
/// if the recording is not there.
void expectTrainsAsRecorded(const std::string &name, sinter::reference::ElementKind kind, const MakeTrainer &make,
                            const RecordingTolerance &tolerance);

/// One configuration of PyTorch's own optimizer baselines.
struct OptimizerBaseline {
  const char *name;
  const char *optimizer; ///< as a `sinter.optimizer`
};
void PrintTo(const OptimizerBaseline &baseline, std::ostream *out);
std::vector<OptimizerBaseline> optimizerBaselines();

/// Trains for 1001 steps in f64 and expects every recorded snapshot within `tolerance`. Skips the test if the baselines
/// are not there.
void expectFollowsBaseline(const OptimizerBaseline &baseline, const MakeTrainer &make, double tolerance);

#endif // SINTER_TEST_UNIT_RECORDINGS_H
