/* How does a compiled model take its steps on an NVIDIA GPU?
 *
 * Through the driver alone, libcuda.so.1, which is opened when the first of these functions is called: programs start
 * and run without one. All tensors lie in one piece of device memory at offsets that are known when it is made; one or
 * several steps are one launch of a graph of all their kernels, recorded once per number of steps and rows. Inputs are
 * copied while the launch before still runs.
 *
 * A sinter_gpu is used by one thread at a time. model.h wraps all this: a model on a GPU is used like any other.
 *
 * SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
#ifndef SINTER_RT_GPU_H
#define SINTER_RT_GPU_H

#include "artifact.h"
#include "ceilings.h"
#include "status.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct sinter_gpu sinter_gpu;

/* Loads the artifact's code into GPU number `device` (0 is the first) and takes the memory that it needs there.
 * SINTER_UNSUPPORTED: no device program in the artifact, no driver, no such device, or none of the artifact's images
 * runs on it; SINTER_OUT_OF_MEMORY: too little memory, with the bytes needed and found. The artifact must outlive the
 * result. */
sinter_status sinter_gpu_create(const sinter_artifact *artifact, int device, sinter_gpu **gpu);
/* NULL is accepted. */
void sinter_gpu_destroy(sinter_gpu *gpu);

/* "NVIDIA H100 80GB HBM3". */
const char *sinter_gpu_name(const sinter_gpu *gpu);
/* Bytes of device memory that were taken. */
uint64_t sinter_gpu_bytes(const sinter_gpu *gpu);

/* The whole state block to the device, and back; both wait for all steps before. */
sinter_status sinter_gpu_upload(sinter_gpu *gpu, const void *state);
sinter_status sinter_gpu_download(sinter_gpu *gpu, void *state);

/* Steps. Of `args` they read inputs, targets, rows, learning_rate, step and seed, and write outputs and loss, all in
 * host memory; the blocks are the device's own. Inputs and targets may be written again as soon as a function returns.
 * SINTER_STEP_FAILED when the driver refuses a launch, which the message names, or reports a fault of a step; after a
 * fault every call fails. */

enum { SINTER_MOST_STEPS_PER_LAUNCH = 256 };

/* Makes room for `steps` training steps per launch (1 at first, at most SINTER_MOST_STEPS_PER_LAUNCH); 0: as many as
 * have 1 MiB of inputs and targets together, at least 1 and at most 16. Waits for all steps before. Results do not
 * depend on it. SINTER_OUT_OF_MEMORY: there is no room for any step afterwards. */
sinter_status sinter_gpu_reserve_steps(sinter_gpu *gpu, int64_t steps);
int64_t sinter_gpu_steps_per_launch(const sinter_gpu *gpu);

/* Takes `count` training steps (1 .. the room that there is), args[0] first, by one launch: bit for bit what single
 * steps compute. All have the same number of rows (SINTER_INVALID_ARGUMENT otherwise). Returns before they are done,
 * but waits for those of the launch before the last one. Where args[i].loss is not NULL, it is written in a later call
 * of sinter_gpu_train_steps, _poll or _finish, in the order of the steps; until then it must stay there. A fault is
 * reported then too. */
sinter_status sinter_gpu_train_steps(sinter_gpu *gpu, const sinter_step_args *args, int64_t count);

/* Data that stay on the device. */

/* Makes room for `count` rows of every input and target (0: for none), in place of those that were there, and waits for
 * all steps before. SINTER_OUT_OF_MEMORY, with the bytes needed and found, if that is more than seven eighths of the
 * memory that is unused; SINTER_UNSUPPORTED if an input or target has no dimension for rows. There is no room then. */
sinter_status sinter_gpu_keep_rows(sinter_gpu *gpu, int64_t count);
/* Writes `rows` of them, from number `first` on: an array of that many rows for each input and target. Waits. */
sinter_status sinter_gpu_write_rows(sinter_gpu *gpu, int64_t first, int64_t rows, const void *const *inputs,
                                    const void *const *targets);
/* As sinter_gpu_train_steps, bit for bit, on batches of kept rows: numbers[i] are those of step i, args[i].rows of
 * them. Of `args` inputs and targets are not read. The numbers may be written again as soon as the function returns. */
sinter_status sinter_gpu_train_rows(sinter_gpu *gpu, const sinter_step_args *args, const int64_t *const *numbers,
                                    int64_t count);

/* Writes the losses that have arrived, without waiting. `*pending`: steps whose losses have not. */
sinter_status sinter_gpu_poll(sinter_gpu *gpu, int64_t *pending);
/* Waits for all steps and writes their losses. */
sinter_status sinter_gpu_finish(sinter_gpu *gpu);

/* One step. With `loss` NULL, train_step returns before the step is done; the others, and this one otherwise, wait. */
sinter_status sinter_gpu_train_step(sinter_gpu *gpu, const sinter_step_args *args);
sinter_status sinter_gpu_eval_step(sinter_gpu *gpu, const sinter_step_args *args);
sinter_status sinter_gpu_predict(sinter_gpu *gpu, const sinter_step_args *args);

/* Measuring. All of these take real steps, whose results are kept. */

/* When something ran on the device, in seconds since the step's batch began to be copied. */
typedef struct sinter_gpu_span {
  uint32_t kernel; /* the row of the artifact's kernel table; SINTER_NO_KERNEL for a copy */
  double start, end;
} sinter_gpu_span;
#define SINTER_NO_KERNEL UINT32_MAX

/* Spans of a training step: its batch's copy to the device, then one for each launch or copy of tensors. */
uint64_t sinter_gpu_span_count(const sinter_gpu *gpu);
/* Takes one training step launch by launch, not as a graph, with an event before and after each, and waits for it.
 * `spans` has room for sinter_gpu_span_count. A launch that is shorter than the host takes to send it (some
 * microseconds) appears as long as that. The results are those of sinter_gpu_train_step. */
sinter_status sinter_gpu_time_step(sinter_gpu *gpu, const sinter_step_args *args, sinter_gpu_span *spans);
/* Launches the graph of the last sinter_gpu_train_steps `launches` times more, on the batches that are on the device,
 * and waits; `*seconds`: what they took on the device, all together. SINTER_INVALID_ARGUMENT if there is none. */
sinter_status sinter_gpu_time_launches(sinter_gpu *gpu, int64_t launches, double *seconds);

/* What the device could do at its highest clocks, from its properties: multiply-adds of `dtype` outside of tensor
 * cores, and main memory. A number is 0 where it is not known, as for architectures later than this runtime. */
sinter_status sinter_gpu_ceilings(const sinter_gpu *gpu, int32_t dtype, sinter_ceilings *ceilings);

#ifdef __cplusplus
}
#endif

#endif /* SINTER_RT_GPU_H */
