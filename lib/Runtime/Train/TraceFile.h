// How does a trace look in a file? A JSON object of Chrome's trace event format, with an event a line.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef SINTER_LIB_RUNTIME_TRAIN_TRACEFILE_H
#define SINTER_LIB_RUNTIME_TRAIN_TRACEFILE_H

#include "sinter-rt/artifact.h"
#include "sinter-rt/file.h"

#include <fmt/format.h>
#include <string>

namespace sinter::train {

/// Times are in nanoseconds on the clock of `origin`, which becomes 0. Every function throws an Error when the file
/// cannot be written; without `commit` there is none.
class TraceFile {
public:
  TraceFile(const std::string &path, const sinter_artifact &artifact, int64_t origin);
  ~TraceFile() { sinter_output_discard(output); }
  TraceFile(const TraceFile &) = delete;
  TraceFile &operator=(const TraceFile &) = delete;

  void nameTrack(size_t track, const std::string &name);
  /// A phase, or a step of `rows` rows, in track 0.
  void span(const char *name, int64_t start, int64_t end, int64_t rows);
  /// A launch of row `kernel` of the kernel table, in track 0 or that of a GPU; rates are given for full batches only.
  void launch(size_t track, uint32_t kernel, int64_t start, int64_t end, bool full);
  /// Between host and GPU, or within it.
  void copy(size_t track, const char *name, int64_t start, int64_t end);
  /// Items [lo, hi) of a launch.
  void piece(size_t track, uint32_t kernel, int64_t start, int64_t end, int64_t lo, int64_t hi);
  void commit();

private:
  void complete(size_t track, const char *category, const std::string &name, int64_t start, int64_t end,
                const std::string &arguments);
  std::string kernelName(uint32_t kernel) const;
  void event(const std::string &text);
  void flush();

  const sinter_artifact &artifact;
  int64_t origin;
  sinter_output *output = nullptr;
  std::string pending;
  bool first = true;
};

} // namespace sinter::train

#endif // SINTER_LIB_RUNTIME_TRAIN_TRACEFILE_H
