// What do other libraries take for the kernels that we compile? One interface to the few operations that are compared.
//
// A rival is a table of functions. `prepare` makes everything that a program would make once (primitives, packed
// weights, the plan) and returns the call that is timed; the operands are ours, so that both sides read the same
// numbers from the same addresses. Nothing of LLVM is in here: rivals are compiled with exceptions, as their headers
// need them.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef SINTER_BENCHMARKS_RIVALS_H
#define SINTER_BENCHMARKS_RIVALS_H

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace sinter::benchmarks {

/// Operands in the order of the model of the same name (KernelModels.h).
struct Operation {
  enum Kind { Other, Product, Softmax, LayerNorm, LayerNormBackward, BiasGelu };
  Kind kind = Other;
  /// Of a product [m, n], the extents, and which operand lies transposed in memory; otherwise m rows of n columns.
  int64_t m = 0, n = 0, k = 0;
  bool leftTransposed = false, rightTransposed = false;
  bool roundsToBF16 = false; ///< both operands of a product, before; the result is f32
  std::vector<float *> inputs, outputs;
};

/// The call, empty where the library has no such operation; `error` says what went wrong.
struct Prepared {
  std::function<void()> call;
  std::string error;
};

struct Rival {
  std::string name;    ///< in names of cases: "openblas"
  std::string version; ///< with the instructions that it chose
  /// Of the calls that are prepared from now on.
  std::function<void(int)> setThreads;
  std::function<bool(const Operation &)> supports;
  std::function<Prepared(const Operation &)> prepare;
};

/// Each is defined where the library was found at configure time (SINTER_WITH_OPENBLAS, SINTER_WITH_ONEDNN).
Rival openBlas();
/// Starts the program anew, with OpenBLAS told to take its AVX-512 kernels, where the processor has them and the
/// library, older than it, has chosen others: these are several times slower. Returns if there is nothing to do.
void chooseOpenBlasKernels(char **arguments);
/// The library as it takes plain matrices, its BLAS-like product, and products with weights in the format that it
/// likes best, packed before.
std::vector<Rival> oneDnn();

/// All that were found.
std::vector<Rival> allRivals();

/// What libraries want of a process before it starts; `main` calls it first, with its own arguments.
void prepareProcess(char **arguments);

/// The number of threads that take part in `call`, by their clocks of processor time.
int threadsOf(const std::function<void()> &call);

} // namespace sinter::benchmarks

#endif // SINTER_BENCHMARKS_RIVALS_H
