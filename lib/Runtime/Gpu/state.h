/* What does a model on a GPU consist of? Shared by device.c (making it), arena.c (where everything lies), slots.c (how
 * batches go there and losses come back), rows.c (data that stay there), launch.c, steps.c and times.c.
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

/* What goes to the device for a step whose rows are there: its scalars, then as many numbers as the batch has rows. */
typedef struct Message {
  StepScalars scalars;
  int64_t unused, numbers[];
} Message;

/* Where each part begins, in bytes from the start of the arena. */
typedef struct Arena {
  uint64_t state, scratch, workspace, outputs, constants;
  uint64_t bytes;
  uint64_t *inputs, *targets; /* from the start of a batch */
  uint64_t *outputAt;         /* from `outputs` */
  uint64_t *constantAt;       /* from `constants` */
  uint64_t batchBytes;        /* of a batch: scalars, inputs and targets, as a step reads them */
  uint64_t messageBytes;      /* of a message */
  uint64_t outputBytes;       /* of all outputs */
} Arena;

/* What one launch reads and returns: up to `capacity` batches, one behind the other, and as many losses. There are two:
 * the host fills one while the device works on the other. */
typedef struct Slot {
  char *batches, *losses, *messages;       /* pinned: host memory that the device reads and writes by itself */
  CUdeviceptr deviceBatches, deviceLosses; /* steps read and write them in place */
  CUdeviceptr deviceMessages;
  CUevent copied;           /* the batches have arrived on the device */
  CUevent done;             /* the losses have arrived on the host */
  void **lossTo;            /* for each step the caller's place for its loss, or NULL */
  const char *name;         /* of the step function that was launched */
  int64_t firstStep, count; /* the number of the first step; steps launched, 0 when none is under way */
} Slot;

enum { SLOTS = 2, LOSS_STRIDE = sizeof(double) };

/* Those commands of a step function that the image in use takes, in order. */
typedef struct Step {
  const sinter_device_command **commands;
  uint64_t count;
} Step;

/* `count` steps in a row, recorded. */
typedef struct Graph {
  const Step *step;
  const Slot *slot;
  int64_t rows, count;
  int gathers; /* its batches from rows that are on the device */
  CUgraphExec exec;
  struct Graph *next;
} Graph;

/* Data that stay on the device: a list of arrays with their addresses, then the arrays. */
typedef struct Rows {
  CUdeviceptr memory;
  uint64_t bytes, arrays;
  struct Gathered *list; /* with offsets instead of addresses */
  int64_t count;         /* rows of each array; 0: there are none */
  CUmodule module;
  CUfunction gather;
} Rows;

struct sinter_gpu {
  const sinter_artifact *artifact;
  const Driver *driver;
  CUdevice device;
  CUcontext context;
  CUmodule module;
  Step trainStep, evalStep, predict;
  char name[128];
  Arena arena;
  CUdeviceptr memory;
  char *results; /* all outputs; pinned */
  CUstream steps, copies;
  int64_t capacity; /* steps that a slot has room for */
  Slot slots[SLOTS];
  CUdeviceptr slotMemory;           /* of all slots */
  char *slotPinned;                 /* of all slots */
  uint64_t slotBytes;               /* of each of the two */
  uint64_t launches;                /* slot launches % SLOTS is the next one, and the older one under way */
  CUdeviceptr batch, loss, message; /* of the step that is being recorded or launched */
  Rows rows;
  Graph *graphs;
  CUgraphExec lastTrained; /* of the last training steps, or NULL */
};

/* Decides on the arena's layout. */
sinter_status sinter_arena_plan(Arena *arena, const sinter_artifact *artifact);
void sinter_arena_free(Arena *arena);
/* Device address of a place; inputs, targets, scalars and the loss are those of the step that is being recorded. */
CUdeviceptr sinter_arena_address(const sinter_gpu *gpu, const sinter_device_place *place);

/* Device memory for `bytes` bytes, zeroed, or a message with the bytes needed and found, and what may help. */
sinter_status sinter_gpu_allocate(sinter_gpu *gpu, uint64_t bytes, const char *remedy, CUdeviceptr *memory);
void sinter_graphs_free(sinter_gpu *gpu);

/* Slots for `capacity` steps each; those there were must be idle. */
sinter_status sinter_slots_allocate(sinter_gpu *gpu, int64_t capacity);
void sinter_slots_free(sinter_gpu *gpu);
/* Starts the way of `count` batches to the device; or of the numbers of their rows. */
CUresult sinter_slot_send(sinter_gpu *gpu, Slot *slot, const sinter_step_args *args, int64_t count);
CUresult sinter_slot_send_numbers(sinter_gpu *gpu, Slot *slot, const sinter_step_args *args,
                                  const int64_t *const *numbers, int64_t count);
/* Starts the way of its losses back. */
CUresult sinter_slot_receive(sinter_gpu *gpu, Slot *slot);
/* Waits for what was launched from the slot, and hands its losses out. */
sinter_status sinter_slot_finish(sinter_gpu *gpu, Slot *slot);

/* The failure of what was launched from the slot, which is idle afterwards. */
sinter_status sinter_slot_fail(const sinter_gpu *gpu, Slot *slot, CUresult result);

/* Finds the commands that apply with this image; free them with free(step->commands). */
sinter_status sinter_step_select(Step *step, const sinter_device_step *all, const sinter_device_image *image);
/* Launches one command of a step. */
sinter_status sinter_command_issue(sinter_gpu *gpu, const sinter_device_command *command, int64_t rows);
/* Lets the steps that are recorded or launched from now on be number `index` of the slot. */
void sinter_slot_select(sinter_gpu *gpu, const Slot *slot, int64_t index);
/* Are there rows of these numbers? */
sinter_status sinter_rows_check(const sinter_gpu *gpu, const int64_t *const *numbers, const sinter_step_args *args,
                                int64_t count);
/* Launches what makes the batch of the step that is being recorded. */
sinter_status sinter_rows_gather(sinter_gpu *gpu, int64_t rows);
void sinter_rows_free(sinter_gpu *gpu);
sinter_status sinter_step_args_check(const sinter_gpu *gpu, const sinter_step_args *args, int64_t count,
                                     const char *name);

#endif /* SINTER_RT_GPU_STATE_H */
