// Which numbers are functions tried on? Seeded ones (Philox), away from kinks and with labels in range.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef SINTER_REFERENCE_RANDOMDATA_H
#define SINTER_REFERENCE_RANDOMDATA_H

#include "sinter/Reference/Tensor.h"

#include "mlir/Interfaces/FunctionInterfaces.h"

namespace sinter::reference {

/// Fills a tensor. Floats: uniform in [-1, -0.05] and [0.05, 1], so that relu, abs and the like are not evaluated at
/// their kinks. Integers: uniform in [0, limit). Depends on seed, stream and position only.
void fillRandom(Tensor &tensor, uint64_t seed, uint64_t stream, int64_t limit = 2);

/// 0, 1, 2, ... in row-major order (integers: modulo `limit`).
void fillIota(Tensor &tensor, int64_t limit = 2);

/// Number of classes that an integer argument's values must stay below: that of the `sinter.cross_entropy` which uses
/// it, directly or through calls; else the last extent of the function's first result of rank 2; else 2.
int64_t labelLimit(mlir::FunctionOpInterface function, unsigned argument);

/// Zeros of an argument's type, `?` read as `rows`; fails, with a diagnostic, for types that are no tensors of the
/// dialect.
mlir::FailureOr<Tensor> zerosForArgument(mlir::FunctionOpInterface function, unsigned argument, int64_t rows);

/// One random tensor per argument.
mlir::FailureOr<llvm::SmallVector<Tensor>> randomArguments(mlir::FunctionOpInterface function, int64_t rows,
                                                           uint64_t seed);

} // namespace sinter::reference

#endif // SINTER_REFERENCE_RANDOMDATA_H
