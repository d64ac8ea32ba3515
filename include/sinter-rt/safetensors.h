/* How are tensors kept in a file?
 *
 * In the safetensors format: 8 bytes of header length (little-endian), a JSON header
 *     {"__metadata__": {"key": "value"}, "name": {"dtype": "F32", "shape": [2, 3], "data_offsets": [0, 24]}, ...}
 * and the data, row-major and little-endian. The reader is strict: whatever the format does not allow (overlapping or
 * missing bytes, duplicate names, trailing bytes, a header over 100 MB, ...) is one error that names file and tensor.
 *
 * SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
#ifndef SINTER_RT_SAFETENSORS_H
#define SINTER_RT_SAFETENSORS_H

#include "artifact.h"
#include "status.h"

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Element types that files have and steps do not, beside those of `sinter_dtype`. */
enum {
  SINTER_FILE_F16 = 101,
  SINTER_FILE_I8 = 102,
  SINTER_FILE_I16 = 103,
  SINTER_FILE_U16 = 104,
  SINTER_FILE_U32 = 105,
  SINTER_FILE_U64 = 106,
  SINTER_FILE_F8_E4M3 = 107,
  SINTER_FILE_F8_E5M2 = 108
};

/* Largest rank of a tensor in a file. */
#define SINTER_FILE_MAX_RANK 32

/* A string of the metadata; both UTF-8 and without NUL inside. */
typedef struct sinter_key_value {
  const char *key;
  const char *value;
} sinter_key_value;

/* A tensor of an open file. All pointers live as long as the file is open. */
typedef struct sinter_file_tensor {
  const char *name;
  int32_t dtype; /* sinter_dtype or SINTER_FILE_... */
  int32_t rank;
  const int64_t *shape; /* `rank` extents; never NULL */
  uint64_t elements;
  uint64_t offset; /* bytes from the start of the data section */
  uint64_t bytes;
} sinter_file_tensor;

/* A tensor to be written. */
typedef struct sinter_file_entry {
  const char *name;
  int32_t dtype;
  int32_t rank;
  const int64_t *shape; /* may be NULL when rank is 0 */
  const void *data;     /* dense, row-major; may be NULL when there is no element */
} sinter_file_entry;

/* "F32", "I64", ...; NULL for a value that is no dtype. */
const char *sinter_dtype_name(int32_t dtype);
/* Bytes of one element; 0 for a value that is no dtype. */
size_t sinter_dtype_size(int32_t dtype);

typedef struct sinter_file sinter_file;

/* Opens and verifies a file (header only; the data is read on demand). `*file` is NULL on failure: SINTER_IO,
 * SINTER_TRUNCATED, SINTER_FORMAT or SINTER_OUT_OF_MEMORY. */
sinter_status sinter_file_open(const char *path, sinter_file **file);
/* NULL is accepted. */
void sinter_file_close(sinter_file *file);

const char *sinter_file_path(const sinter_file *file);
/* Number of tensors; they are in the order of their data. */
size_t sinter_file_tensor_count(const sinter_file *file);
/* NULL when `index` is out of range. */
const sinter_file_tensor *sinter_file_tensor_at(const sinter_file *file, size_t index);
/* NULL when there is none of this name. */
const sinter_file_tensor *sinter_file_find(const sinter_file *file, const char *name);

/* Metadata, in the order of the file. */
size_t sinter_file_metadata_count(const sinter_file *file);
const sinter_key_value *sinter_file_metadata_at(const sinter_file *file, size_t index);
/* The value of `key`, or NULL. */
const char *sinter_file_metadata(const sinter_file *file, const char *key);

/* Reads the whole tensor into `data` (`tensor->bytes` bytes), as stored. */
sinter_status sinter_file_read(const sinter_file *file, const sinter_file_tensor *tensor, void *data);
/* Reads the whole tensor (`tensor->elements` elements) as `dtype`, SINTER_F32 or SINTER_F64, rounding to nearest even.
 * The file's type must be F64, F32, BF16 or F16; SINTER_UNSUPPORTED otherwise. Equal types are copied bit by bit. */
sinter_status sinter_file_read_as(const sinter_file *file, const sinter_file_tensor *tensor, int32_t dtype, void *data);
/* CRC-32 of the data section. */
sinter_status sinter_file_data_checksum(const sinter_file *file, uint32_t *checksum);

/* Writes a file whose bytes depend on the arguments alone: tensors and metadata in the order given, the header padded
 * with spaces to a multiple of 8 bytes. Atomic, see file.h. Names must be non-empty, unique and valid UTF-8:
 * SINTER_INVALID_ARGUMENT otherwise, and nothing is written. */
sinter_status sinter_file_save(const char *path, const sinter_file_entry *entries, size_t entry_count,
                               const sinter_key_value *metadata, size_t metadata_count);

#ifdef __cplusplus
}
#endif

#endif /* SINTER_RT_SAFETENSORS_H */
