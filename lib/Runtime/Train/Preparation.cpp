// What happens to the inputs on their way from the file to the step?
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Preparation.h"
#include "Error.h"

#include <cmath>
#include <cstring>
#include <type_traits>

namespace sinter::train {

template <typename To, typename From, typename Convert>
static void convertRows(const Array &source, const int64_t *order, int64_t count, void *out, Convert convert) {
  int64_t width = source.rowElements();
  To *to = static_cast<To *>(out);
  for (int64_t i = 0; i < count; ++i) {
    const char *row = source.data() + order[i] * width * static_cast<int64_t>(sizeof(From));
    for (int64_t j = 0; j < width; ++j) {
      From value;
      std::memcpy(&value, row + j * sizeof(From), sizeof(From));
      to[i * width + j] = convert(value, j);
    }
  }
}

template <typename Function>
static void withStepType(int32_t dtype, Function &&function) {
  switch (dtype) {
  case SINTER_F32:
    return function(static_cast<float *>(nullptr));
  case SINTER_F64:
    return function(static_cast<double *>(nullptr));
  case SINTER_I32:
    return function(static_cast<int32_t *>(nullptr));
  case SINTER_I64:
    return function(static_cast<int64_t *>(nullptr));
  case SINTER_U8:
  case SINTER_BOOL:
    return function(static_cast<uint8_t *>(nullptr));
  default:
    fail("the model takes elements of type {}, which this program cannot feed from files", dtype);
  }
}

void gatherRows(const Array &source, const int64_t *order, int64_t count, int32_t dtype, void *out) {
  withStepType(dtype, [&](auto *stepType) {
    using To = std::remove_pointer_t<decltype(stepType)>;
    withElementType(source.type, [&](auto *stored) {
      using From = std::remove_pointer_t<decltype(stored)>;
      convertRows<To, From>(source, order, count, out, [](From value, int64_t) { return static_cast<To>(value); });
    });
  });
}

void gatherPrepared(const Array &source, const int64_t *order, int64_t count, int32_t dtype,
                    const Preparation &preparation, int64_t firstFeature, void *out) {
  bool floats = dtype == SINTER_F32 || dtype == SINTER_F64;
  if (!floats || (preparation.scale == 1 && !preparation.normalizes()))
    return gatherRows(source, order, count, dtype, out);
  withStepType(dtype, [&](auto *stepType) {
    using To = std::remove_pointer_t<decltype(stepType)>;
    withElementType(source.type, [&](auto *stored) {
      using From = std::remove_pointer_t<decltype(stored)>;
      double scale = preparation.scale;
      if (!preparation.normalizes()) {
        convertRows<To, From>(source, order, count, out,
                              [=](From value, int64_t) { return static_cast<To>(static_cast<double>(value) * scale); });
        return;
      }
      const double *mean = preparation.mean.data() + firstFeature;
      const double *deviation = preparation.deviation.data() + firstFeature;
      convertRows<To, From>(source, order, count, out, [=](From value, int64_t j) {
        return static_cast<To>((static_cast<double>(value) * scale - mean[j]) / deviation[j]);
      });
    });
  });
}

// Appends the mean and the deviation of each feature of one input; two passes, so that nothing cancels.
static void fitInput(Preparation &preparation, const Array &source, const std::vector<int64_t> &rows) {
  int64_t width = source.rowElements();
  std::vector<double> row(static_cast<size_t>(width)), mean(row), square(row);
  double count = static_cast<double>(rows.size());
  auto read = [&](int64_t index) {
    gatherRows(source, &index, 1, SINTER_F64, row.data());
    for (double &value : row)
      value *= preparation.scale;
  };
  for (int64_t index : rows) {
    read(index);
    for (int64_t j = 0; j < width; ++j)
      mean[j] += row[j];
  }
  for (double &value : mean)
    value /= count;
  for (int64_t index : rows) {
    read(index);
    for (int64_t j = 0; j < width; ++j)
      square[j] += (row[j] - mean[j]) * (row[j] - mean[j]);
  }
  for (int64_t j = 0; j < width; ++j) {
    double deviation = std::sqrt(square[j] / count);
    // What rounding leaves of a constant feature counts as none.
    bool constant = !(deviation > 1e-12 * std::fabs(mean[j]));
    preparation.mean.push_back(mean[j]);
    preparation.deviation.push_back(constant ? 1 : deviation);
  }
}

void fitNormalization(Preparation &preparation, const sinter_artifact &artifact, const Dataset &dataset,
                      const std::vector<int64_t> &rows) {
  preparation.mean.clear();
  preparation.deviation.clear();
  for (uint32_t i = 0; i < artifact.input_count; ++i)
    fitInput(preparation, dataset.inputs[i], rows);
}

} // namespace sinter::train
