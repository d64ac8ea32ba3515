// Which schedules are fastest on this machine? The planner's are compared with others by running them.
//
//   compilation.advanceTo(Phase::Kernels);
//   llvm::Expected<TuneResult> result = tune(compilation, options, observer);
//
// A round compiles the whole step once, with one candidate for each kernel that has any left, and runs it by turns with
// the planned one: rounds are as many as the kernel with most candidates has, not their sum. The kernels' times come
// from the artifact's observer. When a better schedule is found, its neighbours are candidates too.
//
// A schedule is taken for better if its kernel was more than 3 % faster than with the planned one (medians of runs by
// turns), both in its round and in a confirmation in which all that were found run together. What the order of
// floating-point additions is depends on the schedule, so results may differ in the last bits from the planned step's.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef SINTER_PIPELINES_TUNER_H
#define SINTER_PIPELINES_TUNER_H

#include "sinter/Dialect/IR/SinterDialect.h"
#include "sinter/Pipelines/Compilation.h"
#include "llvm/Support/Error.h"

#include <string>
#include <vector>

namespace sinter {

struct TuneOptions {
  std::string runtimeFolder; ///< see sinter/Target/Link.h
  int threads = 0;           ///< 0: one per CPU
  double seconds = 60;       ///< no round begins that would not be done by then, with the confirmation
  int64_t rounds = 0;        ///< most rounds; 0: as many as there are candidates for
  std::string kernels;       ///< a regular expression of names as in schedule files; empty: all of train_step
};

/// A kernel of train_step, and all kernels of the module that have the same code.
struct TunedKernel {
  std::vector<std::string> names;              ///< as in schedule files
  ScheduleAttr planned, found;                 ///< the same if nothing better was found
  double plannedSeconds = 0, foundSeconds = 0; ///< a step's launches in train_step, in the confirmation
};

struct TuneProgress {
  double seconds = 0; ///< since the beginning
  int64_t round = 0;  ///< rounds done
  int64_t left = 0;   ///< rounds until all candidates known by now are tried
  int64_t better = 0; ///< kernels for which something better was seen
};

/// Whoever wants to know, and may end it early.
class TuneObserver {
public:
  virtual ~TuneObserver() = default;
  virtual void progress(const TuneProgress &progress) {}
  /// True: no more rounds; what has been found is confirmed and returned.
  virtual bool shouldStop() { return false; }
};

struct TuneResult {
  std::vector<TunedKernel> kernels; ///< those that were tuned, in the order of train_step
  int threads = 0;
  int64_t rounds = 0, measured = 0; ///< compilations; schedules of kernels that ran in them
  int64_t rejected = 0;             ///< rounds that did not compile, or whose loss was another one
  bool complete = false;            ///< no candidate is left
  double seconds = 0;
  double plannedStep = 0, foundStep = 0; ///< seconds of all kernels of train_step in the confirmation; 0 without one
};

/// `compilation` is in phase `kernels`, for this machine. An error says what cannot be compiled, linked or run, or
/// which regular expression is none or fits no kernel.
llvm::Expected<TuneResult> tune(Compilation &compilation, const TuneOptions &options, TuneObserver &observer);

} // namespace sinter

#endif // SINTER_PIPELINES_TUNER_H
