// How long does each kernel of a training step take? Told by the model's observer, launch by launch.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef SINTER_LIB_RUNTIME_TRAIN_KERNELTIMES_H
#define SINTER_LIB_RUNTIME_TRAIN_KERNELTIMES_H

#include "sinter-rt/model.h"

#include <string>
#include <vector>

namespace sinter::train {

/// All launches of one kernel in a training step.
struct KernelTime {
  std::string name, schedule;
  int64_t launches = 0;
  uint64_t flops = 0, bytes = 0; // of all launches of a step, on a full batch
  double seconds = 0;            // median over the steps
};

class KernelTimes {
public:
  /// Observes the steps of `model` as long as it lives.
  explicit KernelTimes(sinter_model *model);
  ~KernelTimes();
  KernelTimes(const KernelTimes &) = delete;
  KernelTimes &operator=(const KernelTimes &) = delete;

  /// A launch that took so long, seen elsewhere: on a GPU.
  void add(uint32_t row, int64_t nanoseconds);

  /// To be called after each training step, with the time that it took.
  void endStep(double seconds);

  /// The kernels of the training step, those that take longest first; equal ones in the order of their first launches.
  std::vector<KernelTime> medians() const;

  /// The median of what the steps took outside of kernels, in seconds.
  double outside() const;

private:
  static void observe(void *context, uint32_t kernel, int32_t ended);

  struct Kernel {
    KernelTime about;
    int64_t nanoseconds = 0; // in the step that runs
    std::vector<int64_t> samples;
  };

  sinter_model *model;
  std::vector<Kernel> kernels;
  std::vector<int64_t> kernelOfRow; // of the artifact's table; -1 for rows of other steps
  std::vector<int64_t> outsides;
  int64_t begun = 0;
};

/// Takes a training step on a GPU launch by launch, and says when what ran: the batch's copy first.
std::vector<sinter_gpu_span> timeTrainStep(sinter_model *model, const sinter_batch &batch);

/// Nanoseconds on a clock that only goes forward.
int64_t nanosecondsNow();

} // namespace sinter::train

#endif // SINTER_LIB_RUNTIME_TRAIN_KERNELTIMES_H
