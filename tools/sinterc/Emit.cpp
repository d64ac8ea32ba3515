// How is what has been compiled written, and what is said about it?
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Actions.h"

#include "sinter/Target/Link.h"
#include "sinter/Target/Output.h"
#include "sinter/Transforms/Tiling/ScheduleFile.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Program.h"
#include "llvm/Support/WithColor.h"
#include "llvm/Support/raw_ostream.h"
#include "llvm/Target/TargetMachine.h"
#include "llvm/TargetParser/Host.h"

using namespace sinter;
using llvm::failure, llvm::success, llvm::succeeded, llvm::LogicalResult;

namespace sinterc {

LogicalResult reportError(llvm::Error error) {
  if (!error)
    return success();
  llvm::WithColor::error(llvm::errs(), "sinterc") << llvm::toString(std::move(error)) << "\n";
  return failure();
}

std::string runtimeFolder() {
  static int anchor;
  std::string self = llvm::sys::fs::getMainExecutable("sinterc", &anchor);
  llvm::SmallString<256> folder(llvm::sys::path::parent_path(llvm::sys::path::parent_path(self)));
  llvm::sys::path::append(folder, "lib", "sinter");
  return folder.str().str();
}

static llvm::Error write(const Options &options, llvm::ArrayRef<char> contents) {
  if (options.output != "-")
    return writeFile(options.output, contents);
  llvm::outs().write(contents.data(), contents.size());
  llvm::outs().flush();
  std::error_code code = llvm::outs().error();
  llvm::outs().clear_error();
  return code ? llvm::createStringError(code, "cannot write to standard output") : llvm::Error::success();
}

static llvm::SmallVector<char, 0> textOf(llvm::function_ref<void(llvm::raw_ostream &)> print) {
  llvm::SmallVector<char, 0> text;
  llvm::raw_svector_ostream stream(text);
  print(stream);
  return text;
}

/// Produces the output and writes the files beside it: all of them, or none.
static llvm::Error writeWith(llvm::ArrayRef<SideFile> beside, llvm::function_ref<llvm::Error()> produce) {
  if (beside.empty())
    return produce();
  return replaceFile(beside.front().path, /*executable=*/false, [&](llvm::StringRef temporary) -> llvm::Error {
    if (llvm::Error error = writeFile(temporary, beside.front().contents))
      return error;
    return writeWith(beside.drop_front(), produce);
  });
}

static LogicalResult linkOutput(Compilation &compilation, const Options &options, llvm::ArrayRef<SideFile> beside,
                                mlir::TimingScope &timing) {
  const llvm::TargetMachine &machine = compilation.targetMachine();
  if (machine.getTargetTriple().getArch() != llvm::Triple(llvm::sys::getProcessTriple()).getArch())
    return reportError(llvm::createStringError("a program or library for '" + machine.getTargetTriple().str() +
                                               "' cannot be linked on this machine; use --emit=obj and link it there"));
  if (!compilation.summary())
    return reportError(llvm::createStringError("a program or library is made from a module before phase `llvm`; use "
                                               "--emit=obj"));
  mlir::FailureOr<std::vector<llvm::SmallVector<char, 0>>> objects = compilation.generateParts();
  if (failed(objects))
    return failure();
  mlir::TimingScope scope = timing.nest("Link");
  LinkJob job{options.emit == EmitKind::Program ? LinkKind::Program : LinkKind::SharedLibrary, *objects, options.output,
              runtimeFolder(), compilation.summary()->name};
  return reportError(writeWith(beside, [&] { return link(job); }));
}

static LogicalResult emitCode(Compilation &compilation, const Options &options, llvm::ArrayRef<SideFile> beside,
                              mlir::TimingScope &timing) {
  if (options.emit == EmitKind::LLVMIR) {
    llvm::LLVMContext context;
    std::unique_ptr<llvm::Module> module = compilation.makeLLVMIR(context);
    if (!module)
      return failure();
    auto text = textOf([&](llvm::raw_ostream &out) { module->print(out, nullptr); });
    return reportError(writeWith(beside, [&] { return write(options, text); }));
  }
  if (options.emit == EmitKind::Program || options.emit == EmitKind::Library)
    return linkOutput(compilation, options, beside, timing);
  if (options.emit == EmitKind::Ptx) {
    mlir::FailureOr<std::string> ptx = compilation.makeDevicePtx();
    if (failed(ptx))
      return failure();
    return reportError(writeWith(beside, [&] { return write(options, *ptx); }));
  }
  auto format = options.emit == EmitKind::Assembly ? CodeFormat::Assembly : CodeFormat::Object;
  mlir::FailureOr<llvm::SmallVector<char, 0>> code = compilation.generate(format);
  if (failed(code))
    return failure();
  return reportError(writeWith(beside, [&] { return write(options, *code); }));
}

/// "digits: batch 64; state 221184 bytes, scratch 66560 bytes, peak 287744 bytes; 13 kernels".
static void printSummary(const Compilation &compilation, const Options &options) {
  if (const std::optional<StepSummary> &step = compilation.summary())
    llvm::errs() << llvm::formatv("{0}: batch {1}; state {2} bytes, scratch {3} bytes, peak {4} bytes; {5} kernels\n",
                                  step->name, step->batch, step->stateBytes, step->scratchBytes,
                                  step->stateBytes + step->scratchBytes, step->kernels);
  llvm::SmallVector<llvm::StringRef> written{options.output};
  if (hasHeader(options.emit) && !options.header.empty() && compilation.summary())
    written.push_back(options.header);
  llvm::append_range(written, options.reports);
  llvm::StringRef last = written.pop_back_val();
  llvm::errs() << "wrote " << llvm::join(written, ", ") << (written.empty() ? "" : " and ") << last << "\n";
}

LogicalResult runPrintSchedules(Compilation &compilation, const Options &options) {
  if (failed(compilation.advanceTo(Phase::Kernels)))
    return failure();
  if (compilation.phase() != Phase::Kernels)
    return reportError(llvm::createStringError("--print-schedules needs a module of phase kernels or before, found '" +
                                               phaseName(compilation.phase()) + "'"));
  auto text = textOf([&](llvm::raw_ostream &out) { printSchedules(compilation.module(), out); });
  if (failed(reportError(write(options, text))))
    return failure();
  if (options.output != "-" && !options.quiet)
    printSummary(compilation, options);
  return success();
}

/// The C header goes beside what is linked elsewhere.
static void addHeader(std::vector<SideFile> &beside, const Compilation &compilation, const Options &options) {
  if (hasHeader(options.emit) && !options.header.empty() && compilation.summary())
    beside.push_back({options.header, compilation.summary()->header});
}

LogicalResult runEmit(Compilation &compilation, const Options &options, RemarkLog &log, mlir::TimingScope &timing) {
  Phase last = options.compileTo == Phase::Object ? Phase::LLVM : options.compileTo;
  if (compilation.phase() > last) {
    return reportError(llvm::createStringError("the module is in phase '" + phaseName(compilation.phase()) +
                                               "' already, behind '" + phaseName(last) + "'"));
  }
  // A missing linker is told before the work, not after.
  if (options.emit == EmitKind::Program || options.emit == EmitKind::Library)
    if (llvm::Expected<std::string> linker = findLinker(); !linker)
      return reportError(linker.takeError());
  auto beside = makeReports(compilation, options, log, timing);
  if (failed(beside) || failed(compilation.advanceTo(last)))
    return failure();
  if (options.emit == EmitKind::MLIR) {
    auto text = textOf([&](llvm::raw_ostream &out) {
      compilation.module().print(out);
      out << "\n";
    });
    if (failed(reportError(write(options, text))))
      return failure();
  } else {
    addHeader(*beside, compilation, options);
    if (failed(emitCode(compilation, options, *beside, timing)))
      return failure();
  }
  if (options.output != "-" && !options.quiet)
    printSummary(compilation, options);
  return success();
}

} // namespace sinterc
