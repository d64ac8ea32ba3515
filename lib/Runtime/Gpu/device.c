/* How is a model brought onto a GPU?
 *
 * SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
#include "state.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Of the messages of the driver's compiler. */
enum { LOG_BYTES = 1024, LIST_BYTES = 256 };

static sinter_status check(const sinter_gpu *gpu, CUresult result, sinter_status status, const char *what) {
  return sinter_driver_check(gpu->driver, result, status, what);
}

static sinter_status openDevice(sinter_gpu *gpu, int ordinal, int *capability) {
  const Driver *driver = gpu->driver;
  int count = 0, major = 0, minor = 0;
  sinter_status status = check(gpu, driver->deviceGetCount(&count), SINTER_UNSUPPORTED, "counting the GPUs");
  if (status != SINTER_OK)
    return status;
  if (count == 0)
    return sinter_fail(SINTER_UNSUPPORTED, "the NVIDIA driver finds no GPU on this machine");
  if (ordinal < 0 || ordinal >= count)
    return sinter_fail(SINTER_UNSUPPORTED, "GPU number: expected 0 to %d, found %d", count - 1, ordinal);
  CUresult result = driver->deviceGet(&gpu->device, ordinal);
  if (result == CUDA_SUCCESS)
    result = driver->deviceGetName(gpu->name, (int)sizeof gpu->name, gpu->device);
  if (result == CUDA_SUCCESS)
    result = driver->deviceGetAttribute(&major, CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR, gpu->device);
  if (result == CUDA_SUCCESS)
    result = driver->deviceGetAttribute(&minor, CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR, gpu->device);
  if (result == CUDA_SUCCESS)
    result = driver->primaryCtxRetain(&gpu->context, gpu->device);
  if (result == CUDA_SUCCESS)
    result = driver->ctxSetCurrent(gpu->context);
  *capability = major * 10 + minor;
  return check(gpu, result, SINTER_UNSUPPORTED, "opening the GPU");
}

static int runsOn(const sinter_device_image *image, int capability) {
  if (image->exact)
    return image->capability == capability;
  const int sameFamily = image->kind != SINTER_CUBIN || image->capability / 10 == capability / 10;
  return image->capability <= capability && sameFamily;
}

/* Later architectures before earlier ones, of one those with a letter before the others, machine code before PTX. */
static int isBetter(const sinter_device_image *a, const sinter_device_image *b) {
  if (a->capability != b->capability)
    return a->capability > b->capability;
  if (a->exact != b->exact)
    return a->exact;
  return a->kind == SINTER_CUBIN && b->kind != SINTER_CUBIN;
}

/* The best image behind `last` (NULL: of all) that runs on the device; NULL if there is none. */
static const sinter_device_image *nextImage(const sinter_device_program *program, int capability,
                                            const sinter_device_image *last) {
  const sinter_device_image *best = NULL;
  for (uint32_t i = 0; i < program->image_count; ++i) {
    const sinter_device_image *image = &program->images[i];
    const int isLeft = !last || isBetter(last, image);
    if (runsOn(image, capability) && isLeft && (!best || isBetter(image, best)))
      best = image;
  }
  return best;
}

static sinter_status refuse(const sinter_gpu *gpu, int capability) {
  char list[LIST_BYTES] = "none";
  size_t used = 0;
  const sinter_device_program *program = gpu->artifact->device;
  for (uint32_t i = 0; i < program->image_count && used < sizeof list; ++i)
    used += (size_t)snprintf(list + used, sizeof list - used, "%s%s", i ? ", " : "", program->images[i].architecture);
  return sinter_fail(SINTER_UNSUPPORTED,
                     "model '%s' was compiled for %s, which does not run on '%s' (sm_%d): compile it with --gpu=sm_%d",
                     gpu->artifact->name, list, gpu->name, capability, capability);
}

static sinter_status selectSteps(sinter_gpu *gpu, const sinter_device_image *image) {
  const sinter_device_program *program = gpu->artifact->device;
  sinter_status status = sinter_step_select(&gpu->trainStep, &program->train_step, image);
  if (status == SINTER_OK)
    status = sinter_step_select(&gpu->evalStep, &program->eval_step, image);
  if (status == SINTER_OK)
    status = sinter_step_select(&gpu->predict, &program->predict, image);
  return status;
}

/* A driver may refuse an image, because it is older than the image's version: then the next one is tried. */
static sinter_status loadImage(sinter_gpu *gpu, int capability) {
  const sinter_device_image *image = nextImage(gpu->artifact->device, capability, NULL);
  if (!image)
    return refuse(gpu, capability);
  sinter_status status = SINTER_OK;
  for (; image; image = nextImage(gpu->artifact->device, capability, image)) {
    char log[LOG_BYTES] = "", what[LOG_BYTES + 64];
    int options[] = {CU_JIT_ERROR_LOG_BUFFER, CU_JIT_ERROR_LOG_BUFFER_SIZE_BYTES};
    void *values[] = {log, (void *)(uintptr_t)sizeof log};
    CUresult result = gpu->driver->moduleLoad(&gpu->module, image->data, 2, options, values);
    if (result == CUDA_SUCCESS)
      return selectSteps(gpu, image);
    snprintf(what, sizeof what, "loading the device code for %s (%s) %s", image->architecture,
             image->kind == SINTER_CUBIN ? "cubin" : "PTX", log);
    status = check(gpu, result, SINTER_UNSUPPORTED, what);
  }
  return status;
}

sinter_status sinter_gpu_allocate(sinter_gpu *gpu, uint64_t bytes, const char *remedy, CUdeviceptr *memory) {
  size_t available = 0, total = 0;
  sinter_status status =
      check(gpu, gpu->driver->memGetInfo(&available, &total), SINTER_UNSUPPORTED, "asking for the GPU's memory");
  if (status != SINTER_OK)
    return status;
  CUresult result = bytes > available ? CUDA_ERROR_OUT_OF_MEMORY : gpu->driver->memAlloc(memory, bytes);
  if (result == CUDA_ERROR_OUT_OF_MEMORY)
    return sinter_fail(SINTER_OUT_OF_MEMORY,
                       "model '%s' needs %llu bytes of the memory of '%s', found %llu (of %llu) unused: %s",
                       gpu->artifact->name, (unsigned long long)bytes, gpu->name, (unsigned long long)available,
                       (unsigned long long)total, remedy);
  if (result == CUDA_SUCCESS)
    result = gpu->driver->memsetD8Async(*memory, 0, bytes, gpu->steps);
  if (result == CUDA_SUCCESS) /* before any copy on another stream */
    result = gpu->driver->streamSynchronize(gpu->steps);
  return check(gpu, result, SINTER_STEP_FAILED, "filling the GPU's memory");
}

static sinter_status allocateAll(sinter_gpu *gpu) {
  sinter_status status = sinter_gpu_allocate(gpu, gpu->arena.bytes, "compile it for a smaller batch", &gpu->memory);
  if (status == SINTER_OK)
    status = sinter_slots_allocate(gpu, 1);
  if (status == SINTER_OK && gpu->arena.outputBytes > 0)
    status = check(gpu, gpu->driver->memAllocHost((void **)&gpu->results, gpu->arena.outputBytes), SINTER_OUT_OF_MEMORY,
                   "taking memory for copies from the GPU");
  return status;
}

static sinter_status makeStreams(sinter_gpu *gpu) {
  CUresult result = gpu->driver->streamCreate(&gpu->steps, CU_STREAM_NON_BLOCKING);
  if (result == CUDA_SUCCESS)
    result = gpu->driver->streamCreate(&gpu->copies, CU_STREAM_NON_BLOCKING);
  return check(gpu, result, SINTER_UNSUPPORTED, "making streams");
}

static sinter_status copyConstants(sinter_gpu *gpu) {
  const sinter_device_program *program = gpu->artifact->device;
  CUresult result = CUDA_SUCCESS;
  for (uint32_t i = 0; i < program->constant_count && result == CUDA_SUCCESS; ++i)
    result = gpu->driver->copyToDevice(gpu->memory + gpu->arena.constants + gpu->arena.constantAt[i],
                                       program->constants[i].data, program->constants[i].bytes, gpu->steps);
  if (result == CUDA_SUCCESS)
    result = gpu->driver->streamSynchronize(gpu->steps);
  return check(gpu, result, SINTER_STEP_FAILED, "filling the GPU's memory");
}

sinter_status sinter_gpu_create(const sinter_artifact *artifact, int device, sinter_gpu **result) {
  *result = NULL;
  if (!artifact->device)
    return sinter_fail(SINTER_UNSUPPORTED, "model '%s' was compiled for CPUs alone: compile it with --target=nvptx",
                       artifact->name);
  sinter_gpu *gpu = calloc(1, sizeof *gpu);
  if (!gpu)
    return sinter_fail(SINTER_OUT_OF_MEMORY, "out of memory for model '%s'", artifact->name);
  gpu->artifact = artifact;
  int capability = 0;
  sinter_status status = sinter_driver_open(&gpu->driver);
  if (status == SINTER_OK)
    status = openDevice(gpu, device, &capability);
  if (status == SINTER_OK)
    status = sinter_arena_plan(&gpu->arena, artifact);
  if (status == SINTER_OK)
    status = loadImage(gpu, capability);
  if (status == SINTER_OK)
    status = makeStreams(gpu);
  if (status == SINTER_OK)
    status = allocateAll(gpu);
  if (status == SINTER_OK)
    status = copyConstants(gpu);
  if (status != SINTER_OK) {
    sinter_gpu_destroy(gpu);
    return status;
  }
  *result = gpu;
  return SINTER_OK;
}

void sinter_graphs_free(sinter_gpu *gpu) {
  for (Graph *graph = gpu->graphs, *next; graph; graph = next) {
    next = graph->next;
    gpu->driver->graphExecDestroy(graph->exec);
    free(graph);
  }
  gpu->graphs = NULL;
  gpu->lastTrained = NULL;
}

/* Streams first: what they still do uses the rest. */
static void destroyOnDevice(sinter_gpu *gpu) {
  const Driver *driver = gpu->driver;
  driver->ctxSetCurrent(gpu->context);
  for (int i = 0; i < 2; ++i) {
    const CUstream stream = i ? gpu->steps : gpu->copies;
    if (stream) {
      driver->streamSynchronize(stream);
      driver->streamDestroy(stream);
    }
  }
  sinter_graphs_free(gpu);
  sinter_slots_free(gpu);
  sinter_rows_free(gpu);
  if (gpu->results)
    driver->memFreeHost(gpu->results);
  if (gpu->memory)
    driver->memFree(gpu->memory);
  if (gpu->module)
    driver->moduleUnload(gpu->module);
  driver->primaryCtxRelease(gpu->device);
}

void sinter_gpu_destroy(sinter_gpu *gpu) {
  if (!gpu)
    return;
  if (gpu->context)
    destroyOnDevice(gpu);
  sinter_arena_free(&gpu->arena);
  free(gpu->trainStep.commands);
  free(gpu->evalStep.commands);
  free(gpu->predict.commands);
  free(gpu);
}

const char *sinter_gpu_name(const sinter_gpu *gpu) {
  return gpu->name;
}
uint64_t sinter_gpu_bytes(const sinter_gpu *gpu) {
  return gpu->arena.bytes + gpu->slotBytes + gpu->rows.bytes;
}
