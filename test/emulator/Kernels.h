// Kernels that LLVM made of real programs, with what they have to compute.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef SINTER_TEST_EMULATOR_KERNELS_H
#define SINTER_TEST_EMULATOR_KERNELS_H

#include "Harness.h"

#include <functional>

namespace sinter::emulator::test {

float bf16ToFloat(uint16_t bits);
uint16_t bf16FromFloat(float value);

/// A two-dimensional map of bf16 elements with 128-byte swizzle.
TensorMap mapOf(const void *base, uint64_t columns, uint64_t rows, uint32_t boxColumns, uint32_t boxRows);

/// Of the results of kernels in bf16: a few rounding errors.
constexpr double kKernelTolerance = 5e-3;

/// As many seeds of every mode of asynchrony.
std::vector<Options> schedules(uint64_t seeds);

struct Kernel {
  const char *input; ///< file in Inputs
  /// Runs the given text; the relative error of its result. Throws Error as the emulator does.
  std::function<double(const std::string &text, const Options &options)> run;
};

/// Softmax of rows of 4096 bf16 numbers: a block for each row, shuffles and shared memory.
Kernel softmaxRows();
/// A[M,K] * B[K,N]: cp.async in three stages, ldmatrix, mma.sync.
Kernel productMma();
/// A[M,K] * B[N,K]: tensor copies, mbarriers, specialized warps, wgmma.
Kernel productWgmma();
/// The same with two blocks that share B by multicast.
Kernel productCluster();

} // namespace sinter::emulator::test

#endif // SINTER_TEST_EMULATOR_KERNELS_H
