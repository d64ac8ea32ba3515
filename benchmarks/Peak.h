// What could one core of this machine do at best?
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef SINTER_BENCHMARKS_PEAK_H
#define SINTER_BENCHMARKS_PEAK_H

#include <cstdint>

namespace sinter::benchmarks {

/// Multiplies and adds f32 vectors in registers, `rounds` times, with as many independent chains as keep two units
/// busy; returns the number of floating-point operations done. Uses the widest vectors that this processor has.
uint64_t multiplyAndAdd(int64_t rounds);

} // namespace sinter::benchmarks

#endif // SINTER_BENCHMARKS_PEAK_H
