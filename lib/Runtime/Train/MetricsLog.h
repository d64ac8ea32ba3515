// How is the course of training kept? As CSV: a line per epoch, or per step. Columns:
//   epoch, step, rows, learning_rate, loss [, validation_loss, validation_<metric>...], seconds
// The loss is that of the epoch, or of the step's batch; validation columns are filled on the last line of an epoch.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef SINTER_LIB_RUNTIME_TRAIN_METRICSLOG_H
#define SINTER_LIB_RUNTIME_TRAIN_METRICSLOG_H

#include "Evaluate.h"

#include <cstdio>
#include <memory>
#include <string>

namespace sinter::train {

class MetricsLog {
public:
  struct Line {
    int64_t epoch, step, rows;
    double learningRate, loss, seconds;
  };

  /// Begins `path` afresh, or, when `resumedStep` is not 0, keeps its lines up to that step. No log for an empty path.
  MetricsLog(const std::string &path, const sinter_artifact &artifact, bool validates, int64_t resumedStep);

  /// Appends a line; `evaluation` may be null.
  void write(const Line &line, const Evaluation *evaluation);
  void flush();

private:
  std::string keptLines(int64_t resumedStep) const;

  std::string path, header;
  size_t validationColumns = 0;
  bool doublePrecision = false;
  std::unique_ptr<std::FILE, int (*)(std::FILE *)> file;
};

} // namespace sinter::train

#endif // SINTER_LIB_RUNTIME_TRAIN_METRICSLOG_H
