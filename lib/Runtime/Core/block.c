/* Where do the memory blocks of a model come from? See block.h.
 *
 * SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
#include "block.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

static const size_t hugePage = (size_t)2 << 20;
static const size_t mapFrom = (size_t)4 << 20;

static void *alignUp(void *pointer, size_t alignment) {
  return (void *)(((uintptr_t)pointer + alignment - 1) & ~(uintptr_t)(alignment - 1));
}

/* Maps a block on a huge page boundary; never touched pages take no memory. */
static void *mapBlock(Block *block, size_t alignment) {
  if (alignment < hugePage)
    alignment = hugePage;
  block->mappingBytes = block->bytes + alignment;
  block->mapping = mmap(NULL, block->mappingBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (block->mapping == MAP_FAILED) {
    block->mapping = NULL;
    return NULL;
  }
  void *data = alignUp(block->mapping, alignment);
  (void)madvise(data, block->bytes, MADV_HUGEPAGE); /* advice only: fails on kernels without it */
  return data;
}

sinter_status sinter_block_allocate(Block *block, uint64_t bytes, uint32_t alignment, const char *what) {
  memset(block, 0, sizeof *block);
  if (alignment < 64)
    alignment = 64;
  if (bytes < SIZE_MAX / 2) {
    block->bytes = ((size_t)bytes + alignment - 1) & ~((size_t)alignment - 1);
    if (block->bytes == 0)
      block->bytes = alignment;
    if (block->bytes >= mapFrom) {
      block->data = mapBlock(block, alignment);
    } else {
      block->data = aligned_alloc(alignment, block->bytes);
      if (block->data)
        memset(block->data, 0, block->bytes);
    }
  }
  if (!block->data)
    return sinter_fail(SINTER_OUT_OF_MEMORY, "the system has no %llu bytes for the %s block", (unsigned long long)bytes,
                       what);
  return SINTER_OK;
}

void sinter_block_free(Block *block) {
  if (block->mapping)
    munmap(block->mapping, block->mappingBytes);
  else
    free(block->data);
  memset(block, 0, sizeof *block);
}
