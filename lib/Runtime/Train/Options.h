// What can be asked of a compiled program? One struct per subcommand; the defaults stand here and nowhere else. Values
// that a checkpoint may bring along are optional: a given one wins.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef SINTER_LIB_RUNTIME_TRAIN_OPTIONS_H
#define SINTER_LIB_RUNTIME_TRAIN_OPTIONS_H

#include "Dataset.h"

#include <optional>
#include <string>
#include <vector>

namespace sinter::train {

/// What runs the steps.
struct DeviceOptions {
  std::string device = "cpu"; // or "gpu", or "gpu:1" for the second one
  int threads = 0;            // of the CPU; 0: one each
};

/// What fixes a training run, beside its data. Recorded in checkpoints.
struct RunSettings {
  int64_t seed = 0;
  int64_t epochs = 10;
  double learningRate = 0; // the model's own by default
  std::string schedule = "constant";
  bool shuffle = true;
  bool normalize = false;
  double scale = 1;
  double validation = 0; // share of the rows
  double test = 0;       // share of the rows
  int64_t patience = 0;  // 0: no early stopping
};

/// A recording of what happens when (Trace.h).
struct ProfileOptions {
  std::string path; // empty: none
  int64_t steps = 100;

  bool wanted() const { return !path.empty(); }
};

/// Are data kept on the GPU, and batches gathered there?
enum class DataOnDevice { Auto, Always, Never };

struct TrainOptions {
  DataFiles data, validationData;
  std::optional<int64_t> seed, epochs, patience;
  std::optional<double> learningRate, scale, validation, test;
  std::optional<std::string> schedule;
  bool noShuffle = false, normalize = false;
  std::string initFrom, save, saveBest, resume, log;
  bool logSteps = false, quiet = false;
  int64_t steps = 0;     // stop after this many steps in all; 0: never
  int64_t stopAfter = 0; // stop after this epoch; 0: never
  DeviceOptions device;
  int64_t stepsPerLaunch = 0; // on a GPU; 0: automatic
  DataOnDevice dataOnDevice = DataOnDevice::Auto;
  ProfileOptions profile;
};

struct EvalOptions {
  DataFiles data;
  std::optional<double> scale;
  std::string weights;
  DeviceOptions device;
  bool json = false;
};

struct PredictOptions {
  DataFiles data;
  std::optional<double> scale;
  std::string weights;
  std::vector<std::string> outputs; // "-": print
  DeviceOptions device;
};

struct InfoOptions {
  bool json = false;
};

struct BenchOptions {
  int64_t steps = 100;
  int64_t seed = 0;
  DeviceOptions device;
  int64_t stepsPerLaunch = 0; // as of TrainOptions
  bool kernels = false, json = false;
  ProfileOptions profile;

  static constexpr int64_t mostKernelSteps = 1000; // a time for each kernel and step is kept
};

// Each returns the exit status, or throws an Error.
int runTrain(const sinter_artifact &artifact, const TrainOptions &options);
int runEval(const sinter_artifact &artifact, const EvalOptions &options);
int runPredict(const sinter_artifact &artifact, const PredictOptions &options);
int runInfo(const sinter_artifact &artifact, const InfoOptions &options);
int runBench(const sinter_artifact &artifact, const BenchOptions &options);

} // namespace sinter::train

#endif // SINTER_LIB_RUNTIME_TRAIN_OPTIONS_H
