/* Where does everything lie in device memory?
 *
 * SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
#include <sinter-rt/model.h>

#include "state.h"

#include <stdlib.h>

/* Of a caller's buffer; more than any access of a kernel, and a line of the cache. */
static const uint64_t alignment = 256;

/* The offset of a part of `bytes` bytes behind what is there. */
static uint64_t place(uint64_t *end, uint64_t bytes) {
  const uint64_t at = (*end + alignment - 1) / alignment * alignment;
  *end = at + bytes;
  return at;
}

static void placeAll(uint64_t *offsets, uint64_t *end, const sinter_io_info *infos, uint32_t count, int64_t rows) {
  for (uint32_t i = 0; i < count; ++i)
    offsets[i] = place(end, sinter_io_bytes(&infos[i], rows));
}

sinter_status sinter_arena_plan(Arena *arena, const sinter_artifact *artifact) {
  const sinter_device_program *program = artifact->device;
  const size_t counts = (size_t)artifact->input_count + artifact->target_count + artifact->output_count;
  uint64_t *offsets = calloc(counts + program->constant_count + 1, sizeof *offsets);
  if (!offsets)
    return sinter_fail(SINTER_OUT_OF_MEMORY, "out of memory for the layout of device memory");
  arena->inputs = offsets;
  arena->targets = arena->inputs + artifact->input_count;
  arena->outputAt = arena->targets + artifact->target_count;
  arena->constantAt = arena->outputAt + artifact->output_count;

  arena->batchBytes = sizeof(StepScalars);
  placeAll(arena->inputs, &arena->batchBytes, artifact->inputs, artifact->input_count, artifact->batch);
  placeAll(arena->targets, &arena->batchBytes, artifact->targets, artifact->target_count, artifact->batch);
  arena->batchBytes = place(&arena->batchBytes, 0); /* batches lie one behind the other */
  arena->messageBytes = offsetof(Message, numbers) + (uint64_t)artifact->batch * sizeof(int64_t);
  arena->messageBytes = place(&arena->messageBytes, 0);
  placeAll(arena->outputAt, &arena->outputBytes, artifact->outputs, artifact->output_count, artifact->batch);
  uint64_t constantBytes = 0;
  for (uint32_t i = 0; i < program->constant_count; ++i)
    arena->constantAt[i] = place(&constantBytes, program->constants[i].bytes);

  arena->state = place(&arena->bytes, artifact->state_bytes);
  arena->scratch = place(&arena->bytes, artifact->scratch_bytes);
  arena->workspace = place(&arena->bytes, program->workspace_bytes);
  arena->outputs = place(&arena->bytes, arena->outputBytes);
  arena->constants = place(&arena->bytes, constantBytes);
  return SINTER_OK;
}

void sinter_arena_free(Arena *arena) {
  free(arena->inputs);
}

CUdeviceptr sinter_arena_address(const sinter_gpu *gpu, const sinter_device_place *place) {
  const Arena *arena = &gpu->arena;
  const CUdeviceptr at = gpu->memory + place->offset;
  switch (place->space) {
  case SINTER_SPACE_STATE:
    return at + arena->state;
  case SINTER_SPACE_SCRATCH:
    return at + arena->scratch;
  case SINTER_SPACE_INPUT:
    return gpu->batch + arena->inputs[place->index];
  case SINTER_SPACE_TARGET:
    return gpu->batch + arena->targets[place->index];
  case SINTER_SPACE_OUTPUT:
    return at + arena->outputs + arena->outputAt[place->index];
  case SINTER_SPACE_LOSS:
    return gpu->loss;
  case SINTER_SPACE_LEARNING_RATE:
    return gpu->batch + offsetof(StepScalars, learningRate);
  case SINTER_SPACE_STEP:
    return gpu->batch + offsetof(StepScalars, step);
  case SINTER_SPACE_SEED:
    return gpu->batch + offsetof(StepScalars, seed);
  default:
    return at + arena->constants + arena->constantAt[place->index];
  }
}
