// How do tensors get in and out of NumPy files? Little-endian, C order; f4, f8, b1, i1, i4 and i8 elements.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef SINTER_REFERENCE_NPY_H
#define SINTER_REFERENCE_NPY_H

#include "sinter/Reference/Tensor.h"

#include "llvm/Support/Error.h"

namespace sinter::reference {

/// Reads a .npy file. The error names the file, what was expected and what was found.
llvm::Expected<Tensor> readNpy(llvm::StringRef path);

} // namespace sinter::reference

#endif // SINTER_REFERENCE_NPY_H
