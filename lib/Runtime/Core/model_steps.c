/* How does a model take its steps, on the CPU or on a GPU?
 *
 * SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
#include "model_state.h"

#include <math.h>
#include <stdlib.h>

/* The name that a step function has in messages and in sinter_kernel_info.step. */
static sinter_status callStep(sinter_model *model, const char *name, sinter_step_fn function, sinter_step_args *args) {
  args->struct_size = (uint32_t)sizeof *args;
  args->state = model->state.data;
  args->scratch = model->scratch.data;
  args->seed = model->seed;
  args->parallel_for = sinter_pool_parallel_for;
  args->pool = model->pool;
  args->observer = model->observer;
  args->observer_context = model->observerContext;
  const int32_t code = function(args);
  if (code != 0)
    return sinter_fail(SINTER_STEP_FAILED, "%s of model '%s' failed with code %d", name, model->artifact->name,
                       (int)code);
  return SINTER_OK;
}

/* What the device has computed, for whoever reads the state on the host. */
sinter_status sinter_model_synchronize(const sinter_model *constModel) {
  sinter_model *model = (sinter_model *)(uintptr_t)constModel; /* its value stays what it was: only a copy changes */
  if (!model->deviceIsNewer)
    return SINTER_OK;
  const sinter_status status = sinter_gpu_download(model->gpu, model->state.data);
  model->deviceIsNewer = status != SINTER_OK;
  return status;
}

/* What the host has written, for the next step on the device. */
static sinter_status uploadIfNewer(sinter_model *model) {
  if (!model->hostIsNewer)
    return SINTER_OK;
  const sinter_status status = sinter_gpu_upload(model->gpu, model->state.data);
  model->hostIsNewer = status != SINTER_OK;
  return status;
}

typedef sinter_status (*DeviceStep)(sinter_gpu *gpu, const sinter_step_args *args);

static sinter_status callDevice(sinter_model *model, DeviceStep step, sinter_step_args *args) {
  const sinter_status status = uploadIfNewer(model);
  if (status != SINTER_OK)
    return status;
  args->struct_size = (uint32_t)sizeof *args;
  args->seed = model->seed;
  return step(model->gpu, args);
}

sinter_status sinter_model_init(sinter_model *model, int64_t seed) {
  model->seed = seed;
  model->step = 0;
  sinter_step_args args = {0};
  args.rows = model->artifact->batch;
  model->deviceIsNewer = 0;
  model->hostIsNewer = 1;
  return callStep(model, "init", model->artifact->init, &args);
}

/* Every buffer that the step reads or writes must be there. */
static sinter_status checkBuffers(const char *kind, const sinter_io_info *infos, uint32_t count,
                                  const void *const *buffers) {
  if (count > 0 && !buffers)
    return sinter_fail(SINTER_INVALID_ARGUMENT, "%ss: expected %u buffers, found NULL", kind, count);
  for (uint32_t i = 0; i < count; ++i)
    if (!buffers[i])
      return sinter_fail(SINTER_INVALID_ARGUMENT, "%s '%s': expected a buffer, found NULL", kind, infos[i].name);
  return SINTER_OK;
}

static sinter_status checkRows(const sinter_model *model, int64_t rows) {
  if (rows >= 1 && rows <= model->artifact->batch)
    return SINTER_OK;
  return sinter_fail(SINTER_INVALID_ARGUMENT, "rows of a batch of model '%s': expected 1 to %lld, found %lld",
                     model->artifact->name, (long long)model->artifact->batch, (long long)rows);
}

static double lossAsDouble(const sinter_model *model, const LossScalar *loss) {
  return model->artifact->loss_dtype == SINTER_F64 ? loss->f64 : (double)loss->f32;
}

static sinter_status checkGpu(const sinter_model *model) {
  if (model->gpu)
    return SINTER_OK;
  return sinter_fail(SINTER_UNSUPPORTED, "rows of model '%s' are kept on GPUs alone", model->artifact->name);
}

static sinter_status checkBatch(const sinter_model *model, const sinter_batch *batch) {
  const sinter_artifact *artifact = model->artifact;
  sinter_status status = checkRows(model, batch->rows);
  if (status == SINTER_OK && batch->kept)
    status = checkGpu(model);
  if (status == SINTER_OK && !batch->kept)
    status = checkBuffers("input", artifact->inputs, artifact->input_count, batch->inputs);
  if (status == SINTER_OK && !batch->kept)
    status = checkBuffers("target", artifact->targets, artifact->target_count, batch->targets);
  if (status == SINTER_OK && !isfinite(batch->learning_rate))
    return sinter_fail(SINTER_INVALID_ARGUMENT, "learning rate: expected a finite number, found %g",
                       batch->learning_rate);
  return status;
}

static sinter_step_args argsOfBatch(const sinter_batch *batch, int64_t step) {
  sinter_step_args args = {0};
  args.struct_size = (uint32_t)sizeof args;
  args.inputs = batch->inputs;
  args.targets = batch->targets;
  args.rows = batch->rows;
  args.learning_rate = batch->learning_rate;
  args.step = step;
  return args;
}

static sinter_status trainOnCpu(sinter_model *model, const sinter_batch *batches, int64_t count) {
  for (int64_t i = 0; i < count; ++i) {
    LossScalar scalar = {0};
    sinter_step_args args = argsOfBatch(&batches[i], model->step + 1);
    args.loss = &scalar;
    const sinter_status status = callStep(model, "train_step", model->artifact->train_step, &args);
    if (status != SINTER_OK)
      return status;
    ++model->step;
    if (batches[i].loss)
      *batches[i].loss = lossAsDouble(model, &scalar);
  }
  return SINTER_OK;
}

/* Hands out the losses of all but the last `pending` steps. */
static void deliver(sinter_model *model, int64_t pending) {
  for (; model->arrived < model->sent - pending; ++model->arrived) {
    const Pending *step = &model->pending[model->arrived % model->pendingRoom];
    if (step->loss)
      *step->loss = lossAsDouble(model, &step->scalar);
  }
}

static sinter_status trainOnGpu(sinter_model *model, const sinter_batch *batches, int64_t count) {
  if (count > sinter_gpu_steps_per_launch(model->gpu))
    return sinter_fail(SINTER_INVALID_ARGUMENT, "steps of a launch of model '%s': expected 1 to %lld, found %lld",
                       model->artifact->name, (long long)sinter_gpu_steps_per_launch(model->gpu), (long long)count);
  int64_t pending = 0;
  sinter_status status = sinter_model_poll(model, &pending);
  if (status == SINTER_OK)
    status = uploadIfNewer(model);
  if (status != SINTER_OK)
    return status;
  sinter_step_args args[SINTER_MOST_STEPS_PER_LAUNCH];
  const int64_t *kept[SINTER_MOST_STEPS_PER_LAUNCH];
  for (int64_t i = 0; i < count; ++i) {
    Pending *step = &model->pending[(model->sent + i) % model->pendingRoom];
    step->loss = batches[i].loss;
    args[i] = argsOfBatch(&batches[i], model->step + 1 + i);
    args[i].seed = model->seed;
    args[i].loss = &step->scalar;
    kept[i] = batches[i].kept;
  }
  status =
      kept[0] ? sinter_gpu_train_rows(model->gpu, args, kept, count) : sinter_gpu_train_steps(model->gpu, args, count);
  model->deviceIsNewer = 1;
  if (status != SINTER_OK)
    return status;
  model->sent += count;
  model->step += count;
  return SINTER_OK;
}

sinter_status sinter_model_train_steps(sinter_model *model, const sinter_batch *batches, int64_t count) {
  if (count < 1)
    return sinter_fail(SINTER_INVALID_ARGUMENT, "training steps of model '%s': expected at least 1, found %lld",
                       model->artifact->name, (long long)count);
  for (int64_t i = 0; i < count; ++i) {
    const sinter_status status = checkBatch(model, &batches[i]);
    if (status != SINTER_OK)
      return status;
    if (batches[i].rows != batches[0].rows)
      return sinter_fail(SINTER_INVALID_ARGUMENT, "rows of batches of one call: expected %lld for each, found %lld",
                         (long long)batches[0].rows, (long long)batches[i].rows);
    if (!batches[i].kept != !batches[0].kept)
      return sinter_fail(SINTER_INVALID_ARGUMENT, "batches of one call: expected kept rows for all or none of them");
  }
  return model->gpu ? trainOnGpu(model, batches, count) : trainOnCpu(model, batches, count);
}

sinter_status sinter_model_keep_rows(sinter_model *model, int64_t count) {
  sinter_status status = checkGpu(model);
  if (status == SINTER_OK)
    status = sinter_model_finish(model);
  return status == SINTER_OK ? sinter_gpu_keep_rows(model->gpu, count) : status;
}

sinter_status sinter_model_write_rows(sinter_model *model, int64_t first, int64_t rows, const void *const *inputs,
                                      const void *const *targets) {
  const sinter_artifact *artifact = model->artifact;
  sinter_status status = checkGpu(model);
  if (status == SINTER_OK)
    status = checkBuffers("input", artifact->inputs, artifact->input_count, inputs);
  if (status == SINTER_OK)
    status = checkBuffers("target", artifact->targets, artifact->target_count, targets);
  if (status == SINTER_OK)
    status = sinter_model_finish(model);
  return status == SINTER_OK ? sinter_gpu_write_rows(model->gpu, first, rows, inputs, targets) : status;
}

sinter_status sinter_model_poll(sinter_model *model, int64_t *pending) {
  *pending = 0;
  if (!model->gpu)
    return SINTER_OK;
  const sinter_status status = sinter_gpu_poll(model->gpu, pending);
  if (status == SINTER_OK)
    deliver(model, *pending);
  return status;
}

sinter_status sinter_model_finish(sinter_model *model) {
  if (!model->gpu)
    return SINTER_OK;
  const sinter_status status = sinter_gpu_finish(model->gpu);
  if (status == SINTER_OK)
    deliver(model, 0);
  return status;
}

/* Two launches under way, and one that is being sent. */
sinter_status sinter_model_make_ring(sinter_model *model) {
  const int64_t room = 3 * sinter_gpu_steps_per_launch(model->gpu);
  Pending *ring = calloc((size_t)room, sizeof *ring);
  if (!ring)
    return sinter_fail(SINTER_OUT_OF_MEMORY, "out of memory for the losses of %lld steps", (long long)room);
  free(model->pending);
  model->pending = ring;
  model->pendingRoom = room;
  model->sent = model->arrived = 0;
  return SINTER_OK;
}

sinter_status sinter_model_reserve_steps(sinter_model *model, int64_t steps) {
  sinter_status status = sinter_model_finish(model);
  if (status != SINTER_OK || !model->gpu)
    return status;
  status = sinter_gpu_reserve_steps(model->gpu, steps);
  return status == SINTER_OK ? sinter_model_make_ring(model) : status;
}

int64_t sinter_model_steps_per_launch(const sinter_model *model) {
  return model->gpu ? sinter_gpu_steps_per_launch(model->gpu) : 1;
}

sinter_status sinter_model_train_step(sinter_model *model, const void *const *inputs, const void *const *targets,
                                      int64_t rows, double learning_rate, double *loss) {
  const sinter_batch batch = {inputs, targets, rows, learning_rate, loss, NULL};
  const sinter_status status = sinter_model_train_steps(model, &batch, 1);
  return status == SINTER_OK && loss ? sinter_model_finish(model) : status;
}

uint64_t sinter_model_span_count(const sinter_model *model) {
  return model->gpu ? sinter_gpu_span_count(model->gpu) : 0;
}

static sinter_status refuseTimes(const sinter_model *model) {
  return sinter_fail(SINTER_UNSUPPORTED, "times of model '%s' on a GPU: expected it to be on one, found it on the CPU",
                     model->artifact->name);
}

sinter_status sinter_model_time_train_step(sinter_model *model, const sinter_batch *batch, sinter_gpu_span *spans) {
  if (!model->gpu)
    return refuseTimes(model);
  sinter_status status = checkBatch(model, batch);
  if (status == SINTER_OK)
    status = sinter_model_finish(model);
  if (status == SINTER_OK)
    status = uploadIfNewer(model);
  if (status != SINTER_OK)
    return status;
  LossScalar scalar = {0};
  sinter_step_args args = argsOfBatch(batch, model->step + 1);
  args.seed = model->seed;
  args.loss = &scalar;
  status = sinter_gpu_time_step(model->gpu, &args, spans);
  model->deviceIsNewer = 1;
  if (status != SINTER_OK)
    return status;
  ++model->step;
  if (batch->loss)
    *batch->loss = lossAsDouble(model, &scalar);
  return SINTER_OK;
}

sinter_status sinter_model_time_launches(sinter_model *model, int64_t launches, double *seconds) {
  if (!model->gpu)
    return refuseTimes(model);
  const sinter_status status = sinter_model_finish(model);
  model->deviceIsNewer = 1;
  return status == SINTER_OK ? sinter_gpu_time_launches(model->gpu, launches, seconds) : status;
}

sinter_status sinter_model_ceilings(sinter_model *model, sinter_ceilings *ceilings) {
  const int32_t type = model->artifact->loss_dtype == SINTER_F64 ? SINTER_F64 : SINTER_F32;
  return model->gpu ? sinter_gpu_ceilings(model->gpu, type, ceilings)
                    : sinter_ceilings_measure(model->pool, type, ceilings);
}

sinter_status sinter_model_eval_step(sinter_model *model, const void *const *inputs, const void *const *targets,
                                     void *const *outputs, int64_t rows, double *loss) {
  const sinter_artifact *artifact = model->artifact;
  sinter_status status = checkRows(model, rows);
  if (status == SINTER_OK)
    status = checkBuffers("input", artifact->inputs, artifact->input_count, inputs);
  if (status == SINTER_OK)
    status = checkBuffers("target", artifact->targets, artifact->target_count, targets);
  if (status == SINTER_OK)
    status = checkBuffers("output", artifact->outputs, artifact->output_count, (const void *const *)outputs);
  if (status != SINTER_OK)
    return status;
  LossScalar scalar = {0};
  sinter_step_args args = {0};
  args.inputs = inputs;
  args.targets = targets;
  args.outputs = outputs;
  args.loss = &scalar;
  args.rows = rows;
  args.step = model->step;
  status = model->gpu ? callDevice(model, sinter_gpu_eval_step, &args)
                      : callStep(model, "eval_step", artifact->eval_step, &args);
  if (status == SINTER_OK && loss)
    *loss = lossAsDouble(model, &scalar);
  return status;
}

sinter_status sinter_model_predict(sinter_model *model, const void *const *inputs, void *const *outputs, int64_t rows) {
  const sinter_artifact *artifact = model->artifact;
  sinter_status status = checkRows(model, rows);
  if (status == SINTER_OK)
    status = checkBuffers("input", artifact->inputs, artifact->input_count, inputs);
  if (status == SINTER_OK)
    status = checkBuffers("output", artifact->outputs, artifact->output_count, (const void *const *)outputs);
  if (status != SINTER_OK)
    return status;
  sinter_step_args args = {0};
  args.inputs = inputs;
  args.outputs = outputs;
  args.rows = rows;
  args.step = model->step;
  return model->gpu ? callDevice(model, sinter_gpu_predict, &args)
                    : callStep(model, "predict", artifact->predict, &args);
}
