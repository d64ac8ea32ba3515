// How are NumPy's .npy files read and written? Versions 1, 2 and 3; C and Fortran order; either byte order
// (https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html).
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef SINTER_LIB_RUNTIME_TRAIN_NPY_H
#define SINTER_LIB_RUNTIME_TRAIN_NPY_H

#include "Array.h"

#include <string_view>

namespace sinter::train {

bool looksLikeNpy(std::string_view bytes);

/// Takes over `bytes`, the (inflated) contents of the file `path`.
Array parseNpy(std::string bytes, const std::string &path);

/// Header of a version 1 file of little-endian elements in C order.
std::string npyHeader(ElementType type, const std::vector<int64_t> &shape);

} // namespace sinter::train

#endif // SINTER_LIB_RUNTIME_TRAIN_NPY_H
