/* How is one command of a step sent to the GPU, and which commands make a step there?
 *
 * SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
#include "state.h"

#include <stdio.h>
#include <stdlib.h>

/* The largest grid of one dimension. */
static const uint64_t largestGrid = 0x7FFFFFFF;

static sinter_status check(const sinter_gpu *gpu, CUresult result, const char *what) {
  return sinter_driver_check(gpu->driver, result, SINTER_STEP_FAILED, what);
}

/*--- Steps -------------------------------------------------------------------------------------------------------*/

static int applies(const sinter_device_command *command, int exactCapability) {
  if (command->architecture >= 0)
    return command->architecture == 0 || command->architecture == exactCapability;
  return -command->architecture != exactCapability;
}

sinter_status sinter_step_select(Step *step, const sinter_device_step *all, const sinter_device_image *image) {
  step->commands = malloc((all->count + 1) * sizeof *step->commands);
  if (!step->commands)
    return sinter_fail(SINTER_OUT_OF_MEMORY, "out of memory for the commands of a step");
  step->count = 0;
  for (uint64_t i = 0; i < all->count; ++i)
    if (applies(&all->commands[i], image->exact ? image->capability : 0))
      step->commands[step->count++] = &all->commands[i];
  return SINTER_OK;
}

/*--- Launches ----------------------------------------------------------------------------------------------------*/

/* The driver's CUtensorMap. */
typedef struct TensorMap {
  _Alignas(64) unsigned char opaque[128];
} TensorMap;

static CUresult encode(sinter_gpu *gpu, const sinter_device_map *map, CUdeviceptr address, int64_t rows,
                       TensorMap *encoded) {
  uint64_t extents[5];
  uint32_t elementStrides[5];
  for (uint32_t i = 0; i < map->rank; ++i) {
    extents[i] = (uint64_t)rows * map->per_row[i] + map->fixed[i];
    elementStrides[i] = 1;
  }
  return gpu->driver->tensorMapEncodeTiled(encoded, map->element, map->rank, address, extents, map->strides, map->box,
                                           elementStrides, CU_TENSOR_MAP_INTERLEAVE_NONE, CU_TENSOR_MAP_SWIZZLE_128B,
                                           CU_TENSOR_MAP_L2_PROMOTION_L2_256B, CU_TENSOR_MAP_FLOAT_OOB_FILL_NONE);
}

/* What a kernel is called with: addresses and numbers, then maps. */
typedef struct Arguments {
  TensorMap *maps;
  CUdeviceptr *words;
  void **parameters;
} Arguments;

static void argumentsFree(Arguments *arguments) {
  free(arguments->maps);
  free(arguments->words);
  free(arguments->parameters);
}

static sinter_status argumentsMake(sinter_gpu *gpu, const sinter_device_command *command, int64_t rows,
                                   Arguments *arguments, const char *what) {
  const sinter_device_program *program = gpu->artifact->device;
  const size_t most = (size_t)command->place_count + 2;
  const size_t mapBytes = (command->map_count + 1) * sizeof(TensorMap);
  arguments->words = malloc(most * sizeof *arguments->words);
  arguments->parameters = malloc((most + command->map_count) * sizeof *arguments->parameters);
  arguments->maps = aligned_alloc(_Alignof(TensorMap), mapBytes);
  if (!arguments->words || !arguments->parameters || !arguments->maps)
    return sinter_fail(SINTER_OUT_OF_MEMORY, "%s: out of memory", what);
  size_t count = 0;
  for (; count < command->place_count; ++count)
    arguments->words[count] = sinter_arena_address(gpu, &program->places[command->first_place + count]);
  arguments->words[count++] = (uint64_t)rows;
  if (command->uses_workspace)
    arguments->words[count++] = gpu->memory + gpu->arena.workspace;
  for (size_t i = 0; i < count; ++i)
    arguments->parameters[i] = &arguments->words[i];
  for (uint32_t i = 0; i < command->map_count; ++i) {
    const sinter_device_map *map = &program->maps[command->first_map + i];
    const sinter_status status =
        check(gpu, encode(gpu, map, arguments->words[map->place], rows, &arguments->maps[i]), what);
    if (status != SINTER_OK)
      return status;
    arguments->parameters[count++] = &arguments->maps[i];
  }
  return SINTER_OK;
}

static sinter_status launch(sinter_gpu *gpu, const sinter_device_command *command, int64_t rows) {
  char what[256];
  snprintf(what, sizeof what, "launching kernel '%s' of model '%s'", command->kernel, gpu->artifact->name);
  CUfunction function = NULL;
  CUresult result = gpu->driver->moduleGetFunction(&function, gpu->module, command->kernel);
  if (result == CUDA_SUCCESS && command->shared_bytes > 0)
    result = gpu->driver->funcSetAttribute(function, CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES,
                                           (int)command->shared_bytes);
  sinter_status status = check(gpu, result, what);
  if (status != SINTER_OK)
    return status;
  const uint64_t items = (uint64_t)rows * command->per_row + command->fixed;
  const uint64_t blocks = (items + command->divisor - 1) / command->divisor * command->factor;
  if (blocks == 0) /* of empty tensors */
    return SINTER_OK;
  if (blocks > largestGrid)
    return sinter_fail(SINTER_STEP_FAILED, "%s: expected at most %llu blocks, found %llu", what,
                       (unsigned long long)largestGrid, (unsigned long long)blocks);
  Arguments arguments = {NULL, NULL, NULL};
  status = argumentsMake(gpu, command, rows, &arguments, what);
  if (status == SINTER_OK)
    status = check(gpu,
                   gpu->driver->launchKernel(function, (unsigned)blocks, 1, 1, command->threads, 1, 1,
                                             command->shared_bytes, gpu->steps, arguments.parameters, NULL),
                   what);
  argumentsFree(&arguments);
  return status;
}

sinter_status sinter_command_issue(sinter_gpu *gpu, const sinter_device_command *command, int64_t rows) {
  if (command->kernel)
    return launch(gpu, command, rows);
  const sinter_device_place *places = &gpu->artifact->device->places[command->first_place];
  const uint64_t bytes = (uint64_t)rows * command->per_row + command->fixed;
  return check(gpu,
               gpu->driver->copyOnDevice(sinter_arena_address(gpu, &places[1]), sinter_arena_address(gpu, &places[0]),
                                         bytes, gpu->steps),
               "copying a tensor on the GPU");
}
