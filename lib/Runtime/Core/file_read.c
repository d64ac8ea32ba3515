/* How is a safetensors file read? The header at once, tensors on demand.
 *
 * SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
#include "dtype.h"
#include "file_header.h"

#include <sinter-rt/file.h>

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "safetensors files are little-endian, and so must be the machine"
#endif

enum { PREFIX_BYTES = 8, CHUNK_BYTES = 256 * 1024 };

struct sinter_file {
  char *path;
  int descriptor;
  uint64_t dataStart, dataBytes;
  char *text; /* the header, decoded in place; names and metadata point into it */
  FileHeader header;
};

/* Reads exactly `bytes` bytes from `offset` of the file on. */
static sinter_status readAt(const sinter_file *file, void *data, uint64_t bytes, uint64_t offset) {
  char *at = data;
  while (bytes > 0) {
    const ssize_t count =
        pread(file->descriptor, at, bytes < (1u << 30) ? (size_t)bytes : (size_t)1 << 30, (off_t)offset);
    if (count < 0 && errno == EINTR)
      continue;
    if (count < 0)
      return sinter_fail(SINTER_IO, "cannot read '%s': %s", file->path, strerror(errno));
    if (count == 0)
      return sinter_fail(SINTER_TRUNCATED, "%s: the file ends at byte %llu, while it is being read", file->path,
                         (unsigned long long)offset);
    at += count;
    bytes -= (uint64_t)count;
    offset += (uint64_t)count;
  }
  return SINTER_OK;
}

static sinter_status openFile(sinter_file *file, uint64_t *fileBytes) {
  struct stat found;
  file->descriptor = open(file->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK); /* do not wait for a pipe's writer */
  if (file->descriptor < 0 || fstat(file->descriptor, &found) != 0)
    return sinter_fail(SINTER_IO, "cannot read '%s': %s", file->path, strerror(errno));
  if (!S_ISREG(found.st_mode))
    return sinter_fail(SINTER_IO, "cannot read '%s': expected a file, found %s", file->path,
                       S_ISDIR(found.st_mode) ? "a directory" : "a device or a pipe");
  *fileBytes = (uint64_t)found.st_size;
  return SINTER_OK;
}

static sinter_status readHeader(sinter_file *file, uint64_t fileBytes) {
  uint64_t length;
  if (fileBytes < PREFIX_BYTES)
    return sinter_fail(SINTER_TRUNCATED, "%s: expected a safetensors file of at least %d bytes, found %llu", file->path,
                       PREFIX_BYTES, (unsigned long long)fileBytes);
  sinter_status status = readAt(file, &length, PREFIX_BYTES, 0);
  if (status != SINTER_OK)
    return status;
  if (length > FILE_HEADER_MAX_BYTES)
    return sinter_fail(SINTER_FORMAT,
                       "%s: not a safetensors file: its first 8 bytes announce a header of %llu bytes, at most %u are "
                       "allowed",
                       file->path, (unsigned long long)length, FILE_HEADER_MAX_BYTES);
  if (length > fileBytes - PREFIX_BYTES)
    return sinter_fail(SINTER_TRUNCATED, "%s: expected a header of %llu bytes, the file ends after %llu of them",
                       file->path, (unsigned long long)length, (unsigned long long)(fileBytes - PREFIX_BYTES));
  file->text = malloc((size_t)length + 1);
  if (!file->text)
    return sinter_fail(SINTER_OUT_OF_MEMORY, "%s: out of memory for its header of %llu bytes", file->path,
                       (unsigned long long)length);
  if ((status = readAt(file, file->text, length, PREFIX_BYTES)))
    return status;
  file->text[length] = '\0';
  if (file->text[0] != '{')
    return sinter_fail(SINTER_FORMAT, "%s: not a safetensors file: its header does not begin with '{'", file->path);
  file->dataStart = PREFIX_BYTES + length;
  file->dataBytes = fileBytes - file->dataStart;
  return sinter_header_parse(&file->header, file->text, (size_t)length, file->dataBytes, file->path);
}

sinter_status sinter_file_open(const char *path, sinter_file **result) {
  if (!result)
    return sinter_fail(SINTER_INVALID_ARGUMENT, "sinter_file_open: expected a place for the file, found NULL");
  *result = NULL;
  if (!path || !*path)
    return sinter_fail(SINTER_INVALID_ARGUMENT, "tensor file: expected a path, found none");
  sinter_file *file = calloc(1, sizeof *file);
  if (file) {
    file->descriptor = -1;
    file->path = strdup(path);
  }
  if (!file || !file->path) {
    sinter_file_close(file);
    return sinter_fail(SINTER_OUT_OF_MEMORY, "cannot read '%s': out of memory", path);
  }
  uint64_t fileBytes = 0;
  sinter_status status = openFile(file, &fileBytes);
  if (status == SINTER_OK)
    status = readHeader(file, fileBytes);
  if (status != SINTER_OK) {
    sinter_file_close(file);
    return status;
  }
  *result = file;
  return SINTER_OK;
}

void sinter_file_close(sinter_file *file) {
  if (!file)
    return;
  if (file->descriptor >= 0)
    close(file->descriptor);
  sinter_header_free(&file->header);
  free(file->text);
  free(file->path);
  free(file);
}

const char *sinter_file_path(const sinter_file *file) {
  return file->path;
}
size_t sinter_file_tensor_count(const sinter_file *file) {
  return file->header.tensorCount;
}

const sinter_file_tensor *sinter_file_tensor_at(const sinter_file *file, size_t index) {
  return index < file->header.tensorCount ? &file->header.tensors[index] : NULL;
}

const sinter_file_tensor *sinter_file_find(const sinter_file *file, const char *name) {
  size_t low = 0, high = file->header.tensorCount;
  while (name && low < high) {
    const size_t middle = low + (high - low) / 2;
    const sinter_file_tensor *tensor = &file->header.tensors[file->header.byName[middle]];
    const int order = strcmp(name, tensor->name);
    if (order == 0)
      return tensor;
    if (order < 0)
      high = middle;
    else
      low = middle + 1;
  }
  return NULL;
}

size_t sinter_file_metadata_count(const sinter_file *file) {
  return file->header.metadataCount;
}

const sinter_key_value *sinter_file_metadata_at(const sinter_file *file, size_t index) {
  return index < file->header.metadataCount ? &file->header.metadata[index] : NULL;
}

const char *sinter_file_metadata(const sinter_file *file, const char *key) {
  for (size_t i = 0; key && i < file->header.metadataCount; ++i)
    if (strcmp(file->header.metadata[i].key, key) == 0)
      return file->header.metadata[i].value;
  return NULL;
}

sinter_status sinter_file_read(const sinter_file *file, const sinter_file_tensor *tensor, void *data) {
  return readAt(file, data, tensor->bytes, file->dataStart + tensor->offset);
}

sinter_status sinter_file_read_as(const sinter_file *file, const sinter_file_tensor *tensor, int32_t dtype,
                                  void *data) {
  if (tensor->dtype == dtype)
    return sinter_file_read(file, tensor, data);
  if (!sinter_dtype_is_float(tensor->dtype) || (dtype != SINTER_F32 && dtype != SINTER_F64)) {
    const char *wanted = sinter_dtype_name(dtype);
    return sinter_fail(SINTER_UNSUPPORTED, "%s: tensor '%s': %s cannot be read as %s", file->path, tensor->name,
                       sinter_dtype_name(tensor->dtype), wanted ? wanted : "an unknown type");
  }
  char *chunk = malloc(CHUNK_BYTES);
  if (!chunk)
    return sinter_fail(SINTER_OUT_OF_MEMORY, "%s: tensor '%s': out of memory", file->path, tensor->name);
  const size_t fromBytes = sinter_dtype_size(tensor->dtype), toBytes = sinter_dtype_size(dtype);
  sinter_status status = SINTER_OK;
  for (uint64_t done = 0; done < tensor->elements && status == SINTER_OK;) {
    const uint64_t left = tensor->elements - done;
    const size_t count = left < CHUNK_BYTES / fromBytes ? (size_t)left : CHUNK_BYTES / fromBytes;
    status = readAt(file, chunk, count * fromBytes, file->dataStart + tensor->offset + done * fromBytes);
    if (status == SINTER_OK)
      sinter_dtype_convert(tensor->dtype, chunk, dtype, (char *)data + done * toBytes, count);
    done += count;
  }
  free(chunk);
  return status;
}

sinter_status sinter_file_data_checksum(const sinter_file *file, uint32_t *checksum) {
  char *chunk = malloc(CHUNK_BYTES);
  if (!chunk)
    return sinter_fail(SINTER_OUT_OF_MEMORY, "%s: out of memory", file->path);
  uint32_t crc = 0;
  sinter_status status = SINTER_OK;
  for (uint64_t done = 0; done < file->dataBytes && status == SINTER_OK;) {
    const uint64_t left = file->dataBytes - done;
    const size_t count = left < CHUNK_BYTES ? (size_t)left : CHUNK_BYTES;
    status = readAt(file, chunk, count, file->dataStart + done);
    if (status == SINTER_OK)
      crc = sinter_crc32(crc, chunk, count);
    done += count;
  }
  free(chunk);
  if (status == SINTER_OK)
    *checksum = crc;
  return status;
}
