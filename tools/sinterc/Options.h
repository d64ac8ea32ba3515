// What can be asked of sinterc?
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef SINTER_TOOLS_SINTERC_OPTIONS_H
#define SINTER_TOOLS_SINTERC_OPTIONS_H

#include "sinter/Pipelines/Compilation.h"

namespace sinterc {

enum class EmitKind { MLIR, LLVMIR, Assembly, Ptx, Object, Library, Program };

/// Whether a C header is written beside the output.
inline bool hasHeader(EmitKind kind) {
  return kind == EmitKind::Object || kind == EmitKind::Library;
}

struct Options {
  std::string input;
  std::string output; ///< "-": standard output
  std::string header; ///< of Object and Library
  EmitKind emit = EmitKind::Program;
  sinter::Phase compileTo = sinter::Phase::Object;
  sinter::CompilationOptions compilation;
  bool verify = false, checkGradients = false, printSchedules = false;
  bool tune = false;
  double timeLimit = 60;    ///< seconds of tuning
  int64_t rounds = 0;       ///< most rounds of tuning; 0: no limit
  int threads = 0;          ///< of the steps that are tuned; 0: one per CPU
  std::string tunedKernels; ///< regular expression; empty: all
  double tolerance = 0;     ///< 0: that of the mode and element type
  bool quiet = false, timing = false;
  std::vector<std::string> reports; ///< paths that end in .json or .html
  bool reportMachine = false;       ///< with measured ceilings
  std::string remarks;              ///< regular expression of categories; empty: none
};

/// Understands the command line. Ends the program with status 0 after `--help` and the like, and with 2, after a
/// message, when it makes no sense.
Options parseOptions(int argc, char **argv);

} // namespace sinterc

#endif // SINTER_TOOLS_SINTERC_OPTIONS_H
