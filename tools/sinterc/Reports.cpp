// What goes into a report, and when is it collected?
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Reports.h"

#include "Actions.h"
#include "Machine.h"
#include "sinter/Pipelines/Pipelines.h"
#include "sinter/Report/RemarkLog.h"
#include "sinter/Report/Report.h"
#include "llvm/Support/Path.h"
#include "llvm/Target/TargetMachine.h"

using namespace sinter;
using llvm::failure, llvm::succeeded, llvm::failed;

namespace sinterc {

static ReportSubject subjectOf(const Compilation &compilation, const Options &options) {
  const llvm::TargetMachine &machine = compilation.targetMachine();
  ReportSubject subject;
  subject.file = options.input;
  subject.digest = compilation.digest();
  subject.compiler = compilerVersion();
  subject.schedules = options.compilation.schedules;
  subject.keepGradients = options.compilation.keepGradients;
  subject.optLevel = options.compilation.target.optLevel;
  subject.triple = machine.getTargetTriple().str();
  subject.cpu = machine.getTargetCPU().str();
  subject.target = describeTarget(machine);
  return subject;
}

/// Measured before the compiler fills the caches; only where what is compiled runs.
static llvm::Error addMachine(ReportSubject &subject, const Compilation &compilation) {
  if (!isNative(compilation.targetMachine()))
    return llvm::createStringError("--report-machine measures this machine: the target must be this machine");
  return measureMachine().moveInto(subject.measured);
}

static llvm::FailureOr<llvm::json::Value> collect(Compilation &compilation, ReportBuilder &builder, RemarkLog &log) {
  if (failed(compilation.advanceTo(Phase::Step)))
    return failure();
  if (compilation.phase() != Phase::Step) {
    (void)reportError(llvm::createStringError("--report needs a module of phase model or step, found '" +
                                              phaseName(compilation.phase()) + "'"));
    return failure();
  }
  builder.readStep(compilation.module());
  if (failed(compilation.advanceTo(Phase::Kernels)))
    return failure();
  builder.readKernels(compilation.module());
  if (failed(compilation.advanceTo(Phase::Tiles)) || failed(builder.readTiles(compilation.module())) ||
      failed(compilation.advanceTo(Phase::Buffers)))
    return failure();
  return builder.finish(log.take());
}

llvm::FailureOr<std::vector<SideFile>> makeReports(Compilation &compilation, const Options &options, RemarkLog &log,
                                                   mlir::TimingScope &timing) {
  std::vector<SideFile> files;
  if (options.reports.empty())
    return files;
  ReportSubject subject = subjectOf(compilation, options);
  if (options.reportMachine)
    if (failed(reportError(addMachine(subject, compilation))))
      return failure();
  ReportBuilder builder(std::move(subject));
  llvm::FailureOr<llvm::json::Value> report = collect(compilation, builder, log);
  if (failed(report))
    return failure();
  mlir::TimingScope scope = timing.nest("Write reports");
  for (const std::string &path : options.reports)
    files.push_back(
        {path, llvm::sys::path::extension(path) == ".html" ? reportAsHtml(*report) : reportAsJson(*report)});
  return files;
}

} // namespace sinterc
