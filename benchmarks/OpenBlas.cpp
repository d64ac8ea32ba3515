// OpenBLAS: products.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Rivals.h"

#include <cblas.h>
#include <cstdlib>
#include <string_view>
#include <unistd.h>

namespace sinter::benchmarks {

static Prepared prepareProduct(const Operation &operation) {
  Prepared prepared;
  if (operation.kind != Operation::Product)
    return prepared;
  const blasint m = operation.m, n = operation.n, k = operation.k;
  const auto left = operation.leftTransposed ? CblasTrans : CblasNoTrans;
  const auto right = operation.rightTransposed ? CblasTrans : CblasNoTrans;
  const blasint leftStride = operation.leftTransposed ? m : k, rightStride = operation.rightTransposed ? k : n;
  const float *a = operation.inputs[0], *b = operation.inputs[1];
  float *c = operation.outputs[0];
  prepared.call = [=] {
    cblas_sgemm(CblasRowMajor, left, right, m, n, k, 1.0f, a, leftStride, b, rightStride, 0.0f, c, n);
  };
  return prepared;
}

void chooseOpenBlasKernels([[maybe_unused]] char **arguments) {
#if defined(__x86_64__)
  const std::string_view kernels = openblas_get_corename();
  const bool isWide = kernels == "SkylakeX" || kernels == "Cooperlake" || kernels == "SapphireRapids";
  constexpr const char *kCoreType = "OPENBLAS_CORETYPE";
  if (isWide || std::getenv(kCoreType) || !__builtin_cpu_supports("avx512f") || !__builtin_cpu_supports("avx512dq") ||
      !__builtin_cpu_supports("avx512bw") || !__builtin_cpu_supports("avx512vl"))
    return;
  if (setenv(kCoreType, "SKYLAKEX", /*overwrite=*/1) == 0)
    execv("/proc/self/exe", arguments); // the library chooses while it is loaded
#endif
}

Rival openBlas() {
  Rival rival;
  rival.name = "openblas";
  // "OpenBLAS 0.3.21 NO_LAPACKE DYNAMIC_ARCH NO_AFFINITY Cooperlake MAX_THREADS=64": the last name but one is that of
  // the kernels it has chosen.
  rival.version = openblas_get_config();
  rival.setThreads = openblas_set_num_threads;
  rival.supports = [](const Operation &operation) {
    return operation.kind == Operation::Product && !operation.roundsToBF16;
  };
  rival.prepare = prepareProduct;
  return rival;
}

} // namespace sinter::benchmarks
