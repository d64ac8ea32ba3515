// Are candidates schedules that can be used, and does tuning find a better one where there is one?
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "CompiledText.h"

#include "sinter/Pipelines/Pipelines.h"
#include "sinter/Pipelines/Tuner.h"
#include "sinter/Transforms/Tiling/Candidates.h"
#include "sinter/Transforms/Tiling/ScheduleFile.h"
#include "llvm/ADT/DenseSet.h"
#include "llvm/Support/MemoryBuffer.h"

#include "gtest/gtest.h"

using namespace sinter;

namespace {

std::string modelText(const std::string &name) {
  auto file = llvm::MemoryBuffer::getFile(SINTER_MODELS_FOLDER "/" + name + ".mlir");
  EXPECT_TRUE(bool(file)) << name;
  return file ? (*file)->getBuffer().str() : "";
}

CompilationOptions forCpu(const std::string &cpu, int64_t batch) {
  CompilationOptions options;
  options.target.cpu = cpu;
  options.batch = batch;
  return options;
}

/// Candidates of every kernel of a module.
std::vector<llvm::SmallVector<ScheduleAttr>> candidatesOf(Compilation &compilation, int64_t batch) {
  std::vector<llvm::SmallVector<ScheduleAttr>> all;
  for (const NamedKernel &named : nameKernels(compilation.module())) {
    KernelOp kernel = named.kernel;
    all.push_back(
        neighbouringSchedules(kernel, *kernel.getSchedule(), batch, describeTarget(compilation.targetMachine())));
  }
  return all;
}

class Candidates : public testing::TestWithParam<std::tuple<const char *, const char *>> {};
INSTANTIATE_TEST_SUITE_P(Models, Candidates,
                         testing::Combine(testing::Values("big_model", "dropout_norm", "logistic", "custom_activation"),
                                          testing::Values("x86-64-v3", "x86-64-v4")));

TEST_P(Candidates, CanAllBeEmitted) {
  auto [model, cpu] = GetParam();
  CompiledText text(modelText(model), forCpu(cpu, 48));
  ASSERT_TRUE(text.advanceTo(Phase::Kernels)) << text.fault();
  auto candidates = candidatesOf(*text.operator->(), 48);
  EXPECT_EQ(candidates, candidatesOf(*text.operator->(), 48)); // the same again
  size_t most = 0;
  for (auto &ofKernel : candidates) {
    most = std::max(most, ofKernel.size());
    llvm::DenseSet<ScheduleAttr> distinct(ofKernel.begin(), ofKernel.end());
    EXPECT_EQ(distinct.size(), ofKernel.size());
  }
  EXPECT_GT(most, 10u);
  // One candidate of each kernel at a time, as the tuner does.
  for (size_t round = 0; round < most; ++round) {
    std::unique_ptr<Compilation> fork = text->fork();
    auto kernels = nameKernels(fork->module());
    for (auto [named, ofKernel] : llvm::zip_equal(kernels, candidates))
      if (round < ofKernel.size()) {
        EXPECT_NE(ofKernel[round], named.kernel.getScheduleAttr());
        named.kernel.setScheduleAttr(ofKernel[round]);
      }
    EXPECT_TRUE(succeeded(fork->advanceTo(Phase::Tiles))) << round << text.fault();
  }
}

/// Counts the rounds that it is told of.
struct Counting : TuneObserver {
  void progress(const TuneProgress &now) override { rounds = now.round; }
  int64_t rounds = 0;
};

TEST(Tuner, FindsABetterScheduleThanASlowOne) {
  CompiledText text(modelText("big_model"), forCpu("", 64));
  ASSERT_TRUE(text.advanceTo(Phase::Kernels)) << text.fault();
  ScheduleAttr slow;
  for (NamedKernel &named : nameKernels(text->module())) {
    if (llvm::StringRef(named.name).starts_with("train_step/linear_relu#0")) {
      ScheduleAttr planned = named.kernel.getScheduleAttr();
      llvm::SmallVector<int64_t> tile{1,    1, 0, 0, 0,
                                      1000, 1, 0, 0, 0}; // one accumulator: every FMA waits for the last one
      slow = ScheduleAttr::get(planned.getContext(), planned.getStrategy(), tile, planned.getVector(), false);
      named.kernel.setScheduleAttr(slow);
    }
  }
  ASSERT_TRUE(slow);
  TuneOptions options;
  options.runtimeFolder = SINTER_RUNTIME_FOLDER;
  options.threads = 1;
  options.seconds = 1e6; // rounds are counted: the test does not depend on how fast the machine is
  options.rounds = 3;
  options.kernels = "train_step/linear_relu#0";
  Counting observer;
  llvm::Expected<TuneResult> result = tune(*text.operator->(), options, observer);
  ASSERT_TRUE(bool(result)) << llvm::toString(result.takeError()) << text.fault();
  ASSERT_EQ(result->kernels.size(), 1u);
  const TunedKernel &kernel = result->kernels[0];
  EXPECT_EQ(kernel.names[0], "train_step/linear_relu#0");
  EXPECT_EQ(kernel.planned, slow);
  EXPECT_NE(kernel.found, slow);
  EXPECT_LT(kernel.foundSeconds, 0.97 * kernel.plannedSeconds);
  EXPECT_LT(result->foundStep, result->plannedStep);
  EXPECT_EQ(result->rounds, 3);
  EXPECT_EQ(observer.rounds, 3);
  EXPECT_EQ(result->measured, 3);
  EXPECT_EQ(result->rejected, 0);
  EXPECT_FALSE(result->complete);
  // The module of the caller is as it was.
  for (NamedKernel &named : nameKernels(text->module()))
    if (named.name == kernel.names[0])
      EXPECT_EQ(named.kernel.getScheduleAttr(), slow);
}

} // namespace
