// Entry points about streams and events.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Driver.h"

#include <chrono>

using namespace sinter::emulator;
using namespace sinter::emulator::driver;

//===----------------------------------------------------------------------===//
// Streams
//===----------------------------------------------------------------------===//

static constexpr unsigned nonBlocking = 1; // CU_STREAM_NON_BLOCKING

SINTER_DRIVER_API cuStreamCreate(CUstream *stream, unsigned flags) {
  return guarded(Needs::Context, [&](Driver &driver) {
    *stream = new CUstream_st;
    (*stream)->isBlocking = !(flags & nonBlocking);
    driver.streams.insert(*stream);
    return CUDA_SUCCESS;
  });
}

SINTER_DRIVER_API cuStreamCreateWithPriority(CUstream *stream, unsigned flags, int) {
  return cuStreamCreate(stream, flags);
}

/// Its work is still done.
SINTER_DRIVER_API cuStreamDestroy_v2(CUstream stream) {
  return guarded(Needs::Context, [&](Driver &driver) {
    if (!driver.streams.count(stream))
      return CUDA_ERROR_INVALID_HANDLE;
    stream->capture = nullptr;
    CUresult result = driver.finishStream(stream);
    driver.streams.erase(stream);
    delete stream;
    return result;
  });
}

SINTER_DRIVER_API cuStreamSynchronize(CUstream stream) {
  return guarded(Needs::Context, [&](Driver &driver) {
    return resolve(stream) ? driver.finishStream(resolve(stream)) : CUDA_ERROR_INVALID_HANDLE;
  });
}

/// Who asks again and again gets there: each question lets one item run.
SINTER_DRIVER_API cuStreamQuery(CUstream handle) {
  return guarded(Needs::Context, [&](Driver &driver) {
    CUstream stream = resolve(handle);
    if (!stream)
      return CUDA_ERROR_INVALID_HANDLE;
    if (stream->capture)
      return driver.finishStream(stream);
    if (stream->queue.empty())
      return CUDA_SUCCESS;
    driver.stepStream(stream);
    return CUDA_ERROR_NOT_READY;
  });
}

SINTER_DRIVER_API cuStreamWaitEvent(CUstream handle, CUevent event, unsigned) {
  return guarded(Needs::Context, [&](Driver &driver) {
    CUstream stream = resolve(handle);
    if (!stream || !driver.events.count(event))
      return CUDA_ERROR_INVALID_HANDLE;
    if (event->capture) { // the stream joins the capture that the event was recorded in
      if (stream->capture && stream->capture != event->capture)
        return CUDA_ERROR_STREAM_CAPTURE_INVALIDATED;
      if (!stream->capture)
        stream->captured.clear();
      stream->capture = event->capture;
      stream->captured.insert(stream->captured.end(), event->captured.begin(), event->captured.end());
      return CUDA_SUCCESS;
    }
    if (event->recorded && !event->recorded->done)
      stream->waits.push_back(event->recorded);
    return CUDA_SUCCESS;
  });
}

//===----------------------------------------------------------------------===//
// Events
//===----------------------------------------------------------------------===//

static double now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

SINTER_DRIVER_API cuEventCreate(CUevent *event, unsigned flags) {
  return guarded(Needs::Context, [&](Driver &driver) {
    constexpr unsigned disableTiming = 2;
    *event = new CUevent_st;
    (*event)->timing = !(flags & disableTiming);
    driver.events.insert(*event);
    return CUDA_SUCCESS;
  });
}

SINTER_DRIVER_API cuEventDestroy_v2(CUevent event) {
  return guarded(Needs::Context, [&](Driver &driver) {
    if (!driver.events.erase(event))
      return CUDA_ERROR_INVALID_HANDLE;
    delete event;
    return CUDA_SUCCESS;
  });
}

SINTER_DRIVER_API cuEventRecord(CUevent event, CUstream handle) {
  return guarded(Needs::Context, [&](Driver &driver) {
    CUstream stream = resolve(handle);
    if (!stream || !driver.events.count(event))
      return CUDA_ERROR_INVALID_HANDLE;
    event->capture = stream->capture;
    event->captured = stream->captured;
    event->recorded = nullptr;
    if (stream->capture)
      return CUDA_SUCCESS;
    auto seconds = std::make_shared<double>(0);
    event->seconds = seconds;
    CUresult result = driver.enqueue(stream, [seconds] { *seconds = now(); });
    event->recorded = stream->last;
    return result;
  });
}

SINTER_DRIVER_API cuEventSynchronize(CUevent event) {
  return guarded(Needs::Context, [&](Driver &driver) {
    if (!driver.events.count(event))
      return CUDA_ERROR_INVALID_HANDLE;
    if (event->capture)
      return CUDA_ERROR_CAPTURED_EVENT;
    if (event->recorded)
      driver.finish(event->recorded);
    return CUDA_SUCCESS;
  });
}

SINTER_DRIVER_API cuEventQuery(CUevent event) {
  return guarded(Needs::Context, [&](Driver &driver) {
    if (!driver.events.count(event))
      return CUDA_ERROR_INVALID_HANDLE;
    if (event->capture)
      return CUDA_ERROR_CAPTURED_EVENT;
    if (!event->recorded || event->recorded->done)
      return CUDA_SUCCESS;
    driver.stepStream(event->recorded->stream);
    return CUDA_ERROR_NOT_READY;
  });
}

SINTER_DRIVER_API cuEventElapsedTime(float *milliseconds, CUevent start, CUevent end) {
  return guarded(Needs::Context, [&](Driver &driver) {
    if (!driver.events.count(start) || !driver.events.count(end) || !start->recorded || !end->recorded ||
        !start->timing || !end->timing)
      return CUDA_ERROR_INVALID_HANDLE;
    if (!start->recorded->done || !end->recorded->done)
      return CUDA_ERROR_NOT_READY;
    *milliseconds = static_cast<float>((*end->seconds - *start->seconds) * 1e3);
    return CUDA_SUCCESS;
  });
}
