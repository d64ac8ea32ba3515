// sinterc: compiles the training of a neural network ahead of time.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Actions.h"

#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/MLIRContext.h"
#include "sinter/Pipelines/Pipelines.h"
#include "sinter/Report/RemarkLog.h"
#include "llvm/Support/ErrorHandling.h"
#include "llvm/Support/InitLLVM.h"
#include "llvm/Support/Regex.h"
#include "llvm/Support/Signals.h"
#include "llvm/Support/SourceMgr.h"
#include "llvm/Support/raw_ostream.h"

#include <unistd.h>

using namespace sinter;
using namespace sinterc;
using llvm::failure, llvm::success, llvm::LogicalResult;

static llvm::FailureOr<std::shared_ptr<RemarkLog>> enableRemarks(mlir::MLIRContext &context, const Options &options) {
  std::string problem;
  if (!options.remarks.empty() && !llvm::Regex(options.remarks).isValid(problem))
    return reportError(llvm::createStringError("--remarks expects a regular expression: " + problem));
  return RemarkLog::enable(context, options.remarks, /*keep=*/!options.reports.empty());
}

/// What concerns no place in a text, "sinterc: error: cannot open ...", is not said to be in `<unknown>`. An error at a
/// place that has had one follows from that: "failed to legalize", or the same in another step function.
class ErrorFilter {
public:
  LogicalResult operator()(mlir::Diagnostic &diagnostic) {
    if (diagnostic.getSeverity() != mlir::DiagnosticSeverity::Error)
      return failure();
    mlir::Location location = diagnostic.getLocation();
    if (!mlir::isa<mlir::UnknownLoc>(location))
      return success(!reported.insert(location).second);
    return success(failed(reportError(llvm::createStringError(diagnostic.str()))));
  }

private:
  llvm::DenseSet<mlir::Location> reported;
};

/// The exit status.
static int statusOf(LogicalResult result) {
  return succeeded(result) ? 0 : 1;
}

static int run(const Options &options, mlir::TimingScope &timing) {
  mlir::DialectRegistry registry;
  registerPhaseDialects(registry);
  mlir::MLIRContext context(registry);
  context.printOpOnDiagnostic(false);
  llvm::SourceMgr sources;
  mlir::SourceMgrDiagnosticHandler diagnostics(sources, &context);
  context.getDiagEngine().registerHandler([filter = ErrorFilter()](mlir::Diagnostic &d) mutable { return filter(d); });
  llvm::FailureOr<std::shared_ptr<RemarkLog>> log = enableRemarks(context, options);
  if (failed(log))
    return 1;

  Compilation compilation(context, options.compilation, timing);
  if (llvm::Error error = compilation.selectTarget())
    return statusOf(reportError(std::move(error)));
  if (failed(compilation.load(options.input)))
    return 1;
  if (options.tune)
    return runTune(compilation, options);
  if (options.checkGradients)
    return statusOf(runCheckGradients(compilation, options));
  if (options.verify)
    return statusOf(runVerify(compilation, options));
  if (options.printSchedules)
    return statusOf(runPrintSchedules(compilation, options));
  return statusOf(runEmit(compilation, options, **log, timing));
}

/// An error like others, and files begun are removed. Nothing here may allocate.
static void reportOutOfMemory(void *, const char *, bool) {
  static constexpr char message[] = "sinterc: error: out of memory\n";
  (void)!write(STDERR_FILENO, message, sizeof message - 1);
  llvm::sys::RunInterruptHandlers();
  _exit(1);
}

int main(int argc, char **argv) {
  llvm::InitLLVM init(argc, argv);
  llvm::install_bad_alloc_error_handler(reportOutOfMemory);
  Options options = parseOptions(argc, argv);
  mlir::DefaultTimingManager manager;
  manager.setEnabled(options.timing);
  manager.setDisplayMode(mlir::DefaultTimingManager::DisplayMode::Tree);
  manager.setOutput(mlir::createOutputStrategy(mlir::DefaultTimingManager::OutputFormat::Text, llvm::errs()));
  mlir::TimingScope timing = manager.getRootScope();
  return run(options, timing);
}
