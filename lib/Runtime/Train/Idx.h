// How are IDX files read, the format of MNIST? Big-endian: two zero bytes, a type, the rank, the extents as 32-bit
// numbers, the data (http://yann.lecun.com/exdb/mnist).
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef SINTER_LIB_RUNTIME_TRAIN_IDX_H
#define SINTER_LIB_RUNTIME_TRAIN_IDX_H

#include "Array.h"

#include <string_view>

namespace sinter::train {

bool looksLikeIdx(std::string_view bytes);

/// Takes over `bytes`, the (inflated) contents of the file `path`.
Array parseIdx(std::string bytes, const std::string &path);

} // namespace sinter::train

#endif // SINTER_LIB_RUNTIME_TRAIN_IDX_H
