/* What does a model on a GPU consist of? Shared by device.c (making it), arena.c (where everything lies) and steps.c.
 *
 * SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
#ifndef SINTER_RT_GPU_STATE_H
#define SINTER_RT_GPU_STATE_H

#include <sinter-rt/gpu.h>

#include "driver.h"

/* Scalars that change from step to step, at the start of the batch. */
typedef struct StepScalars {
  double learningRate;
  int64_t step, seed;
} StepScalars;

/* Where each part begins, in bytes from the start of the arena. */
typedef struct Arena {
  uint64_t state, scratch, workspace, outputs, loss;
  uint64_t batch;      /* scalars, inputs and targets, as a step reads them */
  uint64_t batchBytes; /* of it, and of each staging copy */
  uint64_t staging[2]; /* the next batches */
  uint64_t constants;
  uint64_t bytes;
  uint64_t *inputs, *targets; /* from the start of the batch */
  uint64_t *outputAt;         /* from `outputs` */
  uint64_t *constantAt;       /* from `constants` */
  uint64_t outputBytes;       /* of all outputs */
} Arena;

/* A recorded step. */
typedef struct Graph {
  const sinter_device_step *step;
  int64_t rows;
  CUgraphExec exec;
  struct Graph *next;
} Graph;

struct sinter_gpu {
  const sinter_artifact *artifact;
  const Driver *driver;
  CUdevice device;
  CUcontext context;
  CUmodule module;
  char name[128];
  Arena arena;
  CUdeviceptr memory;
  char *pinned[2]; /* a batch each, in host memory that the device reads by itself */
  char *results;   /* the loss, then all outputs; pinned too */
  CUstream steps, copies;
  CUevent copied[2];   /* the staging copy has arrived */
  CUevent consumed[2]; /* the step has taken it over */
  uint64_t stepCount;
  Graph *graphs;
};

/* Decides on the arena's layout. */
sinter_status sinter_arena_plan(Arena *arena, const sinter_artifact *artifact);
void sinter_arena_free(Arena *arena);
/* Device address of a place. */
CUdeviceptr sinter_arena_address(const sinter_gpu *gpu, const sinter_device_place *place);

#endif /* SINTER_RT_GPU_STATE_H */
