/* Which loop computes as fast as this processor can?
 *
 * SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
#ifndef SINTER_RT_CORE_PEAK_FLOPS_H
#define SINTER_RT_CORE_PEAK_FLOPS_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct PeakLoop {
  /* Does `rounds` rounds of multiply-adds, from registers alone. The result is of no interest, but must be used, or the
   * work could be left out. */
  double (*run)(int64_t rounds);
  int64_t flopsPerRound;
  const char *instructions; /* as in sinter_ceilings */
} PeakLoop;

/* The loop for SINTER_F32 or SINTER_F64 with the widest vectors that this processor has. */
PeakLoop sinter_peak_loop(int32_t dtype);

#ifdef __cplusplus
}
#endif

#endif /* SINTER_RT_CORE_PEAK_FLOPS_H */
