// How long does compiling take, and which phase takes it? From text to an object file, and to a linked program.
//
//   compile-benchmark
//   compile-benchmark --benchmark_filter=digits --benchmark_repetitions=9 --benchmark_report_aggregates_only
//
// Every iteration compiles anew, with an MLIR context of its own, as sinterc does. The cases of one phase leave out
// what comes before it. `object` alone is LLVM: translation, optimization, machine code.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "CompiledModel.h"

#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/MLIRContext.h"
#include "sinter/Pipelines/Compilation.h"
#include "sinter/Pipelines/Pipelines.h"
#include "sinter/Target/Link.h"
#include "llvm/Support/SourceMgr.h"

#include <chrono>

using namespace sinter;
using namespace sinter::benchmarks;

namespace {

/// A model's file on its way, with all that a compilation needs.
class Job {
public:
  Job(const std::string &path, bool program)
      : path(path), context(registryOfPhases()), diagnostics(sources, &context),
        compilation(context, optionsFor(program), timing) {}

  /// To the end of `phase`. In the first call it starts with the file.
  llvm::Error advanceTo(Phase phase) {
    if (!loaded) {
      if (llvm::Error error = compilation.selectTarget())
        return error;
      if (failed(compilation.load(path)))
        return llvm::createStringError("the model cannot be read");
      loaded = true;
    }
    if (failed(compilation.advanceTo(std::min(phase, Phase::LLVM))))
      return llvm::createStringError("the model cannot be compiled");
    return phase == Phase::Object ? generate() : llvm::Error::success();
  }

  llvm::Error linkProgram() {
    TemporaryFile file("sinter-benchmark", "out");
    return link({LinkKind::Program, objects, file.path(), runtimeFolder(), compilation.summary()->name});
  }

private:
  static mlir::DialectRegistry registryOfPhases() {
    mlir::DialectRegistry registry;
    registerPhaseDialects(registry);
    return registry;
  }

  static CompilationOptions optionsFor(bool program) {
    CompilationOptions options;
    options.program = program;
    return options;
  }

  llvm::Error generate() {
    mlir::FailureOr<std::vector<llvm::SmallVector<char, 0>>> parts = compilation.generateParts();
    if (failed(parts))
      return llvm::createStringError("no code could be generated");
    objects = std::move(*parts);
    return llvm::Error::success();
  }

  std::string path;
  mlir::MLIRContext context;
  llvm::SourceMgr sources;
  mlir::SourceMgrDiagnosticHandler diagnostics;
  mlir::TimingScope timing;
  Compilation compilation;
  std::vector<llvm::SmallVector<char, 0>> objects;
  bool loaded = false;
};

template <typename Work>
bool timed(benchmark::State &state, Work work) {
  auto start = std::chrono::steady_clock::now();
  llvm::Error error = work();
  state.SetIterationTime(std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
  if (!error)
    return true;
  fail(state, std::move(error));
  return false;
}

/// One phase; the first one includes reading and parsing the file.
void onePhase(benchmark::State &state, const std::string &path, Phase phase) {
  for (auto _ : state) {
    Job job(path, /*program=*/false);
    if (phase != Phase::Model)
      if (llvm::Error error = job.advanceTo(static_cast<Phase>(static_cast<int>(phase) - 1)))
        return fail(state, std::move(error));
    if (!timed(state, [&] { return job.advanceTo(phase); }))
      return;
  }
}

void wholeObject(benchmark::State &state, const std::string &path) {
  for (auto _ : state)
    if (!timed(state, [&] { return Job(path, /*program=*/false).advanceTo(Phase::Object); }))
      return;
}

void wholeProgram(benchmark::State &state, const std::string &path) {
  auto compileAndLink = [&]() -> llvm::Error {
    Job job(path, /*program=*/true);
    if (llvm::Error error = job.advanceTo(Phase::Object))
      return error;
    return job.linkProgram();
  };
  for (auto _ : state)
    if (!timed(state, compileAndLink))
      return;
}

template <typename Function>
void add(const std::string &name, Function function) {
  benchmark::RegisterBenchmark(name.c_str(), function)->UseManualTime()->Unit(benchmark::kMillisecond);
}

void addModel(const std::string &name) {
  const std::string path = exampleModel(name);
  for (Phase phase : kPhases)
    add("phase/" + name + "/" + phaseName(phase).str(),
        [path, phase](benchmark::State &state) { onePhase(state, path, phase); });
  add("compile/" + name + "/object", [path](benchmark::State &state) { wholeObject(state, path); });
  add("compile/" + name + "/program", [path](benchmark::State &state) { wholeProgram(state, path); });
}

} // namespace

int main(int argc, char **argv) {
  for (const char *name : {"digits", "big_model", "dropout_norm"})
    addModel(name);
  return runBenchmarks(argc, argv);
}
