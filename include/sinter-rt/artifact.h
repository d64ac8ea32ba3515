/* The contract between a compiled training step and whoever drives it.
 *
 * This header is the whole ABI: plain C, no LLVM, no dependency beyond <stdint.h>. The compiler emits one constant
 * `sinter_artifact` per model (symbol `<model>_artifact`); the runtime, or any C program, drives the functions it
 * names.
 *
 * Memory. A model owns two blocks, both allocated by the caller, aligned to `alignment` bytes:
 *   state    parameters, optimizer moments and other values that live from step to step (`state_bytes`);
 *   scratch  activations, gradients and everything else that dies with the step (`scratch_bytes`).
 * Every tensor of the state lies at a compile-time offset given by the tensor table; nothing else is ever allocated.
 *
 * Determinism. Work is cut into items by shape alone; `parallel_for` may run the items in any order, on any number of
 * threads, and the results are bit-identical.
 *
 * SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
#ifndef SINTER_RT_ARTIFACT_H
#define SINTER_RT_ARTIFACT_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* "SNTR" read as a little-endian word. */
#define SINTER_ARTIFACT_MAGIC 0x52544E53u
/* Raised whenever a struct below changes; the runtime refuses any other value. */
#define SINTER_ABI_VERSION 4u
/* The extent that stands for the batch in every shape of this header. */
#define SINTER_BATCH_EXTENT (-1)

typedef enum sinter_dtype {
  SINTER_F32 = 1,
  SINTER_F64 = 2,
  SINTER_I32 = 3,
  SINTER_I64 = 4,
  SINTER_U8 = 5,
  SINTER_BOOL = 6, /* one byte, 0 or 1 */
  SINTER_BF16 = 7
} sinter_dtype;

/* What a tensor of the state block is for. */
typedef enum sinter_role {
  SINTER_PARAMETER = 0,       /* trained */
  SINTER_OPTIMIZER_STATE = 1, /* moments; named <parameter>.<moment>, e.g. "fc1.weight.exp_avg" */
  SINTER_GRADIENT = 2         /* last gradient, kept only when compiled with --keep-gradients; "<parameter>.grad" */
} sinter_role;

/* A tensor of the state block. Row-major (C order), dense. */
typedef struct sinter_tensor_info {
  const char *name;
  int32_t dtype; /* sinter_dtype */
  int32_t role;  /* sinter_role */
  int32_t rank;
  int32_t reserved;     /* 0 */
  const int64_t *shape; /* `rank` extents, all static; NULL when rank is 0 */
  uint64_t offset;      /* bytes from the start of the state block, a multiple of 64 */
  uint64_t bytes;
} sinter_tensor_info;

/* An input, a target or an output of the step. Row-major, dense; the caller owns the buffer. */
typedef struct sinter_io_info {
  const char *name;
  int32_t dtype; /* sinter_dtype */
  int32_t rank;
  const int64_t *shape; /* SINTER_BATCH_EXTENT where the batch goes: always extent 0, if at all */
} sinter_io_info;

/* What one launch of a fused kernel does, for `info` and `bench`: a row for every launch of every step function, in the
 * order in which the function launches them. Counts are for a full batch. */
typedef struct sinter_kernel_info {
  const char *name;     /* e.g. "linear_relu_0" */
  const char *step;     /* the function that launches it: "init", "train_step", "eval_step" or "predict" */
  const char *schedule; /* the #sinter.schedule attribute as text */
  uint64_t flops;
  uint64_t bytes; /* read and written, each operand counted once */
} sinter_kernel_info;

/* Runs `task(context, lo, hi)` over disjoint ranges that cover [0, items); returns when all are done. */
typedef void (*sinter_task)(void *context, int64_t lo, int64_t hi);
typedef void (*sinter_parallel_for)(void *pool, sinter_task task, void *context, int64_t items);

/* Told of every launch by the thread that calls the step function: just before (`ended` is 0) and just after (1) kernel
 * `kernel`, a row of the artifact's kernel table. Results do not depend on it. */
typedef void (*sinter_observer)(void *context, uint32_t kernel, int32_t ended);

/* Arguments of every step function. Unused pointers may be NULL (see each function below). */
typedef struct sinter_step_args {
  uint32_t struct_size; /* sizeof(sinter_step_args) */
  uint32_t reserved;    /* 0 */
  void *state;
  void *scratch;
  const void *const *inputs;  /* `input_count` buffers */
  const void *const *targets; /* `target_count` buffers */
  void *const *outputs;       /* `output_count` buffers */
  void *loss;                 /* one scalar of `loss_dtype`; written */
  int64_t rows;               /* 1 .. batch: rows really present in this batch */
  double learning_rate;
  int64_t step; /* 1 for the first training step; optimizer bias correction and dropout depend on it */
  int64_t seed; /* key of the counter-based random numbers */
  sinter_parallel_for parallel_for; /* NULL: run in the calling thread */
  void *pool;                       /* first argument of parallel_for */
  sinter_observer observer;         /* NULL: nobody */
  void *observer_context;           /* first argument of observer */
} sinter_step_args;

/* Returns 0, or a non-zero value when the arguments are not acceptable (rows out of range, wrong struct_size). */
typedef int32_t (*sinter_step_fn)(const sinter_step_args *args);

/* What a GPU needs in order to take the same steps: its code, and for every step function the list of what is launched.
 * The state and scratch blocks have the same layout as on the CPU, so a state may be moved between the two at any time.
 * Initial values are always computed by `init`. */

typedef enum sinter_device_code {
  SINTER_PTX = 0,  /* text, ends with a zero; the driver compiles it */
  SINTER_CUBIN = 1 /* machine code (ELF) of one architecture */
} sinter_device_code;

/* The same device code for one architecture. */
typedef struct sinter_device_image {
  const char *architecture; /* "sm_90a" */
  int32_t capability;       /* compute capability times ten, e.g. 90: the least that can run it */
  int32_t exact;            /* 1: no other capability can run it (cubins: none of another major number) */
  int32_t kind;             /* sinter_device_code */
  int32_t reserved;         /* 0 */
  const void *data;
} sinter_device_image;

/* Blocks of device memory. */
typedef enum sinter_device_space {
  SINTER_SPACE_STATE = 0,
  SINTER_SPACE_SCRATCH = 1,
  SINTER_SPACE_INPUT = 2, /* number `index` of the artifact's table; TARGET and OUTPUT likewise */
  SINTER_SPACE_TARGET = 3,
  SINTER_SPACE_OUTPUT = 4,
  SINTER_SPACE_LOSS = 5,          /* one scalar of `loss_dtype` */
  SINTER_SPACE_LEARNING_RATE = 6, /* a double */
  SINTER_SPACE_STEP = 7,          /* an int64_t; SEED likewise */
  SINTER_SPACE_SEED = 8,
  SINTER_SPACE_CONSTANT = 9 /* number `index` of the program's constants */
} sinter_device_space;

/* Where an argument of a launch, or one end of a copy, begins. */
typedef struct sinter_device_place {
  int32_t space; /* sinter_device_space */
  uint32_t index;
  uint64_t offset; /* bytes from the start of the block */
} sinter_device_place;

/* A tensor as the copy engine of Hopper sees it (the driver's cuTensorMapEncodeTiled): copied by boxes whose rows of
 * 128 bytes are swizzled, with zeros outside of its extents. Dim 0 is that of neighbours in memory. */
typedef struct sinter_device_map {
  uint32_t place;  /* of the command that takes it: which of the command's places it is */
  int32_t element; /* a CUtensorMapDataType of the driver: 6 f16, 9 bf16 */
  uint32_t rank;   /* 2 to 5 */
  uint32_t reserved;
  uint64_t per_row[5], fixed[5]; /* extents: rows * per_row + fixed elements */
  uint64_t strides[4];           /* bytes between neighbours along dims 1, 2, ... */
  uint32_t box[5];
  uint32_t reserved_too; /* 0, like `reserved` */
} sinter_device_map;

/* A launch: `kernel` on ceil((rows * per_row + fixed) / divisor) * factor blocks of `threads` threads. Its arguments
 * are the addresses of its places, the number of rows (the low 32 or all 64 bits of an int64_t, as the kernel declares
 * it), with `uses_workspace` the address of the workspace, and its maps (128 bytes each). A copy, if `kernel` is NULL:
 * rows * per_row + fixed bytes from its first place to its second. */
typedef struct sinter_device_command {
  const char *kernel;
  uint32_t first_place, place_count; /* in the program's table */
  uint32_t threads;
  uint32_t uses_workspace;
  uint64_t per_row, fixed, divisor, factor;
  uint32_t kernel_row;  /* the row of `kernels` that the launch belongs to, or the first of them: a kernel may take more
                           than one launch, and a launch may do the work of several kernels */
  int32_t architecture; /* 0: belongs to every step; 90: only where the image that runs is one for sm_90a; -90: only
                           where it is none */
  uint32_t shared_bytes;         /* of dynamic shared memory */
  uint32_t first_map, map_count; /* in the program's table */
  uint32_t reserved;             /* 0 */
} sinter_device_command;

typedef struct sinter_device_step {
  const sinter_device_command *commands; /* to be executed in order */
  uint64_t count;
} sinter_device_step;

typedef struct sinter_device_constant {
  const void *data;
  uint64_t bytes;
} sinter_device_constant;

typedef struct sinter_device_program {
  const sinter_device_image *images;
  const sinter_device_place *places;
  const sinter_device_constant *constants;
  const sinter_device_map *maps;
  uint32_t image_count, place_count, constant_count, map_count;
  uint64_t workspace_bytes;
  sinter_device_step train_step, eval_step, predict;
} sinter_device_program;

typedef struct sinter_artifact {
  uint32_t magic;       /* SINTER_ARTIFACT_MAGIC */
  uint32_t abi_version; /* SINTER_ABI_VERSION */
  uint32_t struct_size; /* sizeof(sinter_artifact) */
  uint32_t alignment;   /* of both blocks, bytes; a power of two */

  const char *name;             /* the model's symbol */
  const char *compiler_version; /* "sinter 0.1.0 (LLVM 22.1.8)" */
  const char *target_triple;
  const char *target_cpu;
  const char *source_digest; /* hexadecimal digest of the model text and the options that matter */

  int64_t batch; /* largest number of rows of a step */
  uint64_t state_bytes;
  uint64_t scratch_bytes;

  const sinter_tensor_info *tensors;
  const sinter_io_info *inputs;
  const sinter_io_info *targets;
  const sinter_io_info *outputs;
  const sinter_kernel_info *kernels;
  const char *const *metrics; /* names: "accuracy", "mae", "r2" */
  uint32_t tensor_count;
  uint32_t input_count;
  uint32_t target_count;
  uint32_t output_count;
  uint32_t kernel_count;
  uint32_t metric_count;

  const char *loss;      /* e.g. "cross_entropy"; "custom" for a composed loss */
  const char *optimizer; /* e.g. "adam {learning_rate = 0.001, ...}" */
  int32_t loss_dtype;    /* sinter_dtype of the loss scalar */
  int32_t loss_is_sum;   /* 1: the loss adds over rows; 0: it is their mean */
  double learning_rate;  /* default */

  /* init        state, seed: writes every tensor of the state block.
   * train_step  all but outputs: updates the state, writes the loss (before the update).
   * eval_step   state, inputs, targets, outputs, loss: no update; dropout off.
   * predict     state, inputs, outputs. */
  sinter_step_fn init;
  sinter_step_fn train_step;
  sinter_step_fn eval_step;
  sinter_step_fn predict;

  const sinter_device_program *device; /* NULL: compiled for CPUs alone */
} sinter_artifact;

/* The program emitted by `--emit=exe` finds its model through this symbol. */
extern const sinter_artifact sinter_program_artifact;

#if defined(__cplusplus)
#define SINTER_STATIC_ASSERT static_assert
#else
#define SINTER_STATIC_ASSERT _Static_assert
#endif
SINTER_STATIC_ASSERT(sizeof(void *) != 8 || sizeof(sinter_tensor_info) == 48, "sinter_tensor_info is part of the ABI");
SINTER_STATIC_ASSERT(sizeof(void *) != 8 || sizeof(sinter_io_info) == 24, "sinter_io_info is part of the ABI");
SINTER_STATIC_ASSERT(sizeof(void *) != 8 || sizeof(sinter_kernel_info) == 40, "sinter_kernel_info is part of the ABI");
SINTER_STATIC_ASSERT(sizeof(void *) != 8 || sizeof(sinter_device_image) == 32,
                     "sinter_device_image is part of the ABI");
SINTER_STATIC_ASSERT(sizeof(sinter_device_place) == 16, "sinter_device_place is part of the ABI");
SINTER_STATIC_ASSERT(sizeof(sinter_device_map) == 152, "sinter_device_map is part of the ABI");
SINTER_STATIC_ASSERT(sizeof(void *) != 8 || sizeof(sinter_device_command) == 80,
                     "sinter_device_command is part of the ABI");
SINTER_STATIC_ASSERT(sizeof(void *) != 8 || sizeof(sinter_device_program) == 104,
                     "sinter_device_program is part of the ABI");
SINTER_STATIC_ASSERT(sizeof(void *) != 8 || sizeof(sinter_step_args) == 120, "sinter_step_args is part of the ABI");
SINTER_STATIC_ASSERT(sizeof(void *) != 8 || sizeof(sinter_artifact) == 224, "sinter_artifact is part of the ABI");

#ifdef __cplusplus
}
#endif

#endif /* SINTER_RT_ARTIFACT_H */
