/* Which element types are there, and how are floating-point ones converted?
 *
 * SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
#include "dtype.h"

#include <sinter-rt/safetensors.h>

#include <math.h>
#include <string.h>

typedef struct DtypeInfo {
  int32_t dtype;
  const char *name; /* in a safetensors header */
  size_t bytes;
} DtypeInfo;

static const DtypeInfo dtypes[] = {
    {SINTER_F32, "F32", 4},
    {SINTER_F64, "F64", 8},
    {SINTER_I32, "I32", 4},
    {SINTER_I64, "I64", 8},
    {SINTER_U8, "U8", 1},
    {SINTER_BOOL, "BOOL", 1},
    {SINTER_BF16, "BF16", 2},
    {SINTER_FILE_F16, "F16", 2},
    {SINTER_FILE_I8, "I8", 1},
    {SINTER_FILE_I16, "I16", 2},
    {SINTER_FILE_U16, "U16", 2},
    {SINTER_FILE_U32, "U32", 4},
    {SINTER_FILE_U64, "U64", 8},
    {SINTER_FILE_F8_E4M3, "F8_E4M3", 1},
    {SINTER_FILE_F8_E5M2, "F8_E5M2", 1},
};
static const size_t dtypeCount = sizeof dtypes / sizeof *dtypes;

static const DtypeInfo *findDtype(int32_t dtype) {
  for (size_t i = 0; i < dtypeCount; ++i)
    if (dtypes[i].dtype == dtype)
      return &dtypes[i];
  return NULL;
}

const char *sinter_dtype_name(int32_t dtype) {
  const DtypeInfo *info = findDtype(dtype);
  return info ? info->name : NULL;
}

size_t sinter_dtype_size(int32_t dtype) {
  const DtypeInfo *info = findDtype(dtype);
  return info ? info->bytes : 0;
}

int32_t sinter_dtype_of_name(const char *name) {
  for (size_t i = 0; i < dtypeCount; ++i)
    if (strcmp(dtypes[i].name, name) == 0)
      return dtypes[i].dtype;
  return 0;
}

int sinter_dtype_is_float(int32_t dtype) {
  return dtype == SINTER_F64 || dtype == SINTER_F32 || dtype == SINTER_BF16 || dtype == SINTER_FILE_F16;
}

static double halfToDouble(uint16_t bits) {
  const int exponent = bits >> 10 & 0x1F;
  const int mantissa = bits & 0x3FF;
  double magnitude;
  if (exponent == 0x1F)
    magnitude = mantissa ? NAN : INFINITY;
  else if (exponent == 0)
    magnitude = ldexp(mantissa, -24);
  else
    magnitude = ldexp(mantissa + 0x400, exponent - 25);
  return bits & 0x8000 ? -magnitude : magnitude;
}

static double bfloatToDouble(uint16_t bits) {
  const uint32_t wide = (uint32_t)bits << 16;
  float value;
  memcpy(&value, &wide, sizeof value);
  return value;
}

static double loadFloat(int32_t dtype, const char *source) {
  uint16_t half;
  float single;
  double wide;
  switch (dtype) {
  case SINTER_F64:
    memcpy(&wide, source, sizeof wide);
    return wide;
  case SINTER_F32:
    memcpy(&single, source, sizeof single);
    return single;
  case SINTER_BF16:
    memcpy(&half, source, sizeof half);
    return bfloatToDouble(half);
  default:
    memcpy(&half, source, sizeof half);
    return halfToDouble(half);
  }
}

void sinter_dtype_convert(int32_t from, const void *source, int32_t to, void *destination, size_t count) {
  const size_t stride = sinter_dtype_size(from);
  if (from == to) {
    memcpy(destination, source, stride * count);
    return;
  }
  const char *at = source;
  for (size_t i = 0; i < count; ++i, at += stride) {
    const double value = loadFloat(from, at);
    if (to == SINTER_F64)
      ((double *)destination)[i] = value;
    else
      ((float *)destination)[i] = (float)value;
  }
}
