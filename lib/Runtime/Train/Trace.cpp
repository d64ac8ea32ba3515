// What happens when, and in which thread?
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Trace.h"
#include "KernelTimes.h"
#include "TraceFile.h"

#include <utility>

namespace sinter::train {

Trace::Trace(sinter_model *model, const ProfileOptions &options)
    : model(model), options(options), origin(nanosecondsNow()),
      tracks(static_cast<size_t>(sinter_pool_threads(sinter_model_pool(model)))),
      onGpu(sinter_model_gpu_name(model) != nullptr) {
  sinter_model_set_observer(model, observeKernel, this);
  sinter_pool_set_observer(sinter_model_pool(model), observePiece, this);
}

Trace::~Trace() {
  sinter_model_set_observer(model, nullptr, nullptr);
  sinter_pool_set_observer(sinter_model_pool(model), nullptr, nullptr);
}

void Trace::observeKernel(void *context, uint32_t kernel, int32_t ended) {
  auto &self = *static_cast<Trace *>(context);
  if (!self.inStep)
    return;
  if (!ended) {
    self.kernel = kernel;
    self.launched = nanosecondsNow();
  } else {
    self.launches.push_back({kernel, self.launched, nanosecondsNow(), self.full});
  }
}

void Trace::observePiece(void *context, int thread, int64_t lo, int64_t hi, int32_t ended) {
  auto &self = *static_cast<Trace *>(context);
  if (!self.inStep)
    return;
  Track &track = self.tracks[static_cast<size_t>(thread)];
  if (!ended)
    track.begun = nanosecondsNow();
  else
    track.pieces.push_back({self.kernel, lo, hi, track.begun, nanosecondsNow()});
}

// The spans end before the host's step does: it begins earlier and waits for them.
void Trace::takeStep(const sinter_batch &batch) {
  const int64_t begin = nanosecondsNow();
  const auto at = [begin](double seconds) { return begin + static_cast<int64_t>(seconds * 1e9); };
  const char *name = "batch to the GPU";
  for (const sinter_gpu_span &span : timeTrainStep(model, batch)) {
    if (span.kernel == SINTER_NO_KERNEL)
      copies.push_back({std::exchange(name, "tensor"), at(span.start), at(span.end)});
    else
      launches.push_back({span.kernel, at(span.start), at(span.end), full});
  }
}

Trace::Step::Step(Trace *recorder, const char *name, int64_t rows)
    : trace(recorder && recorder->takesSteps() ? recorder : nullptr), name(name), rows(rows) {
  if (!trace)
    return;
  trace->inStep = true;
  trace->full = rows == sinter_model_artifact(trace->model)->batch;
  start = nanosecondsNow();
}

Trace::Step::~Step() {
  if (!trace)
    return;
  trace->spans.push_back({name, start, nanosecondsNow(), rows});
  trace->inStep = false;
  ++trace->stepCount;
}

Trace::Phase::Phase(Trace *recorder, const char *name, Often often) : trace(recorder), name(name) {
  if (trace && (often == Often::PerStep ? !trace->takesSteps() : ++trace->phaseCount > mostPhases))
    trace = nullptr;
  if (trace)
    start = nanosecondsNow();
}

Trace::Phase::~Phase() {
  if (trace)
    trace->spans.push_back({name, start, nanosecondsNow(), 0});
}

void Trace::write() const {
  const sinter_artifact &artifact = *sinter_model_artifact(model);
  TraceFile file(options.path, artifact, origin);
  if (onGpu) {
    file.nameTrack(0, "steps (host)");
    file.nameTrack(1, fmt::format("kernels ({})", sinter_model_gpu_name(model)));
    file.nameTrack(2, "copies");
  }
  for (size_t track = 0; track < tracks.size() && !onGpu; ++track)
    file.nameTrack(track, track == 0 ? "steps (thread 0)" : fmt::format("worker (thread {})", track));
  for (const Span &span : spans)
    file.span(span.name, span.start, span.end, span.rows);
  for (const Launch &launch : launches)
    file.launch(onGpu ? 1 : 0, launch.kernel, launch.start, launch.end, launch.full);
  for (const Copy &copy : copies)
    file.copy(2, copy.name, copy.start, copy.end);
  for (size_t track = 0; track < tracks.size(); ++track)
    for (const Piece &piece : tracks[track].pieces)
      file.piece(track, piece.kernel, piece.start, piece.end, piece.lo, piece.hi);
  file.commit();
}

} // namespace sinter::train
