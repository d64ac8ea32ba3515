/* Where do the memory blocks of a model come from?
 *
 * SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
#ifndef SINTER_RT_CORE_BLOCK_H
#define SINTER_RT_CORE_BLOCK_H

#include <sinter-rt/status.h>

#include <stddef.h>
#include <stdint.h>

typedef struct Block {
  void *data;
  size_t bytes;
  void *mapping; /* NULL when `data` came from the heap */
  size_t mappingBytes;
} Block;

/* Zeroed memory, aligned to `alignment` (a power of two). From 4 MiB on it is mapped and huge pages are asked for,
 * which an optimizer step over state in main memory gains a quarter from. `what` names the block in the message. */
sinter_status sinter_block_allocate(Block *block, uint64_t bytes, uint32_t alignment, const char *what);
void sinter_block_free(Block *block);

#endif /* SINTER_RT_CORE_BLOCK_H */
