// Are the measured ceilings those of this machine?
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "TestSupport.h"

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
