/* Which loop computes as fast as this processor can?
 *
 * Twelve independent chains of multiply-adds hide a latency of up to six cycles on two units, and fit into sixteen
 * registers together with the two factors. The file is compiled with contraction of products and sums, so that each
 * line is one fused instruction where there is one.
 *
 * SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
#include "peak_flops.h"

#include <sinter-rt/artifact.h>

enum { CHAINS = 12 };

/* Chains start at different values, or they would be found to be the same. They tend to term / (1 - factor): nothing
 * overflows or becomes denormal. */
#define PEAK_LOOP(NAME, TARGET, SCALAR, BYTES)                                                                         \
  TARGET static double NAME(int64_t rounds) {                                                                          \
    typedef SCALAR Vector __attribute__((vector_size(BYTES)));                                                         \
    const volatile SCALAR hidden = (SCALAR)0.75;                                                                       \
    const Vector zero = {0}, f = zero + hidden, t = f * (SCALAR)0.5;                                                   \
    Vector a = t, b = a + t, c = b + t, d = c + t, e = d + t, g = e + t;                                               \
    Vector h = g + t, i = h + t, j = i + t, k = j + t, l = k + t, m = l + t;                                           \
    for (int64_t round = 0; round < rounds; ++round) {                                                                 \
      a = a * f + t, b = b * f + t, c = c * f + t, d = d * f + t, e = e * f + t, g = g * f + t;                        \
      h = h * f + t, i = i * f + t, j = j * f + t, k = k * f + t, l = l * f + t, m = m * f + t;                        \
    }                                                                                                                  \
    const Vector sum = a + b + c + d + e + g + h + i + j + k + l + m;                                                  \
    return (double)sum[0];                                                                                             \
  }

#define PEAK_LOOP_OF(NAME, SCALAR, BYTES, INSTRUCTIONS)                                                                \
  (PeakLoop) {                                                                                                         \
    NAME, 2 * CHAINS *(int64_t)(BYTES / sizeof(SCALAR)), INSTRUCTIONS                                                  \
  }

#define NO_TARGET
PEAK_LOOP(baselineF32, NO_TARGET, float, 16)
PEAK_LOOP(baselineF64, NO_TARGET, double, 16)

#ifdef __x86_64__
#define AVX2 __attribute__((target("avx2,fma")))
#define AVX512 __attribute__((target("avx512f")))
PEAK_LOOP(avx2F32, AVX2, float, 32)
PEAK_LOOP(avx2F64, AVX2, double, 32)
PEAK_LOOP(avx512F32, AVX512, float, 64)
PEAK_LOOP(avx512F64, AVX512, double, 64)
#endif

PeakLoop sinter_peak_loop(int32_t dtype) {
  const int isDouble = dtype == SINTER_F64;
#ifdef __x86_64__
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx512f"))
    return isDouble ? PEAK_LOOP_OF(avx512F64, double, 64, "avx512f") : PEAK_LOOP_OF(avx512F32, float, 64, "avx512f");
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
    return isDouble ? PEAK_LOOP_OF(avx2F64, double, 32, "avx2+fma") : PEAK_LOOP_OF(avx2F32, float, 32, "avx2+fma");
#endif
  return isDouble ? PEAK_LOOP_OF(baselineF64, double, 16, "baseline")
                  : PEAK_LOOP_OF(baselineF32, float, 16, "baseline");
}
