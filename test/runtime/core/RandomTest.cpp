// Are the random numbers Philox4x32-10, and are they used without bias?
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "TestSupport.h"

#include <algorithm>
#include <array>
#include <map>
#include <numeric>

namespace {

using Words = std::array<std::uint32_t, 4>;

Words philox(Words counter, std::array<std::uint32_t, 2> key) {
  Words result;
  sinter_philox4x32(counter.data(), key.data(), result.data());
  return result;
}

// Known answers of Random123 (kat_vectors: philox4x32 10).
TEST(Philox, KnownAnswers) {
  EXPECT_EQ(philox({0, 0, 0, 0}, {0, 0}), (Words{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
  const std::uint32_t ones = 0xffffffff;
  EXPECT_EQ(philox({ones, ones, ones, ones}, {ones, ones}), (Words{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
  EXPECT_EQ(philox({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}),
            (Words{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
}

TEST(Random, SequenceIsTheBlocksOfItsCounter) {
  sinter_random random = sinter_random_make(0x123456789abcdef0, 7);
  const Words first = philox({0, 0, 7, 0}, {0x9abcdef0, 0x12345678});
  const Words second = philox({1, 0, 7, 0}, {0x9abcdef0, 0x12345678});
  for (std::uint32_t word : first)
    EXPECT_EQ(sinter_random_u32(&random), word);
  EXPECT_EQ(sinter_random_u64(&random), second[0] | std::uint64_t{second[1]} << 32);
}

TEST(Random, BelowStaysBelowAndCoversAll) {
  sinter_random random = sinter_random_make(1, 0);
  std::map<std::uint64_t, int> counts;
  for (int i = 0; i < 60000; ++i)
    ++counts[sinter_random_below(&random, 6)];
  ASSERT_EQ(counts.size(), 6u);
  EXPECT_EQ(counts.rbegin()->first, 5u);
  for (auto [value, count] : counts)
    EXPECT_NEAR(count, 10000, 500) << value; // more than five standard deviations
  EXPECT_EQ(sinter_random_below(&random, 0), 0u);
  EXPECT_EQ(sinter_random_below(&random, 1), 0u);
}

// Of 3 * 2^62 values, the naive product of high bits would draw some twice as often as others: a third of the thirds.
TEST(Random, BelowHasNoBiasForHugeRanges) {
  sinter_random random = sinter_random_make(2, 0);
  const std::uint64_t range = std::uint64_t{3} << 62;
  int odd = 0, upperHalf = 0;
  const int draws = 40000;
  for (int i = 0; i < draws; ++i) {
    const std::uint64_t value = sinter_random_below(&random, range);
    ASSERT_LT(value, range);
    odd += value % 3 == 2;
    upperHalf += value >= range / 2;
  }
  EXPECT_NEAR(odd, draws / 3, 500);
  EXPECT_NEAR(upperHalf, draws / 2, 600);
}

TEST(Random, UnitIsInItsInterval) {
  sinter_random random = sinter_random_make(3, 0);
  double sum = 0, least = 1, greatest = 0;
  for (int i = 0; i < 10000; ++i) {
    const double value = sinter_random_unit(&random);
    sum += value;
    least = std::min(least, value);
    greatest = std::max(greatest, value);
  }
  EXPECT_GE(least, 0);
  EXPECT_LT(greatest, 1);
  EXPECT_NEAR(sum / 10000, 0.5, 0.015);
}

TEST(Random, ShuffleIsAPermutationSetBySeedAndStream) {
  const auto shuffled = [](std::uint64_t seed, std::uint64_t stream) {
    std::vector<std::int64_t> items(100);
    std::iota(items.begin(), items.end(), 0);
    sinter_random random = sinter_random_make(seed, stream);
    sinter_random_shuffle(&random, items.data(), 100);
    return items;
  };
  std::vector<std::int64_t> items = shuffled(5, 1);
  EXPECT_EQ(items, shuffled(5, 1));
  EXPECT_NE(items, shuffled(5, 2));
  EXPECT_NE(items, shuffled(6, 1));
  std::sort(items.begin(), items.end());
  for (int i = 0; i < 100; ++i)
    EXPECT_EQ(items[i], i);
}

} // namespace
