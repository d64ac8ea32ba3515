// Do the schedules follow their formulas, and is the split a function of the seed alone?
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Schedule.h"
#include "Split.h"
#include "TestFiles.h"

#include <cmath>
#include <set>

using namespace sinter::train;

// With base 1, 10 steps per epoch and 100 steps in all.
static double rate(const char *text, int64_t step) {
  return Schedule::parse(text).rate(1, step, 10, 100);
}

TEST(Schedule, formulas) {
  EXPECT_EQ(rate("constant", 77), 1);
  EXPECT_EQ(rate("step:size=2,gamma=0.5", 20), 1);
  EXPECT_EQ(rate("step:size=2,gamma=0.5", 21), 0.5);
  EXPECT_EQ(rate("step:steps=3,gamma=0.1", 7), std::pow(0.1, 2));
  EXPECT_EQ(rate("exponential:gamma=0.5", 31), 0.125);
  EXPECT_EQ(rate("linear:min=0.5", 51), 0.75);
  EXPECT_EQ(rate("cosine", 1), 1);
  EXPECT_DOUBLE_EQ(rate("cosine:min=0.2", 51), 0.6);
  EXPECT_EQ(rate("linear-warmup:steps=4", 1), 0.25);
  EXPECT_EQ(rate("linear-warmup:steps=4", 4), 1);
  EXPECT_EQ(rate("linear-warmup:steps=4", 50), 1);
  EXPECT_EQ(rate("warmup-cosine:steps=20", 10), 0.5);
  EXPECT_DOUBLE_EQ(rate("warmup-cosine:steps=20", 61), 0.5);
  EXPECT_DOUBLE_EQ(rate("warmup-linear:steps=20,min=0.5", 61), 0.75);
}

TEST(Schedule, mistakes) {
  auto error = [](const char *text) { return messageOf([&] { Schedule::parse(text); }); };
  EXPECT_EQ(error("cosin"), "--schedule 'cosin': expected constant, step, exponential, linear, cosine, linear-warmup, "
                            "warmup-cosine or warmup-linear");
  EXPECT_EQ(error("step"), "--schedule 'step': expected a positive gamma, as in step:size=10,gamma=0.1");
  EXPECT_EQ(error("step:gamma=0.1"),
            "--schedule 'step:gamma=0.1': expected either size=EPOCHS or steps=STEPS, as in step:size=10,gamma=0.1");
  EXPECT_EQ(error("cosine:min=x"), "--schedule 'cosine:min=x': expected NAME=NUMBER, found 'min=x'");
  EXPECT_EQ(error("cosine:max=1"), "--schedule 'cosine:max=1': unknown setting 'max'");
  EXPECT_EQ(error("linear-warmup"),
            "--schedule 'linear-warmup': expected the steps of the warm-up, as in linear-warmup:steps=500");
  EXPECT_EQ(error("linear-warmup:steps=1.5"),
            "--schedule 'linear-warmup:steps=1.5': steps must be a whole number of at least 1, found 1.5");
}

TEST(Split, partsAreDisjointCompleteAndSeeded) {
  Split split = splitRows(1797, 0.2, 0.1, 5), again = splitRows(1797, 0.2, 0.1, 5),
        other = splitRows(1797, 0.2, 0.1, 6);
  EXPECT_EQ(split.validation.size(), 359u);
  EXPECT_EQ(split.test.size(), 180u);
  EXPECT_EQ(split.validation, again.validation);
  EXPECT_NE(split.validation, other.validation);
  std::set<int64_t> all;
  for (const auto &part : {split.train, split.validation, split.test})
    all.insert(part.begin(), part.end());
  EXPECT_EQ(all.size(), 1797u);
}

TEST(Split, nothingLeftToTrainOn) {
  EXPECT_EQ(messageOf([] { splitRows(2, 0.5, 0.5, 0); }),
            "no rows are left to train on: of 2 rows, 1 go to validation and 1 to the test");
}

TEST(Split, shuffleDependsOnSeedAndEpoch) {
  std::vector<int64_t> part = splitRows(100, 0, 0, 1).train;
  EXPECT_EQ(part.front(), 0);
  EXPECT_EQ(shuffled(part, 1, 1), shuffled(part, 1, 1));
  EXPECT_NE(shuffled(part, 1, 1), shuffled(part, 1, 2));
  EXPECT_NE(shuffled(part, 1, 1), shuffled(part, 2, 1));
}
