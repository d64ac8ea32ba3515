// Is every dropped wait, fence or barrier noticed?
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Kernels.h"

#include <gtest/gtest.h>
#include <regex>

using namespace sinter::emulator;
using namespace sinter::emulator::test;

namespace {

struct Mutation {
  const char *name;
  Kernel (*kernel)();
  const char *pattern, *replacement;
  bool everywhere;       ///< else only the first match
  const char *diagnosis; ///< part of the message; empty: a wrong result is enough
};

void PrintTo(const Mutation &mutation, std::ostream *out) {
  *out << mutation.name;
}

class MutatedKernel : public ::testing::TestWithParam<Mutation> {};

} // namespace

/// "" when the kernel runs and is right.
static std::string findingOf(const Kernel &kernel, const std::string &text, const Options &options) {
  try {
    double error = kernel.run(text, options);
    return error < kKernelTolerance ? "" : "wrong result";
  } catch (const Error &error) {
    return error.what();
  }
}

TEST_P(MutatedKernel, IsNoticed) {
  const Mutation &mutation = GetParam();
  Kernel kernel = mutation.kernel();
  std::string correct = readInput(kernel.input);
  auto flags = mutation.everywhere ? std::regex_constants::format_default : std::regex_constants::format_first_only;
  std::string text = std::regex_replace(correct, std::regex(mutation.pattern), mutation.replacement, flags);
  ASSERT_NE(text, correct) << "the mutation does not apply";
  std::string found;
  for (const Options &options : schedules(5)) {
    std::string finding = findingOf(kernel, text, options);
    if (!finding.empty() && finding.find(mutation.diagnosis) != std::string::npos)
      return;
    found = finding.empty() ? found : finding;
  }
  FAIL() << (found.empty() ? "nothing was noticed" : "noticed otherwise: " + found);
}

static const Mutation mutations[] = {
    {"softmax: a barrier is missing", softmaxRows, "bar\\.sync\\s+0;", "", false, "nothing has written"},
    {"softmax: all barriers are missing", softmaxRows, "bar\\.sync\\s+0;", "", true, ""},
    {"softmax: half of the lanes shuffle", softmaxRows, "shfl\\.sync\\.bfly\\.b32(\\s+)(%r\\d+), (%r\\d+), 1, 31, -1",
     "shfl.sync.bfly.b32 $2, $3, 1, 31, 65535", false, "mask of lanes"},
    {"mma: copies are not waited for", productMma, "cp\\.async\\.wait_group\\s+1;", "", true, "data race"},
    {"mma: one group too few is waited for", productMma, "cp\\.async\\.wait_group\\s+1;", "cp.async.wait_group 2;",
     true, ""},
    {"mma: a commit is missing", productMma, "cp\\.async\\.commit_group;", "", false, ""},
    {"mma: the barrier is missing", productMma, "bar\\.sync\\s+0;", "", true, "data race"},
    {"wgmma: no proxy fence before the store", productWgmma, "fence\\.proxy\\.async\\.shared::cta;", "", true,
     "fence.proxy.async"},
    {"wgmma: no mbarrier is waited for", productWgmma, "@P1 bra\\.uni DONE;", "bra.uni DONE;", true, ""},
    {"wgmma: a producer keeps too many registers", productWgmma, "setmaxnreg\\.dec\\.sync\\.aligned\\.u32\\s+24",
     "setmaxnreg.dec.sync.aligned.u32 40", true, "setmaxnreg"},
    {"wgmma: too few bytes are expected", productWgmma, "32768;", "32752;", true, ""},
    {"wgmma: too many bytes are expected", productWgmma, "32768;", "32784;", true, "deadlock"},
    {"wgmma: the product before the last is not waited for", productWgmma, "wgmma\\.wait_group\\.sync\\.aligned\\s+1;",
     "", true, ""},
    {"wgmma: sums are read in flight", productWgmma, "wgmma\\.wait_group\\.sync\\.aligned\\s+0;",
     "wgmma.wait_group.sync.aligned 1;", true, "in flight"},
    {"wgmma: no commit", productWgmma, "wgmma\\.commit_group\\.sync\\.aligned;", "", true, "data race"},
    {"wgmma: the last store is not waited for", productWgmma, "cp\\.async\\.bulk\\.wait_group\\s+0;", "", true, "bulk"},
    {"wgmma: tiles are overwritten that a store reads", productWgmma, "cp\\.async\\.bulk\\.wait_group\\.read\\s+0;", "",
     true, "data race"},
    {"wgmma: the barrier between writing and storing is missing", productWgmma, "bar\\.sync\\s+%r\\d+, 128;", "", true,
     ""},
    {"wgmma: the barrier has the wrong number of threads", productWgmma, "(bar\\.sync\\s+%r\\d+), 128;", "$1, 160;",
     true, "deadlock"},
    {"wgmma: tiles are given free too early", productWgmma,
     "mbarrier\\.init\\.shared\\.b64(\\s+\\[[^\\]]*\\]), (%r\\d+);", "mbarrier.init.shared.b64$1, 1;", true, ""},
    {"cluster: no mbarrier is waited for", productCluster, "@P1 bra\\.uni DONE;", "bra.uni DONE;", true, ""},
    {"cluster: the first barrier is missing", productCluster,
     "barrier\\.cluster\\.arrive\\.aligned;\\s*barrier\\.cluster\\.wait\\.aligned;", "", false, ""},
    {"cluster: a wait is missing", productCluster, "barrier\\.cluster\\.wait\\.aligned;", "", false, "arrive"},
};

INSTANTIATE_TEST_SUITE_P(Kernels, MutatedKernel, ::testing::ValuesIn(mutations));
