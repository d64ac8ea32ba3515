/* How is a model made, and what are its tensors?
 *
 * SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
#include <sinter-rt/model.h>

#include "model_state.h"

#include <stdlib.h>
#include <string.h>

static int compareNames(const void *left, const void *right, void *tensors) {
  const sinter_tensor_info *table = tensors;
  return strcmp(table[*(const uint32_t *)left].name, table[*(const uint32_t *)right].name);
}

/* Builds the index of tensor names; two tensors of one name are an error. */
static sinter_status indexNames(sinter_model *model) {
  const sinter_artifact *artifact = model->artifact;
  const uint32_t count = artifact->tensor_count;
  model->byName = malloc(sizeof *model->byName * (count + (size_t)1));
  if (!model->byName)
    return sinter_fail(SINTER_OUT_OF_MEMORY, "out of memory for the names of %u tensors", count);
  for (uint32_t i = 0; i < count; ++i)
    model->byName[i] = i;
  qsort_r(model->byName, count, sizeof *model->byName, compareNames, (void *)(uintptr_t)artifact->tensors);
  for (uint32_t i = 1; i < count; ++i) {
    const char *name = artifact->tensors[model->byName[i]].name;
    if (strcmp(artifact->tensors[model->byName[i - 1]].name, name) == 0)
      return sinter_fail(SINTER_INVALID_ARGUMENT, "artifact '%s': two tensors of the name '%s'", artifact->name, name);
  }
  return SINTER_OK;
}

sinter_status sinter_model_create_on_gpu(const sinter_artifact *artifact, int device, sinter_model **result) {
  sinter_status status = sinter_model_create(artifact, /*threads=*/0, result);
  if (status != SINTER_OK)
    return status;
  status = sinter_gpu_create(artifact, device, &(*result)->gpu);
  (*result)->hostIsNewer = 1;
  if (status == SINTER_OK)
    status = sinter_model_make_ring(*result);
  if (status != SINTER_OK) {
    sinter_model_destroy(*result);
    *result = NULL;
  }
  return status;
}

sinter_status sinter_model_create(const sinter_artifact *artifact, int threads, sinter_model **result) {
  if (!result)
    return sinter_fail(SINTER_INVALID_ARGUMENT, "sinter_model_create: expected a place for the model, found NULL");
  *result = NULL;
  sinter_status status = sinter_artifact_check(artifact);
  if (status != SINTER_OK)
    return status;
  sinter_model *model = calloc(1, sizeof *model);
  if (!model)
    return sinter_fail(SINTER_OUT_OF_MEMORY, "out of memory for model '%s'", artifact->name);
  model->artifact = artifact;
  status = indexNames(model);
  if (status == SINTER_OK)
    status = sinter_block_allocate(&model->state, artifact->state_bytes, artifact->alignment, "state");
  if (status == SINTER_OK)
    status = sinter_block_allocate(&model->scratch, artifact->scratch_bytes, artifact->alignment, "scratch");
  if (status == SINTER_OK)
    status = sinter_pool_create(threads, &model->pool);
  if (status != SINTER_OK) {
    sinter_model_destroy(model);
    return status;
  }
  *result = model;
  return SINTER_OK;
}

void sinter_model_destroy(sinter_model *model) {
  if (!model)
    return;
  sinter_gpu_destroy(model->gpu);
  sinter_pool_destroy(model->pool);
  sinter_block_free(&model->scratch);
  sinter_block_free(&model->state);
  free(model->pending);
  free(model->byName);
  free(model);
}

const sinter_artifact *sinter_model_artifact(const sinter_model *model) {
  return model->artifact;
}
sinter_pool *sinter_model_pool(sinter_model *model) {
  return model->pool;
}
const char *sinter_model_gpu_name(const sinter_model *model) {
  return model->gpu ? sinter_gpu_name(model->gpu) : NULL;
}

sinter_model_memory sinter_model_memory_of(const sinter_model *model) {
  const sinter_artifact *artifact = model->artifact;
  const sinter_model_memory memory = {artifact->state_bytes, artifact->scratch_bytes,
                                      artifact->state_bytes + artifact->scratch_bytes};
  return memory;
}

void sinter_model_set_observer(sinter_model *model, sinter_observer observer, void *context) {
  model->observer = observer;
  model->observerContext = context;
}

int64_t sinter_model_step(const sinter_model *model) {
  return model->step;
}
void sinter_model_set_step(sinter_model *model, int64_t step) {
  model->step = step > 0 ? step : 0;
}
int64_t sinter_model_seed(const sinter_model *model) {
  return model->seed;
}
void sinter_model_set_seed(sinter_model *model, int64_t seed) {
  model->seed = seed;
}

uint32_t sinter_model_tensor_count(const sinter_model *model) {
  return model->artifact->tensor_count;
}

const sinter_tensor_info *sinter_model_tensor_info_at(const sinter_model *model, uint32_t index) {
  return index < model->artifact->tensor_count ? &model->artifact->tensors[index] : NULL;
}

/* The caller may write there. */
void *sinter_model_tensor_at(sinter_model *model, uint32_t index) {
  const sinter_tensor_info *info = sinter_model_tensor_info_at(model, index);
  if (!info || sinter_model_synchronize(model) != SINTER_OK)
    return NULL;
  model->hostIsNewer = 1;
  return (char *)model->state.data + info->offset;
}

const void *sinter_model_tensor_at_const(const sinter_model *model, uint32_t index) {
  const sinter_tensor_info *info = sinter_model_tensor_info_at(model, index);
  if (!info || sinter_model_synchronize(model) != SINTER_OK)
    return NULL;
  return (const char *)model->state.data + info->offset;
}

int64_t sinter_model_find_tensor(const sinter_model *model, const char *name) {
  uint32_t low = 0, high = model->artifact->tensor_count;
  while (name && low < high) {
    const uint32_t middle = low + (high - low) / 2;
    const int order = strcmp(name, model->artifact->tensors[model->byName[middle]].name);
    if (order == 0)
      return model->byName[middle];
    if (order < 0)
      high = middle;
    else
      low = middle + 1;
  }
  return -1;
}

void *sinter_model_tensor(sinter_model *model, const char *name, const sinter_tensor_info **info) {
  const int64_t index = sinter_model_find_tensor(model, name);
  if (info)
    *info = index < 0 ? NULL : &model->artifact->tensors[index];
  return index < 0 ? NULL : sinter_model_tensor_at(model, (uint32_t)index);
}
