// How long do the launches of a compiled train_step take?
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef SINTER_LIB_PIPELINES_STEPTIMER_H
#define SINTER_LIB_PIPELINES_STEPTIMER_H

#include "sinter/Pipelines/CompiledStep.h"

#include <memory>
#include <vector>

namespace sinter {

/// Seconds of each launch of train_step, in their order, and of the whole step.
struct StepSample {
  std::vector<double> launches;
  double step = 0;
};

/// train_step of a library, run on random data with a learning rate so small that nothing changes much. Two of them do
/// the same as long as they take the same number of steps.
class StepTimer {
public:
  /// `pool` must outlive it.
  static llvm::Expected<std::unique_ptr<StepTimer>> make(std::unique_ptr<CompiledLibrary> library, sinter_pool *pool);
  StepTimer(const StepTimer &) = delete;
  ~StepTimer();

  const sinter_artifact &artifact() const { return library->artifact(); }
  /// Runs one step; an error if the artifact refuses.
  llvm::Expected<StepSample> run();
  /// Of the last step.
  double loss() const;

private:
  StepTimer() = default;
  static void observe(void *context, uint32_t kernel, int32_t ended);
  void fill(const sinter_io_info *table, uint32_t count, std::vector<const void *> &pointers);

  std::unique_ptr<CompiledLibrary> library;
  void *state = nullptr, *scratch = nullptr;
  std::vector<std::vector<char>> buffers;
  std::vector<const void *> inputs, targets;
  char lossBytes[8] = {};
  sinter_step_args args = {};
  std::vector<double> launches; ///< of the step that runs
  double begun = 0;
};

} // namespace sinter

#endif // SINTER_LIB_PIPELINES_STEPTIMER_H
