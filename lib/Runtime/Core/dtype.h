/* How are stored floating-point numbers turned into others?
 *
 * SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
#ifndef SINTER_RT_CORE_DTYPE_H
#define SINTER_RT_CORE_DTYPE_H

#include <stddef.h>
#include <stdint.h>

/* The dtype of this name in a safetensors header; 0 when there is none. */
int32_t sinter_dtype_of_name(const char *name);

/* 1 for F64, F32, BF16 and F16. */
int sinter_dtype_is_float(int32_t dtype);

/* Converts `count` numbers of the floating-point type `from` at `source` to `to`, SINTER_F32 or SINTER_F64. */
void sinter_dtype_convert(int32_t from, const void *source, int32_t to, void *destination, size_t count);

#endif /* SINTER_RT_CORE_DTYPE_H */
