// How good are the outputs?
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Metrics.h"
#include "Error.h"

#include <cmath>
#include <limits>
#include <string_view>

namespace sinter::train {

static std::string_view lossName(const sinter_artifact &artifact) {
  return artifact.loss ? artifact.loss : "";
}

// Binary losses take logits when their name says so.
static bool outputsAreLogits(const sinter_artifact &artifact) {
  return lossName(artifact).find("logits") != std::string_view::npos ||
         lossName(artifact).find("cross_entropy") != std::string_view::npos;
}

static bool isBinaryLoss(const sinter_artifact &artifact) {
  std::string_view loss = lossName(artifact);
  return loss.find("binary") != std::string_view::npos || loss.find("bce") != std::string_view::npos;
}

// Elements of output 0 that are judged together: one class out of so many.
static int64_t classWidth(const sinter_artifact &artifact) {
  const sinter_io_info &output = artifact.outputs[0];
  if (output.rank < 2 || isBinaryLoss(artifact))
    return 1;
  return output.shape[output.rank - 1];
}

ClassReader::ClassReader(const sinter_artifact &artifact)
    : dtype(artifact.outputs[0].dtype), width(classWidth(artifact)),
      positions(rowElements(artifact.outputs[0]) / std::max<int64_t>(width, 1)),
      threshold(outputsAreLogits(artifact) ? 0 : 0.5) {}

int64_t ClassReader::classAt(const void *output, int64_t position) const {
  if (width == 1)
    return elementAt(output, position, dtype) > threshold;
  int64_t best = 0;
  double bestValue = elementAt(output, position * width, dtype);
  for (int64_t i = 1; i < width; ++i) {
    double value = elementAt(output, position * width + i, dtype);
    if (value > bestValue) {
      best = i;
      bestValue = value;
    }
  }
  return best;
}

static bool comparable(const sinter_artifact &artifact) {
  return artifact.output_count > 0 && artifact.target_count > 0 && isBatched(artifact.outputs[0]) &&
         isBatched(artifact.targets[0]);
}

Metrics::Metrics(const sinter_artifact &artifact) : artifact(artifact) {
  for (uint32_t i = 0; i < artifact.metric_count; ++i) {
    std::string_view name = artifact.metrics[i];
    if (name == "accuracy")
      wantsAccuracy = true;
    else if (name == "mae" || name == "r2")
      wantsErrors = true;
    else
      fail("model '{}' declares the metric '{}'; expected accuracy, mae or r2", artifact.name, name);
    if (!comparable(artifact))
      fail("model '{}' declares the metric '{}', but has no output and target to compare", artifact.name, name);
  }
  if (!wantsErrors)
    return;
  const sinter_io_info &output = artifact.outputs[0], &target = artifact.targets[0];
  if (rowElements(output) != rowElements(target))
    fail("model '{}' declares an error metric, but its output '{}' has {} per row and its target '{}' has {}",
         artifact.name, output.name, counted(rowElements(output), "number"), target.name, rowElements(target));
  size_t columns = static_cast<size_t>(rowElements(target));
  shift.assign(columns, 0);
  sum = sumSquares = residual = shift;
}

void Metrics::add(const Batch &batch) {
  if (wantsAccuracy)
    addAccuracy(batch);
  if (wantsErrors)
    addErrors(batch);
}

void Metrics::addAccuracy(const Batch &batch) {
  ClassReader reader(artifact);
  const sinter_io_info &target = artifact.targets[0];
  int64_t positions = batch.rows * reader.positionsPerRow(), targetElements = batch.rows * rowElements(target);
  // Targets are either a class per position, or as many numbers as the outputs (probabilities).
  int64_t width = positions > 0 ? targetElements / positions : 1;
  for (int64_t i = 0; i < positions; ++i) {
    int64_t wanted = 0;
    if (width == 1) {
      double value = elementAt(batch.targets[0], i, target.dtype);
      bool isIndex = target.dtype != SINTER_F32 && target.dtype != SINTER_F64;
      wanted = isIndex ? static_cast<int64_t>(value) : value > 0.5;
    } else {
      for (int64_t j = 1; j < width; ++j)
        if (elementAt(batch.targets[0], i * width + j, target.dtype) >
            elementAt(batch.targets[0], i * width + wanted, target.dtype))
          wanted = j;
    }
    right += reader.classAt(batch.outputs[0], i) == wanted;
  }
  judged += positions;
}

void Metrics::addErrors(const Batch &batch) {
  const sinter_io_info &output = artifact.outputs[0], &target = artifact.targets[0];
  int64_t columns = static_cast<int64_t>(shift.size());
  for (int64_t i = 0; i < batch.rows; ++i) {
    for (int64_t j = 0; j < columns; ++j) {
      double wanted = elementAt(batch.targets[0], i * columns + j, target.dtype);
      double error = wanted - elementAt(batch.outputs[0], i * columns + j, output.dtype);
      if (rows + i == 0)
        shift[j] = wanted;
      double shifted = wanted - shift[j];
      absolute += std::fabs(error);
      residual[j] += error * error;
      sum[j] += shifted;
      sumSquares[j] += shifted * shifted;
    }
  }
  rows += batch.rows;
  elements += batch.rows * columns;
}

double Metrics::accuracy() const {
  return static_cast<double>(right) / static_cast<double>(judged);
}

double Metrics::r2() const {
  double total = 0;
  for (size_t j = 0; j < shift.size(); ++j) {
    double spread = sumSquares[j] - sum[j] * sum[j] / static_cast<double>(rows);
    if (!(spread > 0))
      return std::numeric_limits<double>::quiet_NaN();
    total += 1 - residual[j] / spread;
  }
  return total / static_cast<double>(shift.size());
}

std::vector<double> Metrics::values() const {
  std::vector<double> result;
  for (uint32_t i = 0; i < artifact.metric_count; ++i) {
    std::string_view name = artifact.metrics[i];
    result.push_back(name == "accuracy" ? accuracy() : name == "mae" ? absolute / static_cast<double>(elements) : r2());
  }
  return result;
}

} // namespace sinter::train
