// Do correct kernels run under every order of events?
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Kernels.h"

#include <gtest/gtest.h>

using namespace sinter::emulator;
using namespace sinter::emulator::test;

namespace {

struct NamedKernel {
  const char *name;
  Kernel (*make)();
};

void PrintTo(const NamedKernel &kernel, std::ostream *out) {
  *out << kernel.name;
}

class CorrectKernel : public ::testing::TestWithParam<NamedKernel> {};

} // namespace

TEST_P(CorrectKernel, RunsUnderEveryScheduleOfTwentySeeds) {
  Kernel kernel = GetParam().make();
  std::string text = readInput(kernel.input);
  for (const Options &options : schedules(20))
    ASSERT_LT(kernel.run(text, options), kKernelTolerance)
        << kernel.input << " mode " << static_cast<int>(options.async) << " seed " << options.seed;
}

INSTANTIATE_TEST_SUITE_P(Kernels, CorrectKernel,
                         ::testing::Values(NamedKernel{"softmax", softmaxRows}, NamedKernel{"mma", productMma},
                                           NamedKernel{"wgmma", productWgmma}, NamedKernel{"cluster", productCluster}));
