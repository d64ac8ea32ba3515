// Which accesses happen before which?
//
// Vector clocks, as in FastTrack (Flanagan and Freund, 2009). An actor is whatever touches memory on its own schedule:
// a warp, an mbarrier on which copies complete, the groups of asynchronous copies or wgmma of a warp. A warp knows, for
// each actor, up to which time that actor's accesses are ordered before its own next ones (`seen`), and which of them a
// proxy fence has also made visible to asynchronous reads (`fenced`). Whatever synchronizes passes this knowledge on.
//
// Warps are single actors. Lanes of one warp are told apart in shared memory alone (Shadow.h): `bar.warp.sync`, and all
// that hands on what the warp knows, begins a new time of the warp.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef SINTER_EMULATOR_PTX_CLOCK_H
#define SINTER_EMULATOR_PTX_CLOCK_H

#include <algorithm>
#include <cstdint>
#include <vector>

namespace sinter::emulator {

using Actor = uint32_t;

/// A point in the life of one actor, and how it touched memory there.
class Epoch {
public:
  Epoch() = default;
  Epoch(Actor actor, uint64_t time, bool atomic = false, bool asyncProxy = false)
      : bits(uint64_t(actor) << 48 | uint64_t(atomic) << 47 | uint64_t(asyncProxy) << 46 | time) {}
  Actor actor() const { return static_cast<Actor>(bits >> 48); }
  bool isAtomic() const { return bits >> 47 & 1; }
  bool isAsyncProxy() const { return bits >> 46 & 1; }
  uint64_t time() const { return bits & ((uint64_t(1) << 46) - 1); }
  bool operator==(const Epoch &other) const { return bits == other.bits; }

private:
  uint64_t bits = 0; ///< time 0: never
};

class Clock {
public:
  uint64_t operator[](Actor actor) const { return actor < times.size() ? times[actor] : 0; }
  void set(Actor actor, uint64_t time) {
    if (actor >= times.size())
      times.resize(actor + 1);
    times[actor] = time;
  }
  void raise(Actor actor, uint64_t time) { set(actor, std::max((*this)[actor], time)); }
  void join(const Clock &other) {
    if (times.size() < other.times.size())
      times.resize(other.times.size());
    for (size_t i = 0; i < other.times.size(); ++i)
      times[i] = std::max(times[i], other.times[i]);
  }
  bool covers(const Epoch &epoch) const { return (*this)[epoch.actor()] >= epoch.time(); }
  void clear() { times.clear(); }

private:
  std::vector<uint64_t> times;
};

struct Knowledge {
  Clock seen, fenced;
  void join(const Knowledge &other) {
    seen.join(other.seen);
    fenced.join(other.fenced);
  }
  void clear() {
    seen.clear();
    fenced.clear();
  }
};

} // namespace sinter::emulator

#endif // SINTER_EMULATOR_PTX_CLOCK_H
