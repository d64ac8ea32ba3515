// What did a benchmark measure, and how is it told? As text, or as a JSON object.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef SINTER_LIB_RUNTIME_TRAIN_BENCHREPORT_H
#define SINTER_LIB_RUNTIME_TRAIN_BENCHREPORT_H

#include "KernelTimes.h"

#include "sinter-rt/ceilings.h"

#include <optional>
#include <string>

namespace sinter::train {

/// Seconds of the steps of a run.
struct StepTimes {
  double median = 0, fastest = 0, percentile90 = 0;
};

struct BenchResult {
  int64_t steps = 0;
  int threads = 0;
  std::string device; // what took the steps
  StepTimes step;     // observed by nobody; batches are copied to a GPU

  /// Steps on a GPU whose batches are there already: graphs launched again, many in a row.
  struct Replays {
    int64_t stepsPerLaunch = 1;
    StepTimes device, wall; // by the device's clock, and by the host's
  };
  std::optional<Replays> replays;
  std::optional<StepTimes> gathered; // batches of rows that stay on a GPU

  struct Kernels {
    int64_t steps = 0;
    StepTimes step; // observed: a little slower
    sinter_ceilings ceilings = {};
    std::vector<KernelTime> times;
    double outside = 0; // seconds of a step in no kernel

    bool knowsCeilings() const { return ceilings.flops > 0 && ceilings.bytes > 0; }
    double inside() const; // seconds of a step in kernels
    /// Sum of the parts; a disturbed machine disturbs this less than the whole step, of which one part is always hit.
    double all() const { return inside() + outside; }
    /// Seconds that the ceilings, where they are known, allow for a kernel, and for all of them.
    std::optional<double> least(const KernelTime &kernel) const;
    std::optional<double> least() const;
  };
  std::optional<Kernels> kernels;
};

void printBench(const sinter_artifact &artifact, const BenchResult &result);
void printBenchJson(const sinter_artifact &artifact, const BenchResult &result);

} // namespace sinter::train

#endif // SINTER_LIB_RUNTIME_TRAIN_BENCHREPORT_H
