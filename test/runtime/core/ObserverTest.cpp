// Is the observer told of every launch and of every piece of work, and does nothing depend on it?
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "TestSupport.h"

#include <algorithm>
#include <map>
#include <mutex>
#include <set>
#include <thread>
#include <utility>

using namespace sinter::test;

namespace {

// What a model's observer was told, in order.
struct Launches {
  std::vector<std::pair<std::uint32_t, std::int32_t>> told;
  std::set<std::thread::id> threads;

  void observe(sinter_model *model) {
    sinter_model_set_observer(
        model,
        [](void *context, std::uint32_t kernel, std::int32_t ended) {
          auto *self = static_cast<Launches *>(context);
          self->told.emplace_back(kernel, ended);
          self->threads.insert(std::this_thread::get_id());
        },
        this);
  }
};

TEST(Observer, IsToldOfEveryLaunchInOrderByTheCaller) {
  const Model model = createModel(linear_artifact, 3);
  ASSERT_OK(sinter_model_init(model.get(), 1));
  Launches launches;
  launches.observe(model.get());
  ASSERT_OK(Batch(0).train(model.get()));
  EXPECT_THAT(launches.told,
              testing::ElementsAre(testing::Pair(0, 0), testing::Pair(0, 1), testing::Pair(1, 0), testing::Pair(1, 1)));
  EXPECT_THAT(launches.threads, testing::ElementsAre(std::this_thread::get_id()));

  launches.told.clear();
  const Batch batch(1);
  const void *inputs[] = {batch.x.data()};
  std::vector<float> prediction(LINEAR_BATCH);
  void *outputs[] = {prediction.data()};
  ASSERT_OK(sinter_model_predict(model.get(), inputs, outputs, LINEAR_BATCH));
  EXPECT_THAT(launches.told, testing::ElementsAre(testing::Pair(2, 0), testing::Pair(2, 1)));
  EXPECT_STREQ(linear_artifact.kernels[2].step, "predict");

  launches.told.clear();
  sinter_model_set_observer(model.get(), nullptr, nullptr);
  ASSERT_OK(Batch(2).train(model.get()));
  EXPECT_TRUE(launches.told.empty());
}

TEST(Observer, ChangesNoResult) {
  const Model plain = createModel(linear_artifact, 2), observed = createModel(linear_artifact, 2);
  ASSERT_OK(sinter_model_init(plain.get(), 3));
  ASSERT_OK(sinter_model_init(observed.get(), 3));
  Launches launches;
  launches.observe(observed.get());
  sinter_pool_set_observer(
      sinter_model_pool(observed.get()), [](void *, int, std::int64_t, std::int64_t, std::int32_t) {}, nullptr);
  for (int step = 0; step < 20; ++step) {
    double first = 0, second = 0;
    ASSERT_OK(Batch(step).train(plain.get(), &first));
    ASSERT_OK(Batch(step).train(observed.get(), &second));
    ASSERT_EQ(first, second) << step;
  }
  EXPECT_EQ(stateOf(plain.get()), stateOf(observed.get()));
  EXPECT_EQ(launches.told.size(), 20u * 4);
}

// Pieces as the pool's observer was told of them.
struct Pieces {
  std::mutex mutex;
  std::vector<int> runs;                   // by item
  std::map<int, std::thread::id> byThread; // of the pool's numbers
  std::map<int, int> open;                 // begun and not ended
  bool consistent = true;

  void tell(int thread, std::int64_t lo, std::int64_t hi, bool ended) {
    const std::lock_guard<std::mutex> lock(mutex);
    consistent &= byThread.emplace(thread, std::this_thread::get_id()).first->second == std::this_thread::get_id();
    open[thread] += ended ? -1 : 1;
    consistent &= open[thread] == (ended ? 0 : 1);
    for (std::int64_t item = lo; !ended && item < hi; ++item)
      ++runs[item];
  }
};

class PoolObserver : public testing::TestWithParam<int> {};
INSTANTIATE_TEST_SUITE_P(Threads, PoolObserver, testing::Values(1, 2, 5));

TEST_P(PoolObserver, IsToldOfEveryPieceByItsThread) {
  sinter_pool *made = nullptr;
  ASSERT_OK(sinter_pool_create(GetParam(), &made));
  const Pool pool(made);
  for (std::int64_t items : {1, 2, 7, 1000}) {
    Pieces pieces;
    pieces.runs.resize(items);
    sinter_pool_set_observer(
        pool.get(),
        [](void *context, int thread, std::int64_t lo, std::int64_t hi, std::int32_t ended) {
          static_cast<Pieces *>(context)->tell(thread, lo, hi, ended != 0);
        },
        &pieces);
    // A loop inside of the loop belongs to the piece, and must not wait for the pool.
    sinter_pool_parallel_for(
        pool.get(),
        [](void *inner, std::int64_t, std::int64_t) {
          sinter_pool_parallel_for(inner, [](void *, std::int64_t, std::int64_t) {}, nullptr, 3);
        },
        pool.get(), items);
    EXPECT_TRUE(pieces.consistent);
    EXPECT_EQ(std::count(pieces.runs.begin(), pieces.runs.end(), 1), items);
    for (const auto &[thread, id] : pieces.byThread) {
      EXPECT_LT(thread, GetParam());
      EXPECT_EQ(thread == 0, id == std::this_thread::get_id());
    }
    sinter_pool_set_observer(pool.get(), nullptr, nullptr);
    sinter_pool_parallel_for(pool.get(), [](void *, std::int64_t, std::int64_t) {}, nullptr, items);
    EXPECT_EQ(std::count(pieces.runs.begin(), pieces.runs.end(), 1), items);
  }
}

} // namespace
