/* How is a safetensors file written? Header first, into memory; then everything into an atomic output.
 *
 * SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
#include "file_header.h"

#include <sinter-rt/file.h>

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { HEADER_ALIGNMENT = 8 };

/* Text that grows; `failed` when memory ran out. */
typedef struct Text {
  char *data;
  size_t length, capacity;
  int failed;
} Text;

static void append(Text *text, const char *data, size_t bytes) {
  if (text->failed)
    return;
  if (bytes > text->capacity - text->length) {
    const size_t wanted = 2 * (text->capacity + bytes) + 1024;
    char *grown = realloc(text->data, wanted);
    if (!grown) {
      text->failed = 1;
      return;
    }
    text->data = grown;
    text->capacity = wanted;
  }
  memcpy(text->data + text->length, data, bytes);
  text->length += bytes;
}

static void appendLiteral(Text *text, const char *literal) {
  append(text, literal, strlen(literal));
}

static void appendNumber(Text *text, uint64_t number) {
  char digits[24];
  append(text, digits, (size_t)snprintf(digits, sizeof digits, "%llu", (unsigned long long)number));
}

static void appendString(Text *text, const char *string) {
  append(text, "\"", 1);
  for (; *string; ++string) {
    const unsigned char byte = (unsigned char)*string;
    char escaped[8];
    if (byte == '"' || byte == '\\') {
      const char pair[] = {'\\', (char)byte};
      append(text, pair, sizeof pair);
    } else if (byte < 0x20 || byte == 0x7F) {
      append(text, escaped, (size_t)snprintf(escaped, sizeof escaped, "\\u%04x", byte));
    } else {
      append(text, string, 1);
    }
  }
  append(text, "\"", 1);
}

static void appendMetadata(Text *text, const sinter_key_value *metadata, size_t count) {
  appendLiteral(text, "\"__metadata__\":{");
  for (size_t i = 0; i < count; ++i) {
    appendLiteral(text, i ? "," : "");
    appendString(text, metadata[i].key);
    appendLiteral(text, ":");
    appendString(text, metadata[i].value);
  }
  appendLiteral(text, "}");
}

/* Appends one tensor whose data begins at `begin`. */
static void appendEntry(Text *text, const sinter_file_entry *entry, uint64_t begin, uint64_t bytes) {
  appendString(text, entry->name);
  appendLiteral(text, ":{\"dtype\":");
  appendString(text, sinter_dtype_name(entry->dtype));
  appendLiteral(text, ",\"shape\":[");
  for (int32_t i = 0; i < entry->rank; ++i) {
    appendLiteral(text, i ? "," : "");
    appendNumber(text, (uint64_t)entry->shape[i]);
  }
  appendLiteral(text, "],\"data_offsets\":[");
  appendNumber(text, begin);
  appendLiteral(text, ",");
  appendNumber(text, begin + bytes);
  appendLiteral(text, "]}");
}

/* Bytes of an entry that has been checked. */
static uint64_t bytesOf(const sinter_file_entry *entry) {
  uint64_t bytes = sinter_dtype_size(entry->dtype);
  for (int32_t i = 0; i < entry->rank; ++i)
    bytes *= (uint64_t)entry->shape[i];
  return bytes;
}

static sinter_status refuse(const char *path, const char *format, ...) SINTER_PRINTF(2, 3);
static sinter_status refuse(const char *path, const char *format, ...) {
  char reason[1024];
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(reason, sizeof reason, format, arguments);
  va_end(arguments);
  return sinter_fail(SINTER_INVALID_ARGUMENT, "cannot write '%s': %s", path, reason);
}

static sinter_status checkEntry(const char *path, const sinter_file_entry *entry, uint64_t *dataBytes) {
  if (!entry->name || !*entry->name || strcmp(entry->name, "__metadata__") == 0)
    return refuse(path, "expected a name for each tensor, found '%s'", entry->name ? entry->name : "");
  if (!sinter_is_utf8(entry->name, strlen(entry->name)))
    return refuse(path, "the name of tensor '%s' is not valid UTF-8", entry->name);
  uint64_t bytes = sinter_dtype_size(entry->dtype);
  if (bytes == 0)
    return refuse(path, "tensor '%s' has the unknown element type %d", entry->name, (int)entry->dtype);
  if (entry->rank < 0 || entry->rank > SINTER_FILE_MAX_RANK || (entry->rank > 0 && !entry->shape))
    return refuse(path, "tensor '%s': expected a rank from 0 to %d, found %d", entry->name, SINTER_FILE_MAX_RANK,
                  (int)entry->rank);
  for (int32_t i = 0; i < entry->rank; ++i)
    if (entry->shape[i] < 0 || __builtin_mul_overflow(bytes, (uint64_t)entry->shape[i], &bytes))
      return refuse(path, "tensor '%s' has the impossible extent %lld", entry->name, (long long)entry->shape[i]);
  if (bytes > 0 && !entry->data)
    return refuse(path, "tensor '%s': expected %llu bytes of data, found NULL", entry->name, (unsigned long long)bytes);
  if (__builtin_add_overflow(*dataBytes, bytes, dataBytes) || *dataBytes > INT64_MAX)
    return refuse(path, "tensor '%s': more data than a file can hold", entry->name);
  return SINTER_OK;
}

static int compareStrings(const void *left, const void *right) {
  return strcmp(*(const char *const *)left, *(const char *const *)right);
}

/* Fails if one of `count` strings, `stride` bytes apart from `first` on, occurs twice. */
static sinter_status checkUnique(const char *path, const char *what, const void *first, size_t stride, size_t count) {
  const char **names = malloc(sizeof *names * (count + 1));
  if (!names)
    return sinter_fail(SINTER_OUT_OF_MEMORY, "cannot write '%s': out of memory", path);
  for (size_t i = 0; i < count; ++i)
    memcpy(&names[i], (const char *)first + i * stride, sizeof *names);
  qsort(names, count, sizeof *names, compareStrings);
  sinter_status status = SINTER_OK;
  for (size_t i = 1; i < count && status == SINTER_OK; ++i)
    if (strcmp(names[i - 1], names[i]) == 0)
      status = refuse(path, "two %s '%s'", what, names[i]);
  free(names);
  return status;
}

static sinter_status checkArguments(const char *path, const sinter_file_entry *entries, size_t entryCount,
                                    const sinter_key_value *metadata, size_t metadataCount) {
  uint64_t dataBytes = 0;
  sinter_status status = SINTER_OK;
  if ((entryCount > 0 && !entries) || (metadataCount > 0 && !metadata))
    return refuse(path, "expected %zu tensors and %zu metadata entries, found NULL", entryCount, metadataCount);
  for (size_t i = 0; i < entryCount && status == SINTER_OK; ++i)
    status = checkEntry(path, &entries[i], &dataBytes);
  for (size_t i = 0; i < metadataCount && status == SINTER_OK; ++i) {
    const char *key = metadata[i].key, *value = metadata[i].value;
    if (!key || !value)
      status = refuse(path, "metadata entry %zu: expected a key and a value, found NULL", i);
    else if (!sinter_is_utf8(key, strlen(key)) || !sinter_is_utf8(value, strlen(value)))
      status = refuse(path, "metadata entry '%s' is not valid UTF-8", key);
  }
  if (status == SINTER_OK && entryCount > 0)
    status = checkUnique(path, "tensors of the name", &entries->name, sizeof *entries, entryCount);
  if (status == SINTER_OK && metadataCount > 0)
    status = checkUnique(path, "metadata entries of the key", &metadata->key, sizeof *metadata, metadataCount);
  return status;
}

/* The 8 bytes of length and the header, padded. */
static sinter_status buildHeader(Text *text, const char *path, const sinter_file_entry *entries, size_t entryCount,
                                 const sinter_key_value *metadata, size_t metadataCount) {
  uint64_t begin = 0, length = 0;
  append(text, (const char *)&length, sizeof length); /* filled in below */
  appendLiteral(text, "{");
  if (metadataCount > 0)
    appendMetadata(text, metadata, metadataCount);
  for (size_t i = 0; i < entryCount; ++i) {
    const uint64_t bytes = bytesOf(&entries[i]);
    appendLiteral(text, i > 0 || metadataCount > 0 ? "," : "");
    appendEntry(text, &entries[i], begin, bytes);
    begin += bytes;
  }
  appendLiteral(text, "}");
  while (!text->failed && text->length % HEADER_ALIGNMENT != 0)
    append(text, " ", 1);
  if (text->failed)
    return sinter_fail(SINTER_OUT_OF_MEMORY, "cannot write '%s': out of memory", path);
  length = text->length - sizeof length;
  if (length > FILE_HEADER_MAX_BYTES)
    return refuse(path, "a header of %llu bytes, at most %u are allowed", (unsigned long long)length,
                  FILE_HEADER_MAX_BYTES);
  memcpy(text->data, &length, sizeof length);
  return SINTER_OK;
}

sinter_status sinter_file_save(const char *path, const sinter_file_entry *entries, size_t entry_count,
                               const sinter_key_value *metadata, size_t metadata_count) {
  if (!path || !*path)
    return sinter_fail(SINTER_INVALID_ARGUMENT, "tensor file: expected a path, found none");
  Text text = {0};
  sinter_output *output = NULL;
  sinter_status status = checkArguments(path, entries, entry_count, metadata, metadata_count);
  if (status == SINTER_OK)
    status = buildHeader(&text, path, entries, entry_count, metadata, metadata_count);
  if (status == SINTER_OK)
    status = sinter_output_open(path, &output);
  if (status == SINTER_OK)
    status = sinter_output_write(output, text.data, text.length);
  for (size_t i = 0; i < entry_count && status == SINTER_OK; ++i)
    status = sinter_output_write(output, entries[i].data, (size_t)bytesOf(&entries[i]));
  free(text.data);
  if (status == SINTER_OK)
    return sinter_output_commit(output);
  sinter_output_discard(output);
  return status;
}
