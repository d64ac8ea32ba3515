// Which schedules are faster on this machine than the planner's? They are measured, with a bar on a terminal, and
// written as a file for --schedules. Ctrl-C ends the search; what has been found is confirmed and written.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Actions.h"

#include "sinter-rt/file.h"
#include "sinter-rt/status.h"
#include "sinter/Pipelines/Tuner.h"
#include "sinter/Target/Output.h"
#include "sinter/Transforms/Tiling/ScheduleFile.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/Process.h"
#include "llvm/Support/raw_ostream.h"
#include "llvm/Target/TargetMachine.h"

#include <algorithm>
#include <csignal>

using namespace sinter;
using llvm::failed, llvm::formatv;

namespace sinterc {

namespace {

constexpr int kInterruptedStatus = 130;

volatile std::sig_atomic_t interrupted = 0;

/// The first signal asks for an end; a second one is the default: the program dies, with nothing written.
void installHandler() {
  struct sigaction action = {};
  action.sa_handler = [](int) { interrupted = 1; };
  action.sa_flags = SA_RESETHAND | SA_RESTART;
  sigemptyset(&action.sa_mask);
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
}

/// A bar on a terminal, a line per round elsewhere.
class Progress : public TuneObserver {
public:
  Progress(double limit, bool quiet)
      : limit(limit), quiet(quiet), terminal(llvm::sys::Process::StandardErrIsDisplayed()) {}
  ~Progress() override { clear(); }

  void progress(const TuneProgress &now) override {
    if (quiet)
      return;
    const double each = now.seconds / (now.round + 1); // the planned step was compiled and run as well
    const double left = std::max(0.0, std::min(limit - now.seconds, each * now.left));
    std::string text = formatv("round {0} of {1}, {2:F1} s each, {3:F0} s left, {4} faster", now.round,
                               now.round + now.left, each, left, now.better);
    if (!terminal) {
      llvm::errs() << text << "\n";
      return;
    }
    constexpr int kWidth = 24;
    const double whole = now.seconds + left;
    const int filled = whole > 0 ? std::min<int>(kWidth, kWidth * now.seconds / whole) : 0;
    llvm::errs() << "\r\x1b[K[" << std::string(filled, '#') << std::string(kWidth - filled, '.') << "] " << text;
    llvm::errs().flush();
    drawn = true;
  }

  bool shouldStop() override { return interrupted != 0; }

  void clear() {
    if (drawn)
      llvm::errs() << "\r\x1b[K";
    drawn = false;
  }

private:
  double limit;
  bool quiet, terminal, drawn = false;
};

bool isFound(const TunedKernel &kernel) {
  return kernel.found != kernel.planned;
}

bool hasFound(const TuneResult &result) {
  return llvm::any_of(result.kernels, isFound);
}

/// "784.2 us planned, 712.3 us found, 9.2 % less".
std::string describe(double planned, double found) {
  return formatv("{0:F1} us planned, {1:F1} us found, {2:F1} % less", planned * 1e6, found * 1e6,
                 (1 - found / planned) * 100);
}

/// "digits, batch 64, znver3, 2 threads: 41 rounds, 503 schedules measured in 35.2 s".
std::string describeRun(const Compilation &compilation, const TuneResult &result, int64_t batch) {
  std::string text =
      formatv("batch {0}, {1}, {2} {3}: {4} rounds, {5} schedules measured in {6:F1} s", batch,
              compilation.targetMachine().getTargetCPU(), result.threads, result.threads == 1 ? "thread" : "threads",
              result.rounds, result.measured, result.seconds);
  if (result.rejected > 0)
    text += formatv(", {0} rounds rejected", result.rejected);
  return text + (result.complete ? "" : ", not all candidates");
}

std::string fileOf(const TuneResult &result, llvm::StringRef run) {
  std::string text;
  llvm::raw_string_ostream out(text);
  printScheduleFileVersion(out);
  out << "# tuned by " << compilerVersion() << "\n# " << run << "\n";
  if (!hasFound(result))
    out << "# no schedule is faster than the planner's\n";
  else if (result.plannedStep > 0)
    out << "# all kernels of train_step: " << describe(result.plannedStep, result.foundStep) << "\n";
  for (const TunedKernel &kernel : result.kernels) {
    if (!isFound(kernel))
      continue;
    out << "# " << kernel.names.front() << ": " << describe(kernel.plannedSeconds, kernel.foundSeconds) << "\n";
    for (const std::string &name : kernel.names)
      printSchedule(name, kernel.found, out);
  }
  return text;
}

void printResult(const TuneResult &result, llvm::StringRef run, const Options &options) {
  llvm::errs() << run << "\n";
  for (const TunedKernel &kernel : result.kernels)
    if (isFound(kernel))
      llvm::errs() << kernel.names.front() << ": " << describe(kernel.plannedSeconds, kernel.foundSeconds) << "\n";
  if (result.plannedStep > 0 && hasFound(result))
    llvm::errs() << "all kernels of train_step: " << describe(result.plannedStep, result.foundStep) << "\n";
  llvm::errs() << "wrote " << options.output << ": better schedules for " << llvm::count_if(result.kernels, isFound)
               << " of " << result.kernels.size() << " kernels\n";
}

llvm::Error write(const std::string &path, llvm::StringRef text) {
  if (path != "-")
    return writeFile(path, llvm::ArrayRef(text.data(), text.size()));
  llvm::outs() << text;
  llvm::outs().flush();
  std::error_code code = llvm::outs().error();
  llvm::outs().clear_error();
  return code ? llvm::createStringError(code, "cannot write to standard output") : llvm::Error::success();
}

/// What can be known to go wrong before the first measurement.
llvm::Error checkRun(const Compilation &compilation, const Options &options) {
  if (compilation.phase() != Phase::Kernels)
    return llvm::createStringError("tune needs a module of phase kernels or before, found '" +
                                   phaseName(compilation.phase()) + "'");
  if (!isNative(compilation.targetMachine()))
    return llvm::createStringError("tune runs the compiled step: the target must be this machine");
  if (options.output != "-" && sinter_output_check(options.output.c_str()) != SINTER_OK)
    return llvm::createStringError(sinter_last_error());
  return llvm::Error::success();
}

} // namespace

int runTune(Compilation &compilation, const Options &options) {
  if (failed(compilation.advanceTo(Phase::Kernels)) || failed(reportError(checkRun(compilation, options))))
    return 1;
  installHandler();
  Progress progress(options.timeLimit, options.quiet);
  TuneOptions tuning{runtimeFolder(), options.threads, options.timeLimit, options.rounds, options.tunedKernels};
  llvm::Expected<TuneResult> result = tune(compilation, tuning, progress);
  progress.clear();
  if (!result)
    return failed(reportError(result.takeError()));
  auto batch = compilation.module()->getAttrOfType<mlir::IntegerAttr>("sinter.batch");
  const std::string run = describeRun(compilation, *result, batch ? batch.getInt() : 1);
  if (failed(reportError(write(options.output, fileOf(*result, run)))))
    return 1;
  if (!options.quiet)
    printResult(*result, run, options);
  return interrupted ? kInterruptedStatus : 0;
}

} // namespace sinterc
