/* How fast could the GPU be? What its multiprocessors can issue at the highest clock, and its memory bus carry.
 *
 * Numbers of multiply-adds per multiprocessor and clock are those of the table "Arithmetic Instructions" of NVIDIA's
 * CUDA C++ Programming Guide.
 *
 * SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
#include "state.h"

static const struct {
  int capability, f32, f64;
} rates[] = {{70, 64, 32}, {75, 64, 2}, {80, 64, 32}, {86, 128, 2}, {87, 128, 2}, {89, 128, 2}, {90, 128, 64}};

static CUresult attribute(const sinter_gpu *gpu, int number, int *value) {
  *value = 0;
  return gpu->driver->deviceGetAttribute(value, number, gpu->device);
}

sinter_status sinter_gpu_ceilings(const sinter_gpu *gpu, int32_t dtype, sinter_ceilings *ceilings) {
  int major, minor, multiprocessors, clock, memoryClock, busBits;
  CUresult result = attribute(gpu, CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR, &major);
  if (result == CUDA_SUCCESS)
    result = attribute(gpu, CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR, &minor);
  if (result == CUDA_SUCCESS)
    result = attribute(gpu, CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT, &multiprocessors);
  if (result != CUDA_SUCCESS)
    return sinter_driver_check(gpu->driver, result, SINTER_UNSUPPORTED, "asking for the GPU's properties");
  /* A driver may not tell clocks: then a ceiling is not known. */
  attribute(gpu, CU_DEVICE_ATTRIBUTE_CLOCK_RATE, &clock);
  attribute(gpu, CU_DEVICE_ATTRIBUTE_MEMORY_CLOCK_RATE, &memoryClock);
  attribute(gpu, CU_DEVICE_ATTRIBUTE_GLOBAL_MEMORY_BUS_WIDTH, &busBits);
  int perClock = 0;
  for (size_t i = 0; i < sizeof rates / sizeof *rates; ++i)
    if (rates[i].capability == major * 10 + minor)
      perClock = dtype == SINTER_F64 ? rates[i].f64 : rates[i].f32;
  /* A multiply-add is two; clocks are in kHz; memory transfers twice a clock. */
  ceilings->flops = 2.0 * perClock * multiprocessors * clock * 1e3;
  ceilings->bytes = 2.0 * busBits / 8 * memoryClock * 1e3;
  ceilings->stream_bytes = 0;
  ceilings->instructions = "fma";
  return SINTER_OK;
}
