// How are the kernels of Inputs launched and checked? See Kernels.h.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Kernels.h"

#include <cmath>
#include <random>

namespace sinter::emulator::test {

float bf16ToFloat(uint16_t value) {
  return bits<float>(uint32_t(value) << 16);
}

uint16_t bf16FromFloat(float value) {
  uint32_t word = bits<uint32_t>(value);
  return static_cast<uint16_t>((word + 0x7fff + (word >> 16 & 1)) >> 16);
}

TensorMap mapOf(const void *base, uint64_t columns, uint64_t rows, uint32_t boxColumns, uint32_t boxRows) {
  TensorMap map;
  map.magic = tensorMapMagic;
  map.base = reinterpret_cast<uint64_t>(base);
  map.extent[0] = columns;
  map.extent[1] = rows;
  map.strideBytes[0] = columns * 2;
  map.box[0] = static_cast<uint16_t>(boxColumns);
  map.box[1] = static_cast<uint16_t>(boxRows);
  map.rank = 2;
  map.elementBytes = 2;
  map.swizzle = 128;
  map.elementStride[0] = map.elementStride[1] = 1;
  return map;
}

namespace {

/// bf16 numbers at a multiple of 128 bytes.
class Matrix {
public:
  Matrix(DeviceMemory &memory, size_t count, unsigned seed) : storage(count + 64), memory(memory) {
    auto address = reinterpret_cast<uintptr_t>(storage.data());
    values = storage.data() + (128 - address % 128) % 128 / 2;
    memory.add(values, count * 2);
    std::mt19937 random(seed);
    for (size_t i = 0; i < count; ++i)
      values[i] = seed ? bf16FromFloat(static_cast<float>(static_cast<int>(random() % 2001) - 1000) / 500) : 0xffff;
  }
  ~Matrix() { memory.remove(values); }
  float operator[](size_t i) const { return bf16ToFloat(values[i]); }
  uint16_t *values;

private:
  std::vector<uint16_t> storage;
  DeviceMemory &memory;
};

/// ||found - expected|| / ||expected||; a NaN counts as everything being wrong.
class RelativeError {
public:
  void add(double found, double expected) {
    difference += std::isnan(found) ? 1e30 : (found - expected) * (found - expected);
    size += expected * expected;
  }
  double value() const { return std::sqrt(difference / size); }

private:
  double difference = 0, size = 0;
};

/// A memref descriptor of two dimensions: two pointers, an offset, sizes and strides.
void addMemref(Arguments &arguments, const void *base, int64_t rows, int64_t columns) {
  arguments.add(base).add(base).add(int64_t(0)).add(rows).add(columns).add(columns).add(int64_t(1));
}

double productError(const Matrix &a, const Matrix &b, const Matrix &c, int m, int n, int k, bool transposedB) {
  RelativeError error;
  for (int i = 0; i < m; ++i)
    for (int j = 0; j < n; ++j) {
      double sum = 0;
      for (int l = 0; l < k; ++l)
        sum += double(a[i * k + l]) * b[transposedB ? j * k + l : l * n + j];
      error.add(c[i * n + j], sum);
    }
  return error.value();
}

double runSoftmax(const std::string &text, const Options &options) {
  constexpr int rows = 3, columns = 4096;
  DeviceMemory memory;
  Matrix x(memory, rows * columns, 1), y(memory, rows * columns, 0);
  auto module = Module::load(text, memory);
  Launch launch;
  launch.grid.x = rows;
  launch.block.x = 256;
  Arguments arguments;
  addMemref(arguments, x.values, rows, columns);
  addMemref(arguments, y.values, rows, columns);
  run(*module, "softmax_row", launch, arguments.bytes, memory, options);
  RelativeError error;
  for (int i = 0; i < rows; ++i) {
    double sum = 0;
    for (int j = 0; j < columns; ++j)
      sum += std::exp(double(x[i * columns + j]));
    for (int j = 0; j < columns; ++j)
      error.add(y[i * columns + j], std::exp(double(x[i * columns + j])) / sum);
  }
  return error.value();
}

double runProductMma(const std::string &text, const Options &options) {
  constexpr int m = 128, n = 64, k = 320, tile = 64;
  DeviceMemory memory;
  Matrix a(memory, m * k, 1), b(memory, k * n, 2), c(memory, m * n, 0);
  auto module = Module::load(text, memory);
  Launch launch;
  launch.grid = {n / tile, m / tile, 1};
  launch.block.x = 128;
  launch.dynamicSharedBytes = 3 * 2 * tile * tile * 2;
  Arguments arguments;
  addMemref(arguments, a.values, m, k);
  addMemref(arguments, b.values, k, n);
  addMemref(arguments, c.values, m, n);
  run(*module, "gemm_mma", launch, arguments.bytes, memory, options);
  return productError(a, b, c, m, n, k, false);
}

double runProductWgmma(const std::string &text, const Options &options, unsigned cluster) {
  constexpr int m = 256, n = 256, k = 384, tile = 128;
  DeviceMemory memory;
  Matrix a(memory, m * k, 1), b(memory, n * k, 2), c(memory, m * n, 0), bias(memory, n, 3);
  auto module = Module::load(text, memory);
  Launch launch;
  launch.grid.x = 2;
  launch.block.x = 384;
  launch.dynamicSharedBytes = 3 * 2 * tile * 64 * 2 + tile * tile * 2 + 48;
  Arguments arguments;
  arguments.add(mapOf(a.values, k, m, 64, tile), 64).add(mapOf(b.values, k, n, 64, tile / cluster), 64);
  arguments.add(mapOf(c.values, n, m, 64, 64), 64).add(bias.values).add(m).add(n).add(k);
  run(*module, "gemm", launch, arguments.bytes, memory, options);
  return productError(a, b, c, m, n, k, true);
}

} // namespace

std::vector<Options> schedules(uint64_t seeds) {
  std::vector<Options> all;
  for (AsyncMode mode : {AsyncMode::Eager, AsyncMode::Lazy, AsyncMode::Random})
    for (uint64_t seed = 1; seed <= seeds; ++seed) {
      Options options;
      options.async = mode;
      options.seed = seed;
      all.push_back(options);
    }
  return all;
}

Kernel softmaxRows() {
  return {"softmax_rows.ptx", runSoftmax};
}
Kernel productMma() {
  return {"product_mma.ptx", runProductMma};
}

Kernel productWgmma() {
  return {"product_wgmma.ptx",
          [](const std::string &text, const Options &options) { return runProductWgmma(text, options, 1); }};
}

Kernel productCluster() {
  return {"product_cluster.ptx",
          [](const std::string &text, const Options &options) { return runProductWgmma(text, options, 2); }};
}

} // namespace sinter::emulator::test
