// Compiling, linking and opening a model, and a batch of random numbers for it.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "CompiledModel.h"

#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/MLIRContext.h"
#include "sinter/Pipelines/Pipelines.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/SourceMgr.h"
#include "llvm/Support/raw_ostream.h"

#include <algorithm>
#include <map>
#include <thread>

namespace sinter::benchmarks {

static bool anyFailed = false;

std::string exampleModel(llvm::StringRef name) {
  return (SINTER_EXAMPLE_MODELS "/" + name + ".mlir").str();
}

std::string runtimeFolder() {
  return SINTER_RUNTIME_FOLDER;
}

TemporaryFile::TemporaryFile(llvm::StringRef stem, llvm::StringRef suffix, llvm::StringRef text) {
  int descriptor;
  llvm::SmallString<256> path;
  if (std::error_code code = llvm::sys::fs::createTemporaryFile(stem, suffix, descriptor, path))
    llvm::report_fatal_error(llvm::Twine("cannot make a temporary file: ") + code.message());
  llvm::raw_fd_ostream(descriptor, /*shouldClose=*/true) << text;
  name = path.str().str();
}

TemporaryFile::~TemporaryFile() {
  llvm::sys::fs::remove(name);
}

//===-- Compiling ------------------------------------------------------------------------------------------------===//

std::vector<Variant> takeVariants(int &argc, char **argv) {
  std::vector<Variant> variants = {Variant()};
  auto take = [&](llvm::StringRef argument) {
    Variant variant;
    if (argument.consume_front("--schedules=")) {
      variant.schedules = argument.str();
      variant.suffix = "/schedules:" + llvm::sys::path::stem(argument).str();
    } else if (argument.consume_front("--no-fuse=")) {
      llvm::SmallVector<llvm::StringRef> kinds;
      argument.split(kinds, ',');
      variant.unfused.assign(kinds.begin(), kinds.end());
      variant.suffix = "/no-fuse:" + argument.str();
    } else {
      return false;
    }
    variants.push_back(variant);
    return true;
  };
  argc = static_cast<int>(std::remove_if(argv + 1, argv + argc, take) - argv);
  return variants;
}

std::vector<int64_t> threadCounts() {
  std::vector<int64_t> counts = {1, 2};
  while (2 * counts.back() <= static_cast<int64_t>(std::thread::hardware_concurrency()))
    counts.push_back(2 * counts.back());
  return counts;
}

llvm::Expected<std::unique_ptr<CompiledLibrary>> compileModel(const std::string &path, std::optional<int64_t> batch,
                                                              const Variant &variant) {
  mlir::DialectRegistry registry;
  registerPhaseDialects(registry);
  mlir::MLIRContext context(registry);
  llvm::SourceMgr sources;
  mlir::SourceMgrDiagnosticHandler diagnostics(sources, &context);
  mlir::TimingScope timing;
  CompilationOptions options;
  options.batch = batch;
  options.schedules = variant.schedules;
  options.unfused = variant.unfused;
  Compilation compilation(context, options, timing);
  if (llvm::Error error = compilation.selectTarget())
    return std::move(error);
  if (failed(compilation.load(path)) || failed(compilation.advanceTo(Phase::LLVM)))
    return llvm::createStringError("the model cannot be compiled");
  return CompiledLibrary::make(compilation, runtimeFolder());
}

//===-- Running --------------------------------------------------------------------------------------------------===//

/// The last extent of the first output: the number of classes where targets are classes.
static int64_t classCount(const sinter_artifact &artifact) {
  if (artifact.output_count == 0 || artifact.outputs[0].rank == 0)
    return 2;
  return std::max<int64_t>(2, artifact.outputs[0].shape[artifact.outputs[0].rank - 1]);
}

llvm::Expected<std::unique_ptr<RunningModel>> RunningModel::create(const sinter_artifact &artifact, int threads) {
  std::unique_ptr<RunningModel> running(new RunningModel());
  running->artifact = &artifact;
  running->classes = classCount(artifact);
  if (sinter_model_create(&artifact, threads, &running->model) != SINTER_OK ||
      sinter_model_init(running->model, /*seed=*/1) != SINTER_OK)
    return llvm::createStringError(sinter_last_error());
  running->makeBuffers(artifact.inputs, artifact.input_count, running->inputs);
  running->makeBuffers(artifact.targets, artifact.target_count, running->targets);
  running->makeBuffers(artifact.outputs, artifact.output_count, running->outputs);
  return running;
}

void RunningModel::makeBuffers(const sinter_io_info *table, uint32_t count, std::vector<void *> &pointers) {
  constexpr uint64_t alignment = 64; // a cache line, as PyTorch aligns its tensors
  for (uint32_t i = 0; i < count; ++i) {
    const uint64_t bytes = sinter_io_bytes(&table[i], artifact->batch);
    storage.emplace_back(std::aligned_alloc(alignment, (bytes + alignment) / alignment * alignment));
    pointers.push_back(storage.back().get());
    fill(table[i], pointers.back());
  }
}

template <typename T>
static void fillWith(void *data, uint64_t bytes, llvm::function_ref<double()> next) {
  std::generate_n(static_cast<T *>(data), bytes / sizeof(T), [&] { return static_cast<T>(next()); });
}

void RunningModel::fill(const sinter_io_info &io, void *data) {
  const uint64_t bytes = sinter_io_bytes(&io, artifact->batch);
  auto real = [&] { return 2 * sinter_random_unit(&random) - 1; };
  auto label = [&] { return sinter_random_unit(&random) * static_cast<double>(classes); };
  switch (io.dtype) {
  case SINTER_F32:
    return fillWith<float>(data, bytes, real);
  case SINTER_F64:
    return fillWith<double>(data, bytes, real);
  case SINTER_I32:
    return fillWith<int32_t>(data, bytes, label);
  case SINTER_I64:
    return fillWith<int64_t>(data, bytes, label);
  default:
    std::fill_n(static_cast<char *>(data), bytes, 0);
  }
}

bool RunningModel::trainStep() {
  constexpr double learningRate = 1e-6;
  return sinter_model_train_step(model, inputs.data(), targets.data(), artifact->batch, learningRate, nullptr) ==
         SINTER_OK;
}

bool RunningModel::predict() {
  return sinter_model_predict(model, inputs.data(), outputs.data(), artifact->batch) == SINTER_OK;
}

llvm::Expected<RunningModel &> runningModel(const std::string &name, const sinter_artifact &artifact, int threads) {
  static std::map<std::pair<std::string, int>, std::unique_ptr<RunningModel>> models;
  std::unique_ptr<RunningModel> &model = models[{name, threads}];
  if (!model)
    if (llvm::Error error = RunningModel::create(artifact, threads).moveInto(model))
      return std::move(error);
  return *model;
}

//===-- Reporting ------------------------------------------------------------------------------------------------===//

Work workOf(const sinter_artifact &artifact, llvm::StringRef step) {
  Work work;
  for (uint32_t i = 0; i < artifact.kernel_count; ++i) {
    const sinter_kernel_info &kernel = artifact.kernels[i];
    if (kernel.step != step)
      continue;
    work.flops += kernel.flops;
    work.bytes += kernel.bytes;
    ++work.launches;
  }
  return work;
}

void countWork(benchmark::State &state, const Work &work) {
  using benchmark::Counter;
  state.counters["FLOP"] = Counter(static_cast<double>(work.flops), Counter::kIsIterationInvariantRate);
  state.counters["Bytes"] = Counter(static_cast<double>(work.bytes), Counter::kIsIterationInvariantRate);
}

void fail(benchmark::State &state, llvm::Error error) {
  anyFailed = true;
  state.SkipWithError(llvm::toString(std::move(error)).c_str());
}

int runBenchmarks(int argc, char **argv) {
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv))
    return 1;
  benchmark::AddCustomContext("compiler", compilerVersion());
  const size_t count = benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
  return count == 0 || anyFailed;
}

} // namespace sinter::benchmarks
