// Register tiles on packed panels.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "PackedPanels.h"

#include <algorithm>
#include <cstdlib>
#include <memory>

namespace sinter::benchmarks {
namespace {

/// What of k a panel holds at most: 4 vectors of 64 bytes are 256 KiB then, in the second-level cache.
constexpr int64_t kDepth = 1024;

using Floats = std::unique_ptr<float, decltype(&std::free)>;

Floats zeroToOne(int64_t count) {
  constexpr size_t alignment = 64;
  const size_t bytes = (static_cast<size_t>(count) * sizeof(float) + alignment - 1) / alignment * alignment;
  Floats floats(static_cast<float *>(std::aligned_alloc(alignment, bytes)), &std::free);
  // Numbers whose bits differ: what a multiplication costs in power, and so the clock, depends on them.
  for (int64_t i = 0; i != count; ++i)
    floats.get()[i] = static_cast<float>(i * 7919 % 1009) / 1009.0f;
  return floats;
}

/// result[rows][vectors] += left[k][rows] x right[k][vectors], in registers while k runs.
template <int bytes, int rows, int vectors>
[[gnu::always_inline]] inline void multiplyTile(const float *left, const float *right, float *result, int64_t pitch,
                                                int64_t k) {
  typedef float Vector __attribute__((vector_size(bytes)));
  constexpr int lanes = bytes / sizeof(float);
  Vector sums[rows][vectors];
  for (int r = 0; r != rows; ++r)
    for (int v = 0; v != vectors; ++v)
      sums[r][v] = *reinterpret_cast<const Vector *>(result + r * pitch + v * lanes);
#pragma clang loop unroll_count(4)
  for (int64_t i = 0; i != k; ++i)
#pragma clang loop unroll(full)
    for (int r = 0; r != rows; ++r)
#pragma clang loop unroll(full)
      for (int v = 0; v != vectors; ++v)
        sums[r][v] += left[i * rows + r] * reinterpret_cast<const Vector *>(right)[i * vectors + v];
  for (int r = 0; r != rows; ++r)
    for (int v = 0; v != vectors; ++v)
      *reinterpret_cast<Vector *>(result + r * pitch + v * lanes) = sums[r][v];
}

struct Tile {
  void (*multiply)(const float *left, const float *right, float *result, int64_t pitch, int64_t k);
  int64_t rows, columns;
};

#if defined(__x86_64__)
[[gnu::target("avx512f")]] void multiplyAvx512(const float *a, const float *b, float *c, int64_t pitch, int64_t k) {
  multiplyTile<64, 6, 4>(a, b, c, pitch, k);
}
[[gnu::target("avx2,fma")]] void multiplyAvx2(const float *a, const float *b, float *c, int64_t pitch, int64_t k) {
  multiplyTile<32, 6, 2>(a, b, c, pitch, k);
}
#endif
void multiplyBaseline(const float *a, const float *b, float *c, int64_t pitch, int64_t k) {
  multiplyTile<16, 6, 2>(a, b, c, pitch, k);
}

Tile bestTile() {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx512f"))
    return {multiplyAvx512, 6, 64};
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
    return {multiplyAvx2, 6, 16};
#endif
  return {multiplyBaseline, 6, 8};
}

struct PackedProduct {
  PackedProduct(int64_t m, int64_t n, int64_t k)
      : tile(bestTile()), rowTiles((m + tile.rows - 1) / tile.rows), panels((n + tile.columns - 1) / tile.columns),
        k(k), left(zeroToOne(rowTiles * tile.rows * k)), right(zeroToOne(panels * tile.columns * k)),
        result(zeroToOne(rowTiles * tile.rows * panels * tile.columns)) {}

  uint64_t flops() const { return static_cast<uint64_t>(2 * rowTiles * tile.rows * panels * tile.columns * k); }

  static void multiplyPanels(void *self, int64_t lo, int64_t hi) {
    const PackedProduct &p = *static_cast<const PackedProduct *>(self);
    const int64_t pitch = p.panels * p.tile.columns;
    for (int64_t start = 0; start < p.k; start += kDepth)
      for (int64_t panel = lo; panel != hi; ++panel)
        for (int64_t row = 0; row != p.rowTiles; ++row)
          p.tile.multiply(p.left.get() + (row * p.k + start) * p.tile.rows,
                          p.right.get() + (panel * p.k + start) * p.tile.columns,
                          p.result.get() + row * p.tile.rows * pitch + panel * p.tile.columns, pitch,
                          std::min(kDepth, p.k - start));
  }

  Tile tile;
  int64_t rowTiles, panels, k;
  Floats left, right, result;
};

} // namespace

PanelProduct panelProduct(int64_t m, int64_t n, int64_t k, sinter_pool *pool) {
  auto product = std::make_shared<PackedProduct>(m, n, k);
  auto call = [=] { sinter_pool_parallel_for(pool, PackedProduct::multiplyPanels, product.get(), product->panels); };
  return {call, product->flops()};
}

} // namespace sinter::benchmarks
