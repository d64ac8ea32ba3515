// Are made-up models compiled right, for every kind of processor? Against the reference interpreter.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "RandomModel.h"
#include "CompiledText.h"

#include <gtest/gtest.h>

namespace {

class RandomModels : public testing::TestWithParam<int> {};

/// For two of three processors, in turn.
void compareWithReference(const RandomModel &model, int seed) {
  sinter::CompilationOptions options;
  options.batch = model.batch;
  options.keepGradients = true;
  std::vector<std::string> processors = {"x86-64-v2", "x86-64-v3", "x86-64-v4"};
  processors.erase(processors.begin() + seed % 3);
  EXPECT_EQ(compareCompiled(model.text, options, processors), "") << "batch " << model.batch << "\n" << model.text;
}

TEST_P(RandomModels, ComputeWhatTheReferenceDoes) {
  compareWithReference(randomModel(GetParam()), GetParam());
}

INSTANTIATE_TEST_SUITE_P(Seeds, RandomModels, testing::Range(0, 26));

class RandomSequences : public testing::TestWithParam<int> {};

TEST_P(RandomSequences, ComputeWhatTheReferenceDoes) {
  compareWithReference(randomSequence(GetParam()), GetParam());
}

INSTANTIATE_TEST_SUITE_P(Seeds, RandomSequences, testing::Range(0, 26));

} // namespace
