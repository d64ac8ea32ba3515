/* How does a compiled model take its steps on an NVIDIA GPU?
 *
 * Through the driver alone, libcuda.so.1, which is opened when the first of these functions is called: programs start
 * and run without one. All tensors lie in one piece of device memory at offsets that are known when it is made; a step
 * is one launch of a graph of all its kernels, recorded once per number of rows. Inputs are copied while the step
 * before still runs.
 *
 * A sinter_gpu is used by one thread at a time. model.h wraps all this: a model on a GPU is used like any other.
 *
 * SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
#ifndef SINTER_RT_GPU_H
#define SINTER_RT_GPU_H

#include "artifact.h"
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
 * host memory; the blocks are the device's own. With `loss` NULL, train_step returns before the step is done.
 * SINTER_STEP_FAILED when the driver refuses a launch, which the message names, or reports a fault of the step. */
sinter_status sinter_gpu_train_step(sinter_gpu *gpu, const sinter_step_args *args);
sinter_status sinter_gpu_eval_step(sinter_gpu *gpu, const sinter_step_args *args);
sinter_status sinter_gpu_predict(sinter_gpu *gpu, const sinter_step_args *args);

#ifdef __cplusplus
}
#endif

#endif /* SINTER_RT_GPU_H */
