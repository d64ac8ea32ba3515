// How fast is a whole training step? Forward, loss, backward and update on one full batch of random numbers.
//
//   step-benchmark
//   step-benchmark --benchmark_filter=big_model/batch:64 --benchmark_repetitions=9 --benchmark_report_aggregates_only
//   step-benchmark --benchmark_filter=digits --no-fuse=epilogues --schedules=mine.txt
//
// Each `--no-fuse` and `--schedules` is one more variant of every case, measured beside what the compiler chooses.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "CompiledModel.h"

#include <map>

using namespace sinter;
using namespace sinter::benchmarks;

/// Compiled once, however often a case is run.
static llvm::Expected<CompiledLibrary &> compiledModel(const std::string &name, int64_t batch, const Variant &variant) {
  static std::map<std::pair<std::string, int64_t>, std::unique_ptr<CompiledLibrary>> models;
  std::unique_ptr<CompiledLibrary> &model = models[{name + variant.suffix, batch}];
  if (!model)
    if (llvm::Error error = compileModel(exampleModel(name), batch, variant).moveInto(model))
      return std::move(error);
  return *model;
}

static void trainingStep(benchmark::State &state, const std::string &name, const Variant &variant) {
  llvm::Expected<CompiledLibrary &> compiled = compiledModel(name, state.range(0), variant);
  if (!compiled)
    return fail(state, compiled.takeError());
  const sinter_artifact &artifact = compiled->artifact();
  llvm::Expected<RunningModel &> running = runningModel(name + variant.suffix + "/" + std::to_string(state.range(0)),
                                                        artifact, static_cast<int>(state.range(1)));
  if (!running)
    return fail(state, running.takeError());
  for (auto _ : state)
    if (!running->trainStep())
      return fail(state, llvm::createStringError(sinter_last_error()));

  const Work work = workOf(artifact, "train_step");
  countWork(state, work);
  state.SetItemsProcessed(state.iterations() * artifact.batch);
  state.counters["launches"] = static_cast<double>(work.launches);
  using benchmark::Counter;
  state.counters["state"] = Counter(artifact.state_bytes, Counter::kDefaults, Counter::kIs1024);
  state.counters["scratch"] = Counter(artifact.scratch_bytes, Counter::kDefaults, Counter::kIs1024);
}

int main(int argc, char **argv) {
  const std::vector<Variant> variants = takeVariants(argc, argv);
  auto add = [&](const std::string &name, const std::vector<int64_t> &batches) {
    for (const Variant &variant : variants)
      benchmark::RegisterBenchmark(("step/" + name + variant.suffix).c_str(),
                                   [=](benchmark::State &state) { trainingStep(state, name, variant); })
          ->ArgsProduct({batches, threadCounts()})
          ->ArgNames({"batch", "threads"})
          ->UseRealTime()
          ->Unit(benchmark::kMicrosecond);
  };
  add("big_model", {16, 64, 256, 1024});
  add("big_model_bf16", {16, 64, 256, 1024});
  add("digits", {64});
  add("mnist", {64});
  add("dropout_norm", {64});
  return runBenchmarks(argc, argv);
}
