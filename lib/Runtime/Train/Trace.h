// What happens when, and in which thread? Recorded in memory, then written in Chrome's trace event format, which
// Perfetto (ui.perfetto.dev) and chrome://tracing show.
//
// Track 0 is the thread that takes the steps: phases (data, validation, checkpoint) and steps around kernels around its
// own share of their work. Each worker of the pool has a track with its shares. On a GPU, training steps are taken
// launch by launch while they are recorded; its kernels are track 1, its copies track 2, on the host's clock as if the
// device had begun when the host did.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef SINTER_LIB_RUNTIME_TRAIN_TRACE_H
#define SINTER_LIB_RUNTIME_TRAIN_TRACE_H

#include "Options.h"

#include "sinter-rt/model.h"

#include <string>
#include <vector>

namespace sinter::train {

class Trace {
public:
  /// Observes the steps of `model` as long as it lives; `options` must outlive it.
  Trace(sinter_model *model, const ProfileOptions &options);
  ~Trace();
  Trace(const Trace &) = delete;
  Trace &operator=(const Trace &) = delete;

  /// Are training steps to be taken with `takeStep`? On a GPU, as long as steps are recorded.
  bool takesDeviceSteps() const { return onGpu && takesSteps(); }
  /// Takes one, inside of a Step.
  void takeStep(const sinter_batch &batch);

  /// Writes the file, all of it or nothing.
  void write() const;

  /// A step, from construction to destruction. Does nothing with a null trace, or when enough steps are recorded.
  class Step {
  public:
    Step(Trace *trace, const char *name, int64_t rows);
    ~Step();
    Step(const Step &) = delete;
    Step &operator=(const Step &) = delete;

  private:
    Trace *trace;
    const char *name;
    int64_t rows, start = 0;
  };

  /// Any other phase. `PerStep` ones are recorded as long as steps are, others up to a fixed number.
  enum class Often { PerStep, PerEpoch };
  class Phase {
  public:
    Phase(Trace *trace, const char *name, Often often = Often::PerEpoch);
    ~Phase();
    Phase(const Phase &) = delete;
    Phase &operator=(const Phase &) = delete;

  private:
    Trace *trace;
    const char *name;
    int64_t start = 0;
  };

private:
  static void observeKernel(void *context, uint32_t kernel, int32_t ended);
  static void observePiece(void *context, int thread, int64_t lo, int64_t hi, int32_t ended);
  bool takesSteps() const { return stepCount < options.steps; }

  // Times are in nanoseconds.
  struct Span {
    const char *name;
    int64_t start, end, rows; // rows: of steps, else 0
  };
  struct Launch {
    uint32_t kernel;
    int64_t start, end;
    bool full; // a full batch, for which the kernel table holds
  };
  struct Copy {
    const char *name;
    int64_t start, end;
  };
  struct Piece {
    uint32_t kernel;
    int64_t lo, hi, start, end;
  };
  // Each thread writes its own.
  struct alignas(64) Track {
    std::vector<Piece> pieces;
    int64_t begun = 0;
  };
  static constexpr size_t mostPhases = 10000;

  sinter_model *model;
  const ProfileOptions &options;
  int64_t origin;
  std::vector<Span> spans;
  std::vector<Launch> launches;
  std::vector<Copy> copies; // of a GPU
  std::vector<Track> tracks;
  int64_t stepCount = 0;
  size_t phaseCount = 0;
  bool inStep = false, full = false, onGpu;
  // Of the launch that runs: written between loops of the pool, read in them.
  uint32_t kernel = 0;
  int64_t launched = 0;
};

} // namespace sinter::train

#endif // SINTER_LIB_RUNTIME_TRAIN_TRACE_H
