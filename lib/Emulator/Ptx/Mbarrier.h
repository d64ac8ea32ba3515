// How do threads and asynchronous copies meet at an mbarrier?
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef SINTER_EMULATOR_PTX_MBARRIER_H
#define SINTER_EMULATOR_PTX_MBARRIER_H

#include "Memory.h"

namespace sinter::emulator {

/// The mbarrier at an address; stops the kernel when none is initialized there.
Mbarrier &mbarrierAt(Warp &warp, unsigned lane, uint64_t address, Access access);
/// `count` arrivals; completes the phase when nothing is missing any more.
void arriveAt(Warp &warp, int lane, Mbarrier &mbarrier, uint32_t count);
/// `bytes` bytes have been copied by an operation that happened at `time` of the mbarrier's actor.
void completeBytes(Mbarrier &mbarrier, int64_t bytes, uint64_t time);

} // namespace sinter::emulator

#endif // SINTER_EMULATOR_PTX_MBARRIER_H
