/* How do batches go to the GPU, and losses come back?
 *
 *   host             fills slot 0        fills slot 1              waits for slot 0, hands its losses out, fills it
 *   copies stream           slot 0 ->           slot 1 ->
 *   steps stream                   steps of slot 0, their losses ->  steps of slot 1, their losses ->
 *
 * A slot is filled again only when all of its losses have arrived, so neither side of a copy is written while the other
 * is read. Where rows of data are on the device (rows.c), a slot is filled with their numbers.
 *
 * SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
#include <sinter-rt/model.h>

#include "state.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Of the automatic number of steps per launch. */
static const int64_t mostAutomaticSteps = 16;
static const uint64_t mostAutomaticBytes = 1 << 20;

/*--- Memory ------------------------------------------------------------------------------------------------------*/

static sinter_status makeEvents(sinter_gpu *gpu, Slot *slot) {
  CUresult result = CUDA_SUCCESS;
  if (!slot->copied)
    result = gpu->driver->eventCreate(&slot->copied, CU_EVENT_DISABLE_TIMING);
  if (result == CUDA_SUCCESS && !slot->done)
    result = gpu->driver->eventCreate(&slot->done, CU_EVENT_DISABLE_TIMING);
  return sinter_driver_check(gpu->driver, result, SINTER_UNSUPPORTED, "making events");
}

static void freeMemory(sinter_gpu *gpu) {
  if (gpu->slotPinned)
    gpu->driver->memFreeHost(gpu->slotPinned);
  if (gpu->slotMemory)
    gpu->driver->memFree(gpu->slotMemory);
  gpu->slotPinned = NULL;
  gpu->slotMemory = gpu->slotBytes = 0;
  for (int i = 0; i < SLOTS; ++i) {
    free(gpu->slots[i].lossTo);
    gpu->slots[i].lossTo = NULL;
  }
  gpu->capacity = 0;
}

/* The batches of all slots, then their messages, then their losses, on both sides. */
static sinter_status takeMemory(sinter_gpu *gpu, int64_t capacity) {
  const uint64_t batchBytes = (uint64_t)capacity * gpu->arena.batchBytes, lossBytes = (uint64_t)capacity * LOSS_STRIDE,
                 messageBytes = (uint64_t)capacity * gpu->arena.messageBytes;
  const uint64_t bytes = SLOTS * (batchBytes + messageBytes + lossBytes);
  sinter_status status = sinter_gpu_allocate(
      gpu, bytes, capacity > 1 ? "take fewer steps per launch" : "compile it for a smaller batch", &gpu->slotMemory);
  if (status != SINTER_OK)
    return status;
  gpu->slotBytes = bytes;
  char what[128];
  snprintf(what, sizeof what, "taking %llu bytes of memory for copies to the GPU", (unsigned long long)bytes);
  status = sinter_driver_check(gpu->driver, gpu->driver->memAllocHost((void **)&gpu->slotPinned, bytes),
                               SINTER_OUT_OF_MEMORY, what);
  if (status != SINTER_OK)
    return status;
  for (uint64_t i = 0; i < SLOTS; ++i) {
    Slot *slot = &gpu->slots[i];
    const uint64_t batchesAt = i * batchBytes, messagesAt = SLOTS * batchBytes + i * messageBytes,
                   lossesAt = SLOTS * (batchBytes + messageBytes) + i * lossBytes;
    slot->batches = gpu->slotPinned + batchesAt;
    slot->messages = gpu->slotPinned + messagesAt;
    slot->losses = gpu->slotPinned + lossesAt;
    slot->deviceBatches = gpu->slotMemory + batchesAt;
    slot->deviceMessages = gpu->slotMemory + messagesAt;
    slot->deviceLosses = gpu->slotMemory + lossesAt;
    slot->lossTo = calloc((size_t)capacity, sizeof *slot->lossTo);
    if (!slot->lossTo)
      return sinter_fail(SINTER_OUT_OF_MEMORY, "out of memory for the losses of %lld steps", (long long)capacity);
  }
  return SINTER_OK;
}

sinter_status sinter_slots_allocate(sinter_gpu *gpu, int64_t capacity) {
  sinter_graphs_free(gpu); /* they hold addresses of the slots that there were */
  freeMemory(gpu);
  sinter_status status = takeMemory(gpu, capacity);
  for (int i = 0; i < SLOTS && status == SINTER_OK; ++i)
    status = makeEvents(gpu, &gpu->slots[i]);
  if (status == SINTER_OK)
    gpu->capacity = capacity;
  else
    freeMemory(gpu);
  return status;
}

void sinter_slots_free(sinter_gpu *gpu) {
  for (int i = 0; i < SLOTS; ++i) {
    if (gpu->slots[i].copied)
      gpu->driver->eventDestroy(gpu->slots[i].copied);
    if (gpu->slots[i].done)
      gpu->driver->eventDestroy(gpu->slots[i].done);
  }
  freeMemory(gpu);
}

/*--- There -------------------------------------------------------------------------------------------------------*/

static void fillList(char *batch, const sinter_io_info *infos, uint32_t count, const uint64_t *offsets,
                     const void *const *buffers, int64_t rows) {
  for (uint32_t i = 0; buffers && i < count; ++i)
    memcpy(batch + offsets[i], buffers[i], sinter_io_bytes(&infos[i], rows));
}

static CUresult sendList(sinter_gpu *gpu, const Slot *slot, const sinter_io_info *infos, uint32_t count,
                         const uint64_t *offsets, int64_t rows) {
  CUresult result = CUDA_SUCCESS;
  for (uint32_t i = 0; i < count && result == CUDA_SUCCESS; ++i) {
    const uint64_t bytes = sinter_io_bytes(&infos[i], rows);
    if (bytes > 0)
      result =
          gpu->driver->copyToDevice(slot->deviceBatches + offsets[i], slot->batches + offsets[i], bytes, gpu->copies);
  }
  return result;
}

/* One batch of fewer rows, or without targets: what is there alone. */
static CUresult sendParts(sinter_gpu *gpu, const Slot *slot, const sinter_step_args *args) {
  const sinter_artifact *artifact = gpu->artifact;
  CUresult result = gpu->driver->copyToDevice(slot->deviceBatches, slot->batches, sizeof(StepScalars), gpu->copies);
  if (args->inputs && result == CUDA_SUCCESS)
    result = sendList(gpu, slot, artifact->inputs, artifact->input_count, gpu->arena.inputs, args->rows);
  if (args->targets && result == CUDA_SUCCESS)
    result = sendList(gpu, slot, artifact->targets, artifact->target_count, gpu->arena.targets, args->rows);
  return result;
}

static CUresult sent(sinter_gpu *gpu, Slot *slot, CUresult result) {
  return result == CUDA_SUCCESS ? gpu->driver->eventRecord(slot->copied, gpu->copies) : result;
}

static StepScalars scalarsOf(const sinter_step_args *args) {
  const StepScalars scalars = {args->learning_rate, args->step, args->seed};
  return scalars;
}

static void note(Slot *slot, const sinter_step_args *args, int64_t count) {
  for (int64_t i = 0; i < count; ++i)
    slot->lossTo[i] = args[i].loss;
  slot->firstStep = args[0].step;
  slot->count = count;
}

CUresult sinter_slot_send_numbers(sinter_gpu *gpu, Slot *slot, const sinter_step_args *args,
                                  const int64_t *const *numbers, int64_t count) {
  for (int64_t i = 0; i < count; ++i) {
    Message *message = (Message *)(void *)(slot->messages + (uint64_t)i * gpu->arena.messageBytes);
    message->scalars = scalarsOf(&args[i]);
    memcpy(message->numbers, numbers[i], (size_t)args[i].rows * sizeof *message->numbers);
  }
  note(slot, args, count);
  return sent(gpu, slot,
              gpu->driver->copyToDevice(slot->deviceMessages, slot->messages, (uint64_t)count * gpu->arena.messageBytes,
                                        gpu->copies));
}

CUresult sinter_slot_send(sinter_gpu *gpu, Slot *slot, const sinter_step_args *args, int64_t count) {
  const sinter_artifact *artifact = gpu->artifact;
  for (int64_t i = 0; i < count; ++i) {
    char *batch = slot->batches + (uint64_t)i * gpu->arena.batchBytes;
    const StepScalars scalars = scalarsOf(&args[i]);
    memcpy(batch, &scalars, sizeof scalars);
    fillList(batch, artifact->inputs, artifact->input_count, gpu->arena.inputs, args[i].inputs, args[i].rows);
    fillList(batch, artifact->targets, artifact->target_count, gpu->arena.targets, args[i].targets, args[i].rows);
  }
  note(slot, args, count);
  const CUresult result = count == 1 && (args->rows < artifact->batch || !args->targets)
                              ? sendParts(gpu, slot, args)
                              : gpu->driver->copyToDevice(slot->deviceBatches, slot->batches,
                                                          (uint64_t)count * gpu->arena.batchBytes, gpu->copies);
  return sent(gpu, slot, result);
}

/*--- Back --------------------------------------------------------------------------------------------------------*/

CUresult sinter_slot_receive(sinter_gpu *gpu, Slot *slot) {
  const CUresult result =
      gpu->driver->copyToHost(slot->losses, slot->deviceLosses, (uint64_t)slot->count * LOSS_STRIDE, gpu->steps);
  return result == CUDA_SUCCESS ? gpu->driver->eventRecord(slot->done, gpu->steps) : result;
}

sinter_status sinter_slot_fail(const sinter_gpu *gpu, Slot *slot, CUresult result) {
  const int64_t count = slot->count;
  slot->count = 0;
  char what[256];
  if (count > 1)
    snprintf(what, sizeof what, "%s (one of steps %lld to %lld) of model '%s' on '%s'", slot->name,
             (long long)slot->firstStep, (long long)(slot->firstStep + count - 1), gpu->artifact->name, gpu->name);
  else if (strcmp(slot->name, "train_step") != 0)
    snprintf(what, sizeof what, "%s of model '%s' on '%s'", slot->name, gpu->artifact->name, gpu->name);
  else
    snprintf(what, sizeof what, "%s (step %lld) of model '%s' on '%s'", slot->name, (long long)slot->firstStep,
             gpu->artifact->name, gpu->name);
  return sinter_driver_check(gpu->driver, result, SINTER_STEP_FAILED, what);
}

/* `result`: how the launch ended. */
static sinter_status handOut(sinter_gpu *gpu, Slot *slot, CUresult result) {
  if (result != CUDA_SUCCESS)
    return sinter_slot_fail(gpu, slot, result);
  const size_t bytes = gpu->artifact->loss_dtype == SINTER_F64 ? sizeof(double) : sizeof(float);
  for (int64_t i = 0; i < slot->count; ++i)
    if (slot->lossTo[i])
      memcpy(slot->lossTo[i], slot->losses + i * LOSS_STRIDE, bytes);
  slot->count = 0;
  return SINTER_OK;
}

sinter_status sinter_slot_finish(sinter_gpu *gpu, Slot *slot) {
  return slot->count > 0 ? handOut(gpu, slot, gpu->driver->eventSynchronize(slot->done)) : SINTER_OK;
}

static sinter_status enter(const sinter_gpu *gpu) {
  return sinter_driver_check(gpu->driver, gpu->driver->ctxSetCurrent(gpu->context), SINTER_STEP_FAILED,
                             "turning to the GPU");
}

sinter_status sinter_gpu_poll(sinter_gpu *gpu, int64_t *pending) {
  sinter_status status = enter(gpu);
  *pending = 0;
  for (uint64_t i = 0; i < SLOTS && status == SINTER_OK; ++i) {
    Slot *slot = &gpu->slots[(gpu->launches + i) % SLOTS];
    if (slot->count > 0 && *pending == 0) { /* else one before is still under way */
      const CUresult result = gpu->driver->eventQuery(slot->done);
      if (result != CUDA_ERROR_NOT_READY)
        status = handOut(gpu, slot, result);
    }
    *pending += slot->count;
  }
  return status;
}

sinter_status sinter_gpu_finish(sinter_gpu *gpu) {
  sinter_status status = enter(gpu);
  for (uint64_t i = 0; i < SLOTS && status == SINTER_OK; ++i)
    status = sinter_slot_finish(gpu, &gpu->slots[(gpu->launches + i) % SLOTS]);
  return status;
}

/*--- Room --------------------------------------------------------------------------------------------------------*/

static int64_t automaticSteps(const sinter_gpu *gpu) {
  const int64_t fitting = (int64_t)(mostAutomaticBytes / gpu->arena.batchBytes);
  return fitting < 1 ? 1 : fitting < mostAutomaticSteps ? fitting : mostAutomaticSteps;
}

sinter_status sinter_gpu_reserve_steps(sinter_gpu *gpu, int64_t steps) {
  if (steps < 0 || steps > SINTER_MOST_STEPS_PER_LAUNCH)
    return sinter_fail(SINTER_INVALID_ARGUMENT, "steps per launch: expected 0 to %d, found %lld",
                       SINTER_MOST_STEPS_PER_LAUNCH, (long long)steps);
  if (steps == 0)
    steps = automaticSteps(gpu);
  sinter_status status = sinter_gpu_finish(gpu);
  if (status == SINTER_OK && steps != gpu->capacity)
    status = sinter_slots_allocate(gpu, steps);
  return status;
}

int64_t sinter_gpu_steps_per_launch(const sinter_gpu *gpu) {
  return gpu->capacity;
}
