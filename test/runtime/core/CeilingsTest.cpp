// Are the measured ceilings those of this machine?
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "TestSupport.h"

#include "peak_flops.h"

#include <cmath>

using namespace sinter::test;

namespace {

sinter_ceilings measure(int threads, std::int32_t dtype) {
  sinter_pool *pool = nullptr;
  EXPECT_OK(sinter_pool_create(threads, &pool));
  const Pool owner(pool);
  sinter_ceilings ceilings = {};
  EXPECT_OK(sinter_ceilings_measure(pool, dtype, &ceilings));
  return ceilings;
}

// Bounds that hold for any machine that the tests run on, sanitized builds included, and for no wrong unit.
TEST(Ceilings, ArePlausible) {
  const sinter_ceilings ceilings = measure(1, SINTER_F32);
  EXPECT_GT(ceilings.flops, 1e8);
  EXPECT_LT(ceilings.flops, 2e12);
  EXPECT_GT(ceilings.bytes, 1e8);
  EXPECT_LT(ceilings.bytes, 2e12);
  EXPECT_GE(ceilings.stream_bytes, 1u << 20);
  EXPECT_THAT(ceilings.instructions,
              testing::AnyOf(testing::StrEq("avx512f"), testing::StrEq("avx2+fma"), testing::StrEq("baseline")));
}

// Chains start at multiples of 0.375 and tend to 1.5, a quarter of the way in each round: all twelve are in the sum,
// and none is left out of a round.
TEST(Ceilings, LoopMultipliesAndAddsAllOfItsChains) {
  for (const std::int32_t dtype : {SINTER_F32, SINTER_F64}) {
    const PeakLoop loop = sinter_peak_loop(dtype);
    const std::int64_t chains = 12;
    EXPECT_EQ(loop.flopsPerRound % (2 * chains), 0);
    for (const int rounds : {0, 1, 2, 5}) {
      double expected = 0;
      for (int chain = 1; chain <= chains; ++chain)
        expected += 1.5 + (0.375 * chain - 1.5) * std::pow(0.75, rounds);
      EXPECT_NEAR(loop.run(rounds), expected, 1e-4) << rounds << " rounds";
    }
  }
}

TEST(Ceilings, RefuseOtherTypes) {
  sinter_ceilings ceilings = {};
  EXPECT_FAILS(SINTER_INVALID_ARGUMENT, sinter_ceilings_measure(nullptr, SINTER_I32, &ceilings),
               "expected type F32 (1) or F64 (2), found 3");
}

TEST(Ceilings, TimeIsThatOfTheCeilingMetFirst) {
  const sinter_ceilings ceilings = {100, 10, 0, ""};
  EXPECT_EQ(sinter_ceilings_seconds(&ceilings, 200, 10), 2); // bound by computing
  EXPECT_EQ(sinter_ceilings_seconds(&ceilings, 200, 30), 3); // bound by moving
  EXPECT_EQ(sinter_ceilings_seconds(&ceilings, 0, 5), 0.5);  // a copy
}

} // namespace
