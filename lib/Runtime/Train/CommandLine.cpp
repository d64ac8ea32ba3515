// How is a command line understood? `sinter_program_main` builds the subcommands with CLI11, runs the one that is asked
// for, and is the only place that turns failures into messages and exit statuses.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Error.h"
#include "FileBytes.h"
#include "Options.h"

#include "sinter-rt/gpu.h"
#include "sinter-rt/model.h"
#include "sinter-rt/train.h"

#include <map>
#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>
#include <new>

namespace sinter::train {
namespace {

struct AllOptions {
  TrainOptions train;
  EvalOptions eval;
  PredictOptions predict;
  InfoOptions info;
  BenchOptions bench;
};

constexpr int failureStatus = 1, usageStatus = 2;

// Each option with the kind of its value, what it does, and its default; nothing else.
class HelpFormatter : public CLI::Formatter {
public:
  HelpFormatter() { column_width(textColumn); }

  std::string make_option_opts(const CLI::Option *option) const override {
    return option->get_items_expected_max() > 0 ? " " + option->get_type_name() : std::string();
  }

  std::string make_option_desc(const CLI::Option *option) const override {
    std::string text = option->get_description(), standard = option->get_default_str();
    if (option->get_items_expected_max() == 0)
      standard = option->check_lname("help") || option->check_lname("version") ? "" : "off";
    else if (option->get_required())
      standard = "required";
    else if (standard.empty())
      standard = "none";
    return wrapped(standard.empty() ? text : text + " [" + standard + "]");
  }

private:
  static constexpr size_t textColumn = 28, lineWidth = 100;

  // CLI11 indents what follows a line feed.
  static std::string wrapped(const std::string &text) {
    std::string result;
    size_t room = lineWidth - textColumn, used = 0;
    for (size_t at = 0; at < text.size();) {
      size_t end = std::min(text.find(' ', at), text.size());
      if (used > 0 && used + 1 + end - at > room) {
        result += '\n';
        used = 0;
      } else if (used > 0) {
        result += ' ';
        ++used;
      }
      result.append(text, at, end - at);
      used += end - at;
      at = end + 1;
    }
    return result;
  }
};

template <typename T>
CLI::Validator between(T least, T most) {
  return CLI::Range(least, most).description("");
}

} // namespace

// One value per use, so that `--inputs A --inputs B` feeds two inputs and a path never swallows the next word.
static CLI::Option *addFiles(CLI::App &command, const char *name, std::vector<std::string> &files, const char *text) {
  return command.add_option(name, files, text)->type_name("FILE")->allow_extra_args(false)->group("Data");
}

static void addHeader(CLI::App &command, CsvHeader &header) {
  static const std::map<std::string, CsvHeader> values = {
      {"auto", CsvHeader::Auto}, {"yes", CsvHeader::Yes}, {"no", CsvHeader::No}};
  command.add_option("--header", header, "Does the first line of CSV files name the columns: auto, yes or no?")
      ->transform(CLI::CheckedTransformer(values).description(""))
      ->default_str("auto")
      ->type_name("WORD")
      ->group("Data");
}

static void addData(CLI::App &command, DataFiles &data, const char *target, bool targets) {
  CLI::Option *table =
      command.add_option("--data", data.data, "CSV file with one row per line, plain or gzip")->type_name("FILE");
  table->group("Data");
  command.add_option("--target", data.target, target)->type_name("COLUMN")->group("Data");
  command.add_option("--ignore", data.ignore, "Column of --data that is no feature; may be given several times")
      ->type_name("COLUMN")
      ->allow_extra_args(false)
      ->group("Data");
  addFiles(command, "--inputs", data.inputs, "Inputs: NPY, IDX or CSV, plain or gzip; once per input of the model")
      ->excludes(table);
  if (targets)
    addFiles(command, "--targets", data.targets, "Targets: as --inputs; once per target of the model")->excludes(table);
  addHeader(command, data.header);
}

static std::string checkDevice(const std::string &text) {
  bool isGpu = text.rfind("gpu:", 0) == 0 && text.size() > 4 && text.size() < 8 &&
               text.find_first_not_of("0123456789", 4) == std::string::npos;
  return text == "cpu" || text == "gpu" || isGpu ? "" : "expected cpu, gpu or gpu:N, found '" + text + "'";
}

static void addDevice(CLI::App &command, DeviceOptions &options) {
  command.add_option("--device", options.device, "What runs the steps: cpu, gpu, or gpu:N for GPU number N")
      ->check(CLI::Validator(checkDevice, ""))
      ->capture_default_str()
      ->type_name("NAME");
  command.add_option("--threads", options.threads, "Number of threads; 0 is one per CPU. No result depends on it")
      ->check(between(0, SINTER_MAX_THREADS))
      ->capture_default_str()
      ->type_name("N");
}

static void addDataOnDevice(CLI::App &command, DataOnDevice &where) {
  static const std::map<std::string, DataOnDevice> names = {
      {"auto", DataOnDevice::Auto}, {"always", DataOnDevice::Always}, {"never", DataOnDevice::Never}};
  command
      .add_option(
          "--data-on-device", where,
          "Keep the data on the GPU and gather batches there, with the same results: auto (if they fit into its "
          "memory), always or never")
      ->transform(CLI::Validator(
          [](std::string &text) {
            auto found = names.find(text);
            if (found == names.end())
              return fmt::format("expected auto, always or never, found '{}'", text);
            text = std::to_string(static_cast<int>(found->second));
            return std::string();
          },
          ""))
      ->default_str("auto")
      ->type_name("WHEN");
}

static void addStepsPerLaunch(CLI::App &command, int64_t &steps, const char *group) {
  auto isNumber = CLI::Range(int64_t(1), int64_t(SINTER_MOST_STEPS_PER_LAUNCH));
  command
      .add_option("--steps-per-launch", steps,
                  "Steps that a GPU takes by one launch, with the same results: 1 to 256, or auto, up to 16 whose data "
                  "take 1 MiB")
      ->transform(CLI::Validator(
          [isNumber](std::string &text) {
            if (text == "auto")
              text = "0";
            else if (!isNumber(text).empty())
              return fmt::format("expected auto or 1 to {}, found '{}'", int(SINTER_MOST_STEPS_PER_LAUNCH), text);
            return std::string();
          },
          ""))
      ->default_str("auto")
      ->type_name("K")
      ->group(group);
}

static void addTrainData(CLI::App &command, TrainOptions &options) {
  addData(command, options.data,
          "Column to learn: its name, or its number from 0 (-1 is the last); several with commas between", true);
  command
      .add_option("--scale", options.scale,
                  "Multiplies the inputs, e.g. 0.00392157 for bytes to [0, 1]; recorded in the checkpoint")
      ->default_str("1")
      ->type_name("X")
      ->group("Data");
  command
      .add_flag("--normalize", options.normalize,
                "Bring each feature to mean 0 and deviation 1, fitted on the training rows and recorded in the "
                "checkpoint")
      ->group("Data");
  CLI::Option *share =
      command.add_option("--validation", options.validation, "Share of the rows to validate on, drawn by the seed")
          ->default_str("0")
          ->type_name("SHARE")
          ->group("Data");
  command.add_option("--test", options.test, "Share of the rows to test on, once, at the end")
      ->default_str("0")
      ->type_name("SHARE")
      ->group("Data");
  command.add_option("--validation-data", options.validationData.data, "CSV file to validate on, as --data")
      ->type_name("FILE")
      ->excludes(share)
      ->group("Data");
  addFiles(command, "--validation-inputs", options.validationData.inputs, "Inputs to validate on, as --inputs")
      ->excludes(share);
  addFiles(command, "--validation-targets", options.validationData.targets, "Targets to validate on, as --targets")
      ->excludes(share);
}

static void addTrainCourse(CLI::App &command, const sinter_artifact &artifact, TrainOptions &options) {
  const char *group = "Course of the training";
  RunSettings defaults;
  command.add_option("--epochs", options.epochs, "Passes over the data, counted from the start of a resumed run")
      ->check(between(int64_t(0), int64_t(1) << 40))
      ->default_str(std::to_string(defaults.epochs))
      ->type_name("N")
      ->group(group);
  command.add_option("--steps", options.steps, "Stop after N steps in all, as if interrupted; 0 is never")
      ->check(between(int64_t(0), int64_t(1) << 60))
      ->capture_default_str()
      ->type_name("N")
      ->group(group);
  command.add_option("--stop-after", options.stopAfter, "Stop after epoch N of --epochs; 0 is never")
      ->check(between(int64_t(0), int64_t(1) << 40))
      ->capture_default_str()
      ->type_name("N")
      ->group(group);
  command.add_option("--lr", options.learningRate, "Learning rate")
      ->default_str(fmt::format("{}", artifact.learning_rate))
      ->type_name("X")
      ->group(group);
  command.add_option("--schedule", options.schedule, "How the learning rate changes, see below")
      ->default_str(defaults.schedule)
      ->type_name("SCHEDULE")
      ->group(group);
  command
      .add_option("--patience", options.patience,
                  "Stop when the validation loss has not improved for N epochs; 0 is never")
      ->check(between(int64_t(0), int64_t(1) << 40))
      ->default_str("0")
      ->type_name("N")
      ->group(group);
  command.add_option("--seed", options.seed, "Decides initial parameters, split, shuffling and dropout")
      ->default_str("0")
      ->type_name("S")
      ->group(group);
  command.add_flag("--no-shuffle", options.noShuffle, "Take the rows in the order of the file")->group(group);
  addDevice(command, options.device);
  addStepsPerLaunch(command, options.stepsPerLaunch, "OPTIONS");
  addDataOnDevice(command, options.dataOnDevice);
}

static void addProfile(CLI::App &command, ProfileOptions &profile, const char *group) {
  CLI::Option *file =
      command.add_option("--profile", profile.path,
                         "Record when each step, kernel and thread's share of it ran, as a Chrome trace "
                         "(JSON), for ui.perfetto.dev or chrome://tracing");
  file->type_name("PATH")->group(group);
  command.add_option("--profile-steps", profile.steps, "Record the first N steps only: a file grows with each")
      ->check(between(int64_t(1), int64_t(1) << 20))
      ->capture_default_str()
      ->type_name("N")
      ->needs(file)
      ->group(group);
}

static void addTrainFiles(CLI::App &command, TrainOptions &options) {
  const char *group = "Files";
  auto add = [&](const char *name, std::string &path, const char *text) {
    return command.add_option(name, path, text)->type_name("PATH")->group(group);
  };
  add("--save", options.save, "Checkpoint, written at the end of each epoch and when interrupted");
  add("--save-best", options.saveBest, "Checkpoint of the epoch with the lowest validation loss");
  add("--resume", options.resume, "Go on with the run of this checkpoint, exactly as if it had never stopped");
  add("--init-from", options.initFrom,
      "First parameters: a safetensors file, or a folder with <parameter>.npy for each");
  add("--log", options.log, "CSV file with a line per epoch");
  command.add_flag("--log-steps", options.logSteps, "Make that a line per step")->group(group);
  addProfile(command, options.profile, group);
  command.add_flag("--quiet", options.quiet, "Print nothing but failures")->group(group);
}

static const char *const trainFooter = R"(
Schedules (t: steps done, n: steps per epoch, T: steps of all --epochs, base: --lr):
  constant                       base
  step:size=S,gamma=G            base * G^floor(t / (S n)), S in epochs; or step:steps=K,gamma=G
  exponential:gamma=G            base * G^floor(t / n)
  linear[:min=M]                 from base to M in a straight line over T steps
  cosine[:min=M]                 M + (base - M) * (1 + cos(pi t / T)) / 2
  linear-warmup:steps=W          base * min(1, (t + 1) / W)
  warmup-cosine:steps=W[,min=M]  linear-warmup, then cosine over the other T - W steps
  warmup-linear:steps=W[,min=M]  linear-warmup, then linear over the other T - W steps

Examples:
  {0} train --data flowers.csv --target species --validation 0.2 --normalize --save flowers.ckpt
  {0} train --inputs images.idx.gz --targets labels.idx.gz --scale 0.00392157 --epochs 5
  {0} train --data flowers.csv --target -1 --epochs 20 --resume flowers.ckpt --save flowers.ckpt

Ctrl-C finishes the step (on a GPU, those under way), writes --save and ends with status 130; a second one ends at once.)";

static void addTrain(CLI::App &app, const sinter_artifact &artifact, TrainOptions &options,
                     const std::string &program) {
  CLI::App &command = *app.add_subcommand("train", "Train on your data, and save a checkpoint");
  addTrainData(command, options);
  addTrainCourse(command, artifact, options);
  addTrainFiles(command, options);
  command.footer(fmt::format(fmt::runtime(trainFooter), program));
}

static void addEval(CLI::App &app, EvalOptions &options, const std::string &program) {
  CLI::App &command = *app.add_subcommand("eval", "Measure loss and metrics of a trained model");
  command.add_option("--weights", options.weights, "Checkpoint, other safetensors file, or folder of .npy files")
      ->required()
      ->type_name("PATH");
  addData(command, options.data, "Column with the truth; by default that of the training", true);
  command.add_option("--scale", options.scale, "Multiplies the inputs")
      ->default_str("as in training")
      ->type_name("X")
      ->group("Data");
  command.add_flag("--json", options.json, "Print a JSON object");
  addDevice(command, options.device);
  command.footer(fmt::format("\nExamples:\n"
                             "  {0} eval --data more.csv --weights flowers.ckpt\n"
                             "  {0} eval --inputs images.idx --targets labels.idx --weights digits.ckpt",
                             program));
}

static void addPredict(CLI::App &app, PredictOptions &options, const std::string &program) {
  CLI::App &command = *app.add_subcommand("predict", "Compute the outputs of a trained model");
  command.add_option("--weights", options.weights, "Checkpoint, other safetensors file, or folder of .npy files")
      ->required()
      ->type_name("PATH");
  command
      .add_option("--output", options.outputs,
                  "NPY file, or CSV when it ends in .csv, for the outputs; - prints; once per output of the model")
      ->type_name("FILE")
      ->default_str("-")
      ->allow_extra_args(false);
  addData(command, options.data, "Column that is no feature and may be absent; by default that of the training", false);
  command.add_option("--scale", options.scale, "Multiplies the inputs")
      ->default_str("as in training")
      ->type_name("X")
      ->group("Data");
  addDevice(command, options.device);
  command.footer(fmt::format("\nExamples:\n"
                             "  {0} predict --inputs images.npy --output scores.npy --weights digits.ckpt\n"
                             "  {0} predict --data new.csv --weights flowers.ckpt",
                             program));
}

static void addInfoAndBench(CLI::App &app, AllOptions &options) {
  CLI::App &info = *app.add_subcommand("info", "Show parameters, memory, kernels and provenance");
  info.add_flag("--json", options.info.json, "Print a JSON object");
  CLI::App &bench = *app.add_subcommand("bench", "Time training steps on random data");
  bench.add_option("--steps", options.bench.steps, "Number of steps to time")
      ->check(between(int64_t(1), int64_t(1) << 30))
      ->capture_default_str()
      ->type_name("N");
  bench.add_option("--seed", options.bench.seed, "Decides parameters and data")->capture_default_str()->type_name("S");
  addDevice(bench, options.bench.device);
  addStepsPerLaunch(bench, options.bench.stepsPerLaunch, "OPTIONS");
  bench.add_flag("--kernels", options.bench.kernels,
                 fmt::format("Time each kernel as well, in up to {} steps of their own, and compare it with what this "
                             "machine could do: its roofline, measured in a few seconds; of a GPU, from its properties",
                             BenchOptions::mostKernelSteps));
  bench.add_flag("--json", options.bench.json, "Print a JSON object");
  addProfile(bench, options.bench.profile, "OPTIONS");
  bench.footer(
      "\nThe roofline of a kernel is the longer of its flops at the rate of multiply-adds in registers and its "
      "bytes\nat the rate of streams through main memory. More than 100 % is reached where operands are in a "
      "cache, and on a GPU by tensor cores.");
}

static int runCommand(const CLI::App &app, const sinter_artifact &artifact, const AllOptions &options) {
  if (app.got_subcommand("train"))
    return runTrain(artifact, options.train);
  if (app.got_subcommand("eval"))
    return runEval(artifact, options.eval);
  if (app.got_subcommand("predict"))
    return runPredict(artifact, options.predict);
  if (app.got_subcommand("info"))
    return runInfo(artifact, options.info);
  return runBench(artifact, options.bench);
}

static int parseAndRun(int argc, char **argv, const sinter_artifact &artifact) {
  check(sinter_artifact_check(&artifact));
  std::string program(argc > 0 ? baseName(argv[0]) : "program");
  AllOptions options;
  CLI::App app(fmt::format("Model '{}', compiled ahead of time ({}): train it, evaluate it, predict with it.",
                           artifact.name, artifact.compiler_version ? artifact.compiler_version : "sinter"),
               program);
  app.set_version_flag("--version", fmt::format("sinter runtime {}, ABI {}; model {}, compiled by {}", SINTER_VERSION,
                                                SINTER_ABI_VERSION, artifact.name,
                                                artifact.compiler_version ? artifact.compiler_version : "sinter"));
  app.require_subcommand(1);
  app.formatter(std::make_shared<HelpFormatter>());
  app.footer(fmt::format("\nEach command explains itself: {} train --help", program));
  addTrain(app, artifact, options.train, program);
  addEval(app, options.eval, program);
  addPredict(app, options.predict, program);
  addInfoAndBench(app, options);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError &error) {
    if (error.get_exit_code() == 0)
      return app.exit(error); // --help and --version
    const auto chosen = app.get_subcommands();
    std::string message = error.what();
    if (chosen.empty() && argc > 1 && argv[1][0] != '-')
      message = fmt::format("unknown command '{}', expected train, eval, predict, info or bench", oneLine(argv[1]));
    fmt::print(stderr, "error: {}\ntry: {}{}{} --help\n", message, program, chosen.empty() ? "" : " ",
               chosen.empty() ? "" : chosen[0]->get_name());
    return usageStatus;
  }
  return runCommand(app, artifact, options);
}

} // namespace sinter::train

extern "C" int sinter_program_main(int argc, char **argv, const sinter_artifact *artifact) {
  using namespace sinter::train;
  try {
    int status = parseAndRun(argc, argv, *artifact);
    // A full disk or a closed pipe shows only here.
    if (std::fflush(stdout) != 0 && status == 0)
      fail("cannot write to standard output");
    return status;
  } catch (const std::bad_alloc &) {
    std::fputs("error: out of memory\n", stderr);
  } catch (const UsageError &misuse) {
    std::fputs(fmt::format("error: {}\n", misuse.what()).c_str(), stderr);
    return usageStatus;
  } catch (const std::exception &exception) {
    std::fputs(fmt::format("error: {}\n", oneLine(exception.what())).c_str(), stderr);
  }
  return failureStatus;
}
