// How fast is one kernel? Products in the layouts of training, row kernels, the optimizer; and what the core could do.
//
//   kernel-benchmark
//   kernel-benchmark --benchmark_filter='peak|product/NT' --benchmark_repetitions=9 --benchmark_report_aggregates_only
//
//   kernel-benchmark --benchmark_filter=softmax/1024 --no-fuse=rows --no-fuse=rows,maps
//   kernel-benchmark --benchmark_filter=product/NT/64x --schedules=mine.txt
//   kernel-benchmark --product=NN/16x1000x500 --benchmark_filter=16x1000x500
//
//   kernel-benchmark --print-model=softmax/1024x1024 | sinterc - --batch=1024 --compile-to=kernels
//
// Each line's label is the schedule of the kernel that moves most bytes; the last command shows everything.
// Each `--no-fuse` and `--schedules` is one more variant of every case, measured beside what the compiler chooses. Each
// `--product=LAYOUT/MxNxK`, with `/static` behind it where no extent is the batch, and with `bf16/` in front where
// operands are rounded to that, is one more case.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "CompiledModel.h"
#include "KernelModels.h"
#include "peak_flops.h"

#include "llvm/Support/raw_ostream.h"

#include <map>

using namespace sinter;
using namespace sinter::benchmarks;

/// Compiled once, however often a case is run.
static llvm::Expected<CompiledLibrary &> compiledModel(const KernelCase &kernel, const Variant &variant) {
  static std::map<std::string, std::unique_ptr<CompiledLibrary>> models;
  std::unique_ptr<CompiledLibrary> &model = models[kernel.name + variant.suffix];
  if (!model) {
    TemporaryFile file("sinter-kernel", "mlir", kernel.text);
    if (llvm::Error error = compileModel(file.path(), kernel.rows, variant).moveInto(model))
      return std::move(error);
  }
  return *model;
}

static std::string scheduleOfLargest(const sinter_artifact &artifact, llvm::StringRef step) {
  const sinter_kernel_info *largest = nullptr;
  for (uint32_t i = 0; i < artifact.kernel_count; ++i)
    if (artifact.kernels[i].step == step && (!largest || artifact.kernels[i].bytes > largest->bytes))
      largest = &artifact.kernels[i];
  return largest ? largest->schedule : "";
}

static void runKernel(benchmark::State &state, const KernelCase &kernel, const Variant &variant) {
  llvm::Expected<CompiledLibrary &> compiled = compiledModel(kernel, variant);
  if (!compiled)
    return fail(state, compiled.takeError());
  const sinter_artifact &artifact = compiled->artifact();
  llvm::Expected<RunningModel &> running =
      runningModel(kernel.name + variant.suffix, artifact, static_cast<int>(state.range(0)));
  if (!running)
    return fail(state, running.takeError());
  const bool trains = llvm::StringRef(kernel.step) == "train_step";
  for (auto _ : state)
    if (!(trains ? running->trainStep() : running->predict()))
      return fail(state, llvm::createStringError(sinter_last_error()));

  const Work work = workOf(artifact, kernel.step);
  countWork(state, work);
  state.counters["launches"] = static_cast<double>(work.launches);
  state.SetLabel(scheduleOfLargest(artifact, kernel.step));
}

static void runPeak(benchmark::State &state) {
  constexpr int64_t rounds = 100000;
  const PeakLoop loop = sinter_peak_loop(SINTER_F32);
  for (auto _ : state)
    benchmark::DoNotOptimize(loop.run(rounds));
  state.counters["FLOP"] = benchmark::Counter(static_cast<double>(rounds * loop.flopsPerRound),
                                              benchmark::Counter::kIsIterationInvariantRate);
  state.SetLabel(loop.instructions);
}

static std::vector<KernelCase> allKernels() {
  std::vector<KernelCase> kernels = {
      // The first layer of the perceptron 1000-500-100-10, and its second one's gradients.
      product({Layout::NT, 16, 500, 1000, true}),
      product({Layout::NT, 64, 500, 1000, true}),
      product({Layout::NT, 1024, 500, 1000, true}),
      product({Layout::TN, 500, 1000, 64, true}),
      product({Layout::TN, 500, 1000, 1024, true}),
      product({Layout::NN, 64, 500, 100, true}),
      product({Layout::NN, 1024, 500, 100, true}),
      // Layers of a transformer of width 768.
      product({Layout::NT, 1024, 768, 768, true}),
      product({Layout::TN, 768, 768, 1024, true}),
      // The first layer again, of operands that are rounded to bf16.
      product({Layout::NT, 64, 500, 1000, true, Element::BF16}),
      product({Layout::NT, 1024, 500, 1000, true, Element::BF16}),
      product({Layout::TN, 500, 1000, 64, true, Element::BF16}),
      product({Layout::TN, 500, 1000, 1024, true, Element::BF16}),
  };
  for (int64_t size : {128, 256, 512, 1024})
    for (Layout layout : {Layout::NN, Layout::NT, Layout::TN, Layout::TT})
      for (Element element : {Element::F32, Element::BF16})
        kernels.push_back(product({layout, size, size, size, false, element}));
  for (const KernelCase &kernel :
       {transpose(1024, 1024), transpose(1024, 500), softmax(4096, 64), softmax(1024, 1024), softmaxUnshifted(4096, 64),
        softmaxUnshifted(1024, 1024), layerNorm(1024, 768), layerNormBackward(1024, 768), biasGelu(1024, 3072),
        columnSum(1024, 512), crossEntropy(64, 10), crossEntropy(1024, 1000), adam(1 << 20)})
    kernels.push_back(kernel);
  // Operands that leave the caches.
  for (auto [rows, columns] : {std::pair(4096, 1024), std::pair(512, 4096)})
    for (const KernelCase &kernel :
         {softmax(rows, columns), softmaxUnshifted(rows, columns), layerNorm(rows, columns),
          layerNormBackward(rows, columns), biasGelu(rows, columns), crossEntropy(rows, columns)})
      kernels.push_back(kernel);
  kernels.push_back(adam(25'000'000));
  kernels.push_back(linearGelu(512, 1536, 384));
  kernels.push_back(linearReluBackward(64, 500, 1000));
  return kernels;
}

/// `--print-model=NAME` alone: the text of that case.
static int printModel(const std::string &name, llvm::ArrayRef<KernelCase> kernels) {
  for (const KernelCase &kernel : kernels) {
    if (kernel.name != name)
      continue;
    llvm::outs() << kernel.text;
    return 0;
  }
  llvm::errs() << "no case '" << name << "'; --benchmark_list_tests shows them, with their number of threads\n";
  return 1;
}

int main(int argc, char **argv) {
  llvm::Expected<std::vector<Product>> products = takeProducts(argc, argv);
  if (!products) {
    llvm::errs() << "kernel-benchmark: " << toString(products.takeError()) << '\n';
    return 2;
  }
  std::vector<KernelCase> kernels = allKernels();
  for (const Product &one : *products)
    kernels.push_back(product(one));
  if (llvm::StringRef option(argc == 2 ? argv[1] : ""); option.consume_front("--print-model="))
    return printModel(option.str(), kernels);
  const std::vector<Variant> variants = takeVariants(argc, argv);
  benchmark::RegisterBenchmark("peak", runPeak)->UseRealTime()->Unit(benchmark::kMicrosecond);
  for (const KernelCase &kernel : kernels)
    for (const Variant &variant : variants)
      benchmark::RegisterBenchmark((kernel.name + variant.suffix).c_str(),
                                   [=](benchmark::State &state) { runKernel(state, kernel, variant); })
          ->ArgsProduct({threadCounts()})
          ->ArgName("threads")
          ->UseRealTime()
          ->Unit(benchmark::kMicrosecond);
  return runBenchmarks(argc, argv);
}
