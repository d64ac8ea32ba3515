/* What does the header of a safetensors file say? The parser, apart from the file it comes from.
 *
 * SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
#ifndef SINTER_RT_CORE_FILE_HEADER_H
#define SINTER_RT_CORE_FILE_HEADER_H

#include <sinter-rt/safetensors.h>

/* The longest header that is read, as in other implementations. */
#define FILE_HEADER_MAX_BYTES 100000000u

typedef struct FileHeader {
  sinter_file_tensor *tensors; /* sorted by offset */
  size_t tensorCount;
  uint32_t *byName; /* indices into `tensors`, sorted by name */
  int64_t *extents; /* all shapes, one after the other */
  sinter_key_value *metadata;
  size_t metadataCount;
} FileHeader;

/* Parses `text` (`length` bytes and a NUL), which is changed: strings are decoded in place and `header` points into it.
 * `dataBytes` is the size of the data section, which the tensors must cover exactly. `path` is for messages. On failure
 * `header` holds nothing. */
sinter_status sinter_header_parse(FileHeader *header, char *text, size_t length, uint64_t dataBytes, const char *path);
void sinter_header_free(FileHeader *header);

/* 1 if `text` is valid UTF-8. */
int sinter_is_utf8(const char *text, size_t length);

#endif /* SINTER_RT_CORE_FILE_HEADER_H */
