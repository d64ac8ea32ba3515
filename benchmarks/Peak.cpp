// The peak of multiplications and additions, measured: chains of dependent operations in registers.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Peak.h"

namespace sinter::benchmarks {
namespace {

/// Units of 2 operations a cycle with a latency of 4 need 8 chains; more hide what disturbs them.
constexpr int kChains = 12;

template <int bytes>
[[gnu::always_inline]] inline uint64_t run(int64_t rounds) {
  typedef float Vector __attribute__((vector_size(bytes)));
  Vector chains[kChains];
  Vector factor = Vector{} + 0.999f, term = Vector{} + 0.001f;
  for (int i = 0; i != kChains; ++i)
    chains[i] = Vector{} + static_cast<float>(i);
  for (int64_t round = 0; round != rounds; ++round) {
#pragma clang loop unroll(full)
    for (int i = 0; i != kChains; ++i)
      chains[i] = chains[i] * factor + term;
    asm volatile("" ::: "memory");
  }
  Vector sum = Vector{};
  for (int i = 0; i != kChains; ++i)
    sum += chains[i];
  volatile float kept = sum[0]; // or all of it would be optimized away
  static_cast<void>(kept);
  return static_cast<uint64_t>(rounds) * kChains * (bytes / sizeof(float)) * 2;
}

#if defined(__x86_64__)
[[gnu::target("avx512f")]] uint64_t runAvx512(int64_t rounds) {
  return run<64>(rounds);
}
[[gnu::target("avx2,fma")]] uint64_t runAvx2(int64_t rounds) {
  return run<32>(rounds);
}
#endif

} // namespace

uint64_t multiplyAndAdd(int64_t rounds) {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx512f"))
    return runAvx512(rounds);
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
    return runAvx2(rounds);
#endif
  return run<16>(rounds);
}

} // namespace sinter::benchmarks
