// When does work on streams run? See Driver.h.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Driver.h"

#include <algorithm>
#include <cstdio>

namespace sinter::emulator::driver {

Driver::Driver() {
  properties = propertiesFromEnvironment(environmentProblem);
  random.seed(properties.options.seed);
}

/// Never destroyed: other libraries may still call while the process ends.
Driver &Driver::get() {
  static Driver *driver = new Driver;
  return *driver;
}

CUcontext &currentContext() {
  thread_local CUcontext current = nullptr;
  return current;
}

CUstream resolve(CUstream stream) {
  Driver &driver = Driver::get();
  if (reinterpret_cast<uintptr_t>(stream) <= 2)
    return &driver.defaultStream;
  return driver.streams.count(stream) ? stream : nullptr;
}

void Driver::fault(CUresult code, const std::string &message) {
  if (sticky != CUDA_SUCCESS)
    return;
  sticky = code;
  faultMessage = message;
  fprintf(stderr, "sinter emulator: %s\n", message.c_str());
}

static CUresult codeOf(const std::string &message) {
  if (message.find("misaligned address") != std::string::npos)
    return CUDA_ERROR_MISALIGNED_ADDRESS;
  if (message.find("out of bounds") != std::string::npos)
    return CUDA_ERROR_ILLEGAL_ADDRESS;
  if (message.find("deadlock") != std::string::npos || message.find("gave up") != std::string::npos)
    return CUDA_ERROR_LAUNCH_TIMEOUT;
  return CUDA_ERROR_LAUNCH_FAILED;
}

void Driver::run(Work &work) {
  if (sticky == CUDA_SUCCESS)
    try {
      work.run();
    } catch (const Error &error) {
      fault(codeOf(error.what()), error.what());
    }
  work.done = true;
  work.run = nullptr;
  work.after.clear();
}

/// All items of the stream up to `work`, each after what it waits for.
void Driver::finish(const WorkPointer &work) {
  CUstream stream = work->stream;
  while (!work->done && !stream->queue.empty())
    stepStream(stream);
}

void Driver::stepStream(CUstream stream) {
  if (stream->queue.empty())
    return;
  WorkPointer first = stream->queue.front();
  for (const WorkPointer &other : std::vector<WorkPointer>(first->after))
    finish(other);
  if (first->done)
    return;
  stream->queue.pop_front();
  run(*first);
}

CUresult Driver::finishStream(CUstream stream) {
  if (stream->capture) {
    stream->capture->isInvalid = true;
    return CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED;
  }
  while (!stream->queue.empty())
    stepStream(stream);
  return sticky;
}

bool Driver::isCapturing() const {
  return std::any_of(streams.begin(), streams.end(), [](CUstream stream) { return stream->capture != nullptr; });
}

CUresult Driver::finishAll() {
  for (CUstream stream : streams)
    if (stream->capture) {
      stream->capture->isInvalid = true;
      return CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED;
    }
  finishStream(&defaultStream);
  for (CUstream stream : streams)
    finishStream(stream);
  return sticky;
}

void Driver::progress() {
  if (properties.options.async != AsyncMode::Random || random() % 4)
    return;
  std::vector<CUstream> busy;
  if (!defaultStream.queue.empty())
    busy.push_back(&defaultStream);
  for (CUstream stream : streams)
    if (!stream->queue.empty())
      busy.push_back(stream);
  if (busy.empty())
    return;
  // Sets order streams by address: that must not decide.
  std::sort(busy.begin(), busy.end(), [](CUstream a, CUstream b) { return a->queue.size() < b->queue.size(); });
  CUstream chosen = busy[random() % busy.size()];
  for (uint64_t items = 1 + random() % 4; items--;)
    stepStream(chosen);
}

/// A capturing stream remembers the item instead.
CUresult Driver::record(CUstream stream, std::function<void()> run) {
  Capture &capture = *stream->capture;
  capture.nodes.push_back({std::move(run), stream->captured});
  stream->captured = {capture.nodes.size() - 1};
  return CUDA_SUCCESS;
}

CUresult Driver::enqueue(CUstream stream, std::function<void()> run) {
  if (stream->capture)
    return record(stream, std::move(run));
  bool isDefault = stream == &defaultStream;
  if (isDefault && isCapturing())
    for (CUstream other : streams)
      if (other->capture && other->isBlocking) {
        other->capture->isInvalid = true;
        return CUDA_ERROR_STREAM_CAPTURE_IMPLICIT;
      }
  auto work = std::make_shared<Work>();
  work->run = std::move(run);
  work->stream = stream;
  work->after = std::move(stream->waits);
  stream->waits.clear();
  if (isDefault) {
    for (CUstream other : streams)
      if (other->isBlocking && other->last && !other->last->done)
        work->after.push_back(other->last);
  } else if (stream->isBlocking && defaultStream.last && !defaultStream.last->done)
    work->after.push_back(defaultStream.last);
  stream->queue.push_back(work);
  stream->last = work;
  if (properties.options.async == AsyncMode::Eager)
    finish(work);
  return sticky;
}

} // namespace sinter::emulator::driver
