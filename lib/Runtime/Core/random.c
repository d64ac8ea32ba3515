/* How are random numbers made from a counter? Philox4x32-10, as in Random123.
 *
 * SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
#include <sinter-rt/random.h>

#include <string.h>

enum { PHILOX_ROUNDS = 10 };
static const uint32_t philoxMultiplier[2] = {0xD2511F53u, 0xCD9E8D57u};
static const uint32_t philoxWeyl[2] = {0x9E3779B9u, 0xBB67AE85u};

void sinter_philox4x32(const uint32_t counter[4], const uint32_t key[2], uint32_t result[4]) {
  uint32_t c0 = counter[0], c1 = counter[1], c2 = counter[2], c3 = counter[3];
  uint32_t k0 = key[0], k1 = key[1];
  for (int round = 0; round < PHILOX_ROUNDS; ++round) {
    const uint64_t p0 = (uint64_t)philoxMultiplier[0] * c0;
    const uint64_t p1 = (uint64_t)philoxMultiplier[1] * c2;
    c0 = (uint32_t)(p1 >> 32) ^ c1 ^ k0;
    c1 = (uint32_t)p1;
    c2 = (uint32_t)(p0 >> 32) ^ c3 ^ k1;
    c3 = (uint32_t)p0;
    k0 += philoxWeyl[0];
    k1 += philoxWeyl[1];
  }
  result[0] = c0;
  result[1] = c1;
  result[2] = c2;
  result[3] = c3;
}

sinter_random sinter_random_make(uint64_t seed, uint64_t stream) {
  sinter_random random;
  memset(&random, 0, sizeof random);
  random.seed = seed;
  random.stream = stream;
  return random;
}

uint32_t sinter_random_u32(sinter_random *random) {
  if (random->unused == 0) {
    const uint32_t key[2] = {(uint32_t)random->seed, (uint32_t)(random->seed >> 32)};
    const uint32_t counter[4] = {(uint32_t)random->position, (uint32_t)(random->position >> 32),
                                 (uint32_t)random->stream, (uint32_t)(random->stream >> 32)};
    sinter_philox4x32(counter, key, random->block);
    ++random->position;
    random->unused = 4;
  }
  return random->block[4 - random->unused--];
}

uint64_t sinter_random_u64(sinter_random *random) {
  const uint64_t low = sinter_random_u32(random);
  return low | (uint64_t)sinter_random_u32(random) << 32;
}

/* High and low 64 bits of a 128-bit product. */
static uint64_t multiplyWide(uint64_t a, uint64_t b, uint64_t *low) {
  __extension__ const unsigned __int128 product = (unsigned __int128)a * b;
  *low = (uint64_t)product;
  return (uint64_t)(product >> 64);
}

uint64_t sinter_random_below(sinter_random *random, uint64_t n) {
  if (n == 0)
    return 0;
  uint64_t low;
  uint64_t high = multiplyWide(sinter_random_u64(random), n, &low);
  const uint64_t threshold = (0 - n) % n;
  while (low < threshold)
    high = multiplyWide(sinter_random_u64(random), n, &low);
  return high;
}

double sinter_random_unit(sinter_random *random) {
  return (double)(sinter_random_u64(random) >> 11) * 0x1p-53;
}

void sinter_random_shuffle(sinter_random *random, int64_t *items, int64_t count) {
  for (int64_t last = count - 1; last > 0; --last) {
    const int64_t chosen = (int64_t)sinter_random_below(random, (uint64_t)last + 1);
    const int64_t kept = items[last];
    items[last] = items[chosen];
    items[chosen] = kept;
  }
}
