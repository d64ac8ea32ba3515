// What can a kernel not be quicker than on this machine? The part of its work that no program could leave out, alone
// and laid out as it is quickest, as a call to be timed in between the kernel's own.
//
// A peak of multiply-adds in registers says less: a core's clock is not the same when it also loads, and differs from
// one second to the next.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef SINTER_BENCHMARKS_LIMITS_H
#define SINTER_BENCHMARKS_LIMITS_H

#include "sinter-rt/threads.h"

#include <cstdint>
#include <functional>
#include <vector>

namespace sinter::benchmarks {

struct Limit {
  std::function<void()> call;
  uint64_t flops = 0, bytes = 0; ///< of one call: multiply-adds count twice, bytes are read or written
};

/// The multiply-adds of an f32 product of m x k and k x n, rounded up to whole register tiles (6 rows of 4 vectors with
/// AVX-512). Operands are packed already, panel by panel in the order of use: no packing, no remainder, no epilogue.
Limit panelLimit(int64_t m, int64_t n, int64_t k, sinter_pool *pool);

struct Bytes {
  void *data;
  uint64_t count;
};

/// Passes once over what a kernel must read, write and, in place, update; an addition per vector at most is computed.
/// Piece by piece, so that what is read and written at about the same time by a kernel is so here.
Limit movementLimit(std::vector<Bytes> read, std::vector<Bytes> written, std::vector<Bytes> updated, sinter_pool *pool);

} // namespace sinter::benchmarks

#endif // SINTER_BENCHMARKS_LIMITS_H
