/* How fast could this machine be?
 *
 * The two ceilings of the roofline model, measured rather than looked up: multiply-adds from registers, and streams
 * through main memory, by the threads that the program uses. A kernel can be no faster than the ceiling it meets first.
 *
 * What it cannot say: a kernel whose operands are in a cache may well be faster than main memory, so that more than all
 * of its roofline is reached; that shows how much the caches give.
 *
 * SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
#ifndef SINTER_RT_CEILINGS_H
#define SINTER_RT_CEILINGS_H

#include "artifact.h"
#include "status.h"
#include "threads.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct sinter_ceilings {
  double flops;             /* floating-point operations per second; a multiply-add is two */
  double bytes;             /* bytes per second, read from and written to main memory */
  uint64_t stream_bytes;    /* of the array that the streams went through */
  const char *instructions; /* what the flops were done with: "avx512f", "avx2+fma" or "baseline" */
} sinter_ceilings;

/* Measures with all threads of `pool` (NULL: the calling one); takes up to a few seconds. `dtype` is SINTER_F32 or
 * SINTER_F64, the type of the flops. SINTER_INVALID_ARGUMENT for another type, SINTER_OUT_OF_MEMORY when there is no
 * memory for the array. No loop may be running. */
sinter_status sinter_ceilings_measure(sinter_pool *pool, int32_t dtype, sinter_ceilings *ceilings);

/* The time in seconds below which work of this size cannot be done: the longer of computing and moving. The share of
 * the roofline that is reached is this divided by the time taken, the same as flops per second divided by
 * min(ceilings->flops, flops / bytes * ceilings->bytes). */
double sinter_ceilings_seconds(const sinter_ceilings *ceilings, uint64_t flops, uint64_t bytes);

#ifdef __cplusplus
}
#endif

#endif /* SINTER_RT_CEILINGS_H */
