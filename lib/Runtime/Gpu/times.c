/* How long does a step take on the GPU, and each of its kernels? By its own clock, with events.
 *
 * SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
#include "state.h"

#include <stdlib.h>

static sinter_status check(const sinter_gpu *gpu, CUresult result) {
  return sinter_driver_check(gpu->driver, result, SINTER_STEP_FAILED, "timing a step on the GPU");
}

static void destroyEvents(sinter_gpu *gpu, CUevent *events, uint64_t count) {
  for (uint64_t i = 0; i < count; ++i)
    if (events[i])
      gpu->driver->eventDestroy(events[i]);
  free(events);
}

/* NULL, with a message, when that fails. */
static CUevent *makeEvents(sinter_gpu *gpu, uint64_t count) {
  CUevent *events = calloc(count, sizeof(CUevent));
  if (!events) {
    sinter_fail(SINTER_OUT_OF_MEMORY, "out of memory for %llu events", (unsigned long long)count);
    return NULL;
  }
  CUresult result = CUDA_SUCCESS;
  for (uint64_t i = 0; i < count && result == CUDA_SUCCESS; ++i)
    result = gpu->driver->eventCreate(&events[i], CU_EVENT_DEFAULT);
  if (check(gpu, result) == SINTER_OK)
    return events;
  destroyEvents(gpu, events, count);
  return NULL;
}

static CUresult secondsBetween(const sinter_gpu *gpu, CUevent start, CUevent end, double *seconds) {
  float milliseconds = 0;
  const CUresult result = gpu->driver->eventElapsedTime(&milliseconds, start, end);
  *seconds = (double)milliseconds * 1e-3;
  return result;
}

/*--- A step, launch by launch ------------------------------------------------------------------------------------*/

uint64_t sinter_gpu_span_count(const sinter_gpu *gpu) {
  return 1 + gpu->trainStep.count;
}

/* Events 2i and 2i + 1 are around span i. */
static sinter_status issueTimed(sinter_gpu *gpu, Slot *slot, const sinter_step_args *args, const CUevent *events) {
  const Driver *driver = gpu->driver;
  const Step *step = &gpu->trainStep;
  CUresult result = driver->eventRecord(events[0], gpu->copies);
  if (result == CUDA_SUCCESS)
    result = sinter_slot_send(gpu, slot, args, 1);
  if (result == CUDA_SUCCESS)
    result = driver->eventRecord(events[1], gpu->copies);
  if (result == CUDA_SUCCESS)
    result = driver->streamWaitEvent(gpu->steps, slot->copied, 0);
  sinter_status status = check(gpu, result);
  sinter_slot_select(gpu, slot, 0);
  for (uint64_t i = 0; i < step->count && status == SINTER_OK; ++i) {
    status = check(gpu, driver->eventRecord(events[2 * i + 2], gpu->steps));
    if (status == SINTER_OK)
      status = sinter_command_issue(gpu, step->commands[i], args->rows);
    if (status == SINTER_OK)
      status = check(gpu, driver->eventRecord(events[2 * i + 3], gpu->steps));
  }
  return status == SINTER_OK ? check(gpu, sinter_slot_receive(gpu, slot)) : status;
}

static sinter_status readSpans(sinter_gpu *gpu, const CUevent *events, sinter_gpu_span *spans) {
  const sinter_device_command *const *commands = gpu->trainStep.commands;
  CUresult result = gpu->driver->streamSynchronize(gpu->copies); /* the steps have not waited for its last event */
  for (uint64_t i = 0; i < sinter_gpu_span_count(gpu) && result == CUDA_SUCCESS; ++i) {
    spans[i].kernel = i > 0 && commands[i - 1]->kernel ? commands[i - 1]->kernel_row : SINTER_NO_KERNEL;
    result = secondsBetween(gpu, events[0], events[2 * i], &spans[i].start);
    if (result == CUDA_SUCCESS)
      result = secondsBetween(gpu, events[0], events[2 * i + 1], &spans[i].end);
  }
  return check(gpu, result);
}

sinter_status sinter_gpu_time_step(sinter_gpu *gpu, const sinter_step_args *args, sinter_gpu_span *spans) {
  sinter_status status = sinter_step_args_check(gpu, args, 1, "train_step");
  if (status == SINTER_OK)
    status = sinter_gpu_finish(gpu);
  const uint64_t count = 2 * sinter_gpu_span_count(gpu);
  CUevent *events = status == SINTER_OK ? makeEvents(gpu, count) : NULL;
  if (!events)
    return status == SINTER_OK ? SINTER_STEP_FAILED : status;
  Slot *slot = &gpu->slots[gpu->launches % SLOTS];
  slot->name = "train_step";
  status = issueTimed(gpu, slot, args, events);
  if (status == SINTER_OK)
    status = sinter_slot_finish(gpu, slot);
  else
    slot->count = 0;
  if (status == SINTER_OK)
    status = readSpans(gpu, events, spans);
  destroyEvents(gpu, events, count);
  return status;
}

/*--- Launches ----------------------------------------------------------------------------------------------------*/

sinter_status sinter_gpu_time_launches(sinter_gpu *gpu, int64_t launches, double *seconds) {
  sinter_status status = sinter_gpu_finish(gpu);
  if (status != SINTER_OK)
    return status;
  if (!gpu->lastTrained)
    return sinter_fail(SINTER_INVALID_ARGUMENT, "timing launches: expected training steps before, found none");
  CUevent *events = makeEvents(gpu, 2);
  if (!events)
    return SINTER_STEP_FAILED;
  CUresult result = gpu->driver->eventRecord(events[0], gpu->steps);
  for (int64_t i = 0; i < launches && result == CUDA_SUCCESS; ++i)
    result = gpu->driver->graphLaunch(gpu->lastTrained, gpu->steps);
  if (result == CUDA_SUCCESS)
    result = gpu->driver->eventRecord(events[1], gpu->steps);
  if (result == CUDA_SUCCESS)
    result = gpu->driver->eventSynchronize(events[1]);
  if (result == CUDA_SUCCESS)
    result = secondsBetween(gpu, events[0], events[1], seconds);
  destroyEvents(gpu, events, 2);
  return check(gpu, result);
}
