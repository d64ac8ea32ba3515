// Is a kernel of ours as fast as a library's? The same operation on the same operands, ours and each rival's; and of
// products the multiply-adds alone.
//
//   rival-benchmark --benchmark_filter=product/NT/64x500x1000/ --benchmark_repetitions=9
//       --benchmark_enable_random_interleaving=true
//   rival-benchmark --product=TN/123x456x789 --rows=softmax/300x5000 --benchmark_filter='123x|300x5000'
//
// Each `--product=LAYOUT/MxNxK` (with `/static` behind it where no extent is the batch, and `bf16/` in front where
// operands are rounded to that) and `--rows=KERNEL/ROWSxCOLUMNS` is one more case.
//
// Cases are named KERNEL/WHOSE/threads:N, where WHOSE is `sinter`, a rival that was found when this was configured
// (Rivals.h), or, of f32 products, `panels` (PackedPanels.h). A rival's case first computes, once, what the others
// compute: a rival whose result is another fails. So does one whose number of threads is not what it was told. Then the
// case rests, as a library's threads still spin behind its last call, warms up, and is timed.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "CompiledModel.h"
#include "KernelModels.h"
#include "PackedPanels.h"
#include "Rivals.h"

#include <chrono>
#include <cmath>
#include <cstring>
#include <map>
#include <set>
#include <thread>

using namespace sinter;
using namespace sinter::benchmarks;
using std::chrono::milliseconds;

namespace {

struct Comparison {
  KernelCase kernel;
  Operation operation; ///< without its operands
};

using Floats = std::unique_ptr<float, decltype(&std::free)>;

//===-- Measuring ------------------------------------------------------------------------------------------------===//

/// Compiled once, however often a case is run.
llvm::Expected<CompiledLibrary &> compiledModel(const KernelCase &kernel) {
  static std::map<std::string, std::unique_ptr<CompiledLibrary>> models;
  std::unique_ptr<CompiledLibrary> &model = models[kernel.name];
  if (!model) {
    TemporaryFile file("sinter-kernel", "mlir", kernel.text);
    if (llvm::Error error = compileModel(file.path(), kernel.rows).moveInto(model))
      return std::move(error);
  }
  return *model;
}

void restAndWarmUp(llvm::function_ref<void()> call) {
  std::this_thread::sleep_for(milliseconds(60)); // OpenBLAS spins for 2^26 cycles before its threads sleep
  const auto start = std::chrono::steady_clock::now();
  do
    call();
  while (std::chrono::steady_clock::now() - start < milliseconds(30));
}

void timeOurs(benchmark::State &state, const Comparison &comparison) {
  llvm::Expected<CompiledLibrary &> compiled = compiledModel(comparison.kernel);
  if (!compiled)
    return fail(state, compiled.takeError());
  const sinter_artifact &artifact = compiled->artifact();
  llvm::Expected<RunningModel &> running =
      runningModel(comparison.kernel.name, artifact, static_cast<int>(state.range(0)));
  if (!running)
    return fail(state, running.takeError());
  const bool trains = llvm::StringRef(comparison.kernel.step) == "train_step";
  bool works = true;
  auto call = [&] { works &= trains ? running->trainStep() : running->predict(); };
  restAndWarmUp(call);
  for (auto _ : state)
    call();
  if (!works)
    return fail(state, llvm::createStringError(sinter_last_error()));
  countWork(state, workOf(artifact, comparison.kernel.step));
}

/// The operation on the operands of `running`, with results of its own, and what has to come out.
struct Trial {
  Operation operation;
  std::vector<Floats> results;
  std::vector<const float *> expected;
  std::vector<uint64_t> elements;
};

Trial makeTrial(const Comparison &comparison, const sinter_artifact &artifact, const RunningModel &running) {
  Trial trial;
  trial.operation = comparison.operation;
  for (void *input : running.inputData())
    trial.operation.inputs.push_back(static_cast<float *>(input));
  for (uint32_t i = 0; i != artifact.output_count; ++i) {
    constexpr uint64_t alignment = 64; // as RunningModel's
    const uint64_t bytes = sinter_io_bytes(&artifact.outputs[i], artifact.batch);
    void *result = std::aligned_alloc(alignment, (bytes + alignment) / alignment * alignment);
    std::memset(result, 0xff, bytes); // NaN
    trial.results.emplace_back(static_cast<float *>(result), &std::free);
    trial.operation.outputs.push_back(trial.results.back().get());
    trial.expected.push_back(static_cast<const float *>(running.outputData()[i]));
    trial.elements.push_back(bytes / sizeof(float));
  }
  return trial;
}

/// Whether a result is another: by more than what the order of additions in f32 explains.
llvm::Error compareResults(const Trial &trial) {
  for (size_t i = 0; i != trial.expected.size(); ++i) {
    const float *expected = trial.expected[i], *found = trial.operation.outputs[i];
    float largest = 0;
    for (uint64_t j = 0; j != trial.elements[i]; ++j)
      largest = std::max(largest, std::abs(expected[j]));
    for (uint64_t j = 0; j != trial.elements[i]; ++j)
      if (!(std::abs(expected[j] - found[j]) <= 1e-4f * largest))
        return llvm::createStringError("result %zu differs at element %llu: %g, and %g by this library", i,
                                       static_cast<unsigned long long>(j), expected[j], found[j]);
  }
  return llvm::Error::success();
}

/// Whether the library uses as many threads as it is told, tried once on a product that is large enough to be shared.
llvm::Error checkThreads(const Rival &rival, int threads) {
  static std::set<std::pair<std::string, int>> checked;
  if (static_cast<unsigned>(threads) > std::thread::hardware_concurrency() ||
      !checked.insert({rival.name, threads}).second)
    return llvm::Error::success();
  constexpr int64_t size = 512;
  std::vector<float> a(size * size, 1.0f), b(size * size, 1.0f), c(size * size);
  Operation large;
  large.kind = Operation::Product;
  large.m = large.n = large.k = size;
  large.inputs = {a.data(), b.data()};
  large.outputs = {c.data()};
  Prepared prepared = rival.prepare(large);
  if (!prepared.call)
    return llvm::createStringError(prepared.error);
  int found = 0;
  for (int attempt = 0; attempt != 5; ++attempt) { // on a busy machine a thread may not get its turn
    std::this_thread::sleep_for(milliseconds(60));
    if ((found = threadsOf(prepared.call)) == threads)
      return llvm::Error::success();
  }
  return llvm::createStringError("%s was told to use %d threads and uses %d", rival.name.c_str(), threads, found);
}

void timeRival(benchmark::State &state, const Comparison &comparison, const Rival &rival) {
  llvm::Expected<CompiledLibrary &> compiled = compiledModel(comparison.kernel);
  if (!compiled)
    return fail(state, compiled.takeError());
  const sinter_artifact &artifact = compiled->artifact();
  llvm::Expected<RunningModel &> running = runningModel(comparison.kernel.name, artifact, /*threads=*/1);
  if (!running)
    return fail(state, running.takeError());
  if (!running->predict())
    return fail(state, llvm::createStringError(sinter_last_error()));

  const int threads = static_cast<int>(state.range(0));
  Trial trial = makeTrial(comparison, artifact, *running);
  rival.setThreads(threads);
  if (llvm::Error error = checkThreads(rival, threads))
    return fail(state, std::move(error));
  Prepared prepared = rival.prepare(trial.operation);
  if (!prepared.call || !prepared.error.empty())
    return fail(state, llvm::createStringError(prepared.error));
  prepared.call();
  if (llvm::Error error = compareResults(trial))
    return fail(state, std::move(error));
  restAndWarmUp(prepared.call);
  for (auto _ : state)
    prepared.call();
  countWork(state, workOf(artifact, comparison.kernel.step)); // by our count, whatever the library does
}

/// The threads of `panels`, made once.
llvm::Expected<sinter_pool *> poolOf(int threads) {
  static std::map<int, sinter_pool *> pools;
  sinter_pool *&pool = pools[threads];
  if (!pool && sinter_pool_create(threads, &pool) != SINTER_OK)
    return llvm::createStringError(sinter_last_error());
  return pool;
}

void timePanels(benchmark::State &state, const Operation &product) {
  llvm::Expected<sinter_pool *> pool = poolOf(static_cast<int>(state.range(0)));
  if (!pool)
    return fail(state, pool.takeError());
  const PanelProduct panels = panelProduct(product.m, product.n, product.k, *pool);
  restAndWarmUp(panels.call);
  for (auto _ : state)
    panels.call();
  countWork(state, {panels.flops});
}

//===-- Cases ----------------------------------------------------------------------------------------------------===//

Comparison compareProduct(const Product &product) {
  Operation operation;
  operation.kind = Operation::Product;
  operation.m = product.m;
  operation.n = product.n;
  operation.k = product.k;
  operation.leftTransposed = leftTransposed(product.layout);
  operation.rightTransposed = rightTransposed(product.layout);
  operation.roundsToBF16 = product.element == Element::BF16;
  return {sinter::benchmarks::product(product), operation};
}

Comparison compareRows(Operation::Kind kind, KernelCase kernel, int64_t rows = 0, int64_t columns = 0) {
  Operation operation;
  operation.kind = kind;
  operation.m = rows;
  operation.n = columns;
  return {std::move(kernel), operation};
}

/// Kernels of rows that are compared, by name.
constexpr struct {
  llvm::StringLiteral name;
  Operation::Kind kind;
  KernelCase (*make)(int64_t rows, int64_t columns);
} kRowKernels[] = {{"softmax", Operation::Softmax, softmax},
                   {"layer_norm", Operation::LayerNorm, layerNorm},
                   {"layer_norm_backward", Operation::LayerNormBackward, layerNormBackward},
                   {"bias_gelu", Operation::BiasGelu, biasGelu},
                   {"cross_entropy", Operation::Other, crossEntropy}};

/// A layer's product, its input gradient and its weight gradient.
void addLayer(std::vector<Comparison> &cases, int64_t rows, int64_t out, int64_t in, Element element = Element::F32) {
  cases.push_back(compareProduct({Layout::NT, rows, out, in, /*batched=*/true, element}));
  cases.push_back(compareProduct({Layout::NN, rows, in, out, /*batched=*/true, element}));
  cases.push_back(compareProduct({Layout::TN, out, in, rows, /*batched=*/true, element}));
}

std::vector<Comparison> allComparisons() {
  std::vector<Comparison> cases;
  for (int64_t size : {64, 128, 256, 512, 1024, 2048})
    for (Layout layout : {Layout::NN, Layout::NT, Layout::TN, Layout::TT})
      cases.push_back(compareProduct({layout, size, size, size, /*batched=*/false}));
  // The first layer of the perceptron 1000-500-100-10, and three of a transformer of width 384.
  for (int64_t rows : {16, 64, 256, 1024})
    addLayer(cases, rows, 500, 1000);
  addLayer(cases, 512, 1152, 384);
  addLayer(cases, 512, 1536, 384);
  addLayer(cases, 512, 384, 1536);
  for (int64_t size : {64, 256, 512, 1024, 2048})
    for (Layout layout : {Layout::NN, Layout::NT, Layout::TN})
      cases.push_back(compareProduct({layout, size, size, size, /*batched=*/false, Element::BF16}));
  for (int64_t rows : {16, 64, 256, 1024})
    addLayer(cases, rows, 500, 1000, Element::BF16);

  for (auto [m, n] : {std::pair<int64_t, int64_t>(1024, 768), {4096, 1024}, {512, 4096}})
    for (const auto &rows : kRowKernels)
      cases.push_back(compareRows(rows.kind, rows.make(m, n), m, n));
  cases.push_back(compareRows(Operation::Other, adam(1 << 20)));
  cases.push_back(compareRows(Operation::Other, adam(25'000'000)));
  return cases;
}

/// Takes further cases from the command line.
llvm::Expected<std::vector<Comparison>> takeComparisons(int &argc, char **argv) {
  std::vector<Comparison> cases;
  llvm::Expected<std::vector<Product>> products = takeProducts(argc, argv);
  if (!products)
    return products.takeError();
  for (const Product &product : *products)
    cases.push_back(compareProduct(product));
  llvm::SmallVector<llvm::StringRef> names;
  for (const auto &rows : kRowKernels)
    names.push_back(rows.name);
  llvm::Expected<std::vector<RowKernel>> rowKernels = takeRowKernels(argc, argv, names);
  if (!rowKernels)
    return rowKernels.takeError();
  for (const RowKernel &wanted : *rowKernels)
    for (const auto &rows : kRowKernels)
      if (rows.name == wanted.name)
        cases.push_back(compareRows(rows.kind, rows.make(wanted.rows, wanted.columns), wanted.rows, wanted.columns));
  return cases;
}

void addCase(const std::string &name, const std::function<void(benchmark::State &)> &run) {
  benchmark::RegisterBenchmark(name.c_str(), run)
      ->ArgsProduct({threadCounts()})
      ->ArgName("threads")
      ->MeasureProcessCPUTime()
      ->UseRealTime()
      ->Unit(benchmark::kMicrosecond);
}

} // namespace

int main(int argc, char **argv) {
  prepareProcess(argv);
  llvm::Expected<std::vector<Comparison>> further = takeComparisons(argc, argv);
  if (!further) {
    llvm::errs() << "rival-benchmark: " << toString(further.takeError()) << '\n';
    return 2;
  }
  std::vector<Comparison> comparisons = allComparisons();
  comparisons.insert(comparisons.end(), further->begin(), further->end());
  const std::vector<Rival> rivals = allRivals();
  for (const Rival &rival : rivals)
    benchmark::AddCustomContext(rival.name, rival.version);
  for (const Comparison &comparison : comparisons) {
    addCase(comparison.kernel.name + "/sinter", [=](benchmark::State &state) { timeOurs(state, comparison); });
    if (comparison.operation.kind == Operation::Product && !comparison.operation.roundsToBF16)
      addCase(comparison.kernel.name + "/panels",
              [=](benchmark::State &state) { timePanels(state, comparison.operation); });
    for (const Rival &rival : rivals)
      if (rival.supports(comparison.operation))
        addCase(comparison.kernel.name + "/" + rival.name,
                [=](benchmark::State &state) { timeRival(state, comparison, rival); });
  }
  return runBenchmarks(argc, argv);
}
