// What has the compiler decided about a model? One report of everything: ops before fusion, kernels with their
// schedules and predicted times, memory, remarks. As JSON (docs/report.md has the schema) or as one self-contained HTML
// page.
//
//   ReportBuilder builder({.file = "digits.mlir", ...});
//   builder.readStep(module);      // module in phase `step`: numbers its ops by their locations
//   builder.readKernels(module);   // the same module, in phase `kernels`
//   builder.readTiles(module);     // in phase `tiles`: launches and memory
//   llvm::json::Value report = builder.finish(remarks);
//
// Equal models, options and targets give equal reports, byte by byte; only ceilings that were measured do not repeat.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef SINTER_REPORT_REPORT_H
#define SINTER_REPORT_REPORT_H

#include "mlir/IR/BuiltinOps.h"
#include "sinter/Analysis/TargetInfo.h"
#include "llvm/Support/JSON.h"

#include <memory>
#include <string>
#include <vector>

namespace sinter {

/// The `version` of the schema: changed when a field changes its meaning or goes; new fields do not change it.
constexpr int64_t kReportVersion = 1;

/// A limit that no kernel passes.
struct Ceiling {
  enum Kind { Compute, Bandwidth } kind;
  std::string name; ///< "multiply-adds of f32 in registers, one core"
  double value;     ///< Compute: GFLOP/s, Bandwidth: GB/s
  int threads = 1;
  bool measured = false; ///< on this machine, rather than what the planners assume of the target
};

/// What a report is about. Nothing here is looked up: a report holds no path or name but those that were given.
struct ReportSubject {
  std::string file;      ///< of the model, as given
  std::string digest;    ///< of the model text and of the options that change code, hexadecimal
  std::string compiler;  ///< "sinter 0.1.0 (LLVM 22.1.8)"
  std::string schedules; ///< file of schedules, as given; empty: none
  bool keepGradients = false;
  unsigned optLevel = 3;
  std::string triple, cpu;
  TargetInfo target;
  std::vector<Ceiling> measured; ///< empty: none were
};

class ReportBuilder {
public:
  explicit ReportBuilder(ReportSubject subject);
  ~ReportBuilder();

  /// Gives every op of the step functions a number, which its location carries from here on.
  void readStep(mlir::ModuleOp module);
  void readKernels(mlir::ModuleOp module);
  /// Fails, with a diagnostic, if memory cannot be planned or the kernels are not those of before.
  mlir::LogicalResult readTiles(mlir::ModuleOp module);

  /// The whole report; `remarks` is what the compiler said (RemarkLog.h).
  llvm::json::Value finish(llvm::json::Array remarks);

private:
  struct Function;
  Function &function(llvm::StringRef name);

  ReportSubject subject;
  std::string model;
  int64_t batch = 1, scratchBytes = 0;
  llvm::json::Object state;
  std::vector<std::unique_ptr<Function>> functions; ///< in the module's order
};

/// The report as text, indented; ends with a newline.
std::string reportAsJson(const llvm::json::Value &report);
/// One page that needs nothing else: style, scripts and the report are inside.
std::string reportAsHtml(const llvm::json::Value &report);

} // namespace sinter

#endif // SINTER_REPORT_REPORT_H
