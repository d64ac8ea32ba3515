// Are made-up perceptrons compiled right, for every kind of processor? Against the reference interpreter.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "RandomModel.h"
#include "CompiledText.h"

#include <gtest/gtest.h>

namespace {

class RandomModels : public testing::TestWithParam<int> {};

TEST_P(RandomModels, ComputeWhatTheReferenceDoes) {
  const RandomModel model = randomModel(GetParam());
  sinter::CompilationOptions options;
  options.batch = model.batch;
  options.keepGradients = true;
  // Two of three processors each, in turn.
  std::vector<std::string> processors = {"x86-64-v2", "x86-64-v3", "x86-64-v4"};
  processors.erase(processors.begin() + GetParam() % 3);
  EXPECT_EQ(compareCompiled(model.text, options, processors), "") << "batch " << model.batch << "\n" << model.text;
}

INSTANTIATE_TEST_SUITE_P(Seeds, RandomModels, testing::Range(0, 26));

} // namespace
