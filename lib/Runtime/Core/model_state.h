/* What does a live model consist of? Shared by model.c (making it, its tensors) and model_steps.c (its steps).
 *
 * SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
#ifndef SINTER_RT_CORE_MODEL_STATE_H
#define SINTER_RT_CORE_MODEL_STATE_H

#include "block.h"
#include <sinter-rt/model.h>

/* The loss as a step writes it. */
typedef union LossScalar {
  float f32;
  double f64;
} LossScalar;

/* A training step on a GPU whose loss has not been handed out. */
typedef struct Pending {
  LossScalar scalar; /* written by the GPU's runtime */
  double *loss;      /* the caller's place, or NULL */
} Pending;

struct sinter_model {
  const sinter_artifact *artifact;
  sinter_pool *pool;
  Block state, scratch;
  sinter_gpu *gpu;                /* NULL: steps run on the CPU */
  int deviceIsNewer, hostIsNewer; /* which copy of the state is the current one, if they may differ */
  Pending *pending;               /* a ring for `pendingRoom` steps: those under way, and those that are being sent */
  int64_t pendingRoom;
  int64_t sent, arrived; /* training steps, since the ring was made */
  uint32_t *byName;      /* indices of the tensors, sorted by name */
  int64_t step;          /* training steps taken */
  int64_t seed;
  sinter_observer observer;
  void *observerContext;
};

/* The ring of pending steps, for the steps that a launch takes. */
sinter_status sinter_model_make_ring(sinter_model *model);

#endif /* SINTER_RT_CORE_MODEL_STATE_H */
