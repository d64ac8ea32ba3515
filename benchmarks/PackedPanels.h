// How fast are a product's multiply-adds alone, on operands that are packed already? A call to be timed in between the
// product's own. It is the rate of one program: a reference, no proof that none is faster.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef SINTER_BENCHMARKS_PACKEDPANELS_H
#define SINTER_BENCHMARKS_PACKEDPANELS_H

#include "sinter-rt/threads.h"

#include <cstdint>
#include <functional>

namespace sinter::benchmarks {

struct PanelProduct {
  std::function<void()> call;
  uint64_t flops = 0; ///< of one call: multiply-adds count twice
};

/// The multiply-adds of an f32 product of m x k and k x n, rounded up to whole register tiles (6 rows of 4 vectors with
/// AVX-512), shared among the threads of `pool` by columns. No packing, no remainder, no epilogue.
PanelProduct panelProduct(int64_t m, int64_t n, int64_t k, sinter_pool *pool);

} // namespace sinter::benchmarks

#endif // SINTER_BENCHMARKS_PACKEDPANELS_H
