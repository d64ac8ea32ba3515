// How do tensors get in and out of the memory of a compiled step? Row-major and dense, in this machine's byte order.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef SINTER_REFERENCE_TENSORBYTES_H
#define SINTER_REFERENCE_TENSORBYTES_H

#include "sinter/Reference/Tensor.h"

namespace sinter::reference {

/// Bytes of one element; i1 takes one.
size_t bytesPerElement(ElementKind kind);
size_t bytesOf(const Tensor &tensor);

/// Writes `bytesOf(tensor)` bytes; values of f32 tensors are rounded.
void storeBytes(const Tensor &tensor, void *to);
/// Replaces all elements.
void loadBytes(Tensor &tensor, const void *from);

} // namespace sinter::reference

#endif // SINTER_REFERENCE_TENSORBYTES_H
