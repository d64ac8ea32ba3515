/* Who runs the items of a parallel loop?
 *
 * A pool of persistent threads. An artifact calls `sinter_pool_parallel_for` many times per step, so a call must cost
 * well under a microsecond when the threads are awake: workers spin for about a millisecond after their last piece of
 * work and only then sleep. Items are split statically and contiguously; no result may depend on how.
 *
 * SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
#ifndef SINTER_RT_THREADS_H
#define SINTER_RT_THREADS_H

#include "artifact.h"
#include "status.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Largest accepted number of threads of a pool. */
#define SINTER_MAX_THREADS 4096

typedef struct sinter_pool sinter_pool;

/* Number of CPUs that this process may run on (its affinity mask, not the machine); at least 1. */
int sinter_cpu_count(void);

/* Starts a pool of `threads` threads, the calling one included: `threads` - 1 are created. 0 means
 * `sinter_cpu_count()`. Fails with SINTER_INVALID_ARGUMENT outside of 0 .. SINTER_MAX_THREADS, and with
 * SINTER_OUT_OF_MEMORY when the system grants no more threads; `*pool` is NULL then. */
sinter_status sinter_pool_create(int threads, sinter_pool **pool);

/* Ends and joins the threads. No parallel loop may be running. NULL is accepted. */
void sinter_pool_destroy(sinter_pool *pool);

/* Number of threads, the caller of parallel loops included; 1 for NULL. */
int sinter_pool_threads(const sinter_pool *pool);

/* Runs `task(context, lo, hi)` over disjoint ranges that cover [0, items) and returns when all are done; what the tasks
 * wrote is then visible to the caller. `pool` is a `sinter_pool *`; NULL runs everything in the calling thread, as does
 * a call from inside of a task. Calls from several threads at once are served one after the other. items <= 0 does
 * nothing. Has the type `sinter_parallel_for` of artifact.h. */
void sinter_pool_parallel_for(void *pool, sinter_task task, void *context, int64_t items);

/* Told of every piece of a loop by the thread that runs it, `thread`: just before (`ended` is 0) and just after (1)
 * items [lo, hi). 0 is the caller of the loop, the workers are 1 and up. Loops inside of loops are part of the piece.
 */
typedef void (*sinter_piece_observer)(void *context, int thread, int64_t lo, int64_t hi, int32_t ended);

/* Who is told; NULL for nobody, as at first. No loop may be running. */
void sinter_pool_set_observer(sinter_pool *pool, sinter_piece_observer observer, void *context);

#ifdef __cplusplus
}
#endif

#endif /* SINTER_RT_THREADS_H */
