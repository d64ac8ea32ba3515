// Where do the compiler's remarks go? Printed as diagnostics, kept for a report, or both.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef SINTER_REPORT_REMARKLOG_H
#define SINTER_REPORT_REMARKLOG_H

#include "mlir/IR/MLIRContext.h"
#include "llvm/Support/JSON.h"

#include <memory>
#include <string>

namespace sinter {

class RemarkLog {
public:
  /// From here on remarks of `context` whose category matches the regular expression `printed` are printed, and all are
  /// kept if `keep`. An empty expression prints none. Fails, with a diagnostic, where remarks cannot be had.
  static llvm::FailureOr<std::shared_ptr<RemarkLog>> enable(mlir::MLIRContext &context, const std::string &printed,
                                                            bool keep);

  /// What was kept, in the order of sending (docs/report.md: `remarks`).
  llvm::json::Array take() { return std::move(remarks); }

private:
  friend class RemarkLogStreamer;
  llvm::json::Array remarks;
};

} // namespace sinter

#endif // SINTER_REPORT_REMARKLOG_H
