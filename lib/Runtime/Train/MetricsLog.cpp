// How is the course of training kept?
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "MetricsLog.h"
#include "Error.h"
#include "FileBytes.h"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <unistd.h>

namespace sinter::train {

MetricsLog::MetricsLog(const std::string &path, const sinter_artifact &artifact, bool validates, int64_t resumedStep)
    : path(path), doublePrecision(artifact.loss_dtype == SINTER_F64), file(nullptr, std::fclose) {
  if (path.empty())
    return;
  header = "epoch,step,rows,learning_rate,loss";
  if (validates) {
    header += ",validation_loss";
    for (uint32_t i = 0; i < artifact.metric_count; ++i)
      header += fmt::format(",validation_{}", artifact.metrics[i]);
    validationColumns = 1 + artifact.metric_count;
  }
  header += ",seconds\n";
  std::string kept = resumedStep > 0 ? keptLines(resumedStep) : header;
  file.reset(std::fopen(path.c_str(), "wb"));
  if (!file || std::fwrite(kept.data(), 1, kept.size(), file.get()) != kept.size())
    fail("cannot write '{}': {}", path, std::strerror(errno));
  flush();
}

std::string MetricsLog::keptLines(int64_t resumedStep) const {
  if (access(path.c_str(), F_OK) != 0)
    return header;
  std::string text = readFileBytes(path), kept = header;
  if (text.compare(0, header.size(), header) != 0)
    fail("cannot continue the log '{}': expected the columns '{}' on its first line", path,
         header.substr(0, header.size() - 1));
  for (size_t at = header.size(); at < text.size();) {
    size_t end = text.find('\n', at), comma = text.find(',', at);
    if (end == std::string::npos || comma > end || std::strtoll(text.c_str() + comma + 1, nullptr, 10) > resumedStep)
      break;
    kept.append(text, at, end + 1 - at);
    at = end + 1;
  }
  return kept;
}

void MetricsLog::write(const Line &line, const Evaluation *evaluation) {
  if (!file)
    return;
  // Shortest text that reads back as the same number, of the loss's own precision.
  std::string loss = doublePrecision ? fmt::format("{}", line.loss) : fmt::format("{}", static_cast<float>(line.loss));
  std::string text = fmt::format("{},{},{},{},{}", line.epoch, line.step, line.rows, line.learningRate, loss);
  if (evaluation && validationColumns > 0) {
    text += fmt::format(",{:.9g}", evaluation->loss);
    for (double value : evaluation->metrics)
      text += fmt::format(",{:.9g}", value);
  } else {
    text.append(validationColumns, ',');
  }
  text += fmt::format(",{:.3f}\n", line.seconds);
  if (std::fwrite(text.data(), 1, text.size(), file.get()) != text.size())
    fail("cannot write '{}': {}", path, std::strerror(errno));
}

void MetricsLog::flush() {
  if (file && std::fflush(file.get()) != 0)
    fail("cannot write '{}': {}", path, std::strerror(errno));
}

} // namespace sinter::train
