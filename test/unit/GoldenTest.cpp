// Do the step functions train exactly as PyTorch does? Recorded runs (float64) and PyTorch's optimizer baselines
// against the reference interpreter.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Recordings.h"
#include "StepTrainer.h"

#include <gtest/gtest.h>

using namespace sinter::reference;

namespace {

std::unique_ptr<Trainer> interpret(const std::string &modelText, int64_t batch) {
  return std::make_unique<StepTrainer>(modelText, batch);
}

class Golden : public testing::TestWithParam<const char *> {};

TEST_P(Golden, TrainsAsRecorded) {
  RecordingTolerance tolerance{/*loss=*/1e-10, /*gradient=*/1e-6, /*parameter=*/1e-6};
  // The big one is slow here; that it goes on like this is tested on compiled code.
  if (std::string(GetParam()) == "big_model")
    tolerance.steps = 3;
  expectTrainsAsRecorded(GetParam(), ElementKind::F64, interpret, tolerance);
}

INSTANTIATE_TEST_SUITE_P(Recordings, Golden, testing::ValuesIn(recordingNames()),
                         [](const auto &info) { return std::string(info.param); });

class Baseline : public testing::TestWithParam<OptimizerBaseline> {};

TEST_P(Baseline, FollowsPyTorch) {
  expectFollowsBaseline(GetParam(), interpret, 1e-8);
}

INSTANTIATE_TEST_SUITE_P(PyTorch, Baseline, testing::ValuesIn(optimizerBaselines()),
                         [](const auto &info) { return std::string(info.param.name); });

} // namespace
