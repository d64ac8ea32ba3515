/* How is an artifact brought to life?
 *
 * A model is an artifact, its two memory blocks, a pool of threads, and two numbers that steps depend on: how many
 * training steps were taken, and the seed. Two models of one artifact share nothing. A model is used by one thread at a
 * time; `sinter_model_predict` and `sinter_model_eval_step` write the scratch block too.
 *
 * SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
#ifndef SINTER_RT_MODEL_H
#define SINTER_RT_MODEL_H

#include "artifact.h"
#include "ceilings.h"
#include "gpu.h"
#include "status.h"
#include "threads.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct sinter_model sinter_model;

/* Bytes that a model takes for tensors. */
typedef struct sinter_model_memory {
  uint64_t state;   /* `state_bytes` of the artifact */
  uint64_t scratch; /* `scratch_bytes` of the artifact */
  uint64_t total;   /* their sum */
} sinter_model_memory;

/* Verifies that this runtime can drive `artifact`: SINTER_ABI_MISMATCH for another magic number, version or struct
 * size; SINTER_INVALID_ARGUMENT for contents that cannot be right (a tensor outside of the state block, no batch). */
sinter_status sinter_artifact_check(const sinter_artifact *artifact);

/* Checks the artifact, allocates both blocks (zeroed) and starts `threads` threads (0: one per CPU). The artifact must
 * outlive the model. The state is all zeros until `sinter_model_init` or a load of checkpoint.h. */
sinter_status sinter_model_create(const sinter_artifact *artifact, int threads, sinter_model **model);
/* The same, with training and evaluation on GPU number `device` (0 is the first). Initial values are computed on the
 * CPU. Fails as sinter_gpu_create (gpu.h) does. */
sinter_status sinter_model_create_on_gpu(const sinter_artifact *artifact, int device, sinter_model **model);
/* NULL is accepted. */
void sinter_model_destroy(sinter_model *model);

const sinter_artifact *sinter_model_artifact(const sinter_model *model);
sinter_pool *sinter_model_pool(sinter_model *model);
/* Its GPU, or NULL. */
const char *sinter_model_gpu_name(const sinter_model *model);
sinter_model_memory sinter_model_memory_of(const sinter_model *model);

/* Writes the initial value of every tensor of the state, sets the seed, and sets the step number to 0. */
sinter_status sinter_model_init(sinter_model *model, int64_t seed);

/* Each step below takes one buffer per input, target and output of the artifact, as arrays of pointers, with room for
 * `rows` rows (1 .. batch, SINTER_INVALID_ARGUMENT otherwise). `*loss` gets the loss as a double; it may be NULL. A
 * loss that is not finite is not an error here. SINTER_STEP_FAILED when the artifact refuses. */

/* Trains on one batch: updates the state, adds 1 to the step number. The loss is that of before the update. */
sinter_status sinter_model_train_step(sinter_model *model, const void *const *inputs, const void *const *targets,
                                      int64_t rows, double learning_rate, double *loss);
/* A batch of sinter_model_train_steps. */
typedef struct sinter_batch {
  const void *const *inputs, *const *targets;
  int64_t rows;
  double learning_rate;
  double *loss; /* gets the loss when it has arrived; may be NULL */
  /* Numbers of rows that are on the GPU (sinter_model_keep_rows), in place of inputs and targets, which are NULL then;
   * else NULL. For all batches of a call or for none. */
  const int64_t *kept;
} sinter_batch;

/* The same for `count` batches of equally many rows: the steps are taken one after the other, with the same results. On
 * a GPU that is one launch (count: 1 .. sinter_model_steps_per_launch), which is not waited for: inputs and targets may
 * be written again, but the losses arrive later, in their order. They are written by sinter_model_poll and _finish
 * alone, and their places must stay until then. A fault of a step is reported by whichever call comes to know of it. On
 * a CPU the losses are there at once. */
sinter_status sinter_model_train_steps(sinter_model *model, const sinter_batch *batches, int64_t count);
/* Rows of data that stay on a GPU: sinter_gpu_keep_rows and sinter_gpu_write_rows (gpu.h). SINTER_UNSUPPORTED on a CPU,
 * where data are in reach anyway. */
sinter_status sinter_model_keep_rows(sinter_model *model, int64_t count);
sinter_status sinter_model_write_rows(sinter_model *model, int64_t first, int64_t rows, const void *const *inputs,
                                      const void *const *targets);
/* Writes the losses that have arrived, without waiting; `*pending`: training steps whose losses have not. */
sinter_status sinter_model_poll(sinter_model *model, int64_t *pending);
/* Waits for all steps and writes their losses. */
sinter_status sinter_model_finish(sinter_model *model);
/* On a GPU as sinter_gpu_reserve_steps (gpu.h): 0 is automatic; 1 at first. On a CPU it is always 1. */
sinter_status sinter_model_reserve_steps(sinter_model *model, int64_t steps);
int64_t sinter_model_steps_per_launch(const sinter_model *model);

/* On a GPU alone (SINTER_UNSUPPORTED otherwise): sinter_gpu_time_step, which adds 1 to the step number, and
 * sinter_gpu_time_launches, which repeats steps and their numbers (gpu.h). */
uint64_t sinter_model_span_count(const sinter_model *model);
sinter_status sinter_model_time_train_step(sinter_model *model, const sinter_batch *batch, sinter_gpu_span *spans);
sinter_status sinter_model_time_launches(sinter_model *model, int64_t launches, double *seconds);
/* sinter_gpu_ceilings on a GPU, sinter_ceilings_measure on a CPU. */
sinter_status sinter_model_ceilings(sinter_model *model, sinter_ceilings *ceilings);

/* The loss and the outputs, without an update and with dropout off. */
sinter_status sinter_model_eval_step(sinter_model *model, const void *const *inputs, const void *const *targets,
                                     void *const *outputs, int64_t rows, double *loss);
/* The outputs alone. */
sinter_status sinter_model_predict(sinter_model *model, const void *const *inputs, void *const *outputs, int64_t rows);

/* Tells `observer` of every launch of every step from now on (see artifact.h); NULL: nobody, as at first. */
void sinter_model_set_observer(sinter_model *model, sinter_observer observer, void *context);

/* Training steps taken; the next one is this + 1. */
int64_t sinter_model_step(const sinter_model *model);
/* For resuming; `step` must not be negative (it is taken as 0). */
void sinter_model_set_step(sinter_model *model, int64_t step);
/* Key of the random numbers of initializers and dropout. */
int64_t sinter_model_seed(const sinter_model *model);
void sinter_model_set_seed(sinter_model *model, int64_t seed);

/* The tensors of the state, in the order of the artifact's table. */
uint32_t sinter_model_tensor_count(const sinter_model *model);
/* NULL when `index` is out of range. */
const sinter_tensor_info *sinter_model_tensor_info_at(const sinter_model *model, uint32_t index);
/* Waits for all steps and brings what a GPU has computed back to the host, as reading a tensor does; afterwards that
 * cannot fail. Nothing to do on a CPU. */
sinter_status sinter_model_synchronize(const sinter_model *model);
/* The data of a tensor (`bytes` of its info); NULL when `index` is out of range. On a GPU: a copy on the host, brought
 * up to date; what is written there is used from the next step on, so do not keep the pointer over steps. NULL, with a
 * message, when that fails. */
void *sinter_model_tensor_at(sinter_model *model, uint32_t index);
const void *sinter_model_tensor_at_const(const sinter_model *model, uint32_t index);
/* Looks a tensor up: its index, or -1. */
int64_t sinter_model_find_tensor(const sinter_model *model, const char *name);
/* The data of the tensor of this name and, if `info` is not NULL, its description; NULL when there is none. */
void *sinter_model_tensor(sinter_model *model, const char *name, const sinter_tensor_info **info);

/* Bytes of `rows` rows of an input, target or output. */
uint64_t sinter_io_bytes(const sinter_io_info *io, int64_t rows);

#ifdef __cplusplus
}
#endif

#endif /* SINTER_RT_MODEL_H */
