/* Which random numbers do the shuffler, the splitter and the tests use?
 *
 * Philox4x32-10 (J. Salmon, M. Moraes, R. Dror, D. Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011),
 * exactly as in Random123: counter-based, so that a number depends on (seed, stream, position) alone and never on the
 * number of threads.
 *
 * SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
#ifndef SINTER_RT_RANDOM_H
#define SINTER_RT_RANDOM_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* One block: four words from a 128-bit counter and a 64-bit key. `result` may be `counter`. */
void sinter_philox4x32(const uint32_t counter[4], const uint32_t key[2], uint32_t result[4]);

/* A sequence of random numbers: key = seed, counter = (position, stream). A plain value: copy it to save its place. */
typedef struct sinter_random {
  uint64_t seed;
  uint64_t stream;   /* sequences of different streams are independent */
  uint64_t position; /* blocks drawn so far */
  uint32_t block[4]; /* words of the last block */
  uint32_t unused;   /* words of `block` not handed out yet, 0 .. 4 */
  uint32_t reserved; /* 0 */
} sinter_random;

/* A fresh sequence. Use one stream per purpose (split, shuffle of epoch 1, shuffle of epoch 2, ...). */
sinter_random sinter_random_make(uint64_t seed, uint64_t stream);

uint32_t sinter_random_u32(sinter_random *random);
uint64_t sinter_random_u64(sinter_random *random);

/* Uniform in [0, n) without bias (D. Lemire, "Fast random integer generation in an interval", 2019); 0 when n is 0. */
uint64_t sinter_random_below(sinter_random *random, uint64_t n);

/* Uniform in [0, 1) with 53 random bits. */
double sinter_random_unit(sinter_random *random);

/* Permutes `items[0 .. count)` uniformly (Fisher-Yates, from the last item down). */
void sinter_random_shuffle(sinter_random *random, int64_t *items, int64_t count);

#ifdef __cplusplus
}
#endif

#endif /* SINTER_RT_RANDOM_H */
