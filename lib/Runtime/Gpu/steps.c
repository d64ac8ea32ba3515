/* How does a GPU take a step?
 *
 *   copies stream    batch n+1 -> staging copy            batch n+2 -> the other one
 *   steps stream         staging copy -> batch, graph of step n     staging copy -> batch, graph of step n+1
 *
 * The host fills one pinned batch while the device still reads the other.
 *
 * SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
#include <sinter-rt/model.h>

#include "state.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The largest grid of one dimension. */
static const uint64_t largestGrid = 0x7FFFFFFF;

static sinter_status check(const sinter_gpu *gpu, CUresult result, const char *what) {
  return sinter_driver_check(gpu->driver, result, SINTER_STEP_FAILED, what);
}

/*--- Recording ---------------------------------------------------------------------------------------------------*/

static sinter_status launch(sinter_gpu *gpu, const sinter_device_command *command, int64_t rows) {
  char what[256];
  snprintf(what, sizeof what, "launching kernel '%s' of model '%s'", command->kernel, gpu->artifact->name);
  CUfunction function = NULL;
  sinter_status status = check(gpu, gpu->driver->moduleGetFunction(&function, gpu->module, command->kernel), what);
  if (status != SINTER_OK)
    return status;
  const uint64_t items = (uint64_t)rows * command->per_row + command->fixed;
  const uint64_t blocks = (items + command->divisor - 1) / command->divisor * command->factor;
  if (blocks == 0) /* of empty tensors */
    return SINTER_OK;
  if (blocks > largestGrid)
    return sinter_fail(SINTER_STEP_FAILED, "%s: expected at most %llu blocks, found %llu", what,
                       (unsigned long long)largestGrid, (unsigned long long)blocks);
  const uint32_t count = command->place_count + 2;
  CUdeviceptr *addresses = malloc(count * sizeof *addresses);
  void **parameters = malloc(count * sizeof *parameters);
  if (!addresses || !parameters) {
    free(addresses);
    free(parameters);
    return sinter_fail(SINTER_OUT_OF_MEMORY, "%s: out of memory", what);
  }
  for (uint32_t i = 0; i < command->place_count; ++i)
    addresses[i] = sinter_arena_address(gpu, &gpu->artifact->device->places[command->first_place + i]);
  addresses[command->place_count] = (uint64_t)rows;
  addresses[command->place_count + 1] = gpu->memory + gpu->arena.workspace;
  for (uint32_t i = 0; i < count; ++i)
    parameters[i] = &addresses[i];
  status = check(gpu,
                 gpu->driver->launchKernel(function, (unsigned)blocks, 1, 1, command->threads, 1, 1, 0, gpu->steps,
                                           parameters, NULL),
                 what);
  free(addresses);
  free(parameters);
  return status;
}

static sinter_status issue(sinter_gpu *gpu, const sinter_device_step *step, int64_t rows) {
  sinter_status status = SINTER_OK;
  for (uint64_t i = 0; i < step->count && status == SINTER_OK; ++i) {
    const sinter_device_command *command = &step->commands[i];
    if (command->kernel) {
      status = launch(gpu, command, rows);
      continue;
    }
    const sinter_device_place *places = &gpu->artifact->device->places[command->first_place];
    const uint64_t bytes = (uint64_t)rows * command->per_row + command->fixed;
    status = check(gpu,
                   gpu->driver->copyOnDevice(sinter_arena_address(gpu, &places[1]),
                                             sinter_arena_address(gpu, &places[0]), bytes, gpu->steps),
                   "copying a tensor on the GPU");
  }
  return status;
}

/* A capture is always ended, so that the stream can be used again. */
static sinter_status capture(sinter_gpu *gpu, const sinter_device_step *step, int64_t rows, CUgraphExec *exec) {
  CUgraph graph = NULL;
  sinter_status status = check(gpu, gpu->driver->beginCapture(gpu->steps, CU_STREAM_CAPTURE_MODE_THREAD_LOCAL),
                               "recording a step for the GPU");
  if (status != SINTER_OK)
    return status;
  status = issue(gpu, step, rows);
  const CUresult result = gpu->driver->endCapture(gpu->steps, &graph);
  if (status == SINTER_OK)
    status = check(gpu, result, "recording a step for the GPU");
  if (status == SINTER_OK)
    status = check(gpu, gpu->driver->graphInstantiate(exec, graph, 0), "making a graph of a step");
  if (graph)
    gpu->driver->graphDestroy(graph);
  return status;
}

/* The graph of a step for this number of rows: there are few of them, as only last batches are smaller. */
static sinter_status findGraph(sinter_gpu *gpu, const sinter_device_step *step, int64_t rows, CUgraphExec *exec) {
  for (Graph *graph = gpu->graphs; graph; graph = graph->next)
    if (graph->step == step && graph->rows == rows) {
      *exec = graph->exec;
      return SINTER_OK;
    }
  sinter_status status = capture(gpu, step, rows, exec);
  if (status != SINTER_OK)
    return status;
  Graph *graph = malloc(sizeof *graph);
  if (!graph) {
    gpu->driver->graphExecDestroy(*exec);
    return sinter_fail(SINTER_OUT_OF_MEMORY, "out of memory for a recorded step");
  }
  *graph = (Graph){step, rows, *exec, gpu->graphs};
  gpu->graphs = graph;
  return SINTER_OK;
}

/*--- Batches -----------------------------------------------------------------------------------------------------*/

typedef struct Copier {
  sinter_gpu *gpu;
  int half;
  int64_t rows;
  CUresult result;
} Copier;

static void copyList(Copier *copier, const sinter_io_info *infos, uint32_t count, const uint64_t *offsets,
                     const void *const *buffers) {
  sinter_gpu *gpu = copier->gpu;
  for (uint32_t i = 0; i < count && copier->result == CUDA_SUCCESS; ++i) {
    const uint64_t bytes = sinter_io_bytes(&infos[i], copier->rows);
    if (bytes == 0)
      continue;
    char *from = gpu->pinned[copier->half] + offsets[i];
    memcpy(from, buffers[i], bytes);
    copier->result = gpu->driver->copyToDevice(gpu->memory + gpu->arena.staging[copier->half] + offsets[i], from, bytes,
                                               gpu->copies);
  }
}

/* Starts the batch's way to the device, while the step before may still run. */
static CUresult sendBatch(sinter_gpu *gpu, const sinter_step_args *args, int half) {
  const Driver *driver = gpu->driver;
  const StepScalars scalars = {args->learning_rate, args->step, args->seed};
  CUresult result = CUDA_SUCCESS;
  if (gpu->stepCount >= 2) { /* this half was in use two steps ago */
    result = driver->eventSynchronize(gpu->copied[half]);
    if (result == CUDA_SUCCESS)
      result = driver->streamWaitEvent(gpu->copies, gpu->consumed[half], 0);
  }
  if (result != CUDA_SUCCESS)
    return result;
  memcpy(gpu->pinned[half], &scalars, sizeof scalars);
  Copier copier = {gpu, half, args->rows, CUDA_SUCCESS};
  copier.result =
      driver->copyToDevice(gpu->memory + gpu->arena.staging[half], gpu->pinned[half], sizeof scalars, gpu->copies);
  if (args->inputs)
    copyList(&copier, gpu->artifact->inputs, gpu->artifact->input_count, gpu->arena.inputs, args->inputs);
  if (args->targets)
    copyList(&copier, gpu->artifact->targets, gpu->artifact->target_count, gpu->arena.targets, args->targets);
  return copier.result == CUDA_SUCCESS ? driver->eventRecord(gpu->copied[half], gpu->copies) : copier.result;
}

static CUresult takeBatch(sinter_gpu *gpu, int half) {
  const Driver *driver = gpu->driver;
  CUresult result = driver->streamWaitEvent(gpu->steps, gpu->copied[half], 0);
  if (result == CUDA_SUCCESS)
    result = driver->copyOnDevice(gpu->memory + gpu->arena.batch, gpu->memory + gpu->arena.staging[half],
                                  gpu->arena.batchBytes, gpu->steps);
  return result == CUDA_SUCCESS ? driver->eventRecord(gpu->consumed[half], gpu->steps) : result;
}

/*--- Results -----------------------------------------------------------------------------------------------------*/

static uint64_t lossBytes(const sinter_gpu *gpu) {
  return gpu->artifact->loss_dtype == SINTER_F64 ? sizeof(double) : sizeof(float);
}

static sinter_status fetchResults(sinter_gpu *gpu, const sinter_step_args *args, const char *what) {
  const Driver *driver = gpu->driver;
  const Arena *arena = &gpu->arena;
  CUresult result = CUDA_SUCCESS;
  if (args->loss)
    result = driver->copyToHost(gpu->results, gpu->memory + arena->loss, lossBytes(gpu), gpu->steps);
  if (args->outputs && arena->outputBytes > 0 && result == CUDA_SUCCESS)
    result =
        driver->copyToHost(gpu->results + sizeof(double), gpu->memory + arena->outputs, arena->outputBytes, gpu->steps);
  if (result == CUDA_SUCCESS)
    result = driver->streamSynchronize(gpu->steps);
  const sinter_status status = check(gpu, result, what);
  if (status != SINTER_OK)
    return status;
  if (args->loss)
    memcpy(args->loss, gpu->results, lossBytes(gpu));
  for (uint32_t i = 0; args->outputs && i < gpu->artifact->output_count; ++i)
    memcpy(args->outputs[i], gpu->results + sizeof(double) + arena->outputAt[i],
           sinter_io_bytes(&gpu->artifact->outputs[i], args->rows));
  return SINTER_OK;
}

/*--- Steps -------------------------------------------------------------------------------------------------------*/

static sinter_status run(sinter_gpu *gpu, const sinter_device_step *step, const sinter_step_args *args,
                         const char *name) {
  char what[256];
  snprintf(what, sizeof what, "%s of model '%s' on '%s'", name, gpu->artifact->name, gpu->name);
  if (args->rows < 1 || args->rows > gpu->artifact->batch)
    return sinter_fail(SINTER_INVALID_ARGUMENT, "%s: rows: expected 1 to %lld, found %lld", what,
                       (long long)gpu->artifact->batch, (long long)args->rows);
  sinter_status status = check(gpu, gpu->driver->ctxSetCurrent(gpu->context), what);
  CUgraphExec exec = NULL;
  if (status == SINTER_OK)
    status = findGraph(gpu, step, args->rows, &exec);
  if (status != SINTER_OK)
    return status;
  const int half = (int)(gpu->stepCount % 2);
  CUresult result = sendBatch(gpu, args, half);
  if (result == CUDA_SUCCESS)
    result = takeBatch(gpu, half);
  if (result == CUDA_SUCCESS)
    result = gpu->driver->graphLaunch(exec, gpu->steps);
  ++gpu->stepCount;
  status = check(gpu, result, what);
  if (status != SINTER_OK || (!args->loss && !args->outputs))
    return status;
  return fetchResults(gpu, args, what);
}

sinter_status sinter_gpu_train_step(sinter_gpu *gpu, const sinter_step_args *args) {
  return run(gpu, &gpu->artifact->device->train_step, args, "train_step");
}
sinter_status sinter_gpu_eval_step(sinter_gpu *gpu, const sinter_step_args *args) {
  return run(gpu, &gpu->artifact->device->eval_step, args, "eval_step");
}
sinter_status sinter_gpu_predict(sinter_gpu *gpu, const sinter_step_args *args) {
  return run(gpu, &gpu->artifact->device->predict, args, "predict");
}

sinter_status sinter_gpu_upload(sinter_gpu *gpu, const void *state) {
  CUresult result = gpu->driver->ctxSetCurrent(gpu->context);
  if (result == CUDA_SUCCESS)
    result = gpu->driver->copyToDevice(gpu->memory + gpu->arena.state, state, gpu->artifact->state_bytes, gpu->steps);
  if (result == CUDA_SUCCESS)
    result = gpu->driver->streamSynchronize(gpu->steps);
  return check(gpu, result, "copying the state to the GPU");
}

sinter_status sinter_gpu_download(sinter_gpu *gpu, void *state) {
  CUresult result = gpu->driver->ctxSetCurrent(gpu->context);
  if (result == CUDA_SUCCESS)
    result = gpu->driver->copyToHost(state, gpu->memory + gpu->arena.state, gpu->artifact->state_bytes, gpu->steps);
  if (result == CUDA_SUCCESS)
    result = gpu->driver->streamSynchronize(gpu->steps);
  return check(gpu, result, "copying the state from the GPU");
}
