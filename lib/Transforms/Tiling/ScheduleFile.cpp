// How are schedules kept outside of the model? See ScheduleFile.h for the format.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "sinter/Transforms/Tiling/ScheduleFile.h"

#include "mlir/AsmParser/AsmParser.h"
#include "mlir/IR/Remarks.h"
#include "mlir/Interfaces/FunctionInterfaces.h"
#include "mlir/Support/FileUtilities.h"
#include "sinter/Dialect/IR/SinterDialect.h"
#include "sinter/Transforms/Tiling/Passes.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/MemoryBuffer.h"

using namespace mlir;

namespace sinter {
#define GEN_PASS_DEF_APPLYSCHEDULESPASS
#include "sinter/Transforms/Tiling/Passes.h.inc"

namespace {

constexpr llvm::StringLiteral kMagic = "sinter-schedules";

class ScheduleFileReader {
public:
  ScheduleFileReader(ModuleOp module, StringRef file) : module(module), file(file) {
    for (NamedKernel &named : nameKernels(module))
      kernels.insert({named.name, named.kernel});
  }

  LogicalResult read(StringRef text) {
    SmallVector<StringRef> lines;
    text.split(lines, '\n');
    bool begun = false;
    for (StringRef rest : lines) {
      ++line;
      StringRef content = rest.trim();
      if (content.empty() || content.starts_with("#"))
        continue;
      if (failed(begun ? readSchedule(content) : readVersion(content)))
        return failure();
      begun = true;
    }
    return begun ? success() : error() << "expected '" << kMagic << ' ' << kScheduleFileVersion << "', found no line";
  }

private:
  InFlightDiagnostic error() { return emitError(FileLineColLoc::get(module.getContext(), file, line, 1)); }

  LogicalResult readVersion(StringRef content) {
    StringRef version = content;
    int64_t number;
    if (!version.consume_front(kMagic) || version.trim().getAsInteger(10, number))
      return error() << "expected '" << kMagic << ' ' << kScheduleFileVersion << "', found '" << content << "'";
    if (number != kScheduleFileVersion)
      return error() << "expected version " << kScheduleFileVersion << " of schedule files, found " << number;
    return success();
  }

  /// Null, without a diagnostic, for a text that is no schedule.
  ScheduleAttr parseSchedule(StringRef text) {
    ScopedDiagnosticHandler silent(module.getContext(), [](Diagnostic &) { return success(); });
    return dyn_cast_or_null<ScheduleAttr>(parseAttribute(text, module.getContext()));
  }

  LogicalResult readSchedule(StringRef content) {
    auto [name, value] = content.split('=');
    name = name.trim();
    auto kernel = kernels.find(name);
    if (kernel == kernels.end())
      return error() << "no kernel is called '" << name << "'; `sinterc --print-schedules` lists those of the model";
    ScheduleAttr schedule = parseSchedule(value.trim());
    if (!schedule)
      return error() << "expected FUNCTION/KERNEL#NUMBER = #sinter.schedule<...>, found '" << content << "'";
    if (!given.try_emplace(name, line).second)
      return error() << "'" << name << "' has a schedule already, in line " << given[name];
    kernel->second.setScheduleAttr(schedule);
    auto function = kernel->second->getParentOfType<FunctionOpInterface>();
    remark::passed(kernel->second.getLoc(),
                   remark::RemarkOpts::name("schedule-given").category("schedule").function(function.getName()))
        << remark::metric("Kernel", name.split('/').second) << remark::metric("Schedule", Attribute(schedule))
        << remark::reason("given by line {0} of {1}", line, file.str());
    return success();
  }

  ModuleOp module;
  StringRef file;
  llvm::StringMap<KernelOp> kernels;
  llvm::StringMap<unsigned> given; ///< lines
  unsigned line = 0;
};

struct ApplySchedulesPass : impl::ApplySchedulesPassBase<ApplySchedulesPass> {
  using ApplySchedulesPassBase::ApplySchedulesPassBase;

  void runOnOperation() override {
    std::string message;
    std::unique_ptr<llvm::MemoryBuffer> buffer = openInputFile(file, &message);
    if (!buffer) {
      emitError(UnknownLoc::get(&getContext())) << "schedules: " << message;
      return signalPassFailure();
    }
    if (failed(applySchedules(getOperation(), buffer->getBuffer(), file)))
      signalPassFailure();
  }
};

} // namespace

std::vector<NamedKernel> nameKernels(ModuleOp module) {
  llvm::StringMap<unsigned> numbers;
  std::vector<NamedKernel> named;
  module.walk([&](KernelOp kernel) {
    auto function = kernel->getParentOfType<FunctionOpInterface>();
    std::string name = ((function ? function.getName() : "") + "/" + kernel.getName()).str();
    unsigned number = numbers[name]++;
    named.push_back({name + "#" + std::to_string(number), kernel});
  });
  return named;
}

void printScheduleFileVersion(llvm::raw_ostream &out) {
  out << kMagic << ' ' << kScheduleFileVersion << '\n';
}

void printSchedule(StringRef name, ScheduleAttr schedule, llvm::raw_ostream &out) {
  out << name << " = " << Attribute(schedule) << '\n';
}

void printSchedules(ModuleOp module, llvm::raw_ostream &out) {
  printScheduleFileVersion(out);
  for (const NamedKernel &named : nameKernels(module))
    if (ScheduleAttr schedule = KernelOp(named.kernel).getScheduleAttr())
      printSchedule(named.name, schedule, out);
}

LogicalResult applySchedules(ModuleOp module, StringRef text, StringRef file) {
  return ScheduleFileReader(module, file).read(text);
}

} // namespace sinter
