// The reports that go with an output: collected while the model is compiled, written together with it.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef SINTER_TOOLS_SINTERC_REPORTS_H
#define SINTER_TOOLS_SINTERC_REPORTS_H

#include "Options.h"

#include <utility>

namespace sinter {
class RemarkLog;
} // namespace sinter

namespace sinterc {

/// A file that is written together with the output: both, or neither.
struct SideFile {
  std::string path, contents;
};

/// Compiles up to phase `buffers` and makes the reports of `options.reports`. Says what is wrong, and fails, where
/// there is nothing to report on.
llvm::FailureOr<std::vector<SideFile>> makeReports(sinter::Compilation &compilation, const Options &options,
                                                   sinter::RemarkLog &log, mlir::TimingScope &timing);

} // namespace sinterc

#endif // SINTER_TOOLS_SINTERC_REPORTS_H
