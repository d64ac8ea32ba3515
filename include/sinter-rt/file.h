/* How is a file written so that nobody ever sees half of it?
 *
 * Beside the destination, as `PATH.tmp.<pid>`; then synced, renamed onto PATH, and the directory synced. A failure or
 * `sinter_output_discard` removes the temporary file and leaves PATH as it was. Symbolic links are followed; a PATH
 * that is a pipe or a device (/dev/stdout, /dev/null) is written directly.
 *
 * SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
#ifndef SINTER_RT_FILE_H
#define SINTER_RT_FILE_H

#include "status.h"

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct sinter_output sinter_output;

/* Opens the temporary file. SINTER_IO with a message naming `path` when it cannot be written; `*output` is NULL then.
 * Calling this early tells about an unwritable path before any work is done. */
sinter_status sinter_output_open(const char *path, sinter_output **output);

/* Appends `bytes` bytes. After a failure the output can only be discarded. */
sinter_status sinter_output_write(sinter_output *output, const void *data, size_t bytes);

/* Syncs, renames, syncs the directory. Frees `output` whether or not it succeeds; on failure the temporary file is
 * removed and the destination is unchanged. */
sinter_status sinter_output_commit(sinter_output *output);

/* Gives up: removes the temporary file and frees `output`. NULL is accepted. */
void sinter_output_discard(sinter_output *output);

/* Checks that `path` could be written by `sinter_output_open`, leaving nothing behind. */
sinter_status sinter_output_check(const char *path);

/* CRC-32 as in zlib and IEEE 802.3 (reflected polynomial 0xEDB88320). Start with 0; feed the former result to go on. */
uint32_t sinter_crc32(uint32_t crc, const void *data, size_t bytes);

#ifdef __cplusplus
}
#endif

#endif /* SINTER_RT_FILE_H */
