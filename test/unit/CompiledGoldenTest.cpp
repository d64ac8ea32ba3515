// Do compiled steps train as PyTorch does? Recorded runs in f32 and in f64, and PyTorch's optimizer baselines.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "CompiledTrainer.h"
#include "Recordings.h"

#include <gtest/gtest.h>

using namespace sinter::reference;

namespace {

std::unique_ptr<Trainer> compile(const std::string &modelText, int64_t batch) {
  return std::make_unique<CompiledTrainer>(modelText, batch);
}

class CompiledGolden : public testing::TestWithParam<const char *> {};

TEST_P(CompiledGolden, TrainsAsRecordedInF32) {
  expectTrainsAsRecorded(GetParam(), ElementKind::F32, compile, {/*loss=*/1e-5, /*gradient=*/1e-5, /*parameter=*/1e-4});
}

TEST_P(CompiledGolden, TrainsAsRecordedInF64) {
  expectTrainsAsRecorded(GetParam(), ElementKind::F64, compile,
                         {/*loss=*/1e-10, /*gradient=*/1e-6, /*parameter=*/1e-6});
}

INSTANTIATE_TEST_SUITE_P(Recordings, CompiledGolden, testing::ValuesIn(recordingNames()),
                         [](const auto &info) { return std::string(info.param); });

class CompiledBaseline : public testing::TestWithParam<OptimizerBaseline> {};

TEST_P(CompiledBaseline, FollowsPyTorch) {
  expectFollowsBaseline(GetParam(), compile, 1e-8);
}

INSTANTIATE_TEST_SUITE_P(PyTorch, CompiledBaseline, testing::ValuesIn(optimizerBaselines()),
                         [](const auto &info) { return std::string(info.param.name); });

} // namespace
