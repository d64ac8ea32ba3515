// Which rivals there are, and how many threads they really use.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Rivals.h"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <ctime>
#include <dirent.h>
#include <map>

namespace sinter::benchmarks {

std::vector<Rival> allRivals() {
  std::vector<Rival> rivals;
#ifdef SINTER_WITH_OPENBLAS
  rivals.push_back(openBlas());
#endif
#ifdef SINTER_WITH_ONEDNN
  for (Rival &rival : oneDnn())
    rivals.push_back(std::move(rival));
#endif
  return rivals;
}

void prepareProcess([[maybe_unused]] char **arguments) {
#ifdef SINTER_WITH_OPENBLAS
  chooseOpenBlasKernels(arguments);
#endif
}

/// Processor time in nanoseconds of every thread of this process. A thread's clock is made of its number as Linux's
/// pthread_getcpuclockid makes it, which needs a pthread_t that only the library knows.
static std::map<int, int64_t> processorTimes() {
  std::map<int, int64_t> times;
  DIR *folder = opendir("/proc/self/task");
  if (!folder)
    return times;
  while (const dirent *entry = readdir(folder)) {
    const int thread = std::atoi(entry->d_name);
    constexpr unsigned perThread = 4, scheduled = 2;
    timespec time;
    if (thread > 0 &&
        clock_gettime(static_cast<clockid_t>(~static_cast<unsigned>(thread) << 3 | perThread | scheduled), &time) == 0)
      times[thread] = time.tv_sec * INT64_C(1000000000) + time.tv_nsec;
  }
  closedir(folder);
  return times;
}

int threadsOf(const std::function<void()> &call) {
  call(); // starts the threads
  const std::map<int, int64_t> before = processorTimes();
  const auto start = std::chrono::steady_clock::now();
  while (std::chrono::steady_clock::now() - start < std::chrono::milliseconds(100))
    call();
  int64_t longest = 0;
  std::vector<int64_t> spent;
  for (auto [thread, time] : processorTimes()) {
    auto found = before.find(thread);
    spent.push_back(time - (found == before.end() ? 0 : found->second));
    longest = std::max(longest, spent.back());
  }
  // One that works takes about as long as the others; one that sleeps, nothing; a busy machine is not even-handed.
  return static_cast<int>(std::count_if(spent.begin(), spent.end(), [&](int64_t t) { return t > longest / 8; }));
}

} // namespace sinter::benchmarks
