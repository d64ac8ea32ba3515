/* How do rows of data stay on the GPU, and become batches there?
 *
 * Every input and target has an array of all rows, as steps read them. For a step, only the numbers of its rows go
 * there; at its front in the graph a kernel copies those rows, and the step's scalars, to where the step reads its
 * batch.
 *
 * SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
#include <sinter-rt/model.h>

#include "state.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Of device memory that is unused: what others, and the driver's own graphs, may still take. */
static const uint64_t partLeft = 8;
static const unsigned gatherThreads = 128;

/* What the kernel has to know of an array; `piece`: the bytes that a thread copies at once, 16, 4 or 1. */
struct Gathered {
  uint64_t rows, inBatch, rowBytes, piece;
};
typedef struct Gathered Gathered;

/* Blocks (row, array); array 0 stands for the scalars. By bytes alone, so it is the same for all models. */
static const char gatherCode[] =
    ".version 7.0\n.target sm_50\n.address_size 64\n"
    ".visible .entry sinter_gather(.param .u64 batch, .param .u64 message, .param .u64 arrays)\n"
    "{\n"
    ".reg .pred %p<5>;\n.reg .b16 %h<2>;\n.reg .b32 %r<9>;\n.reg .b64 %d<16>;\n"
    "ld.param.u64 %d0, [batch];\nld.param.u64 %d1, [message];\nld.param.u64 %d2, [arrays];\n"
    "cvta.to.global.u64 %d0, %d0;\ncvta.to.global.u64 %d1, %d1;\ncvta.to.global.u64 %d2, %d2;\n"
    "mov.u32 %r0, %tid.x;\nmov.u32 %r1, %ctaid.x;\nmov.u32 %r2, %ctaid.y;\n"
    "setp.eq.u32 %p0, %r2, 0;\n@%p0 bra SCALARS;\n"
    "sub.u32 %r2, %r2, 1;\nmul.wide.u32 %d3, %r2, 32;\nadd.u64 %d2, %d2, %d3;\n"
    "ld.global.u64 %d3, [%d2];\nld.global.u64 %d4, [%d2+8];\n"                          /* rows, place in the batch */
    "ld.global.u64 %d5, [%d2+16];\nld.global.u64 %d6, [%d2+24];\n"                      /* bytes of a row, of a piece */
    "mul.wide.u32 %d7, %r1, 8;\nadd.u64 %d7, %d1, %d7;\nld.global.u64 %d7, [%d7+32];\n" /* number of the row */
    "mul.lo.u64 %d7, %d7, %d5;\nadd.u64 %d3, %d3, %d7;\n"
    "cvt.u64.u32 %d8, %r1;\nmul.lo.u64 %d8, %d8, %d5;\nadd.u64 %d4, %d4, %d8;\nadd.u64 %d4, %d0, %d4;\n"
    "cvt.u64.u32 %d9, %r0;\nmul.lo.u64 %d9, %d9, %d6;\n" /* the thread's next byte */
    "mov.u32 %r3, %ntid.x;\ncvt.u64.u32 %d10, %r3;\nmul.lo.u64 %d10, %d10, %d6;\n"
    "setp.eq.u64 %p1, %d6, 16;\n@%p1 bra WIDE;\nsetp.eq.u64 %p2, %d6, 4;\n@%p2 bra WORD;\n"
    "BYTE:\nsetp.ge.u64 %p3, %d9, %d5;\n@%p3 bra END;\n"
    "add.u64 %d11, %d3, %d9;\nadd.u64 %d12, %d4, %d9;\nld.global.u8 %h0, [%d11];\nst.global.u8 [%d12], %h0;\n"
    "add.u64 %d9, %d9, %d10;\nbra BYTE;\n"
    "WORD:\nsetp.ge.u64 %p3, %d9, %d5;\n@%p3 bra END;\n"
    "add.u64 %d11, %d3, %d9;\nadd.u64 %d12, %d4, %d9;\nld.global.b32 %r4, [%d11];\nst.global.b32 [%d12], %r4;\n"
    "add.u64 %d9, %d9, %d10;\nbra WORD;\n"
    "WIDE:\nsetp.ge.u64 %p3, %d9, %d5;\n@%p3 bra END;\n"
    "add.u64 %d11, %d3, %d9;\nadd.u64 %d12, %d4, %d9;\n"
    "ld.global.v4.b32 {%r4, %r5, %r6, %r7}, [%d11];\nst.global.v4.b32 [%d12], {%r4, %r5, %r6, %r7};\n"
    "add.u64 %d9, %d9, %d10;\nbra WIDE;\n"
    "SCALARS:\nsetp.ne.u32 %p3, %r1, 0;\n@%p3 bra END;\nsetp.ge.u32 %p4, %r0, 3;\n@%p4 bra END;\n"
    "mul.wide.u32 %d13, %r0, 8;\nadd.u64 %d14, %d1, %d13;\nadd.u64 %d15, %d0, %d13;\n"
    "ld.global.b64 %d13, [%d14];\nst.global.b64 [%d15], %d13;\n"
    "END:\nret;\n}\n";

typedef struct Lists {
  const sinter_io_info *infos;
  uint32_t count;
  const uint64_t *inBatch;
} Lists;

static Lists inputsOf(const sinter_gpu *gpu) {
  const Lists lists = {gpu->artifact->inputs, gpu->artifact->input_count, gpu->arena.inputs};
  return lists;
}
static Lists targetsOf(const sinter_gpu *gpu) {
  const Lists lists = {gpu->artifact->targets, gpu->artifact->target_count, gpu->arena.targets};
  return lists;
}

static uint64_t pieceOf(uint64_t rowBytes) {
  return rowBytes % 16 == 0 ? 16 : rowBytes % 4 == 0 ? 4 : 1;
}

/* Places the arrays of a list behind `*end`. */
static void describe(Lists lists, int64_t rows, Gathered *arrays, uint64_t *end) {
  static const uint64_t alignment = 256;
  for (uint32_t i = 0; i < lists.count; ++i) {
    const uint64_t rowBytes = sinter_io_bytes(&lists.infos[i], 1);
    *end = (*end + alignment - 1) / alignment * alignment;
    arrays[i] = (Gathered){*end, lists.inBatch[i], rowBytes, pieceOf(rowBytes)};
    *end += (uint64_t)rows * rowBytes;
  }
}

/* A tensor without rows of its own is the same for a whole batch. */
static sinter_status checkRows(const sinter_gpu *gpu, Lists lists) {
  for (uint32_t i = 0; i < lists.count && gpu->artifact->batch > 1; ++i)
    if (sinter_io_bytes(&lists.infos[i], 2) == sinter_io_bytes(&lists.infos[i], 1))
      return sinter_fail(SINTER_UNSUPPORTED,
                         "model '%s': '%s' has no dimension for rows, which could be chosen on the GPU",
                         gpu->artifact->name, lists.infos[i].name);
  return SINTER_OK;
}

static sinter_status checkMemory(const sinter_gpu *gpu, uint64_t bytes) {
  size_t available = 0, total = 0;
  const sinter_status status = sinter_driver_check(gpu->driver, gpu->driver->memGetInfo(&available, &total),
                                                   SINTER_UNSUPPORTED, "asking for the GPU's memory");
  if (status != SINTER_OK || bytes <= available - available / partLeft)
    return status;
  return sinter_fail(SINTER_OUT_OF_MEMORY,
                     "the data of model '%s' take %llu bytes of the memory of '%s', found %llu unused, of which one in "
                     "%llu is left",
                     gpu->artifact->name, (unsigned long long)bytes, gpu->name, (unsigned long long)available,
                     (unsigned long long)partLeft);
}

static sinter_status loadGather(sinter_gpu *gpu) {
  CUresult result = gpu->driver->moduleLoad(&gpu->rows.module, gatherCode, 0, NULL, NULL);
  if (result == CUDA_SUCCESS)
    result = gpu->driver->moduleGetFunction(&gpu->rows.gather, gpu->rows.module, "sinter_gather");
  return sinter_driver_check(gpu->driver, result, SINTER_UNSUPPORTED, "loading what gathers rows on the GPU");
}

static sinter_status sendArrays(sinter_gpu *gpu) {
  const Rows *rows = &gpu->rows;
  Gathered *arrays = malloc((rows->arrays + 1) * sizeof *arrays);
  if (!arrays)
    return sinter_fail(SINTER_OUT_OF_MEMORY, "out of memory for a list of %llu arrays",
                       (unsigned long long)rows->arrays);
  memcpy(arrays, rows->list, rows->arrays * sizeof *arrays);
  for (uint64_t i = 0; i < rows->arrays; ++i)
    arrays[i].rows += rows->memory;
  CUresult result = gpu->driver->copyToDevice(rows->memory, arrays, rows->arrays * sizeof *arrays, gpu->copies);
  if (result == CUDA_SUCCESS)
    result = gpu->driver->streamSynchronize(gpu->copies);
  free(arrays);
  return sinter_driver_check(gpu->driver, result, SINTER_STEP_FAILED, "filling the GPU's memory");
}

void sinter_rows_free(sinter_gpu *gpu) {
  if (gpu->rows.memory)
    gpu->driver->memFree(gpu->rows.memory);
  if (gpu->rows.module)
    gpu->driver->moduleUnload(gpu->rows.module);
  free(gpu->rows.list);
  memset(&gpu->rows, 0, sizeof gpu->rows);
}

static sinter_status take(sinter_gpu *gpu, int64_t count) {
  Rows *rows = &gpu->rows;
  const Lists inputs = inputsOf(gpu), targets = targetsOf(gpu);
  rows->arrays = (uint64_t)inputs.count + targets.count;
  rows->list = calloc(rows->arrays + 1, sizeof *rows->list);
  if (!rows->list)
    return sinter_fail(SINTER_OUT_OF_MEMORY, "out of memory for a list of %llu arrays",
                       (unsigned long long)rows->arrays);
  uint64_t bytes = rows->arrays * sizeof *rows->list; /* which lie in front, with addresses */
  describe(inputs, count, rows->list, &bytes);
  describe(targets, count, rows->list + inputs.count, &bytes);
  sinter_status status = checkMemory(gpu, bytes);
  if (status == SINTER_OK)
    status = sinter_gpu_allocate(gpu, bytes, "leave the data on the host", &rows->memory);
  if (status == SINTER_OK)
    status = loadGather(gpu);
  if (status == SINTER_OK)
    status = sendArrays(gpu);
  rows->bytes = bytes;
  rows->count = count;
  return status;
}

sinter_status sinter_gpu_keep_rows(sinter_gpu *gpu, int64_t count) {
  if (count < 0)
    return sinter_fail(SINTER_INVALID_ARGUMENT, "rows to keep on the GPU: expected 0 or more, found %lld",
                       (long long)count);
  sinter_status status = sinter_gpu_finish(gpu);
  if (status != SINTER_OK)
    return status;
  sinter_graphs_free(gpu); /* they hold addresses of the rows that there were */
  sinter_rows_free(gpu);
  if (count == 0)
    return SINTER_OK;
  status = checkRows(gpu, inputsOf(gpu));
  if (status == SINTER_OK)
    status = checkRows(gpu, targetsOf(gpu));
  if (status == SINTER_OK)
    status = take(gpu, count);
  if (status != SINTER_OK)
    sinter_rows_free(gpu);
  return status;
}

static CUresult writeList(sinter_gpu *gpu, const Gathered *arrays, uint32_t count, const void *const *buffers,
                          int64_t first, int64_t rows) {
  CUresult result = CUDA_SUCCESS;
  for (uint32_t i = 0; i < count && result == CUDA_SUCCESS; ++i)
    if (arrays[i].rowBytes > 0 && rows > 0)
      result = gpu->driver->copyToDevice(gpu->rows.memory + arrays[i].rows + (uint64_t)first * arrays[i].rowBytes,
                                         buffers[i], (uint64_t)rows * arrays[i].rowBytes, gpu->copies);
  return result;
}

sinter_status sinter_gpu_write_rows(sinter_gpu *gpu, int64_t first, int64_t rows, const void *const *inputs,
                                    const void *const *targets) {
  if (first < 0 || rows < 0 || first > gpu->rows.count - rows)
    return sinter_fail(SINTER_INVALID_ARGUMENT,
                       "rows of data on the GPU: expected some of %lld, found %lld from number %lld",
                       (long long)gpu->rows.count, (long long)rows, (long long)first);
  sinter_status status = sinter_gpu_finish(gpu);
  if (status != SINTER_OK)
    return status;
  CUresult result = writeList(gpu, gpu->rows.list, gpu->artifact->input_count, inputs, first, rows);
  if (result == CUDA_SUCCESS)
    result =
        writeList(gpu, gpu->rows.list + gpu->artifact->input_count, gpu->artifact->target_count, targets, first, rows);
  if (result == CUDA_SUCCESS)
    result = gpu->driver->streamSynchronize(gpu->copies);
  return sinter_driver_check(gpu->driver, result, SINTER_STEP_FAILED, "copying data to the GPU");
}

sinter_status sinter_rows_check(const sinter_gpu *gpu, const int64_t *const *numbers, const sinter_step_args *args,
                                int64_t count) {
  for (int64_t i = 0; i < count; ++i)
    for (int64_t row = 0; row < args[i].rows; ++row)
      if (numbers[i][row] < 0 || numbers[i][row] >= gpu->rows.count)
        return sinter_fail(SINTER_INVALID_ARGUMENT, "row %lld of a batch: expected a number below %lld, found %lld",
                           (long long)row, (long long)gpu->rows.count, (long long)numbers[i][row]);
  return SINTER_OK;
}

sinter_status sinter_rows_gather(sinter_gpu *gpu, int64_t rows) {
  CUdeviceptr batch = gpu->batch, message = gpu->message, arrays = gpu->rows.memory;
  void *parameters[] = {&batch, &message, &arrays};
  return sinter_driver_check(gpu->driver,
                             gpu->driver->launchKernel(gpu->rows.gather, (unsigned)rows, (unsigned)gpu->rows.arrays + 1,
                                                       1, gatherThreads, 1, 1, 0, gpu->steps, parameters, NULL),
                             SINTER_STEP_FAILED, "gathering a batch on the GPU");
}
