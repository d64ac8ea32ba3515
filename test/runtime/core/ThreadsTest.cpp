// Does a parallel loop run every item exactly once, however many threads there are and however they sleep?
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "TestSupport.h"

#include <atomic>
#include <chrono>
#include <mutex>
#include <set>
#include <thread>

#include <pthread.h>
#include <signal.h>

using namespace sinter::test;

namespace {

Pool createPool(int threads) {
  sinter_pool *pool = nullptr;
  EXPECT_OK(sinter_pool_create(threads, &pool));
  return Pool(pool);
}

// Runs `body(lo, hi)` on the pool.
template <typename Body>
void parallelFor(sinter_pool *pool, std::int64_t items, Body body) {
  sinter_pool_parallel_for(
      pool, [](void *context, std::int64_t lo, std::int64_t hi) { (*static_cast<Body *>(context))(lo, hi); }, &body,
      items);
}

// Runs a loop whose items count themselves; true if each ran once.
bool coversOnce(sinter_pool *pool, std::int64_t items) {
  std::vector<int> runs(items); // plain: a race on an element is a bug that TSan shows
  parallelFor(pool, items, [&](std::int64_t lo, std::int64_t hi) {
    for (std::int64_t i = lo; i < hi; ++i)
      ++runs[i];
  });
  return std::count(runs.begin(), runs.end(), 1) == items;
}

class PoolOf : public testing::TestWithParam<int> {};
INSTANTIATE_TEST_SUITE_P(Threads, PoolOf, testing::Values(1, 2, 3, 5, 16));

TEST_P(PoolOf, RunsEveryItemOnce) {
  const Pool pool = createPool(GetParam());
  EXPECT_EQ(sinter_pool_threads(pool.get()), GetParam());
  for (std::int64_t items : {0, 1, 2, 3, 7, 16, 17, 1000, 100003})
    EXPECT_TRUE(coversOnce(pool.get(), items)) << items;
}

TEST_P(PoolOf, RunsManySmallLoopsBackToBack) {
  const Pool pool = createPool(GetParam());
  std::int64_t total = 0;
  for (int loop = 0; loop < 3000; ++loop) {
    std::int64_t parts[16] = {};
    const int items = loop % 16 + 1; // so that threads are left out and come back
    parallelFor(pool.get(), items, [&](std::int64_t lo, std::int64_t hi) {
      for (std::int64_t i = lo; i < hi; ++i)
        parts[i] = i + 1;
    });
    for (std::int64_t part : parts)
      total += part;
  }
  std::int64_t expected = 0;
  for (int loop = 0; loop < 3000; ++loop)
    expected += (loop % 16 + 1) * (loop % 16 + 2) / 2;
  EXPECT_EQ(total, expected);
}

TEST_P(PoolOf, WakesUpAfterSleeping) {
  const Pool pool = createPool(GetParam());
  for (int round = 0; round < 40; ++round) {
    // Around the time at which workers stop spinning, and well after it.
    std::this_thread::sleep_for(std::chrono::microseconds(round % 4 == 0 ? 5000 : 900 + 10 * round));
    ASSERT_TRUE(coversOnce(pool.get(), 64)) << round;
  }
}

TEST_P(PoolOf, JoinsWhenOneThreadIsSlow) {
  const Pool pool = createPool(GetParam());
  for (int round = 0; round < 10; ++round) {
    std::atomic<int> done{0};
    parallelFor(pool.get(), GetParam(), [&](std::int64_t lo, std::int64_t) {
      if (lo == GetParam() - 1)
        std::this_thread::sleep_for(std::chrono::milliseconds(2)); // the joining caller sleeps meanwhile
      ++done;
    });
    EXPECT_EQ(done.load(), GetParam());
  }
}

TEST_P(PoolOf, RunsNestedLoopsInline) {
  const Pool pool = createPool(GetParam());
  std::vector<int> runs(8 * 8);
  parallelFor(pool.get(), 8, [&](std::int64_t lo, std::int64_t hi) {
    for (std::int64_t outer = lo; outer < hi; ++outer)
      parallelFor(pool.get(), 8, [&](std::int64_t innerLo, std::int64_t innerHi) {
        for (std::int64_t inner = innerLo; inner < innerHi; ++inner)
          ++runs[outer * 8 + inner];
      });
  });
  EXPECT_EQ(std::count(runs.begin(), runs.end(), 1), 64);
}

// Every item waits until all of them have begun: no thread can do the work of another.
template <typename Body>
void meetInEachItem(sinter_pool *pool, int items, Body body) {
  std::atomic<int> begun{0};
  parallelFor(pool, items, [&](std::int64_t lo, std::int64_t hi) {
    begun += static_cast<int>(hi - lo);
    for (int waits = 0; begun < items && waits < 20000; ++waits)
      std::this_thread::sleep_for(std::chrono::microseconds(500));
    body();
  });
}

TEST(Pool, UsesItsThreads) {
  const Pool pool = createPool(3);
  std::mutex mutex;
  std::set<std::thread::id> seen;
  meetInEachItem(pool.get(), 3, [&] {
    const std::lock_guard lock(mutex);
    seen.insert(std::this_thread::get_id());
  });
  EXPECT_EQ(seen.size(), 3u);
  EXPECT_TRUE(seen.count(std::this_thread::get_id()));
}

// A worker that is held up in a piece of its own does not hold up the pieces that it has not begun.
TEST(Pool, OthersTakeWhatASlowThreadHasNotBegun) {
  const Pool pool = createPool(2);
  const std::thread::id caller = std::this_thread::get_id();
  std::atomic<bool> workerIsIn{false}, restIsDone{false};
  std::atomic<int> byCaller{0};
  parallelFor(pool.get(), 64, [&](std::int64_t lo, std::int64_t hi) {
    if (std::this_thread::get_id() == caller) {
      for (int waits = 0; !workerIsIn && waits < 20000; ++waits)
        std::this_thread::sleep_for(std::chrono::microseconds(500));
      byCaller += static_cast<int>(hi - lo);
      restIsDone = byCaller >= 48; // its own 32, and the 16 that the worker has not begun
      return;
    }
    workerIsIn = true;
    for (int waits = 0; !restIsDone && waits < 20000; ++waits)
      std::this_thread::sleep_for(std::chrono::microseconds(500));
  });
  EXPECT_GE(byCaller.load(), 48);
}

TEST(Pool, ServesCallersOneAfterTheOther) {
  const Pool pool = createPool(3);
  std::atomic<bool> good{true};
  std::vector<std::thread> callers;
  for (int caller = 0; caller < 4; ++caller)
    callers.emplace_back([&] {
      for (int loop = 0; loop < 200; ++loop)
        if (!coversOnce(pool.get(), 33))
          good = false;
    });
  for (std::thread &caller : callers)
    caller.join();
  EXPECT_TRUE(good);
}

TEST(Pool, HugeItemCountDoesNotOverflow) {
  const Pool pool = createPool(5);
  std::atomic<std::uint64_t> covered{0};
  std::atomic<std::int64_t> end{0};
  parallelFor(pool.get(), INT64_MAX, [&](std::int64_t lo, std::int64_t hi) {
    covered += static_cast<std::uint64_t>(hi - lo);
    if (hi == INT64_MAX)
      end = hi;
  });
  EXPECT_EQ(covered.load(), static_cast<std::uint64_t>(INT64_MAX));
  EXPECT_EQ(end.load(), INT64_MAX);
}

TEST(Pool, NullRunsInTheCallingThread) {
  EXPECT_EQ(sinter_pool_threads(nullptr), 1);
  EXPECT_TRUE(coversOnce(nullptr, 10));
}

TEST(Pool, ZeroMeansEveryCpuOfTheAffinityMask) {
  EXPECT_EQ(sinter_pool_threads(createPool(0).get()), sinter_cpu_count());
  cpu_set_t former, one;
  ASSERT_EQ(sched_getaffinity(0, sizeof former, &former), 0);
  int cpu = 0;
  while (!CPU_ISSET(cpu, &former))
    ++cpu;
  CPU_ZERO(&one);
  CPU_SET(cpu, &one);
  ASSERT_EQ(sched_setaffinity(0, sizeof one, &one), 0);
  EXPECT_EQ(sinter_cpu_count(), 1);
  ASSERT_EQ(sched_setaffinity(0, sizeof former, &former), 0);
}

TEST(Pool, RefusesImpossibleThreadCounts) {
  sinter_pool *pool = nullptr;
  EXPECT_FAILS(SINTER_INVALID_ARGUMENT, sinter_pool_create(-1, &pool), "expected 0 to 4096, found -1");
  EXPECT_FAILS(SINTER_INVALID_ARGUMENT, sinter_pool_create(SINTER_MAX_THREADS + 1, &pool), "found 4097");
  EXPECT_EQ(pool, nullptr);
}

TEST(Pool, ManyPoolsComeAndGo) {
  for (int i = 0; i < 200; ++i)
    EXPECT_TRUE(coversOnce(createPool(i % 5 + 1).get(), i % 3)); // some are destroyed unused
}

// Ctrl-C must reach the thread that the program expects it in.
TEST(Pool, WorkersBlockAsynchronousSignals) {
  const Pool pool = createPool(2);
  const std::thread::id caller = std::this_thread::get_id();
  std::atomic<int> blocked{0};
  meetInEachItem(pool.get(), 2, [&] {
    sigset_t mask;
    pthread_sigmask(SIG_BLOCK, nullptr, &mask);
    if (std::this_thread::get_id() != caller)
      blocked = sigismember(&mask, SIGINT) == 1 && sigismember(&mask, SIGSEGV) == 0;
  });
  EXPECT_TRUE(blocked);
  sigset_t mask;
  pthread_sigmask(SIG_BLOCK, nullptr, &mask);
  EXPECT_EQ(sigismember(&mask, SIGINT), 0);
}

} // namespace
