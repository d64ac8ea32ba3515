/* How does a GPU take steps?
 *
 * A number of steps in a row is recorded once per slot as a graph, which reads that slot's batches and writes its
 * losses; to take them is one launch of it.
 *
 * SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
#include <sinter-rt/model.h>

#include "state.h"

#include <stdlib.h>
#include <string.h>

static sinter_status check(const sinter_gpu *gpu, CUresult result, const char *what) {
  return sinter_driver_check(gpu->driver, result, SINTER_STEP_FAILED, what);
}

/*--- Recording ---------------------------------------------------------------------------------------------------*/

void sinter_slot_select(sinter_gpu *gpu, const Slot *slot, int64_t index) {
  gpu->batch = slot->deviceBatches + (uint64_t)index * gpu->arena.batchBytes;
  gpu->loss = slot->deviceLosses + (uint64_t)index * LOSS_STRIDE;
  gpu->message = slot->deviceMessages + (uint64_t)index * gpu->arena.messageBytes;
}

static sinter_status issueAll(sinter_gpu *gpu, const Graph *graph) {
  sinter_status status = SINTER_OK;
  for (int64_t i = 0; i < graph->count && status == SINTER_OK; ++i) {
    sinter_slot_select(gpu, graph->slot, i);
    if (graph->gathers)
      status = sinter_rows_gather(gpu, graph->rows);
    for (uint64_t j = 0; j < graph->step->count && status == SINTER_OK; ++j)
      status = sinter_command_issue(gpu, graph->step->commands[j], graph->rows);
  }
  return status;
}

/* A capture is always ended, so that the stream can be used again. */
static sinter_status capture(sinter_gpu *gpu, Graph *steps) {
  CUgraph graph = NULL;
  sinter_status status = check(gpu, gpu->driver->beginCapture(gpu->steps, CU_STREAM_CAPTURE_MODE_THREAD_LOCAL),
                               "recording a step for the GPU");
  if (status != SINTER_OK)
    return status;
  status = issueAll(gpu, steps);
  const CUresult result = gpu->driver->endCapture(gpu->steps, &graph);
  if (status == SINTER_OK)
    status = check(gpu, result, "recording a step for the GPU");
  if (status == SINTER_OK)
    status = check(gpu, gpu->driver->graphInstantiate(&steps->exec, graph, 0), "making a graph of a step");
  if (graph)
    gpu->driver->graphDestroy(graph);
  return status;
}

/* There are few of them: the last launch of an epoch has fewer steps, and its last batch fewer rows. */
static sinter_status findGraph(sinter_gpu *gpu, const Graph *wanted, CUgraphExec *exec) {
  for (Graph *graph = gpu->graphs; graph; graph = graph->next)
    if (graph->step == wanted->step && graph->slot == wanted->slot && graph->rows == wanted->rows &&
        graph->count == wanted->count && graph->gathers == wanted->gathers) {
      *exec = graph->exec;
      return SINTER_OK;
    }
  Graph *graph = malloc(sizeof *graph);
  if (!graph)
    return sinter_fail(SINTER_OUT_OF_MEMORY, "out of memory for a recorded step");
  *graph = *wanted;
  const sinter_status status = capture(gpu, graph);
  if (status != SINTER_OK) {
    free(graph);
    return status;
  }
  graph->next = gpu->graphs;
  gpu->graphs = graph;
  *exec = graph->exec;
  return SINTER_OK;
}

/*--- Steps -------------------------------------------------------------------------------------------------------*/

sinter_status sinter_step_args_check(const sinter_gpu *gpu, const sinter_step_args *args, int64_t count,
                                     const char *name) {
  const sinter_artifact *artifact = gpu->artifact;
  if (count < 1 || count > gpu->capacity)
    return sinter_fail(SINTER_INVALID_ARGUMENT, "%s of model '%s': steps of a launch: expected 1 to %lld, found %lld",
                       name, artifact->name, (long long)gpu->capacity, (long long)count);
  if (args->rows < 1 || args->rows > artifact->batch)
    return sinter_fail(SINTER_INVALID_ARGUMENT, "%s of model '%s': rows: expected 1 to %lld, found %lld", name,
                       artifact->name, (long long)artifact->batch, (long long)args->rows);
  for (int64_t i = 1; i < count; ++i)
    if (args[i].rows != args->rows)
      return sinter_fail(SINTER_INVALID_ARGUMENT,
                         "%s of model '%s': rows of the steps of a launch: expected %lld for each, found %lld", name,
                         artifact->name, (long long)args->rows, (long long)args[i].rows);
  return SINTER_OK;
}

static CUresult receiveOutputs(sinter_gpu *gpu, const sinter_step_args *args) {
  if (!args->outputs || gpu->arena.outputBytes == 0)
    return CUDA_SUCCESS;
  return gpu->driver->copyToHost(gpu->results, gpu->memory + gpu->arena.outputs, gpu->arena.outputBytes, gpu->steps);
}

/* `numbers`: of the rows, for each step; NULL if inputs and targets are in host memory. Returns when all has been sent
 * on its way. */
static sinter_status start(sinter_gpu *gpu, const Step *step, const sinter_step_args *args,
                           const int64_t *const *numbers, int64_t count, const char *name) {
  sinter_status status = sinter_step_args_check(gpu, args, count, name);
  if (status == SINTER_OK && numbers)
    status = sinter_rows_check(gpu, numbers, args, count);
  if (status == SINTER_OK)
    status = check(gpu, gpu->driver->ctxSetCurrent(gpu->context), name);
  Slot *slot = &gpu->slots[gpu->launches % SLOTS];
  if (status == SINTER_OK)
    status = sinter_slot_finish(gpu, slot);
  const Graph wanted = {step, slot, args->rows, count, numbers != NULL, NULL, NULL};
  CUgraphExec exec = NULL;
  if (status == SINTER_OK)
    status = findGraph(gpu, &wanted, &exec);
  if (status != SINTER_OK)
    return status;
  slot->name = name;
  CUresult result =
      numbers ? sinter_slot_send_numbers(gpu, slot, args, numbers, count) : sinter_slot_send(gpu, slot, args, count);
  if (result == CUDA_SUCCESS)
    result = gpu->driver->streamWaitEvent(gpu->steps, slot->copied, 0);
  if (result == CUDA_SUCCESS)
    result = gpu->driver->graphLaunch(exec, gpu->steps);
  if (result == CUDA_SUCCESS)
    result = receiveOutputs(gpu, args);
  if (result == CUDA_SUCCESS)
    result = sinter_slot_receive(gpu, slot);
  if (result != CUDA_SUCCESS)
    return sinter_slot_fail(gpu, slot, result);
  ++gpu->launches;
  if (step == &gpu->trainStep)
    gpu->lastTrained = exec;
  return SINTER_OK;
}

sinter_status sinter_gpu_train_steps(sinter_gpu *gpu, const sinter_step_args *args, int64_t count) {
  return start(gpu, &gpu->trainStep, args, NULL, count, "train_step");
}

sinter_status sinter_gpu_train_rows(sinter_gpu *gpu, const sinter_step_args *args, const int64_t *const *numbers,
                                    int64_t count) {
  return start(gpu, &gpu->trainStep, args, numbers, count, "train_step");
}

sinter_status sinter_gpu_train_step(sinter_gpu *gpu, const sinter_step_args *args) {
  const sinter_status status = sinter_gpu_train_steps(gpu, args, 1);
  return status == SINTER_OK && args->loss ? sinter_gpu_finish(gpu) : status;
}

/* Outputs are waited for. */
static sinter_status run(sinter_gpu *gpu, const Step *step, const sinter_step_args *args, const char *name) {
  sinter_status status = start(gpu, step, args, NULL, 1, name);
  if (status == SINTER_OK)
    status = sinter_gpu_finish(gpu);
  for (uint32_t i = 0; status == SINTER_OK && args->outputs && i < gpu->artifact->output_count; ++i)
    memcpy(args->outputs[i], gpu->results + gpu->arena.outputAt[i],
           sinter_io_bytes(&gpu->artifact->outputs[i], args->rows));
  return status;
}

sinter_status sinter_gpu_eval_step(sinter_gpu *gpu, const sinter_step_args *args) {
  return run(gpu, &gpu->evalStep, args, "eval_step");
}
sinter_status sinter_gpu_predict(sinter_gpu *gpu, const sinter_step_args *args) {
  return run(gpu, &gpu->predict, args, "predict");
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
