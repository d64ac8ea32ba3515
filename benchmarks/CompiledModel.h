// How does a benchmark get at a compiled model? Compiled in this process for this machine's processor, linked to a
// shared library, opened, and run on random numbers. Also: what every benchmark program needs beside its cases.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef SINTER_BENCHMARKS_COMPILEDMODEL_H
#define SINTER_BENCHMARKS_COMPILEDMODEL_H

#include "sinter-rt/sinter.h"
#include "sinter/Pipelines/CompiledStep.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <benchmark/benchmark.h>

#include <cstdlib>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace sinter::benchmarks {

/// Path of an example model (`test/models`).
std::string exampleModel(llvm::StringRef name);

/// Folder of the objects that a model is linked with (sinter/Target/Link.h).
std::string runtimeFolder();

/// A file of this text and name in a folder of temporary files; removed with the object.
class TemporaryFile {
public:
  TemporaryFile(llvm::StringRef stem, llvm::StringRef suffix, llvm::StringRef text = "");
  ~TemporaryFile();
  TemporaryFile(const TemporaryFile &) = delete;
  const std::string &path() const { return name; }

private:
  std::string name;
};

/// What takes the place of the compiler's own choices when a model is compiled; nothing does unless it is asked for.
struct Variant {
  std::string suffix;               ///< of a case's name: "/no-fuse:rows", "/schedules:STEM"
  std::string schedules;            ///< a file of schedules; empty: none
  std::vector<std::string> unfused; ///< kinds of fusion to leave out
};

/// Takes `--schedules=FILE` and `--no-fuse=KIND,KIND` off a command line, each as often as it is there: every case is
/// to run in each of these variants, and first as the compiler would have it.
std::vector<Variant> takeVariants(int &argc, char **argv);

/// Compiles the model at `path`; `batch` rows at most, where the model leaves it open. Diagnostics go to standard
/// error.
llvm::Expected<std::unique_ptr<CompiledLibrary>> compileModel(const std::string &path, std::optional<int64_t> batch,
                                                              const Variant &variant = {});

/// Numbers of threads to run a case with: 1, 2, 4, ... up to the number of CPUs; 1 and 2 in any case.
std::vector<int64_t> threadCounts();

/// A model with its blocks, its threads, and one batch of random numbers: floats of [-1, 1); integers are classes of
/// the first output.
class RunningModel {
public:
  static llvm::Expected<std::unique_ptr<RunningModel>> create(const sinter_artifact &artifact, int threads);
  ~RunningModel() { sinter_model_destroy(model); }
  RunningModel(const RunningModel &) = delete;

  /// One call of a step function on a full batch; false when it fails. Training uses a learning rate so small that the
  /// numbers stay what they are, however often it is called.
  bool trainStep();
  bool predict();

  /// The batch, and what `predict` made of it.
  const std::vector<void *> &inputData() const { return inputs; }
  const std::vector<void *> &outputData() const { return outputs; }

private:
  struct Free {
    void operator()(void *data) const { std::free(data); }
  };

  RunningModel() = default;
  void makeBuffers(const sinter_io_info *table, uint32_t count, std::vector<void *> &pointers);
  void fill(const sinter_io_info &io, void *data);

  sinter_model *model = nullptr;
  const sinter_artifact *artifact = nullptr;
  std::vector<std::unique_ptr<void, Free>> storage;
  std::vector<void *> inputs, targets, outputs;
  int64_t classes = 0;
  sinter_random random = sinter_random_make(/*seed=*/1, /*stream=*/0);
};

/// The model of this name with so many threads, made once for all repetitions of a case: threads that were just started
/// often share a CPU for a while, and another library's threads are not started anew either.
llvm::Expected<RunningModel &> runningModel(const std::string &name, const sinter_artifact &artifact, int threads);

/// What one call of a step function does, by the artifact's kernel table.
struct Work {
  uint64_t flops = 0, bytes = 0;
  uint64_t launches = 0;
};
Work workOf(const sinter_artifact &artifact, llvm::StringRef step);

/// Counters `FLOP` and `Bytes`, both per second of wall time.
void countWork(benchmark::State &state, const Work &work);

/// Ends the case with the error's message, and the program with a failure.
void fail(benchmark::State &state, llvm::Error error);

/// Runs the registered benchmarks that the command line asks for. The exit status: 1 if one failed, or none was found.
int runBenchmarks(int argc, char **argv);

} // namespace sinter::benchmarks

#endif // SINTER_BENCHMARKS_COMPILEDMODEL_H
